"""Small things that move smoothly: an image per part of a pixel, each drawn once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .base import Sprite
from .canvas import Canvas

Moving = Callable[[float, float], Sprite]
_PHASES = 4  # places per pixel


def moving(plan: Callable[[float, float], Canvas], reach: int) -> Moving:
    """Sprites of something about a place that moves by parts of a pixel; each of its images is drawn once.

    ``plan`` draws it about a place of its canvas that is given; it reaches at most ``reach`` pixels to the left and up.
    """

    @lru_cache(maxsize=_PHASES**2)
    def image(right: int, down: int) -> npt.NDArray[np.uint8]:
        return plan(reach + right / _PHASES, reach + down / _PHASES).image()

    def at(x: float, y: float) -> Sprite:
        (left, right), (top, down) = (divmod(round(c * _PHASES), _PHASES) for c in (x, y))
        return Sprite(image(right, down), left - reach, top - reach)

    return at
