"""Clock: the frame's time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...errors import SceneError
from ...image.image import Size
from ...system.arguments import check_choice
from ..camera import Box
from ..colors import checked_color
from .base import Annotation, Drawing, Moment, Place, Sprite, View, keep_number
from .canvas import Canvas, font, line_height, text_width
from .film_speed import film_speeds
from .number_format import decimals, formatted
from .units import MOST_DECIMALS, TIME_UNITS, TimeUnit, time_unit

_UNITS = {"us": "µs", "\N{GREEK SMALL LETTER MU}s": "µs"}  # other spellings
_GAP = "   "  # between the unit and the speed
_GREATEST_UNKNOWN = 999.0  # ms: space is reserved for it if no range of times is known


@dataclass(frozen=True, kw_only=True)
class Clock(Annotation):
    """The frame's time; neither its unit nor its decimal point changes in a film.

    Parameters
    ----------
    place : Place
        Where it stands.
    offset : float
        ms, subtracted from the time: that of a stimulus, for example.
    decimals : int, optional
        0 to 3. None: as many as the film's times need, at least one.
    unit : {"ns", "µs", "ms", "s", "min"}, optional
        Of the time that is shown. None: as the film's times need it; ms from 1 ms up to 10 s, s up to 10 min.
    label : str
        Before the time, such as "t = ".
    color : colour, optional
        None: that of all text.
    show_speed : bool
        Show behind the time how fast it runs in the film: "×0.001" where a second of film shows a millisecond.

    Raises
    ------
    SceneError
        A wrong argument.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> clock = gm.Clock(offset=2.0, label="after the stimulus", place="upper right")
    >>> gm.render_image(gm.Scene(morphology, recording, annotations=(clock,)), time=5, size=(320, 240)).shape
    (240, 320, 3)
    """

    place: Place = "upper left"
    offset: float = 0.0
    decimals: int | None = None
    unit: TimeUnit | None = None
    label: str = ""
    color: Any = None
    show_speed: bool = False

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self.show_speed, (True, False), "show_speed", error=SceneError)
        keep_number(self, "offset", "finite ms")
        check_choice(self.decimals, (*range(MOST_DECIMALS + 1), None), "decimals", error=SceneError)
        object.__setattr__(self, "unit", _UNITS.get(self.unit, self.unit) if isinstance(self.unit, str) else self.unit)
        check_choice(self.unit, (*TIME_UNITS, None), "unit", error=SceneError)
        if self.decimals is not None:
            object.__setattr__(self, "decimals", int(self.decimals))
        if not isinstance(self.label, str):
            raise SceneError(f"label must be a string, got {self.label!r}")
        if self.color is not None:
            object.__setattr__(self, "color", checked_color(self.color, "color"))

    @property
    def goes_by_seconds(self) -> bool:
        """See `Annotation`."""
        return self.show_speed

    def room(self, view: View) -> Size:
        """The size for every time of the film; see `Annotation`."""
        return _Face(self, view).size

    def drawing(self, view: View, box: Box) -> Drawing:
        """See `Annotation`."""
        face = _Face(self, view)

        @lru_cache(maxsize=2)
        def sprites(time: str, speed: str) -> tuple[Sprite]:
            return (face.canvas(time, speed).sprite(box.x, box.y),)

        def at(moment: Moment) -> tuple[Sprite, ...]:
            return () if moment.time is None else sprites(face.text(moment.time), face.speed(moment.frame))

        return at


class _Face:
    """The positions of the digits: each has a cell of equal width, counted from the decimal point."""

    def __init__(self, clock: Clock, view: View) -> None:
        self._view, self._offset = view, clock.offset
        self._color = clock.color or view.ink
        times = view.times
        ends = (_GREATEST_UNKNOWN,) if times is None else (times.start, times.stop)
        step = 0.0 if times is None else times.step
        unit = clock.unit or time_unit(max(abs(end - clock.offset) for end in ends), step)
        self._factor, self._unit_text = TIME_UNITS[unit], f" {unit}"
        if clock.decimals is not None:
            self._decimals = clock.decimals
        elif times is None:
            self._decimals = 1
        else:
            shown = ((times.start - clock.offset) / self._factor, step / self._factor)
            self._decimals = max(1, decimals(shown, MOST_DECIMALS))
        self._cell = math.ceil(font(round(view.text)).getlength("0"))
        self._label = clock.label
        self._label_width = text_width(clock.label, view.text) if clock.label else 0
        wholes = [self.text(end).partition(".")[0] for end in ends]
        self._point = self._label_width + max(sum(self._advance(c) for c in whole) for whole in wholes)
        right = sum(self._advance(c) for c in self.text(ends[0]).partition(".")[2])
        point = self._advance(".") if self._decimals else 0
        self._unit = self._point + point + right
        self._speeds = film_speeds(times, view.fps) if clock.show_speed else []
        speeds = [text_width(_GAP + speed, view.text) for speed in {*self._speeds}]
        width = self._unit + text_width(self._unit_text, view.text) + max(speeds, default=0)
        self.size: Size = width, line_height(view.text)

    def speed(self, frame: int) -> str:
        """How fast time runs at a frame; "" if that is not shown."""
        return self._speeds[min(max(frame, 0), len(self._speeds) - 1)] if self._speeds else ""

    def text(self, time: float) -> str:
        """The time as it is shown, without its unit."""
        return formatted((time - self._offset) / self._factor, self._decimals)

    def canvas(self, time: str, speed: str) -> Canvas:
        """The clock at a time and a speed, as `text` and `speed` give them."""
        text, middle, color = self._view.text, self.size[1] / 2, self._color
        canvas = Canvas.over(self._view, self.size)
        whole, point, rest = time.partition(".")
        x = self._point
        for character in reversed(whole):
            x -= self._advance(character)
            canvas.text(x, middle, character, text, color)
        if self._label:
            canvas.text(0, middle, self._label, text, color)
        x = self._point
        for character in point + rest:
            canvas.text(x, middle, character, text, color)
            x += self._advance(character)
        canvas.text(self._unit, middle, self._unit_text + (_GAP + speed if speed else ""), text, color)
        return canvas

    def _advance(self, character: str) -> int:
        return self._cell if character.isdecimal() else text_width(character, self._view.text)
