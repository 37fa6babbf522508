"""Theme: the colours of controls, and the lengths of the screen that they are drawn in."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..scene.annotations.canvas import Canvas
from ..scene.annotations.shapes import Point
from ..scene.colors import Rgba, parse_color

SMALL, TEXT, LARGE = 12, 13, 16  # heights of text, logical pixels


@dataclass(frozen=True)
class Theme:
    """Colours, for a light or a dark background."""

    strip: Rgba
    edge: Rgba
    ink: Rgba
    muted: Rgba
    accent: Rgba
    track: Rgba
    hover: Rgba
    panel: Rgba
    thumb: Rgba


def _theme(colors: str) -> Theme:
    return Theme(*map(parse_color, colors.split()))


# In the order of the fields.
LIGHT = _theme("#f7f7f8 #dedfe3 #24262b #6c717b #2f6fd6 #cfd2d8 #e6e8ec #ffffff #ffffff")
DARK = _theme("#1c1d20 #34363c #e8eaee #9aa0ab #6ea6ff #44474f #2d2f35 #26282c #e8eaee")


def rounded(x: float, y: float, width: float, height: float, radius: float) -> list[Point]:
    """The corners of a rectangle with round corners."""
    radius = min(radius, width / 2, height / 2)
    n = 6
    points: list[Point] = []
    for corner, (cx, cy) in enumerate(
        [
            (x + width - radius, y + height - radius),
            (x + radius, y + height - radius),
            (x + radius, y + radius),
            (x + width - radius, y + radius),
        ]
    ):
        for k in range(n + 1):
            angle = math.pi / 2 * (corner + k / n)
            points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return points


def draw_panel(canvas: Canvas, x: float, y: float, width: float, height: float, theme: Theme, scale: float) -> None:
    """A panel with round corners, an edge and a faint shadow."""
    for k in (3, 2, 1):
        spread = k * scale
        points = rounded(x - spread, y - spread + scale, width + 2 * spread, height + 2 * spread, 6 * scale + spread)
        canvas.polygon(points, (0.0, 0.0, 0.0, 0.035))
    canvas.polygon(rounded(x, y, width, height, 6 * scale), theme.edge)
    inner = rounded(x + scale, y + scale, width - 2 * scale, height - 2 * scale, 5 * scale)
    canvas.polygon(inner, theme.panel)
