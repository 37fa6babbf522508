"""SubpixelSprite: a small shape that moves in steps of a fraction of a pixel."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .base import Sprite
from .canvas import Canvas

SubpixelSprite = Callable[[float, float], Sprite]  # of a shape at pixel coordinates x, y
_STEPS = 4  # per pixel and direction


def subpixel_sprite(draw: Callable[[float, float], Canvas], margin: int) -> SubpixelSprite:
    """A function that gives the sprite of a shape at pixel coordinates.

    Each image, one for each fraction of a pixel, is drawn once.

    Parameters
    ----------
    draw : callable
        Draws the shape at coordinates of a canvas.
    margin : int
        Pixels that the shape extends to the left and upwards from there, at most.
    """

    @lru_cache(maxsize=_STEPS**2)
    def image(right: int, down: int) -> npt.NDArray[np.uint8]:
        return draw(margin + right / _STEPS, margin + down / _STEPS).image()

    def at(x: float, y: float) -> Sprite:
        (left, right), (top, down) = (divmod(round(c * _STEPS), _STEPS) for c in (x, y))
        return Sprite(image(right, down), left - margin, top - margin)

    return at
