"""SubpixelSprite: a small shape that moves in steps of a fraction of a pixel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

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
    def sprite(right: int, down: int) -> Sprite:
        return draw(margin + right / _STEPS, margin + down / _STEPS).sprite(-margin, -margin)

    def at(x: float, y: float) -> Sprite:
        (left, right), (top, down) = (divmod(round(c * _STEPS), _STEPS) for c in (x, y))
        drawn = sprite(right, down)
        return replace(drawn, x=left + drawn.x, y=top + drawn.y)

    return at
