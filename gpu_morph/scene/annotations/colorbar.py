"""ColorBar: which colour stands for which value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from ...data.recording import is_voltage
from ...errors import SceneError
from ..colormaps import ColorTable
from ..colors import Rgba
from .base import ColorScale, Place, View, checked_number
from .canvas import Canvas, line_height, text_width
from .number_format import exponent_of, power_of_ten, round_numbers, typeset, written_all
from .static import Still

Extend = Literal["auto", "both", "min", "max", "neither"]
_MISSING = "not recorded"
_USUAL_TICKS = 5


@dataclass(frozen=True, kw_only=True)
class ColorBar(Still):
    """A bar of the colours with ticks at round values; it lies where its place is above or below the cell.

    Parameters
    ----------
    place : Place
        Along which edge it stands.
    length : float
        Share of the picture's height.
    title : str, optional
        In one or more lines. None: the quantity and its unit.
    ticks : sequence of float, optional
        Values with a tick; those beyond the bar's ends are left out. None: about five round ones.
    extend : {"auto", "both", "min", "max", "neither"}
        Which ends show the colour of values beyond. "auto": those that such values occur at.
    show_missing : {"auto", True, False}
        Explain the colour of what was not recorded. "auto": where there is such.

    Raises
    ------
    SceneError
        A wrong argument; or, when the picture is made, that its colours stand for no values.
    """

    place: Place = "right"
    length: float = 0.4
    title: str | None = None
    ticks: Sequence[float] | None = None
    extend: Extend = "auto"
    show_missing: bool | Literal["auto"] = "auto"

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if checked_number(self.length, "length", "a share of the picture's height, above 0", above=0) > 1:
            raise SceneError(f"length must be a share of the picture's height, at most 1, got {self.length!r}")
        if self.title is not None and not isinstance(self.title, str):
            raise SceneError(f"title must be words or None, got {self.title!r}")
        if self.ticks is not None:
            object.__setattr__(self, "ticks", _checked_ticks(self.ticks))
        if self.extend not in get_args(Extend):
            raise SceneError(f"extend must be one of {', '.join(get_args(Extend))}; got {self.extend!r}")
        if self.show_missing not in ("auto", True, False):
            raise SceneError(f"show_missing must be 'auto', True or False, got {self.show_missing!r}")

    def canvas(self, view: View) -> Canvas:
        """See `Still`."""
        scale = view.scale
        if scale is None:
            raise SceneError(
                "the ColorBar has no values to explain: the scene's color is no recorded variable; give it the "
                "recording's name, or leave the ColorBar out"
            )
        bar = _Bar(self, view, scale)
        return bar.lying() if self.place in ("upper", "lower") else bar.standing()


class _Bar:
    """What a bar consists of, in pixels, and two ways of putting it together."""

    def __init__(self, asked: ColorBar, view: View, scale: ColorScale) -> None:
        self.view, self.table, text = view, scale.table, view.text
        self.length, self.width = max(8, round(asked.length * view.size[1])), max(4, round(0.75 * text))
        self.edge, self.tick, self.gap = view.line, max(2, round(0.22 * text)), max(1, round(0.22 * text))
        self.has_under = asked.extend in ("both", "min") or (asked.extend == "auto" and scale.has_under)
        self.has_over = asked.extend in ("both", "max") or (asked.extend == "auto" and scale.has_over)
        self.tip = round(0.8 * self.width)  # how far a triangle reaches
        self.shows_missing = scale.has_missing if asked.show_missing == "auto" else asked.show_missing
        low, high = scale.table.clim
        self.is_lying = asked.place in ("upper", "lower")
        most = 1 + self.length / ((2.6 if self.is_lying else 1.3) * text)
        ticks = round_numbers(low, high, _USUAL_TICKS, most) if asked.ticks is None else asked.ticks
        slack = 1e-6 * (high - low)  # what rounding may do to an end
        self.ticks = [value for value in ticks if low - slack <= value <= high + slack]
        exponent = exponent_of(max(abs(low), abs(high)))
        self.labels = written_all(self.ticks, exponent)
        self.title = _title(asked.title, scale, exponent, is_long=self.is_lying)

    def standing(self) -> Canvas:
        """Ticks to the right of the bar, the title above, what was not recorded below."""
        text, line = self.view.text, line_height(self.view.text)
        above = (self.tip if self.has_over else 0) + self.edge
        head = len(self.title) * line + max(above + (self.gap if self.title else 0), line // 2)  # half a label
        foot = max((self.tip if self.has_under else 0) + self.edge, line // 2)
        words = self.edge + self.width + self.edge + self.tick + self.gap  # where labels begin
        widths = [text_width(title, text) for title in self.title]
        widths += [words + text_width(label, text) for label in self.labels]
        missing = head + self.length + foot + line // 2  # its top
        if self.shows_missing:
            widths.append(words + text_width(_MISSING, text))
        height = missing + line if self.shows_missing else head + self.length + foot
        canvas = Canvas.over(self.view, (max([*widths, self.width + 2 * self.edge]), height))
        for k, title in enumerate(self.title):
            canvas.text(0, line * (k + 0.5), title, text, self.view.ink)
        self._outline(canvas, self.edge, head)
        rows = self.table.entries[_entries(self.table, self.length)[::-1]]
        canvas.picture(self.edge, head, np.repeat(rows[:, np.newaxis], self.width, axis=1))
        for value, label in zip(self.ticks, self.labels, strict=True):
            y = head + self.length - 1 - self._pixel(value)
            canvas.rectangle(2 * self.edge + self.width, y - (self.edge - 1) // 2, self.tick, self.edge, self.view.ink)
            canvas.text(words, y + 0.5, label, text, self.view.ink)
        if self.shows_missing:
            self._swatch(canvas, self.edge, missing + (line - self.width) // 2, words, missing + line / 2)
        return canvas

    def lying(self) -> Canvas:
        """Ticks below the bar, the title above, what was not recorded to the right."""
        text, line = self.view.text, line_height(self.view.text)
        before, after = ((self.tip if wanted else 0) + self.edge for wanted in (self.has_under, self.has_over))
        # Labels and titles are as wide to both sides of their middles, and may reach beyond the bar's ends.
        middles = [*(self._pixel(value) for value in self.ticks), *(self.length // 2 for _ in self.title)]
        halves = [text_width(words, text) // 2 + 1 for words in (*self.labels, *self.title)]
        left = max([before, *(half - x for x, half in zip(middles, halves, strict=True))])
        right = max([after, *(half + x - self.length for x, half in zip(middles, halves, strict=True))])
        head = len(self.title) * line + (self.gap if self.title else 0) + self.edge
        foot = self.edge + self.tick + self.gap // 2 + (line if self.labels else 0)
        width = left + self.length + right
        swatch = width + line // 2 + self.edge  # its left edge
        words = swatch + self.width + self.edge + round(1.5 * self.gap)
        if self.shows_missing:
            width = words + text_width(_MISSING, text)
        canvas = Canvas.over(self.view, (width, head + self.width + foot))
        for k, title in enumerate(self.title):
            canvas.text(left + self.length // 2, line * (k + 0.5), title, text, self.view.ink, "mm")
        self._outline(canvas, left, head)
        columns = self.table.entries[_entries(self.table, self.length)]
        canvas.picture(left, head, np.repeat(columns[np.newaxis], self.width, axis=0))
        for value, label in zip(self.ticks, self.labels, strict=True):
            x, y = left + self._pixel(value), head + self.width + self.edge
            canvas.rectangle(x - (self.edge - 1) // 2, y, self.edge, self.tick, self.view.ink)
            canvas.text(x, y + self.tick + self.gap // 2 + line / 2, label, text, self.view.ink, "mm")
        if self.shows_missing:
            self._swatch(canvas, swatch, head, words, head + self.width / 2)
        return canvas

    def _pixel(self, value: float) -> int:
        """Which pixel of the bar, from its lower end, shows a value."""
        low, high = self.table.clim
        return min(max(int((value - low) / (high - low) * self.length), 0), self.length - 1)

    def _outline(self, canvas: Canvas, left: int, top: int) -> None:
        """The bar's edge, and the triangles at its ends with theirs."""
        across, along = (self.length, self.width) if self.is_lying else (self.width, self.length)
        ink, edge = self.view.ink, self.edge
        canvas.rectangle(left - edge, top - edge, across + 2 * edge, along + 2 * edge, ink)
        ends = ((self.has_under, self.table.under, 0, -1), (self.has_over, self.table.over, self.length, 1))
        for is_wanted, color, at, outward in ends:
            if is_wanted:
                half = self.width / 2
                corners = [(at, 0.0), (at + outward * self.tip, half), (at, self.width)]
                places = [
                    (left + along_bar, top + beside)
                    if self.is_lying
                    else (left + beside, top + self.length - along_bar)
                    for along_bar, beside in corners
                ]
                canvas.polygon(places, _rgba(color), ink, edge)

    def _swatch(self, canvas: Canvas, x: int, y: int, words: int, middle: float) -> None:
        """The colour of what was not recorded, and what it means."""
        outer = self.width + 2 * self.edge
        canvas.rectangle(x - self.edge, y - self.edge, outer, outer, self.view.ink)
        canvas.rectangle(x, y, self.width, self.width, _rgba(self.table.missing))
        canvas.text(words, middle, _MISSING, self.view.text, self.view.ink)


def _entries(table: ColorTable, length: int) -> npt.NDArray[np.int64]:
    """Which entry of the table each pixel of a bar shows, from the lower end."""
    return ((np.arange(length) + 0.5) * len(table.entries) / length).astype(np.int64)


def _title(given: str | None, scale: ColorScale, exponent: int, *, is_long: bool) -> list[str]:
    """Lines that say what the colours stand for, and by what the labels are multiplied."""
    factor = f"×{power_of_ten(exponent)}" if exponent else ""
    if given is not None:
        return [*(given.split("\n") if given.strip() else []), *([factor] if factor else [])]
    name = scale.name
    if is_voltage(name):
        name = "Membrane potential" if is_long else "V"
    unit = " ".join(word for word in (factor, typeset(scale.unit)) if word)
    return [" ".join(word for word in (name, f"({unit})" if unit else "") if word)] if name or unit else []


def _checked_ticks(ticks: Any) -> tuple[float, ...]:
    try:
        return tuple(checked_number(tick, "ticks", "finite values") for tick in ticks)
    except TypeError as cause:
        raise SceneError(f"ticks must be a sequence of values or None, got {ticks!r}") from cause


def _rgba(color: npt.NDArray[np.uint8]) -> Rgba:
    red, green, blue = (int(channel) / 255 for channel in color)
    return red, green, blue, 1.0
