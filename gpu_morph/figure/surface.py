"""Surface: what a format of vectors can draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..image.image import Image
from ..scene.annotations.shapes import Point
from ..scene.colors import Rgba


@dataclass(frozen=True)
class Ink:
    """How a shape is drawn: the colour inside, and a line of a colour and a width (pixels) along its edge."""

    fill: Rgba | None = None
    stroke: Rgba | None = None
    width: float = 0.0


class Surface(Protocol):
    """A file of vectors. Coordinates are pixels from the picture's upper left corner; lines have round joints."""

    def begin(self, name: str) -> None:
        """Begin a group of shapes."""

    def end(self) -> None:
        """End it."""

    def path(self, points: Sequence[Point], ink: Ink, *, is_closed: bool) -> None:
        """A line through points, or a polygon."""

    def rectangle(self, x: float, y: float, width: float, height: float, ink: Ink) -> None:
        """A rectangle."""

    def circle(self, x: float, y: float, radius: float, ink: Ink) -> None:
        """A circle around (x, y)."""

    def image(self, x: float, y: float, image: Image) -> None:
        """A (height, width, 3 or 4) uint8 image, a pixel for a pixel."""

    def text(self, x: float, y: float, text: str, size: float, ink: Ink, *, align: float) -> None:
        """A line of text on the baseline ``y``; it begins at ``x``, or has its middle (0.5) or its end (1) there."""
