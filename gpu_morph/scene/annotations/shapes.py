"""Shapes: what an annotation draws, as numbers, from which both pixels and files of vectors are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..colors import Rgba

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line through points, with round joints and flat ends."""

    points: tuple[Point, ...]
    color: Rgba
    width: float


@dataclass(frozen=True)
class Rectangle:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    color: Rgba


@dataclass(frozen=True)
class Polygon:
    """A filled polygon; ``edge`` is drawn around it, ``edge_width`` wide."""

    points: tuple[Point, ...]
    color: Rgba
    edge: Rgba | None
    edge_width: float


@dataclass(frozen=True)
class Disc:
    """A filled disc around (x, y); ``edge`` is its outer pixel."""

    x: float
    y: float
    radius: float
    color: Rgba
    edge: Rgba | None


@dataclass(frozen=True, eq=False)
class Picture:
    """A (height, width, 3) uint8 image with its upper left corner at a pixel."""

    x: int
    y: int
    image: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class TextLine:
    """A line of text; ``anchor`` is Pillow's, ``height`` the font's size."""

    x: float
    y: float
    text: str
    height: int
    color: Rgba
    anchor: str


Shape = Line | Rectangle | Polygon | Disc | Picture | TextLine


@dataclass(frozen=True, eq=False)
class Shapes:
    """What the image of a sprite shows.

    Attributes
    ----------
    shapes : tuple of Shape
        In drawing order; pixels from the upper left corner of the canvas.
    border : int
        Pixels by which the image is larger than the canvas, on each side.
    halo : RGBA, optional
        Colour of a rim around all shapes.
    """

    shapes: tuple[Shape, ...]
    border: int = 0
    halo: Rgba | None = None
