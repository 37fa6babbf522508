"""Pointer: a filled shape whose tip lies on a site of the cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ...image.image import Size
from ..camera import Box
from ..colors import Rgba
from .base import Sprite
from .canvas import Canvas
from .shapes import Point

_MARGIN = 2  # pixels around a shape, for its antialiased edge


@dataclass(frozen=True)
class Pointer:
    """A polygon with an edge.

    Attributes
    ----------
    outline : sequence of (x, y)
        Pixels. The tip is at (0, 0); x increases along the axis, away from the tip.
    face, edge : RGBA
        Colours.
    edge_width : float
        Pixels.
    """

    outline: tuple[Point, ...]
    face: Rgba
    edge: Rgba
    edge_width: float

    def sprite(self, tip: Point, tail: Point, size: Size) -> Sprite | None:
        """The shape with its tip at a pixel and its axis along ``tail``; None if it is outside the picture."""
        length = math.hypot(*tail)
        cos, sin = tail[0] / length, tail[1] / length
        corners = [(tip[0] + x * cos - y * sin, tip[1] + x * sin + y * cos) for x, y in self.outline]
        box = _part_inside(corners, self.edge_width + _MARGIN, size)
        if box is None:
            return None
        canvas = Canvas((box.width, box.height))
        canvas.polygon([(x - box.x, y - box.y) for x, y in corners], self.face, self.edge, self.edge_width)
        return canvas.sprite(box.x, box.y)


def _part_inside(corners: Sequence[Point], margin: float, size: Size) -> Box | None:
    """The part of a picture that a shape and a margin around it cover."""
    (left, right), (top, bottom) = (
        (max(0, math.floor(min(along) - margin)), min(most, math.ceil(max(along) + margin)))
        for along, most in zip(zip(*corners, strict=True), size, strict=True)
    )
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None
