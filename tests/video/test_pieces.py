"""Pieces of a film: how a film is cut, and the rows that are sent with a piece."""

from __future__ import annotations

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.distributed.pieces import PieceCutter, missing_pieces
from gpu_morph.distributed.sent_rows import SentRows
from gpu_morph.video.piece import Piece


def test_pieces_take_seconds_and_become_shorter_towards_the_end() -> None:
    cutter, lengths = PieceCutter([Piece(0, 5000)]), []
    while cutter.n_left:
        lengths.append(len(cutter.cut(n_workers=5, rate=None if len(lengths) < 10 else 40.0)))
    assert sum(lengths) == 5000
    assert lengths[:12] == [50] * 10 + [160] * 2
    assert lengths[-8:-1] == [20] * 7  # half a second
    assert lengths[10:-1] == sorted(lengths[10:-1], reverse=True)


@pytest.mark.parametrize(("n_frames", "n_workers"), [(1, 4), (7, 2), (21, 2), (500, 100)])
def test_short_films_have_few_pieces(n_frames: int, n_workers: int) -> None:
    cutter, pieces = PieceCutter([Piece(0, n_frames)]), []
    while cutter.n_left:
        pieces.append(cutter.cut(n_workers=n_workers, rate=None))
    assert missing_pieces(pieces, n_frames) == []
    assert all(len(piece) >= 8 for piece in pieces[:-1])


def test_only_gaps_are_cut() -> None:
    present = [Piece(10, 20), Piece(0, 5), Piece(20, 30)]
    gaps = missing_pieces(present, 33)
    assert gaps == [Piece(5, 10), Piece(30, 33)]
    cutter, cut = PieceCutter(gaps, length=4), []
    while cutter.n_left:
        cut.append(cutter.cut(n_workers=1, rate=None))
    assert cut == [Piece(5, 9), Piece(9, 10), Piece(30, 33)]
    assert len(PieceCutter([Piece(0, 1000)], max_length=7).cut(n_workers=1, rate=50.0)) == 7


def test_the_name_of_a_file_identifies_its_piece() -> None:
    assert Piece.from_file_name(Piece(7, 120).file_name(".mp4"), ".mp4") == Piece(7, 120)
    for name in ("film.json", "00000007-00000120.mkv", ".00000007-00000120.1a2b3c4d.part.mp4", "7-120.mp4", "9-7.mp4"):
        assert Piece.from_file_name(name, ".mp4") is None


def test_rows_that_were_not_sent_are_an_error_and_not_zeros() -> None:
    rows = SentRows((100, 2))
    rows.fill(np.array([3, 4, 9]), np.arange(6, dtype=np.float32).reshape(3, 2))
    assert rows[4].tolist() == [2, 3]
    assert rows[3:5].tolist() == [[0, 1], [2, 3]]
    for key in (5, slice(3, 6), 99):
        with pytest.raises(gm.errors.RecordingError, match="not sent"):
            rows[key]
