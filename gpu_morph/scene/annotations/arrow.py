"""Arrow: an arrow that points at a site of the cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from ...errors import SceneError
from ...image.image import Size
from ..camera import Box, Camera
from ..colors import checked_color
from ..picture_unit import picture_unit
from .base import Annotation, Drawing, Sprite, View, checked_number
from .canvas import Canvas, line_height, text_width
from .label_parting import LabelSprite
from .pointer import Pointer
from .shapes import Point
from .sites import check_exists, checked_section, checked_x

_LARGEST = 1e6  # pixels or µm; larger numbers do not fit the drawing's integers


@dataclass(frozen=True)
class Arrow(Annotation):
    """An arrow whose tip lies on a site of the cell, also when the camera turns.

    Parameters
    ----------
    section : int
        The section that it points at.
    x : float, optional
        Position along it, 0 to 1 of its arc length. None: the middle.
    direction : (3,) float, optional
        From the tip to the tail, in the morphology's axes. None: what is up for the camera.
    length : float
        µm, from tip to tail.
    min_length : float, optional
        The arrow is drawn no shorter; pixels of a picture 1,080 high, and in proportion in others. None: twice the
        usual text's height.
    facecolor, edgecolor : colour
        Of the arrow and of its edge; if they contrast, the arrow is visible over any background.
    linewidth : float, optional
        Of the edge, likewise. None: in proportion to the text.
    head_size : float
        Of the head, as a multiple of the default; the shaft is scaled with it.
    label : str, optional
        Behind the tail.

    Raises
    ------
    SceneError
        A wrong argument; when the picture is made, a section that does not exist.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> arrow = gm.Arrow(0, direction=(1, 0, 0), length=80, label="soma")
    >>> gm.render_image(gm.Scene(morphology, annotations=(arrow,)), size=(160, 240)).shape
    (240, 160, 3)
    """

    section: int
    _: KW_ONLY
    x: float | None = None
    direction: Sequence[float] | None = None
    length: float = 50.0
    min_length: float | None = None
    facecolor: Any = "white"
    edgecolor: Any = "black"
    linewidth: float | None = None
    head_size: float = 1.0
    label: str | None = None

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "section", checked_section(self.section))
        if self.x is not None:
            checked_x(self.x)
        if self.direction is not None:
            object.__setattr__(self, "direction", _unit(self.direction))
        for name, expected in (
            ("length", "positive µm"),
            ("min_length", "positive pixels or None"),
            ("linewidth", "positive pixels or None"),
            ("head_size", "a positive multiple of the usual head"),
        ):
            if getattr(self, name) is not None or "None" not in expected:
                number = checked_number(getattr(self, name), name, expected, above=0)
                object.__setattr__(self, name, min(number, _LARGEST))
        for name in ("facecolor", "edgecolor"):
            object.__setattr__(self, name, checked_color(getattr(self, name), name))
        if self.label is not None and not isinstance(self.label, str):
            raise SceneError(f"label must be a string or None, got {self.label!r}")

    def room(self, view: View) -> Size:
        """(0, 0), as it has no place in the layout; see `Annotation`."""
        check_exists(self.section, view.morphology, self)
        return 0, 0

    def drawing(self, view: View, box: Box) -> Drawing:  # noqa: ARG002 (it is drawn at its site)
        """See `Annotation`."""
        tip = self._tip(view)
        label = self._label(view) if self.label else None

        @lru_cache(maxsize=2)
        def sprites(camera: Camera) -> tuple[Sprite, ...]:
            tail = tip + self.length * self._direction(camera)
            (x, y), (far_x, far_y) = camera.project([tip, tail], view.size).tolist()
            if not math.isfinite(x + y + far_x + far_y):  # behind a perspective camera
                return ()
            along = self._along((far_x - x, far_y - y), view)
            arrow = self._pointer(math.hypot(*along), view).sprite((x, y), along, view.size)
            return () if arrow is None else (arrow,) if label is None else (_behind(label, (x, y), along, view), arrow)

        return lambda moment: sprites(moment.camera)

    def points(self, view: View) -> Sequence[Sequence[float]]:
        """The tail, with space for the label; of an arrow longer than the picture a part. See `Annotation`."""
        assert view.camera.height is not None
        pixel = view.camera.height / view.size[1]
        length = max(self.length, self._shortest(view) * pixel) + (1.5 * view.text * pixel if self.label else 0.0)
        length = min(length, view.camera.height)
        return [(self._tip(view) + length * self._direction(view.camera)).tolist()]

    def widened(self, factor: float) -> Arrow:
        """See `Annotation`."""
        given = {name: getattr(self, name) for name in ("min_length", "linewidth")}
        return replace(self, **{name: factor * width for name, width in given.items() if width is not None})

    def _tip(self, view: View) -> Any:
        return view.morphology.locate(self.section, 0.5 if self.x is None else self.x)[0]

    def _direction(self, camera: Camera) -> Any:
        return camera.reference[2] if self.direction is None else np.asarray(self.direction)

    def _shortest(self, view: View) -> float:
        return 2 * view.text if self.min_length is None else self.min_length * picture_unit(view.size)

    def _along(self, seen: Point, view: View) -> Point:
        """From tip to tail on screen, pixels.

        An arrow that points to or from the viewer would turn on screen by large angles when the camera turns a little.
        The shorter it appears, the more it is drawn vertically, upwards or downwards as it appears.
        """
        shortest = self._shortest(view)
        (x, y), missing = seen, max(0.0, shortest - math.hypot(*seen))
        y += missing if y > 1e-6 * shortest else -missing
        longest = 4.0 * max(view.size)  # longer than the picture
        scale = max(min(math.hypot(*seen), longest), shortest) / math.hypot(x, y)
        return x * scale, y * scale

    def _pointer(self, length: float, view: View) -> Pointer:
        text, edge_width = view.text * self.head_size, max(1.0, 0.08 * view.text)
        if self.linewidth is not None:
            edge_width = min(self.linewidth * picture_unit(view.size), sum(view.size))  # more is not seen
        head, half_head, half_shaft = min(0.8 * text, 0.6 * length), 0.34 * text, 0.08 * text
        tip = edge_width - 0.4  # so that the edge touches the site; the very end of a sharp tip is hardly visible
        side = [(tip, 0.0), (tip + head, half_head), (tip + head, half_shaft), (length - tip, half_shaft)]
        return Pointer((*side, *((x, -y) for x, y in side[:0:-1])), self.facecolor, self.edgecolor, edge_width)

    def _label(self, view: View) -> Sprite:
        """The label, centred at (0, 0)."""
        assert self.label is not None
        width, height = text_width(self.label, view.text), line_height(view.text)
        canvas = Canvas.at_site(view, (width, height))
        canvas.text(0, height / 2, self.label, view.text, view.ink)
        return canvas.sprite(-(width // 2), -(height // 2))


def _behind(label: Sprite, tip: Point, along: Point, view: View) -> Sprite:
    """A label that is centred at (0, 0), moved behind an arrow's tail."""
    length = math.hypot(*along)
    right, down = along[0] / length, along[1] / length
    height, width = label.image.shape[:2]
    distance = length + 0.2 * view.text + min(width / 2 / max(abs(right), 1e-9), height / 2 / max(abs(down), 1e-9))
    x, y = round(tip[0] + distance * right) + label.x, round(tip[1] + distance * down) + label.y
    return LabelSprite(label.image, x, y, label.shapes, outwards=1 if down > 0 else -1)


def _unit(direction: Any) -> tuple[float, ...]:
    try:
        given = tuple(checked_number(number, "direction", "three finite numbers") for number in direction)
    except TypeError as cause:
        raise SceneError(f"direction must be three finite numbers, got {direction!r}") from cause
    length = math.hypot(*given)
    if len(given) != 3 or not length:
        raise SceneError(f"direction must be three finite numbers, not all zero, got {direction!r}")
    return tuple(number / length for number in given)
