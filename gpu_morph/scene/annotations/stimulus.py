"""Stimulus: when and where a stimulus is given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...data.arrays import finite_number
from ...errors import SceneError
from ...image.image import Size
from ...system.arguments import is_sequence
from ..camera import Box, Camera
from ..colors import Rgba, checked_color
from ..palettes import stimulus_color
from .base import Annotation, Drawing, Moment, Place, Sprite, View, checked_number, keep_number
from .canvas import Canvas, line_height, text_width
from .pointer import Pointer
from .shapes import Point
from .sites import check_exists, checked_section, checked_x

Interval = tuple[float, float]
_BOLT: tuple[Point, ...] = ((0.62, 0.0), (0.1, 0.57), (0.44, 0.57), (0.32, 1.0), (0.84, 0.4), (0.5, 0.4))
_ELECTRODE_DIRECTION = (0.6, -0.8)  # on screen, from its tip


@dataclass(frozen=True, kw_only=True)
class Stimulus(Annotation):
    """A badge that is shown while a stimulus is given, and optionally an electrode at its site.

    Parameters
    ----------
    times : sequence of (on, off) or of float
        ms. Intervals, shown while ``on <= t < off`` and in at least one frame each; or instants.
    duration : float
        ms for which an instant is shown.
    label : str
        On the badge.
    place : Place
        Where the badge stands; its box is kept free.
    section : int, optional
        Section at which the electrode's tip is drawn. None: no electrode.
    x : float
        Position along that section, 0 to 1 of its arc length.
    color : colour, optional
        Of badge and electrode.

    Raises
    ------
    SceneError
        A wrong argument; when the picture is made, a section that does not exist.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> pulse = gm.Stimulus(times=((2.0, 3.0),), label="4 nA", section=0)
    >>> gm.render_image(gm.Scene(morphology, recording, annotations=(pulse,)), time=2.5, size=(320, 240)).shape
    (240, 320, 3)
    """

    times: tuple[Interval | float, ...]
    duration: float = 2.0
    label: str = "stimulus"
    place: Place = "upper left"
    section: int | None = None
    x: float = 0.5
    color: Any = None

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        keep_number(self, "duration", "positive ms", above=0)
        object.__setattr__(self, "times", _checked_times(self.times))
        if not isinstance(self.label, str):
            raise SceneError(f"label must be a string, got {self.label!r}")
        if self.section is not None:
            object.__setattr__(self, "section", checked_section(self.section))
        checked_x(self.x)
        if self.color is not None:
            object.__setattr__(self, "color", checked_color(self.color, "color"))

    def is_on(self, time: float, step: float = 0.0) -> bool:
        """True while the stimulus is given, and at the first of frames ``step`` ms apart after its beginning."""
        time = finite_number(time, name="time", expected="finite ms")
        step = finite_number(step, name="step", expected="0 or more ms", least=0.0)
        slack = 1e-9 * max(1.0, abs(time))
        for given in self.times:
            on, off = given if isinstance(given, tuple) else (given, given + self.duration)
            if on - slack <= time < max(off, on + step) - slack:
                return True
        return False

    def room(self, view: View) -> Size:
        """See `Annotation`."""
        if self.section is not None:
            check_exists(self.section, view.morphology, self)
        icon = _icon_height(view)
        label = round(0.25 * view.text) + text_width(self.label, view.text) if self.label else 0
        return icon * 3 // 4 + label, line_height(view.text)

    def drawing(self, view: View, box: Box) -> Drawing:
        """See `Annotation`."""
        color = self.color or stimulus_color(view.paper)
        badge = self._badge(view, box, color)
        step_at = (lambda _: 0.0) if view.times is None else view.times.step_at
        site = None if self.section is None else view.morphology.locate(self.section, self.x)[0]

        @lru_cache(maxsize=2)
        def sprites(camera: Camera) -> tuple[Sprite, ...]:
            electrode = None if site is None else _electrode(camera.project(site, view.size)[0], color, view)
            return (badge,) if electrode is None else (badge, electrode)

        def at(moment: Moment) -> tuple[Sprite, ...]:
            is_on = moment.time is not None and self.is_on(moment.time, step_at(moment.time))
            return sprites(moment.camera) if is_on else ()

        return at

    def _badge(self, view: View, box: Box, color: Rgba) -> Sprite:
        canvas = Canvas.over(view, (box.width, box.height))
        high, middle = _icon_height(view), box.height / 2
        canvas.polygon([(x * high * 0.85, middle + (y - 0.5) * high) for x, y in _BOLT], color)
        canvas.text(high * 3 // 4 + round(0.25 * view.text), middle, self.label, view.text, color)
        return canvas.sprite(box.x, box.y)


def _icon_height(view: View) -> int:
    return round(0.85 * view.text)


def _electrode(tip: Any, color: Rgba, view: View) -> Sprite | None:
    """A wedge whose tip lies at a pixel; None behind the camera or outside the picture."""
    if not np.isfinite(tip).all():
        return None
    length, half, edge = 2.8 * view.text, 0.2 * view.text, max(1.0, 0.08 * view.text)
    outline = ((0.0, 0.0), (length, half), (length, -half))
    return Pointer(outline, color, view.paper, edge).sprite(
        (float(tip[0]), float(tip[1])), _ELECTRODE_DIRECTION, view.size
    )


def _checked_times(times: Any) -> tuple[Interval | float, ...]:
    expected = "times must be (on, off) pairs or instants, in ms"
    if not is_sequence(times):
        raise SceneError(f"{expected}, got {times!r}")
    checked: list[Interval | float] = []
    for given in times:
        if not is_sequence(given):
            checked.append(checked_number(given, "times", "finite ms"))
            continue
        pair = tuple(checked_number(time, "times", "finite ms") for time in given)
        if len(pair) != 2 or pair[0] > pair[1]:
            raise SceneError(f"{expected}, on not after off; got {given!r}")
        checked.append((pair[0], pair[1]))
    return tuple(checked)
