"""Layers: borders of layers as lines across the picture, with names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...errors import SceneError, brief
from ...image.image import Size
from ...system.arguments import checked_items
from ..camera import Box, Camera
from ..colors import checked_color
from .base import Annotation, Drawing, Sprite, View, checked_number, keep_number
from .canvas import Canvas, line_height, text_width
from .free_lines import is_free, parts_outside


@dataclass(frozen=True)
class Layers(Annotation):
    """Borders of layers: a line across the picture at the upper border of each, and its name below the line.

    The lines are where planes through the borders meet the plane through the camera's ``center`` that faces the viewer.
    They leave out what other annotations cover, and names move to the right of these.

    Parameters
    ----------
    heights : {name: float}
        µm along ``direction``, of the upper border of each layer; of the last one "" may be the name, for the line that
        ends the layer above it.
    direction : (3,) float, optional
        Upwards, across the layers. None: what points up in the picture.
    color : colour, optional
        None: that of all lines.
    linewidth : float, optional
        Pixels. None: that of thin lines.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> layers = gm.Layers({"L1": 1000, "L2/3": 800, "L5": 250, "": -300})
    >>> scene = gm.Scene(morphology, recording, camera=gm.Camera(azim=-90, elev=0), annotations=(layers,))
    >>> gm.render_image(scene, time=5, size=(320, 240)).shape
    (240, 320, 3)
    """

    heights: Mapping[str, float] | tuple[tuple[str, float], ...]
    _: KW_ONLY
    direction: Any = None
    color: Any = None
    linewidth: float | None = None

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        pairs = tuple(self.heights.items()) if isinstance(self.heights, Mapping) else self.heights
        if not isinstance(pairs, tuple) or not pairs or not all(isinstance(pair, tuple) for pair in pairs):
            raise SceneError(f"heights must be {{name: µm}}, got {brief(self.heights)}")
        heights = tuple((str(name), checked_number(at, "heights", "finite µm")) for name, at in pairs)
        object.__setattr__(self, "heights", heights)
        if self.direction is not None:
            numbers = checked_items(self.direction, "direction", "three finite numbers")
            given = tuple(checked_number(number, "direction", "three finite numbers") for number in numbers)
            if len(given) != 3 or not any(given):
                raise SceneError(f"direction must be three finite numbers, not all zero, got {brief(self.direction)}")
            object.__setattr__(self, "direction", given)
        if self.color is not None:
            object.__setattr__(self, "color", checked_color(self.color, "color"))
        if self.linewidth is not None:
            keep_number(self, "linewidth", "positive pixels or None", above=0, most=1e4)

    def room(self, view: View) -> Size:  # noqa: ARG002 (it has no place)
        """(0, 0), as it has no place in the layout; see `Annotation`."""
        return 0, 0

    def drawing(self, view: View, box: Box) -> Drawing:  # noqa: ARG002 (it is drawn across the picture)
        """See `Annotation`."""

        @lru_cache(maxsize=2)
        def sprites(camera: Camera) -> tuple[Sprite, ...]:
            up = camera.reference[2] if self.direction is None else np.array(self.direction, dtype=np.float64)
            up = up / np.linalg.norm(up)
            right, upwards, _ = camera.axes
            along = np.array([up @ right, -(up @ upwards)])  # upwards across the layers, on screen
            if np.linalg.norm(along) < 0.05:  # the camera looks along it
                return ()
            center = np.array(camera.center)
            middle = np.array(camera.middle(view.size))
            scale = view.size[1] / float(camera.height or 1.0)
            shown = []
            for name, height in dict(self.heights).items():
                # In the plane that faces the viewer, µm on screen for a height of 1 are 1 / |along|.
                away = (height - float(center @ up)) * scale * along / float(along @ along)
                shown += self._border(view, name, tuple((middle + away).tolist()), tuple(along.tolist()))
            return tuple(shown)

        return lambda moment: sprites(moment.camera)

    def _border(self, view: View, name: str, at: tuple[float, float], along: tuple[float, float]) -> list[Sprite]:
        """A line through a pixel at right angles to ``along``, and its name; empty where it is outside the picture."""
        (width, height), color = view.size, self.color or view.ink
        length = math.hypot(*along)
        right, down = -along[1] / length, along[0] / length
        if right < 0:
            right, down = -right, -down
        far, thickness = 2.0 * (width + height), self.linewidth or view.line
        start, end = (at[0] - far * right, at[1] - far * down), (at[0] + far * right, at[1] + far * down)
        margin = thickness + 2
        is_level = abs(down) < 1e-3
        top, bottom = (math.floor(at[1] - margin), math.ceil(at[1] + margin)) if is_level else (0, height)
        top, bottom = max(top, 0), min(bottom, height)
        if top >= bottom:
            return []
        gap, line = round(0.4 * view.text), Canvas((width, bottom - top))
        for part in parts_outside((start, end), view.boxes, picture=view.size, space=gap, least=2 * view.text):
            line.line([(x, y - top) for x, y in part], color, thickness)
        sprites = [line.sprite(0, top)]
        if name:
            room = (text_width(name, view.text), line_height(view.text))

            def corner(x: int) -> tuple[int, int]:
                return x, round(at[1] + (x - at[0]) * down / max(right, 1e-9) + thickness)

            beside = (corner(x) for x in (gap, *sorted(box.x + box.width + gap for box in view.boxes)))
            x, y = next((site for site in beside if is_free(site, room, view.boxes)), corner(gap))
            label = Canvas.at_site(view, room)
            label.text(0, room[1] / 2, name, view.text, color)
            sprites += [label.sprite(x, y)] if 0 <= y <= height - room[1] else []
        return sprites
