"""The line at the frame's time."""

from __future__ import annotations

import math

from ..annotations.canvas import Canvas
from ..annotations.subpixel_sprite import SubpixelSprite, subpixel_sprite
from ..colors import Rgba

_OPACITY = 0.45


def cursor_sprite(line: float, height: int, ink: Rgba) -> SubpixelSprite:
    """A vertical line, positioned by its upper end.

    Parameters
    ----------
    line : float
        The width of a thin line, pixels.
    height : int
        Pixels.
    ink : RGBA
        The colour of text on the same ground.
    """
    width = max(1.0, 1.4 * line)
    margin = math.ceil(width) + 1

    def draw(x: float, y: float) -> Canvas:
        canvas = Canvas((2 * margin, height + 2 * margin))
        canvas.rectangle(x - width / 2, y, width, height, (*ink[:3], _OPACITY))
        return canvas

    return subpixel_sprite(draw, margin)
