"""Pictures in files: each format gives the pixels back, and a failure leaves nothing."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm
from gpu_morph.errors import OutputError

IMAGE = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)
IMAGE_RGBA = np.dstack([IMAGE, np.arange(600, dtype=np.uint8).reshape(20, 30)])


@pytest.mark.parametrize("image", [IMAGE, IMAGE_RGBA, IMAGE[::-1, ::2]], ids=["RGB", "RGBA", "strided"])
@pytest.mark.parametrize("ending", [".png", ".tif", ".TIFF"])
def test_lossless_formats_give_the_pixels_back(tmp_path: Path, image: npt.NDArray[np.uint8], ending: str) -> None:
    saved = gm.save_image(tmp_path / f"picture{ending}", image)
    assert saved == tmp_path / f"picture{ending}"
    np.testing.assert_array_equal(iio.imread(saved, plugin="pillow"), image)
    assert os.listdir(tmp_path) == [saved.name]


@pytest.mark.parametrize("ending", [".jpg", ".webp"])
def test_lossy_formats_give_about_the_same_pixels(tmp_path: Path, ending: str) -> None:
    image = np.full((32, 32, 3), (40, 90, 200), np.uint8)
    saved = gm.save_image(str(tmp_path / f"picture{ending}"), image)
    assert np.abs(iio.imread(saved, plugin="pillow").astype(int) - image).max() <= 4


def test_the_resolution_is_recorded(tmp_path: Path) -> None:
    saved = gm.save_image(tmp_path / "picture.tif", IMAGE, dpi=300)
    assert iio.immeta(saved, plugin="pillow")["dpi"] == (300, 300)


@pytest.mark.parametrize(
    ("name", "image", "error", "words"),
    [
        ("picture.doc", IMAGE, ValueError, "'picture.doc' does not end like a picture: give one of .png, .jpg"),
        ("picture", IMAGE, ValueError, "does not end like a picture"),
        (
            "picture.psd",
            IMAGE,
            ValueError,
            "does not end like a picture",
        ),  # which Pillow only reads
        ("picture.jpg", IMAGE_RGBA, ValueError, "JPEG has no transparency; save a transparent picture as .png"),
        ("picture.png", IMAGE[..., 0], ValueError, "image must have shape .*, got (20, 30) uint8"),
        ("picture.png", IMAGE / 255, ValueError, "image must have shape .* float64"),
        ("picture.png", IMAGE[:0], ValueError, "image must have shape .*, got (0, 30, 3)"),
        ("nowhere/picture.png", IMAGE, FileNotFoundError, "nowhere for the picture does not exist: make it first"),
        (".", IMAGE, IsADirectoryError, "is a folder: give the picture's file name"),
    ],
)
def test_what_cannot_be_saved_is_an_error(
    tmp_path: Path, name: str, image: npt.NDArray[Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words.replace("(", r"\(").replace(")", r"\)")):
        gm.save_image(tmp_path / name, image)
    assert os.listdir(tmp_path) == []


def test_a_failure_keeps_the_older_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(part: Path, _: bytes) -> None:
        part.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    gm.save_image(tmp_path / "picture.png", IMAGE)
    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OutputError, match=r"picture\.png cannot be written: No space left"):
        gm.save_image(tmp_path / "picture.png", IMAGE_RGBA)
    assert os.listdir(tmp_path) == ["picture.png"]
    np.testing.assert_array_equal(iio.imread(tmp_path / "picture.png", plugin="pillow"), IMAGE)
