"""Frames, films that are written of them, and what of a failed film may be left."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu_morph.video.writer import open_video

WIDTH, HEIGHT = SIZE = (64, 48)
Frames = npt.NDArray[np.uint8]


def noise(n_frames: int, size: tuple[int, int] = SIZE) -> Frames:
    return np.random.default_rng(1).integers(0, 256, (n_frames, size[1], size[0], 3), dtype=np.uint8)


def flat(*colors: tuple[int, int, int]) -> Frames:
    return np.array(colors, dtype=np.uint8)[:, None, None, :].repeat(HEIGHT, 1).repeat(WIDTH, 2)


def write_film(path: Path, frames: Frames, *, fps: float | Fraction = 25, **options: Any) -> None:
    with open_video(path, size=(frames.shape[2], frames.shape[1]), fps=fps, **options) as video:
        for frame in frames:
            video.write(frame)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def limited_bt709(color: tuple[int, int, int]) -> tuple[float, float, float]:
    """Y', Cb, Cr of ITU-R BT.709, section 3, in 8 bits with limited range."""
    red, green, blue = (channel / 255 for channel in color)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


LOSSY = (
    ("libx264", ".mp4", "h264"),
    ("libx264", ".mkv", "h264"),
    ("libx265", ".mp4", "hevc"),
    ("libvpx-vp9", ".webm", "vp9"),
    ("mpeg4", ".mp4", "mpeg4"),
    ("mpeg4", ".mkv", "mpeg4"),
)


def squares() -> Frames:
    """12 frames: on nothing a red, a blue, a half grey and a hardly seen green square, the red one on its way."""
    frames = np.zeros((12, HEIGHT, WIDTH, 4), dtype=np.uint8)
    for k, frame in enumerate(frames):
        frame[4:20, 2 * k : 2 * k + 16] = (220, 30, 40, 255)
        frame[4:20, 44:60] = (20, 60, 200, 255)
        frame[28:44, 4:20] = (128, 128, 128, 128)
        frame[28:44, 44:60] = (0, 200, 0, 20)
    return frames


def assert_untouched(path: Path) -> None:
    assert names_in(path.parent) == [path.name]
    assert path.read_bytes() == b"the old film"


HEAD = """
import imageio.v3 as iio
import numpy as np
from gpu_morph.errors import EncoderError
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.writer import open_video
"""
