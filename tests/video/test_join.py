"""Joined pieces make the same film as frames that are encoded at once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph.errors import EncoderError
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.ffmpeg import run_ffmpeg
from gpu_morph.video.join import join_pieces, piece_ending
from gpu_morph.video.writer import open_video
from probe import decoded_frames, decoded_rgba, probe

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
def test_a_joined_film_equals_one_that_is_encoded_at_once(
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
    if ending != ".mpg":  # has no times of frames
        assert other.durations == one.durations
        assert abs(other.duration - one.duration) < 0.05
    assert (other.n_frames, other.codec, other.pixel_format, other.colors, other.size) == (
        *(one.n_frames, one.codec, one.pixel_format, one.colors, one.size),
    )
    decoded = decoded_rgba if encoding.transparent else decoded_frames
    errors = [np.abs(decoded(path).astype(int) - frames).mean(axis=(1, 2, 3)) for path in (whole, joined)]
    assert errors[1].max() < 1.3 * errors[0].max() + 0.2  # no frame is lost, doubled or worse than others
    assert {path.name for path in tmp_path.iterdir()} == {whole.name, joined.name, *(path.name for path, _ in pieces)}


def test_a_piece_with_missing_frames_is_an_error(tmp_path: Path) -> None:
    rate, frames = Fraction(25), moving_square(20)
    for name, part in (("one.mp4", frames[:10]), ("two.mp4", frames[10:])):
        write(tmp_path / name, part, Encoding(), rate)
    with pytest.raises(EncoderError, match="should have 21 frames, but 20 were written"):
        join_pieces([(tmp_path / "one.mp4", 10), (tmp_path / "two.mp4", 11)], tmp_path / "film.mp4", rate=rate)
    (tmp_path / "two.mp4").write_bytes(b"no film")
    with pytest.raises(EncoderError, match="should have 20 frames, but 10 were written"):
        join_pieces([(tmp_path / "one.mp4", 10), (tmp_path / "two.mp4", 10)], tmp_path / "film.mp4", rate=rate)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.mp4", "two.mp4"]


ORDERS = [(ending, longest) for ending in (".mp4", ".mkv", ".mov", ".ts") for longest in range(3)]


@pytest.mark.parametrize(("ending", "longest"), [*ORDERS, (".mpg", 2)])  # has inexact times where pieces meet
def test_pieces_may_store_their_frames_in_different_orders(ending: str, longest: int, tmp_path: Path) -> None:
    rate, n_frames = Fraction(25), [20, 20, 20]
    n_frames[longest] = 30
    noise = np.random.default_rng(0).integers(0, 256, (30, 64, 96, 3), dtype=np.uint8)  # consecutive frames differ
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


def test_a_gif_with_missing_frames_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rate, frames = Fraction(25), moving_square(20)
    write(tmp_path / "one.mov", frames, Encoding("png"), rate)
    write(tmp_path / "short.gif", frames[:3], Encoding(), rate)
    monkeypatch.setattr("gpu_morph.video.join.write_gif", lambda *_, plays: shutil.copy(tmp_path / "short.gif", _[2]))
    with pytest.raises(EncoderError, match="should have 20 frames, but 3 were written"):
        join_pieces([(tmp_path / "one.mov", 20)], tmp_path / "film.gif", rate=rate)
    assert not (tmp_path / "film.gif").exists()


def moving_square(n_frames: int, *, transparent: bool = False) -> npt.NDArray[np.uint8]:
    """A square that moves far from one frame to the next."""
    frames = np.full((n_frames, 64, 96, 4), (255, 255, 255, 0), dtype=np.uint8)
    for number, frame in enumerate(frames):
        x = 8 * (5 * number % 9)
        frame[16:48, x : x + 24] = (40 * number % 256, 90 * number % 256, 90, 255)
    return frames if transparent else frames[..., :3]


def write(path: Path, frames: npt.NDArray[np.uint8], encoding: Encoding, rate: Fraction) -> None:
    with open_video(path, size=(96, 64), fps=rate, encoding=encoding) as video:
        for frame in frames:
            video.write(frame)
