"""Reading a picture from a file."""

from __future__ import annotations

import os

import numpy as np

from .image import Image


def read_picture(path: str | os.PathLike[str]) -> Image:
    """(height, width, 4) uint8, RGBA with straight alpha.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is no image.
    """
    from PIL import Image as PillowImage

    try:
        with PillowImage.open(path) as image:
            pixels = np.array(image.convert("RGBA"))
    except FileNotFoundError:
        raise
    except (OSError, SyntaxError, ValueError) as cause:
        raise ValueError(f"{os.fspath(path)} is no image that can be read: give a PNG file, or an array") from cause
    pixels.flags.writeable = False
    return pixels
