"""Page drawing: a page's pixels and shapes, drawn on a surface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..image.image import Image
from ..scene.annotations.base import Sprite
from ..scene.annotations.canvas import baseline, text_width
from ..scene.annotations.shapes import Disc, Line, Picture, Polygon, Rectangle, Shape, TextLine
from ..scene.colors import Rgba
from .page import Page
from .surface import Ink, Surface

_RIM = 0.75  # width of a halo, relative to the blurred one of a sprite's image
_ALIGN = {"l": 0.0, "m": 0.5, "r": 1.0}
_GAP = 1.0  # pixels between lines of text that are one word, as the digits of a clock


def draw_page(page: Page, surface: Surface) -> None:
    """Draw a page: the image, and over it each annotation as a group."""
    surface.image(0, 0, page.image)
    for name, sprites in page.layers:
        surface.begin(name)
        for sprite in sprites:
            _draw_sprite(sprite, surface)
        surface.end()


def _draw_sprite(sprite: Sprite, surface: Surface) -> None:
    """The shapes of a sprite, or its image if it names none."""
    if sprite.shapes is None:
        surface.image(sprite.x, sprite.y, sprite.image)
        return
    border, halo = sprite.shapes.border, sprite.shapes.halo
    drawing = _ShapeDrawing(surface, sprite.x + border, sprite.y + border)
    shapes = list(_with_joined_texts(sprite.shapes.shapes))
    if halo is not None and border:
        for shape in shapes:
            drawing.draw_rim(shape, halo, _RIM * border)
    for shape in shapes:
        drawing.draw(shape)


class _ShapeDrawing:
    """Draws shapes whose coordinates count from (left, top)."""

    def __init__(self, surface: Surface, left: int, top: int) -> None:
        self._surface, self._left, self._top = surface, left, top

    def draw(self, shape: Shape) -> None:
        """Draw a shape as it is."""
        surface = self._surface
        match shape:
            case Line(color=color, width=width):
                self._outline(shape, Ink(stroke=color, width=width))
            case Polygon(color=color, edge=edge, edge_width=edge_width):
                if edge is not None:
                    self._outline(shape, Ink(stroke=edge, width=2 * edge_width))
                self._outline(shape, Ink(color))
            case Disc(x, y, radius, color, edge) if edge is not None:
                surface.circle(x + self._left, y + self._top, radius, Ink(edge))
                surface.circle(x + self._left, y + self._top, radius - 1, Ink(color))
            case Picture(x, y, image):
                _draw_image(surface, x + self._left, y + self._top, image)
            case _:
                self._outline(shape, Ink(shape.color))

    def draw_rim(self, shape: Shape, color: Rgba, width: float) -> None:
        """Draw what extends beyond a shape on all sides by a width."""
        drawn = 2 * width
        if isinstance(shape, Line):
            drawn += shape.width
        elif isinstance(shape, Polygon) and shape.edge is not None:
            drawn += 2 * shape.edge_width
        self._outline(shape, Ink(stroke=color, width=drawn))

    def _outline(self, shape: Shape, ink: Ink) -> None:
        surface, left, top = self._surface, self._left, self._top
        match shape:
            case Line(points) | Polygon(points):
                moved = [(x + left, y + top) for x, y in points]
                surface.path(moved, ink, is_closed=isinstance(shape, Polygon))
            case Rectangle(x, y, width, height):
                surface.rectangle(x + left, y + top, width, height, ink)
            case Disc(x, y, radius):
                surface.circle(x + left, y + top, radius, ink)
            case Picture(x, y, image):
                surface.rectangle(x + left, y + top, image.shape[1], image.shape[0], ink)
            case TextLine(x, text=text, height=height, anchor=anchor):
                surface.text(x + left, baseline(shape) + top, text, height, ink, align=_ALIGN[anchor[0]])


def _draw_image(surface: Surface, x: int, y: int, image: Image) -> None:
    """An image; one of stripes, as that of a colour bar, as rectangles."""
    height, width = image.shape[:2]
    if (image == image[:, :1]).all():
        lines, is_vertical = image[:, 0], True
    elif (image == image[:1]).all():
        lines, is_vertical = image[0], False
    else:
        surface.image(x, y, image)
        return
    changes = np.flatnonzero((lines[1:] != lines[:-1]).any(axis=1)) + 1
    for start in (0, *changes.tolist()):  # each reaches to the end: no seam between it and the next
        red, green, blue = (float(channel) / 255 for channel in lines[start])
        ink = Ink((red, green, blue, 1.0))
        if is_vertical:
            surface.rectangle(x, y + start, width, height - start, ink)
        else:
            surface.rectangle(x + start, y, width - start, height, ink)


def _with_joined_texts(shapes: Sequence[Shape]) -> Iterator[Shape]:
    """The shapes, with lines of text that touch as one: a clock draws each digit on its own."""
    joined: TextLine | None = None
    end = 0.0  # of the last text in it
    for shape in shapes:
        if isinstance(shape, TextLine):
            if joined is not None and _is_alike(joined, shape) and abs(shape.x - end) <= _GAP:
                joined = replace(joined, text=joined.text + shape.text)
            else:
                if joined is not None:
                    yield joined
                joined = shape
            end = shape.x + text_width(shape.text, shape.height)
        else:
            if joined is not None:
                yield joined
            joined = None
            yield shape
    if joined is not None:
        yield joined


def _is_alike(line: TextLine, other: TextLine) -> bool:
    styles = [(one.y, one.height, one.color, one.anchor) for one in (line, other)]
    return styles[0] == styles[1] and line.anchor.startswith("l")
