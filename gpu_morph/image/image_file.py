"""Still images in files: PNG, JPEG, TIFF and the other formats that Pillow writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import brief
from ..system.atomic_files import atomic_path, output_path

_MOST_DPI = 1e6


def save_image(path: str | os.PathLike[str], image: npt.NDArray[np.uint8], *, dpi: float | None = None) -> Path:
    """Write a picture, such as `render_image` returns. The file appears under its name only when it is complete.

    Parameters
    ----------
    path : path
        Its ending names the format: .png, .jpg, .tif, .webp, .pdf, ...
    image : (height, width, 3) or (height, width, 4) uint8
        RGB or RGBA with straight alpha.
    dpi : float, optional
        Pixels per inch, which the file records.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        An ending of no image format, an array that is no picture, or alpha in a format without transparency.
    FileNotFoundError, IsADirectoryError
        The folder does not exist, or ``path`` is a folder.
    OutputError
        The file is read-only, or a device, a pipe or a socket.
    """
    import imageio.v3 as iio

    pixels: npt.NDArray[Any]
    try:
        pixels = np.asarray(image)
    except (ValueError, OverflowError):  # rows of different lengths
        pixels = np.zeros(0)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(
            "image must have shape (height, width, 3), or (height, width, 4) with alpha, and dtype uint8, "
            f"got {pixels.shape} {pixels.dtype}"
        )
    if dpi is not None and not (isinstance(dpi, int | float | np.number) and 0 < dpi < _MOST_DPI):
        raise ValueError(f"dpi must be a positive number of pixels per inch, got {brief(dpi)}")
    target = image_path(path, transparent=pixels.shape[2] == 4)
    options: dict[str, Any] = {} if dpi is None else {"dpi": (float(dpi), float(dpi))}
    with atomic_path(target) as part:
        iio.imwrite(part, pixels, plugin="pillow", **options)
    return target


def image_path(path: str | os.PathLike[str], *, transparent: bool = False) -> Path:
    """Absolute path of a picture that is to be written; raises as `save_image` does."""
    from PIL import Image

    target = output_path(path, what="picture", example="cell.png")
    image_format = Image.registered_extensions().get(target.suffix.lower())
    if image_format not in Image.SAVE:
        raise ValueError(
            f"path: {target.name!r} does not end like a picture: give one of .png, .jpg, .tif, .webp, .pdf"
        )
    if transparent and image_format == "JPEG":
        raise ValueError(f"{target.name!r}: JPEG has no transparency; save a transparent picture as .png")
    return target
