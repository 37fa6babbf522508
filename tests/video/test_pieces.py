"""Pieces of a film: how it is cut, and joined again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from probe import decoded_frames, decoded_rgba, probe

import gpu_morph as gm
from gpu_morph.distributed.pieces import Piece, PieceCutter, missing_pieces
from gpu_morph.distributed.sent_rows import SentRows
from gpu_morph.errors import EncoderError
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.ffmpeg import run_ffmpeg
from gpu_morph.video.join import join_pieces, piece_ending
from gpu_morph.video.writer import open_video

# Pieces


def test_pieces_are_seconds_of_work_and_shorter_towards_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    cutter, lengths = PieceCutter([Piece(0, 5000)]), []
    while cutter.n_left:
        lengths.append(len(cutter.cut(n_workers=5, rate=None if len(lengths) < 10 else 40.0)))
    assert sum(lengths) == 5000
    assert lengths[:12] == [50] * 10 + [160] * 2
    assert lengths[-8:-1] == [20] * 7  # half a second
    assert lengths[10:-1] == sorted(lengths[10:-1], reverse=True)


@pytest.mark.parametrize(("n_frames", "n_workers"), [(1, 4), (7, 2), (21, 2), (500, 100)])
def test_short_films_have_few_pieces(n_frames: int, n_workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    cutter, pieces = PieceCutter([Piece(0, n_frames)]), []
    while cutter.n_left:
        pieces.append(cutter.cut(n_workers=n_workers, rate=None))
    assert missing_pieces(pieces, n_frames) == []
    assert all(len(piece) >= 8 for piece in pieces[:-1])


def test_only_gaps_are_cut() -> None:
    there = [Piece(10, 20), Piece(0, 5), Piece(20, 30)]
    gaps = missing_pieces(there, 33)
    assert gaps == [Piece(5, 10), Piece(30, 33)]
    cutter, cut = PieceCutter(gaps, length=4), []
    while cutter.n_left:
        cut.append(cutter.cut(n_workers=1, rate=None))
    assert cut == [Piece(5, 9), Piece(9, 10), Piece(30, 33)]
    assert len(PieceCutter([Piece(0, 1000)], max_length=7).cut(n_workers=1, rate=50.0)) == 7


def test_a_pieces_file_says_which_it_is() -> None:
    assert Piece.from_file_name(Piece(7, 120).file_name(".mp4"), ".mp4") == Piece(7, 120)
    for name in ("film.json", "00000007-00000120.mkv", ".00000007-00000120.1a2b3c4d.part.mp4", "7-120.mp4", "9-7.mp4"):
        assert Piece.from_file_name(name, ".mp4") is None


def test_rows_that_were_not_sent_are_an_error_and_not_zeros() -> None:
    rows = SentRows((100, 2))
    rows.fill(np.array([3, 4, 9]), np.arange(6, dtype=np.float32).reshape(3, 2))
    assert rows[4].tolist() == [2, 3]
    assert rows[3:5].tolist() == [[0, 1], [2, 3]]
    for asked in (5, slice(3, 6), 99):
        with pytest.raises(gm.errors.RecordingError, match="not sent"):
            rows[asked]


# Joining

CODECS = [
    ("mpeg4", ".mp4", {}),
    ("libx264", ".mp4", {}),
    ("libx265", ".mp4", {}),
    ("libvpx-vp9", ".webm", {"transparent": True}),
    ("ffv1", ".mkv", {}),
    ("prores", ".mov", {}),
    ("mpeg2video", ".mpg", {}),
    ("libx264", ".avi", {}),
]
ODD_RATE = [("libx264", ".mp4", {}), ("libx264", ".mkv", {}), ("libvpx-vp9", ".webm", {}), ("libx264", ".ts", {})]


@pytest.mark.parametrize(
    ("codec", "ending", "options", "rate"),
    [(*case, Fraction(50)) for case in CODECS] + [(*case, Fraction(30000, 1001)) for case in ODD_RATE],
    ids=str,
)
def test_a_joined_film_is_like_one_made_at_once(
    codec: str, ending: str, options: dict[str, Any], rate: Fraction, tmp_path: Path
) -> None:
    encoding = Encoding(codec, **options)
    frames = moving_square(36, transparent=encoding.transparent)
    whole, joined = tmp_path / f"it's whole{ending}", tmp_path / f"it's joined{ending}"
    write(whole, frames, encoding, rate)
    pieces, threads = [], (1, 4, 1, 2)
    for (start, stop), n_threads in zip(((0, 10), (10, 21), (21, 22), (22, 36)), threads, strict=True):
        path = tmp_path / f"it's {start}{piece_ending(ending)}"
        write(path, frames[start:stop], replace(encoding, threads=n_threads), rate)
        pieces.append((path, stop - start))
    join_pieces(pieces, joined, rate=rate)
    one, other = probe(whole), probe(joined)
    if ending != ".mpg":  # which does not say when each frame is shown
        assert other.durations == one.durations
        assert abs(other.duration - one.duration) < 0.05
    assert (other.n_frames, other.codec, other.pixel_format, other.colors, other.size) == (
        *(one.n_frames, one.codec, one.pixel_format, one.colors, one.size),
    )
    decoded = decoded_rgba if encoding.transparent else decoded_frames
    away = [np.abs(decoded(path).astype(int) - frames).mean(axis=(1, 2, 3)) for path in (whole, joined)]
    assert away[1].max() < 1.3 * away[0].max() + 0.2  # no frame is lost, doubled or worse than others
    assert {path.name for path in tmp_path.iterdir()} == {whole.name, joined.name, *(path.name for path, _ in pieces)}


def test_a_piece_that_is_not_what_it_should_be_makes_no_film(tmp_path: Path) -> None:
    rate, frames = Fraction(25), moving_square(20)
    for name, part in (("one.mp4", frames[:10]), ("two.mp4", frames[10:])):
        write(tmp_path / name, part, Encoding(), rate)
    with pytest.raises(EncoderError, match="should have 21 frames, but 20 were written"):
        join_pieces([(tmp_path / "one.mp4", 10), (tmp_path / "two.mp4", 11)], tmp_path / "film.mp4", rate=rate)
    (tmp_path / "two.mp4").write_bytes(b"no film")
    with pytest.raises(EncoderError, match="should have 20 frames, but 10 were written"):
        join_pieces([(tmp_path / "one.mp4", 10), (tmp_path / "two.mp4", 10)], tmp_path / "film.mp4", rate=rate)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.mp4", "two.mp4"]


STORED = [(ending, longest) for ending in (".mp4", ".mkv", ".mov", ".ts") for longest in range(3)]


@pytest.mark.parametrize(("ending", "longest"), [*STORED, (".mpg", 2)])  # whose times are vague at seams
def test_pieces_whose_frames_are_stored_in_another_order_than_the_longest_ones(
    ending: str, longest: int, tmp_path: Path
) -> None:
    rate, n_frames = Fraction(25), [20, 20, 20]
    n_frames[longest] = 30
    noise = np.random.default_rng(0).integers(0, 256, (30, 64, 96, 3), dtype=np.uint8)  # no frame is like the next
    pieces, film = [], tmp_path / f"film{ending}"
    for number, count in enumerate(n_frames):
        path = tmp_path / f"{number}{piece_ending(ending)}"
        frames = noise[:count] if number == longest else np.repeat(noise[: count // 10], 10, axis=0)
        write(path, frames, Encoding("libx264"), rate)
        pieces.append((path, count))
    join_pieces(pieces, film, rate=rate)
    lines = run_ffmpeg(["-i", str(film), "-fps_mode", "passthrough", "-f", "framecrc", "-"], failure="").splitlines()
    (tick,) = (float(Fraction(line.split()[-1])) for line in lines if line.startswith("#tb 0:"))
    seconds = np.array([int(line.split(",")[2]) for line in lines if not line.startswith("#")]) * tick
    np.testing.assert_allclose(seconds - seconds[0], np.arange(70) / 25, atol=0.002)


def test_a_gif_that_has_not_all_frames_is_no_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rate, frames = Fraction(25), moving_square(20)
    write(tmp_path / "one.mov", frames, Encoding("png"), rate)
    write(tmp_path / "short.gif", frames[:3], Encoding(), rate)
    monkeypatch.setattr("gpu_morph.video.join.write_gif", lambda *_: shutil.copy(tmp_path / "short.gif", _[2]))
    with pytest.raises(EncoderError, match="should have 20 frames, but 3 were written"):
        join_pieces([(tmp_path / "one.mov", 20)], tmp_path / "film.gif", rate=rate)
    assert not (tmp_path / "film.gif").exists()


def moving_square(n_frames: int, *, transparent: bool = False) -> npt.NDArray[np.uint8]:
    """Frames of which each is far from the next."""
    frames = np.full((n_frames, 64, 96, 4), (255, 255, 255, 0), dtype=np.uint8)
    for number, frame in enumerate(frames):
        x = 8 * (5 * number % 9)
        frame[16:48, x : x + 24] = (40 * number % 256, 90 * number % 256, 90, 255)
    return frames if transparent else frames[..., :3]


def write(path: Path, frames: npt.NDArray[np.uint8], encoding: Encoding, rate: Fraction) -> None:
    with open_video(path, size=(96, 64), fps=rate, encoding=encoding) as video:
        for frame in frames:
            video.write(frame)
