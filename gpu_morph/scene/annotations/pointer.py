"""Pointer: a filled shape whose tip lies on a place of the cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ...image.image import Size
from ..camera import Box
from ..colors import Rgba
from .base import Sprite
from .canvas import Canvas, Point

_AIR = 2  # pixels about a shape, for its smooth edge


@dataclass(frozen=True)
class Pointer:
    """A shape with an edge about it, in pixels: it points at (0, 0), and x runs along its axis from there."""

    outline: tuple[Point, ...]
    face: Rgba
    edge: Rgba
    edge_width: float

    def sprite(self, tip: Point, tail: Point, size: Size) -> Sprite | None:
        """The shape pointing at a pixel, its axis along the vector ``tail``; None where nothing of it is seen."""
        length = math.hypot(*tail)
        cos, sin = tail[0] / length, tail[1] / length
        corners = [(tip[0] + x * cos - y * sin, tip[1] + x * sin + y * cos) for x, y in self.outline]
        box = _part_inside(corners, self.edge_width + _AIR, size)
        if box is None:
            return None
        canvas = Canvas((box.width, box.height))
        canvas.polygon([(x - box.x, y - box.y) for x, y in corners], self.face, self.edge, self.edge_width)
        return canvas.sprite(box.x, box.y)


def _part_inside(corners: Sequence[Point], air: float, size: Size) -> Box | None:
    """The pixels of a picture over which a shape reaches."""
    (left, right), (top, bottom) = (
        (max(0, math.floor(min(along) - air)), min(most, math.ceil(max(along) + air)))
        for along, most in zip(zip(*corners, strict=True), size, strict=True)
    )
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None
