"""Axes: the directions of x, y and z."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...image.image import Size
from ...system.arguments import checked_items
from ..camera import Box
from ..colors import Rgba, checked_color
from .base import Annotation, Drawing, Place, Sprite, View
from .canvas import Canvas

_ARM, _SIDE = 1.9, 5.6  # of an axis, and of the whole, in heights of the text
_COLORS: tuple[Rgba, ...] = ((0.84, 0.15, 0.16, 1.0), (0.17, 0.6, 0.17, 1.0), (0.16, 0.39, 0.78, 1.0))
_BEHIND = 0.45  # opacity of an axis that points away from the viewer


@dataclass(frozen=True, kw_only=True)
class Axes(Annotation):
    """A triad in a corner: x, y and z as the camera sees them. It turns with the camera.

    Parameters
    ----------
    place : Place
        Where it stands.
    colors : sequence of three colours, optional
        Of x, y and z. None: red, green and blue.
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
        colors = _COLORS if self.colors is None else tuple(checked_color(color, "colors") for color in given)
        words = self.labels if isinstance(self.labels, str) else checked_items(self.labels, "labels", "three texts")
        labels = tuple(str(label) for label in words)
        if len(colors) != 3 or len(labels) != 3:
            raise ValueError(f"colors and labels must be three each, got {len(colors)} and {len(labels)}")
        object.__setattr__(self, "colors", colors)
        object.__setattr__(self, "labels", labels)

    def room(self, view: View) -> Size:
        """See `Annotation`."""
        side = round(_SIDE * view.text)
        return side, side

    def drawing(self, view: View, box: Box) -> Drawing:
        """See `Annotation`."""

        @lru_cache(maxsize=2)
        def sprites(directions: tuple[tuple[float, float, float], ...]) -> tuple[Sprite]:
            canvas, middle = Canvas.over(view, (box.width, box.height)), box.width / 2
            for number in np.argsort([toward for _, _, toward in directions], kind="stable").tolist():
                right, up, toward = directions[number]
                red, green, blue, _ = self.colors[number]
                color = (red, green, blue, 1.0 if toward > -0.1 else _BEHIND)
                arm, text = _ARM * view.text, (_ARM + 0.55) * view.text
                end = (middle + arm * right, middle - arm * up)
                canvas.line([(middle, middle), end], color, max(2.0, 0.14 * view.text))
                canvas.text(
                    middle + text * right, middle - text * up, self.labels[number], 0.9 * view.text, color, "mm"
                )
            return (canvas.sprite(box.x, box.y),)

        return lambda moment: sprites(tuple(map(tuple, np.round(moment.camera.axes.T, 4).tolist())))
