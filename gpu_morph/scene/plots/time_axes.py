"""TimeAxes: a plot's area over time, with its axes, a cursor, and what the frame's time has not reached yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from ...errors import SceneError
from ...system.arguments import check_choice
from ..annotations.base import View
from ..annotations.canvas import Canvas, line_height, text_width
from ..annotations.number_format import formatted_all, round_numbers
from ..annotations.subpixel_sprite import SubpixelSprite
from ..annotations.units import TIME_UNITS, time_unit
from ..colors import Rgba
from .base import checked_limits, spread
from .cursor import cursor_sprite
from .heading import shortened_title

Future = Literal["faint", "hidden", "full"]
FAINT = 0.33  # opacity of what comes later
_RIGHT = 2.0  # heights of text to the right of the area
_MARGIN = 0.3  # heights of text to the right of a title
_TICKS_APART, _ROWS_APART = 4.5, 2.0  # heights of text


@dataclass(frozen=True, eq=False)
class TimeAxes:
    """The area of a plot over time, in pixels of the panel.

    Parameters
    ----------
    view : View
        The panel.
    window : (float, float)
        ms, at the left and the right end.
    left : int
        The x of the left end.
    title : str
        Above the area.
    has_time_axis : bool
        Whether times stand below the area.
    """

    view: View
    window: tuple[float, float]
    left: int
    title: str = ""
    has_time_axis: bool = True

    @property
    def right(self) -> int:
        """The x behind the right end."""
        return max(self.left + 8, self.view.size[0] - round(_RIGHT * self.view.text))

    @property
    def head(self) -> float:
        """The y of the middle of the title."""
        return line_height(self.view.text) / 2 + round(0.5 * self.view.text)

    @property
    def top(self) -> int:
        """The y of the upper end."""
        return round(self.view.text) + (line_height(self.view.text) if self.title else 0)

    @property
    def bottom(self) -> int:
        """The y below the lower end."""
        below = round(0.7 * self.view.text)
        if self.has_time_axis:
            below += line_height(self.view.text) + self.tick
        return max(self.top + 8, self.view.size[1] - below)

    @property
    def tick(self) -> int:
        """The length of a tick."""
        return _tick(self.view)

    def x(self, time: float) -> float:
        """The x of a time."""
        start, stop = self.window
        return self.left + (time - start) / (stop - start) * (self.right - self.left)

    def shows(self, time: float | None) -> bool:
        """True for a time in the window."""
        return time is not None and self.window[0] <= time <= self.window[1]

    def draw(self, canvas: Canvas) -> None:
        """The time axis and the title."""
        view, text = self.view, self.view.text
        if self.title:
            title = shortened_title(self.title, text, view.size[0] - self.left - _MARGIN * text)
            canvas.text(self.left, self.head, title, text, view.ink)
        if not self.has_time_axis:
            return
        y = self.bottom + round(0.2 * text)
        start, stop = self.window
        canvas.rectangle(self.left, y, self.right - self.left, view.line, view.ink)
        unit = time_unit(max(abs(start), abs(stop)))
        factor = TIME_UNITS[unit]
        count = max(2, int((self.right - self.left) / (_TICKS_APART * text)))
        ticks = round_numbers(start / factor, stop / factor, count, count + 1)
        labels = list(formatted_all(ticks)) if ticks else []
        if labels:
            labels[-1] += f" {unit}"
        for value, label in zip(ticks, labels, strict=True):
            x = self.x(value * factor)
            canvas.rectangle(round(x - view.line / 2), y, view.line, self.tick, view.ink)
            width = text_width(label, text)
            left = min(x - text_width(label.split(" ")[0], text) / 2, view.size[0] - width - 0.3 * text)
            canvas.text(left, y + self.tick + line_height(text) / 2, label, text, view.ink)

    def row_ticks(self, low: float, high: float) -> tuple[float, ...]:
        """Round values for a vertical axis from ``low`` to ``high``."""
        count = max(1, int((self.bottom - self.top) / (_ROWS_APART * self.view.text)))
        return round_numbers(low, high, min(count, 4), count + 1)

    def cursor(self) -> SubpixelSprite:
        """A line over the area, positioned by its upper end."""
        return cursor_sprite(self.view.line, self.bottom - self.top, self.view.ink)


def window_of(view: View, xlim: tuple[float, float] | None, span: tuple[float, float]) -> tuple[float, float]:
    """The times that a plot shows, ms: those given, those of the film, or its own."""
    if xlim is not None:
        return xlim
    times = view.times
    start, stop = span if times is None or times.stop <= times.start else (times.start, times.stop)
    return spread(start, stop)


def checked_course(future: object, time_axis: object, xlim: object) -> tuple[float, float] | None:
    """Check what all plots over time take, and return ``xlim``."""
    check_choice(future, get_args(Future), "future", error=SceneError)
    check_choice(time_axis, (True, False), "time_axis", error=SceneError)
    return checked_limits(xlim, "xlim", "ms")


def faded(color: Rgba, opacity: float) -> Rgba:
    """A colour with an opacity."""
    return (*color[:3], color[3] * opacity)


def room_for(labels: Iterable[str], view: View) -> int:
    """Pixels to the left of an area for labels that stand there."""
    widest = max((text_width(label, view.text) for label in labels if label), default=0)
    return widest + round(1.2 * view.text) + _tick(view)


def _tick(view: View) -> int:
    return max(2, round(0.25 * view.text))
