"""Icons of the controls: shapes on a canvas, in a square of 28 logical pixels around a middle."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..scene.annotations.canvas import Canvas
from ..scene.annotations.shapes import Point
from ..scene.colors import Rgba

Icon = Callable[[Canvas, float, float, float, Rgba], None]  # canvas, x and y of the middle, pixels for one, colour
_WIDTH = 1.6


def _lines(canvas: Canvas, x: float, y: float, scale: float, color: Rgba, *lines: list[Point]) -> None:
    for line in lines:
        points = [(x + a * scale, y + b * scale) for a, b in line]
        canvas.line(points, color, _WIDTH * scale)
        for a, b in (points[0], points[-1]):
            canvas.disc(a, b, _WIDTH * scale / 2, color)


def _filled(canvas: Canvas, x: float, y: float, scale: float, color: Rgba, points: list[Point]) -> None:
    canvas.polygon([(x + a * scale, y + b * scale) for a, b in points], color)


def _arc(radius: float, start: float, stop: float) -> list[Point]:
    angles = [math.radians(start + (stop - start) * k / 16) for k in range(17)]
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]


def play(canvas: Canvas, x: float, y: float, scale: float, color: Rgba) -> None:
    """A triangle."""
    _filled(canvas, x, y, scale, color, [(-4.5, -7), (7.5, 0), (-4.5, 7)])


def pause(canvas: Canvas, x: float, y: float, scale: float, color: Rgba) -> None:
    """Two bars."""
    for left in (-5.5, 1.5):
        _filled(canvas, x, y, scale, color, [(left, -6.5), (left + 4, -6.5), (left + 4, 6.5), (left, 6.5)])


def loop(canvas: Canvas, x: float, y: float, scale: float, color: Rgba) -> None:
    """Two arrows that follow each other."""
    _lines(canvas, x, y, scale, color, _arc(6, -150, 20), _arc(6, 30, 200))
    _filled(canvas, x, y, scale, color, [(8.8, -0.6), (2.6, 0.6), (6.8, 5.0)])
    _filled(canvas, x, y, scale, color, [(-8.8, 0.6), (-2.6, -0.6), (-6.8, -5.0)])


def fit(canvas: Canvas, x: float, y: float, scale: float, color: Rgba) -> None:
    """The corners of a frame."""
    for a in (-1, 1):
        for b in (-1, 1):
            _lines(canvas, x, y, scale, color, [(2.5 * a, 6.5 * b), (6.5 * a, 6.5 * b), (6.5 * a, 2.5 * b)])


def picture(canvas: Canvas, x: float, y: float, scale: float, color: Rgba) -> None:
    """A camera."""
    body = [(-7.5, -4.0), (-3.6, -4.0), (-2.2, -6.2), (2.2, -6.2), (3.6, -4.0), (7.5, -4.0), (7.5, 6), (-7.5, 6)]
    _lines(canvas, x, y, scale, color, [*body, body[0]])
    _lines(canvas, x, y + 0.8 * scale, scale, color, _arc(2.8, 0, 360))


def film(canvas: Canvas, x: float, y: float, scale: float, color: Rgba) -> None:
    """A strip of film."""
    _lines(canvas, x, y, scale, color, [(-7.5, -6), (7.5, -6), (7.5, 6), (-7.5, 6), (-7.5, -6)])
    _lines(canvas, x, y, scale, color, [(-4.0, -6), (-4.0, 6)], [(4.0, -6), (4.0, 6)])
    _lines(canvas, x, y, scale, color, *([(a * 4.0, b), (a * 7.5, b)] for a in (-1, 1) for b in (-2.0, 2.0)))


def stop(canvas: Canvas, x: float, y: float, scale: float, color: Rgba) -> None:
    """A square."""
    _filled(canvas, x, y, scale, color, [(-5.5, -5.5), (5.5, -5.5), (5.5, 5.5), (-5.5, 5.5)])


def code(canvas: Canvas, x: float, y: float, scale: float, color: Rgba) -> None:
    """</>."""
    _lines(canvas, x, y, scale, color, [(-3.8, -5), (-8.3, 0), (-3.8, 5)], [(3.8, -5), (8.3, 0), (3.8, 5)])
    _lines(canvas, x, y, scale, color, [(1.5, -6.5), (-1.5, 6.5)])


ICONS: dict[str, Icon] = {
    "play": play,
    "pause": pause,
    "loop": loop,
    "fit": fit,
    "picture": picture,
    "film": film,
    "stop": stop,
    "code": code,
}
