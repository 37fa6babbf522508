"""Axes: the directions of x, y and z."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...image.image import Size
from ...system.arguments import checked_items
from ..camera import Box
from ..colors import Rgba, checked_color, contrast, mixed
from .base import Annotation, Drawing, Place, Sprite, View
from .canvas import Canvas

_ARM, _SIDE = 1.9, 5.6  # of an axis, and of the whole, in heights of the text
_COLORS: tuple[Rgba, ...] = ((0.84, 0.15, 0.16, 1.0), (0.17, 0.6, 0.17, 1.0), (0.16, 0.39, 0.78, 1.0))
_BEHIND = 0.45  # least opacity of an axis that points away from the viewer
_CONTRAST = 4.0  # with the background, of usual colours
_CONTRAST_BEHIND = 3.0  # as WCAG 2 asks for of graphics


@dataclass(frozen=True, kw_only=True)
class Axes(Annotation):
    """A triad in a corner: x, y and z as the camera sees them. It turns with the camera.

    Parameters
    ----------
    place : Place
        Where it stands.
    colors : sequence of three colours, optional
        Of x, y and z. None: red, green and blue, as light or dark as the background needs.
    labels : sequence of three str
        At the ends of the axes.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording, annotations=(gm.Axes(place="lower left"),))
    >>> gm.render_image(scene, time=5, size=(320, 240)).shape
    (240, 320, 3)
    """

    place: Place = "lower left"
    colors: Any = None
    labels: Any = ("x", "y", "z")

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        given = () if self.colors is None else checked_items(self.colors, "colors", "three colours")
        colors = None if self.colors is None else tuple(checked_color(color, "colors") for color in given)
        words = self.labels if isinstance(self.labels, str) else checked_items(self.labels, "labels", "three texts")
        labels = tuple(str(label) for label in words)
        if (colors is not None and len(colors) != 3) or len(labels) != 3:
            n_colors = 3 if colors is None else len(colors)
            raise ValueError(f"colors and labels must be three each, got {n_colors} and {len(labels)}")
        object.__setattr__(self, "colors", colors)
        object.__setattr__(self, "labels", labels)

    def room(self, view: View) -> Size:
        """See `Annotation`."""
        side = round(_SIDE * view.text)
        return side, side

    def drawing(self, view: View, box: Box) -> Drawing:
        """See `Annotation`."""
        colors = [_readable(color, view) for color in _COLORS] if self.colors is None else self.colors
        faint = [_faint(color, view) for color in colors]

        @lru_cache(maxsize=2)
        def sprites(directions: tuple[tuple[float, float, float], ...]) -> tuple[Sprite]:
            canvas, middle = Canvas.over(view, (box.width, box.height)), box.width / 2
            for number in np.argsort([toward for _, _, toward in directions], kind="stable").tolist():
                right, up, toward = directions[number]
                color = colors[number] if toward > -0.1 else faint[number]
                arm, text = _ARM * view.text, (_ARM + 0.55) * view.text
                end = (middle + arm * right, middle - arm * up)
                canvas.line([(middle, middle), end], color, max(2.0, 0.14 * view.text))
                at, label = (middle + text * right, middle - text * up), self.labels[number]
                canvas.text(*at, label, 0.9 * view.text, colors[number], "mm")  # a faint letter cannot be read
            return (canvas.sprite(box.x, box.y),)

        return lambda moment: sprites(tuple(map(tuple, np.round(moment.camera.axes.T, 4).tolist())))


def _readable(color: Rgba, view: View) -> Rgba:
    """A colour mixed with as much of the ink's as the background needs."""
    steps = (mixed(color, view.ink, fraction) for fraction in np.linspace(0, 1, 21).tolist())
    return next((step for step in steps if contrast(step, view.paper) >= _CONTRAST), view.ink)


def _faint(color: Rgba, view: View) -> Rgba:
    """A colour with the least opacity at which it can be seen."""
    red, green, blue, _ = color
    for opacity in np.linspace(_BEHIND, 1, 12).tolist():
        if contrast(mixed(view.paper, color, opacity), view.paper) >= _CONTRAST_BEHIND:
            return red, green, blue, opacity
    return red, green, blue, 1.0
