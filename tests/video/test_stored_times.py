"""The times of a film's frames are read without holding what ffmpeg writes of each."""

from __future__ import annotations

import os
import tracemalloc
from array import array
from collections import deque
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest

from gpu_morph.distributed.piece_drawing import DrawnPiece
from gpu_morph.distributed.report import ClusterReport
from gpu_morph.distributed.worker_handle import WorkerHandle
from gpu_morph.errors import EncoderError
from gpu_morph.video.ffmpeg import ffmpeg_lines
from gpu_morph.video.piece import Piece
from gpu_morph.video.stored_times import FrameTimes, read_frame_times
from probe import ffmpeg_processes

NEEDS_SHELL = pytest.mark.skipif(os.name == "nt", reason="needs a shell")
N_FRAMES = 20_000


def written_by(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A shell script is the ffmpeg in use."""
    (folder / "ffmpeg").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(folder / "ffmpeg"))


@NEEDS_SHELL
def test_a_long_films_times_take_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"0, {512 * k:10}, {512 * k:10}, {512:8}, {6543:8}, 0x{k:08x}" for k in range(N_FRAMES)]
    (tmp_path / "lines").write_text("\n".join(["#tb 0: 1/12800", *lines]) + "\n")
    del lines
    written_by(tmp_path, monkeypatch, f"exec cat '{tmp_path / 'lines'}'")
    tracemalloc.start()
    try:
        times = read_frame_times([], failure="")
        numbers = times.numbers(Fraction(25))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert times.tick == Fraction(1, 12800)
    assert numbers is not None
    assert list(numbers) == [*range(N_FRAMES)]
    assert most < 40 * N_FRAMES  # its lines alone have 60 bytes each


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        ([100, 300, 200], [0, 2, 1]),
        ([100, 239, 160], [0, 1, 1]),  # two frames have one number
        ([100, 400, 200], [0, 3, 1]),  # a number is missing
        ([-49, 60, 149], [0, 1, 2]),  # to the nearest number
        ([], []),
    ],
)
def test_frames_are_numbered_by_their_times(ticks: list[int], expected: list[int]) -> None:
    numbers = FrameTimes(Fraction(1, 1000), array("q", ticks)).numbers(Fraction(10))
    is_whole = bool(ticks) and sorted(expected) == [*range(len(ticks))]
    assert (None if numbers is None else list(numbers)) == (expected if is_whole else None)


@NEEDS_SHELL
def test_a_failure_after_many_lines_and_messages_has_the_last_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_by(tmp_path, monkeypatch, "yes | head -c 1000000; yes warning | head -c 1000000 >&2; echo end >&2; exit 3")
    lines: deque[bytes] = deque()
    with pytest.raises(EncoderError, match=r"^it failed: (warning \| )+end\n"):
        lines.extend(ffmpeg_lines([], failure="it failed"))
    assert lines == deque([b"y\n"] * 500_000)


def test_an_ffmpeg_whose_lines_are_not_all_read_is_ended() -> None:
    endless = ["-f", "lavfi", "-i", "color=s=16x16", "-f", "framecrc", "-"]
    with closing(ffmpeg_lines(endless, failure="")) as lines:
        assert next(lines).startswith(b"#")
        assert len(ffmpeg_processes()) == 1
    assert ffmpeg_processes() == []


def test_a_report_has_a_checksum_of_each_frame_that_was_drawn() -> None:
    report, worker = ClusterReport(), WorkerHandle("tcp://a", "host")
    for piece, checksums in {Piece(5, 8): (0, 2**32 - 1, 7), Piece(0, 2): (3, 4)}.items():
        report.add(piece, DrawnPiece(None, (), checksums, worker.address, 1.0, {}), worker)
    assert report.checksums == {0: 3, 1: 4, 5: 0, 6: 2**32 - 1, 7: 7}
