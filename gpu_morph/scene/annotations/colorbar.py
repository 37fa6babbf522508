"""ColorBar: the values that colours stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from ...data.recording import is_voltage
from ...errors import SceneError, brief, unknown_name
from ...system.arguments import check_choice
from ..camera import Box
from ..colormaps import ColorTable
from ..colors import Rgba
from .base import ColorScale, Place, View, checked_number, keep_number
from .canvas import Canvas, line_height, text_width
from .number_format import formatted_all, power_of_ten, typeset
from .static import StaticAnnotation
from .ticks import Ticks, bar_ticks, labelled

Extend = Literal["auto", "both", "min", "max", "neither"]
_MISSING = "not recorded"
_USUAL_TICKS = 5


@dataclass(frozen=True, kw_only=True)
class ColorBar(StaticAnnotation):
    """A bar of the colours with ticks at round values; horizontal at the places "upper" and "lower".

    Parameters
    ----------
    place : Place
        Along which edge it stands.
    length : float
        Relative to the picture's height.
    variable : str, optional
        The variable of one of the scene's overlays, or the name of a mesh, of points or of an electrode with values.
        None: what the scene's own colours stand for.
    title : str, optional
        One or more lines. None: the quantity and its unit.
    ticks : sequence of float, optional
        Values with a tick; those outside the bar are left out. None: about five round values, or those that suit
        the scene's norm. Labels that have no space are left out.
    extend : {"auto", "both", "min", "max", "neither"}
        Which ends show the colour of values outside the range. "auto": the ends where such values occur.
    show_missing : {"auto", True, False}
        Show the colour of missing values. "auto": if there are any.

    Raises
    ------
    SceneError
        A wrong argument; when the picture is made, colours that stand for no values.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> bar = gm.ColorBar(title="membrane potential (mV)", ticks=(-80, -40, 0))
    >>> scene = gm.Scene(morphology, recording, clim=(-80, 0), annotations=(bar,))
    >>> gm.render_image(scene, time=5, size=(320, 240)).shape
    (240, 320, 3)
    """

    place: Place = "right"
    length: float = 0.4
    variable: str | None = None
    title: str | None = None
    ticks: Sequence[float] | None = None
    extend: Extend = "auto"
    show_missing: bool | Literal["auto"] = "auto"

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if keep_number(self, "length", "a fraction of the picture's height, above 0", above=0) > 1:
            raise SceneError(f"length must be a fraction of the picture's height, at most 1, got {self.length!r}")
        if self.variable is not None and not isinstance(self.variable, str):
            raise SceneError(f"variable must be the name of an overlay or a mesh, or None, got {brief(self.variable)}")
        if self.title is not None and not isinstance(self.title, str):
            raise SceneError(f"title must be a string or None, got {self.title!r}")
        if self.ticks is not None:
            object.__setattr__(self, "ticks", _checked_ticks(self.ticks))
        check_choice(self.extend, get_args(Extend), "extend", error=SceneError)
        check_choice(self.show_missing, ("auto", True, False), "show_missing", error=SceneError)

    def canvas(self, view: View) -> Canvas:
        """See `StaticAnnotation`."""
        scale = self._scale(view)
        if scale is None:
            raise SceneError(
                "the ColorBar has no values to show: the scene's color is no recorded variable; give color the "
                "recording's name, or leave the ColorBar out"
            )
        bar = _Bar(self, view, scale)
        return bar.horizontal() if bar.is_horizontal else bar.vertical()

    def _scale(self, view: View) -> ColorScale | None:
        if self.variable is None:
            return view.scale
        if self.variable not in view.overlay_scales:
            raise SceneError(
                unknown_name("variable", "overlay or mesh with values named", self.variable, view.overlay_scales)
            )
        return view.overlay_scales[self.variable]

    def colors_box(self, view: View, box: Box) -> Box:
        """Where the colours are in the picture, pixels: of ``box``, the area of the whole annotation."""
        scale = self._scale(view)
        assert scale is not None
        bar = _Bar(self, view, scale)
        x, y = bar.corner
        across, along = (bar.length, bar.width) if bar.is_horizontal else (bar.width, bar.length)
        return Box(box.x + x, box.y + y, across, along)


class _Bar:
    """The parts of a bar, in pixels, and its vertical and horizontal arrangement."""

    def __init__(self, annotation: ColorBar, view: View, scale: ColorScale) -> None:
        self.view, self.table, text = view, scale.table, view.text
        self.length, self.width = max(8, round(annotation.length * view.size[1])), max(4, round(0.75 * text))
        self.edge, self.tick, self.gap = view.line, max(2, round(0.22 * text)), max(1, round(0.22 * text))
        self.has_under = annotation.extend in ("both", "min") or (annotation.extend == "auto" and scale.has_under)
        self.has_over = annotation.extend in ("both", "max") or (annotation.extend == "auto" and scale.has_over)
        self.tip = round(0.8 * self.width)  # length of a triangle
        self.shows_missing = scale.has_missing if annotation.show_missing == "auto" else annotation.show_missing
        self.is_horizontal = annotation.place in ("upper", "lower")
        ticks = self._ticks(annotation.ticks, scale)
        self.ticks, self.short_ticks = ticks.values, ticks.short
        self.labels = self._with_space(ticks)
        self.title = scale_title(annotation.title, scale, ticks, is_long=self.is_horizontal)

    def _ticks(self, given: Sequence[float] | None, scale: ColorScale) -> Ticks:
        """Those given, or as many as have space, about five."""
        low, high = scale.table.clim
        if given is not None:
            slack = 1e-6 * (high - low)  # rounding error of an end
            return labelled([value for value in given if low - slack <= value <= high + slack], scale.table.clim)
        most = 1 + self.length / ((2.6 if self.is_horizontal else 1.3) * self.view.text)
        for count in range(_USUAL_TICKS, 0, -1):
            ticks = bar_ticks(scale.table, scale.norm, count=count, most=most)
            if all(self._with_space(ticks)):
                break
        return ticks

    def _with_space(self, ticks: Ticks) -> tuple[str, ...]:
        """The labels, "" for those that would touch earlier ones."""
        taken: list[tuple[float, float]] = []
        shown = []
        for value, label in zip(ticks.values, ticks.labels, strict=True):
            space = 0.5 * self.view.text + text_width(label, self.view.text) if self.is_horizontal else self.view.text
            start = self._pixel(value) - space / 2
            is_free = all(start + space <= a or start >= b for a, b in taken)
            taken += [(start, start + space)] if is_free else []
            shown.append(label if is_free else "")
        return tuple(shown)

    @property
    def corner(self) -> tuple[int, int]:
        """The upper left corner of the colours in the canvas."""
        line, titles = line_height(self.view.text), len(self.title)
        if not self.is_horizontal:
            above = (self.tip if self.has_over else 0) + self.edge
            return self.edge, titles * line + max(above + (self.gap if titles else 0), line // 2)  # half a label
        before = (self.tip if self.has_under else 0) + self.edge
        left = max([before, *(half - x for x, half in self._centred())])
        return left, titles * line + (self.gap if titles else 0) + self.edge

    def _centred(self) -> list[tuple[int, int]]:
        """The middle and half of the width of texts of a horizontal bar, which may extend beyond its ends."""
        middles = [*(self._pixel(value) for value in self.ticks), *(self.length // 2 for _ in self.title)]
        halves = [text_width(string, self.view.text) // 2 + 1 for string in (*self.labels, *self.title)]
        return [*zip(middles, halves, strict=True)]

    def vertical(self) -> Canvas:
        """Ticks to the right of the bar, the title above, the colour of missing values below."""
        text, line = self.view.text, line_height(self.view.text)
        _, head = self.corner
        foot = max((self.tip if self.has_under else 0) + self.edge, line // 2)
        label_x = self.edge + self.width + self.edge + self.tick + self.gap
        widths = [text_width(title, text) for title in self.title]
        widths += [label_x + text_width(label, text) for label in self.labels]
        missing = head + self.length + foot + line // 2  # its top
        if self.shows_missing:
            widths.append(label_x + text_width(_MISSING, text))
        height = missing + line if self.shows_missing else head + self.length + foot
        canvas = Canvas.over(self.view, (max([*widths, self.width + 2 * self.edge]), height))
        for k, title in enumerate(self.title):
            canvas.text(0, line * (k + 0.5), title, text, self.view.ink)
        self._outline(canvas, self.edge, head)
        rows = self.table.entries[_entries(self.table, self.length)[::-1]]
        canvas.picture(self.edge, head, np.repeat(rows[:, np.newaxis], self.width, axis=1))
        for value in self.short_ticks:
            y = head + self.length - 1 - self._pixel(value)
            canvas.rectangle(2 * self.edge + self.width, y, self.tick // 2, self.view.line, self.view.ink)
        for value, label in zip(self.ticks, self.labels, strict=True):
            y = head + self.length - 1 - self._pixel(value)
            canvas.rectangle(2 * self.edge + self.width, y - (self.edge - 1) // 2, self.tick, self.edge, self.view.ink)
            canvas.text(label_x, y + 0.5, label, text, self.view.ink)
        if self.shows_missing:
            self._swatch(canvas, self.edge, missing + (line - self.width) // 2, label_x, missing + line / 2)
        return canvas

    def horizontal(self) -> Canvas:
        """Ticks below the bar, the title above, the colour of missing values to the right."""
        text, line = self.view.text, line_height(self.view.text)
        left, head = self.corner
        after = (self.tip if self.has_over else 0) + self.edge
        right = max([after, *(half + x - self.length for x, half in self._centred())])
        foot = self.edge + self.tick + self.gap // 2 + (line if self.labels else 0)
        width = left + self.length + right
        swatch = width + line // 2 + self.edge  # its left edge
        label_x = swatch + self.width + self.edge + round(1.5 * self.gap)
        if self.shows_missing:
            width = label_x + text_width(_MISSING, text)
        canvas = Canvas.over(self.view, (width, head + self.width + foot))
        for k, title in enumerate(self.title):
            canvas.text(left + self.length // 2, line * (k + 0.5), title, text, self.view.ink, "mm")
        self._outline(canvas, left, head)
        columns = self.table.entries[_entries(self.table, self.length)]
        canvas.picture(left, head, np.repeat(columns[np.newaxis], self.width, axis=0))
        for value in self.short_ticks:
            x = left + self._pixel(value)
            canvas.rectangle(x, head + self.width + self.edge, self.view.line, self.tick // 2, self.view.ink)
        for value, label in zip(self.ticks, self.labels, strict=True):
            x, y = left + self._pixel(value), head + self.width + self.edge
            canvas.rectangle(x - (self.edge - 1) // 2, y, self.edge, self.tick, self.view.ink)
            canvas.text(x, y + self.tick + self.gap // 2 + line / 2, label, text, self.view.ink, "mm")
        if self.shows_missing:
            self._swatch(canvas, swatch, head, label_x, head + self.width / 2)
        return canvas

    def _pixel(self, value: float) -> int:
        """The pixel of the bar that shows a value, from its lower end."""
        return min(int(self.table.fraction(value) * self.length), self.length - 1)

    def _outline(self, canvas: Canvas, left: int, top: int) -> None:
        """The edge of the bar, and the triangles at its ends with theirs."""
        across, along = (self.length, self.width) if self.is_horizontal else (self.width, self.length)
        ink, edge = self.view.ink, self.edge
        canvas.rectangle(left - edge, top - edge, across + 2 * edge, along + 2 * edge, ink)
        ends = ((self.has_under, self.table.under, 0, -1), (self.has_over, self.table.over, self.length, 1))
        for has_tip, color, at, outward in ends:
            if has_tip:
                half = self.width / 2
                corners = [(at, 0.0), (at + outward * self.tip, half), (at, self.width)]
                points = [
                    (left + along_bar, top + beside)
                    if self.is_horizontal
                    else (left + beside, top + self.length - along_bar)
                    for along_bar, beside in corners
                ]
                canvas.polygon(points, _rgba(color), ink, edge)

    def _swatch(self, canvas: Canvas, x: int, y: int, label_x: int, middle: float) -> None:
        """The colour of missing values, and its label."""
        outer = self.width + 2 * self.edge
        canvas.rectangle(x - self.edge, y - self.edge, outer, outer, self.view.ink)
        canvas.rectangle(x, y, self.width, self.width, _rgba(self.table.missing))
        canvas.text(label_x, middle, _MISSING, self.view.text, self.view.ink)


def _entries(table: ColorTable, length: int) -> npt.NDArray[np.int64]:
    """The entry of the table that each pixel of a bar shows, from the lower end."""
    return ((np.arange(length) + 0.5) * len(table.entries) / length).astype(np.int64)


def scale_title(given: str | None, scale: ColorScale, ticks: Ticks, *, is_long: bool) -> list[str]:
    """Lines with the quantity, its unit, the factor of the labels, and the value from which they count."""
    factor = f"×{power_of_ten(ticks.exponent)}" if ticks.exponent else ""
    offset = [f"from {formatted_all([ticks.offset])[0]} {typeset(scale.unit)}".rstrip()] if ticks.offset else []
    if given is not None:
        return [*(given.split("\n") if given.strip() else []), *([factor] if factor else []), *offset]
    name = scale.name
    if is_voltage(name):
        name = "Membrane potential" if is_long else "V"
    unit = " ".join(part for part in (factor, typeset(scale.unit)) if part)
    first = [" ".join(part for part in (name, f"({unit})" if unit else "") if part)] if name or unit else []
    return first + offset


def _checked_ticks(ticks: Any) -> tuple[float, ...]:
    try:
        return tuple(checked_number(tick, "ticks", "finite values") for tick in ticks)
    except TypeError as cause:
        raise SceneError(f"ticks must be a sequence of values or None, got {ticks!r}") from cause


def _rgba(color: npt.NDArray[np.uint8]) -> Rgba:
    red, green, blue = (int(channel) / 255 for channel in color)
    return red, green, blue, 1.0
