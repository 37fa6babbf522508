"""Image: an array of pixels, and its size."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import brief

Image = npt.NDArray[np.uint8]  # (height, width, channel), origin at the top left
Size = tuple[int, int]  # (width, height), pixels


def check_size(size: Any) -> Size:
    """``size`` as (width, height) of two positive ints.

    Raises
    ------
    ValueError
        It is anything else.
    """
    try:
        width, height = size
        if int(width) == width and int(height) == height and width > 0 and height > 0:
            return int(width), int(height)
    except (TypeError, ValueError, OverflowError, np.ma.MaskError):
        pass
    raise ValueError(f"size must be (width, height) in whole positive pixels, got {brief(size)}")
