"""Traces: values over time as a panel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array, read_only
from ...data.recording import Recording
from ...errors import SceneError, brief
from ...system.arguments import is_list_like, is_one_of, is_sequence
from ..annotations.base import Sprite, View
from ..annotations.canvas import Canvas, text_width
from ..annotations.number_format import exponent_of, formatted_all, power_of_ten, typeset
from ..annotations.sites import checked_section, checked_x
from ..annotations.subpixel_sprite import SubpixelSprite, subpixel_sprite
from ..annotations.trace_data import TraceData, trace_data
from ..colors import Rgba, checked_color
from ..palettes import trace_colors
from .base import checked_limits, checked_sample_times, spread
from .course_plot import Course, TimePlot
from .heading import heading
from .time_axes import Future, TimeAxes, checked_course, faded, window_of

_ROOM = 0.05  # of the range of values, above and below
_ALONE = 1.3  # radius of a sample without a line, in widths of a line


@dataclass(frozen=True, eq=False, repr=False)
class Traces(TimePlot):
    """Values over time as a panel of `Panels`, with axes and a cursor at the frame's time.

    Parameters
    ----------
    values : Recording, (n_times,) or (n_times, n_traces) float
        A recording, of which sites are shown; or the values themselves.
    section : int or sequence of int, optional
        Of a recording: where the values are recorded. None: section 0, as a rule the soma, or if nothing was recorded
        there, the first section that was; the title then says which.
    x : float or sequence of float
        Of a recording: the position along the section, 0 to 1.
    times : (n_times,) float, optional
        ms, rising; of values without a recording.
    rate : float, optional
        Hz, in place of ``times``: the first value is at 0 ms.
    label : str or sequence of str, optional
        One for each trace, in its colour.
    color : colour or sequence of colours, optional
        None: a palette for colour-blind people; the colour of text for a single trace.
    title : str, optional
        Above the traces. None: the recording's name and unit.
    xlim : (float, float), optional
        ms that are shown. None: the times of the film.
    ylim : (float, float), optional
        Values at the lower and the upper end; values outside are drawn at the ends. None: the range of the traces.
    future : {"faint", "hidden", "full"}
        How what comes after the frame's time is seen.
    time_axis : bool
        Whether times stand below.

    Raises
    ------
    SceneError
        A wrong argument, or nothing was recorded at a site.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> traces = gm.Traces(recording, section=(0, 160), label=("soma", "tuft"))
    >>> panels = gm.Panels([[gm.Scene(morphology, recording), traces]])
    >>> gm.render_image(panels, time=5, size=(480, 240)).shape
    (240, 480, 3)
    """

    values: Any
    _: KW_ONLY
    section: int | Sequence[int] | None = None
    x: float | Sequence[float] = 0.5
    times: npt.ArrayLike | None = None
    rate: float | None = None
    label: str | Sequence[str] | None = None
    color: Any = None
    title: str | None = None
    xlim: tuple[float, float] | None = None
    ylim: tuple[float, float] | None = None
    future: Future = "faint"
    time_axis: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "xlim", checked_course(self.future, self.time_axis, self.xlim))
        object.__setattr__(self, "ylim", checked_limits(self.ylim, "ylim", "the unit of the values"))
        if self.title is not None and not isinstance(self.title, str):
            raise SceneError(f"title must be a str or None, got {brief(self.title)}")
        if isinstance(self.values, Recording):
            self._take_recording(self.values)
        else:
            if self.section is not None or not is_one_of(self.x, (0.5,)):
                raise SceneError("section and x are of a recording: leave them out, or give a Recording as values")
            values = frozen_array(self.values, np.float32, name="values", error=SceneError)
            if values.ndim not in (1, 2) or not values.size:
                raise SceneError(f"values must have shape (n_times,) or (n_times, n_traces), got {values.shape}")
            values = values.reshape(len(values), -1)
            times = checked_sample_times(self.times, self.rate, len(values), what="values")
            self._keep(times, values)
        count = self.values.shape[1]
        if self.label is not None:
            object.__setattr__(self, "label", _several(self.label, count, "label"))
            if not all(isinstance(label, str) for label in self.label or ()):
                raise SceneError(f"label must be a str for each trace, got {brief(self.label)}")
        if self.color is not None:
            given = (self.color,) if count == 1 and not is_list_like(self.color) else self.color
            given = (self.color,) if count == 1 and len(given) != 1 else given
            colors = tuple(checked_color(one, "color") for one in _several(given, count, "color"))
            object.__setattr__(self, "color", colors)

    def _take_recording(self, recording: Recording) -> None:
        """Keep the values of sites."""
        if self.times is not None or self.rate is not None:
            raise SceneError("times and rate are of values without a recording: leave them out")
        recorded = set(recording.section.tolist())
        usual = 0 if 0 in recorded else min(recorded, default=0)
        sections = (usual,) if self.section is None else tuple(checked_section(one) for one in _listed(self.section))
        for section in sections:
            if section not in recorded:
                raise SceneError(f"nothing was recorded in section {section}: name another section")
        positions = tuple(checked_x(one) for one in _listed(self.x))
        if len(positions) not in (1, len(sections)):
            raise SceneError(f"x must be one number, or one for each of {len(sections)} sections, got {self.x!r}")
        sites = tuple(zip(sections, positions * (len(sections) // len(positions)), strict=True))
        first, last = float(recording.times[0]), float(recording.times[-1])
        traces = trace_data(recording, sites, first, last)
        for section, trace in zip(sections, traces, strict=True):
            if not np.isfinite(trace.values).any():
                raise SceneError(f"nothing was recorded in section {section}: name another section")
        if self.title is None:
            unit = f" ({typeset(recording.unit)})" if recording.unit else ""
            which = f", section {usual}" if self.section is None and usual else ""
            object.__setattr__(self, "title", f"{recording.name}{unit}{which}")
        self._keep(traces[0].times, np.stack([trace.values for trace in traces], axis=1))

    def _keep(self, times: npt.NDArray[np.float64], values: npt.NDArray[np.float32]) -> None:
        kept: dict[str, npt.NDArray[Any]] = {"times": times, "values": values}
        for name, array in kept.items():
            object.__setattr__(self, name, read_only(np.array(array)))
        for name, usual in (("rate", None), ("section", None), ("x", 0.5)):  # what they say is in the values
            object.__setattr__(self, name, usual)

    def course(self, view: View, left: int) -> Course:
        """See `TimePlot`."""
        return _DrawnTraces(self, view, left)


class _DrawnTraces:
    """Traces at one size."""

    def __init__(self, traces: Traces, view: View, left: int) -> None:
        times = np.asarray(traces.times)
        self._traces = [TraceData(times, column) for column in np.asarray(traces.values).T]
        window = window_of(view, traces.xlim, (float(times[0]), float(times[-1])))
        self._low, self._high = traces.ylim or _range(self._traces, window)
        palette = trace_colors(view.paper)
        count = len(self._traces)
        self._colors: Sequence[Rgba] = traces.color or (
            (view.ink,) if count == 1 else [palette[k % len(palette)] for k in range(count)]
        )
        names = traces.label or ()
        has_head = bool(traces.title or names)
        axes = TimeAxes(view, window, left, (traces.title or " ") if has_head else "", traces.time_axis)
        title, self._names = (
            heading(axes.title, names, view.text, axes.right - axes.left) if names else (axes.title, [])
        )
        self.axes = replace(axes, title=title)
        self._ticks = self.axes.row_ticks(self._low, self._high)
        self.labels = _labels(self._ticks)
        self._width = max(1.0, 0.09 * view.text)
        self._dots = [_dot(color, view) for color in self._colors]

    def _y(self, value: float) -> float:
        fraction = (value - self._low) / (self._high - self._low)
        return self.axes.bottom - min(max(fraction, 0.0), 1.0) * (self.axes.bottom - self.axes.top)

    def draw_axes(self, canvas: Canvas) -> None:
        """The vertical axis, the names of the traces, and what `TimeAxes` draws."""
        axes, view = self.axes, self.axes.view
        axes.draw(canvas)
        x = axes.left - round(0.5 * view.text)
        canvas.rectangle(x, axes.top, view.line, axes.bottom - axes.top, view.ink)
        for value, label in zip(self._ticks, self.labels, strict=True):
            y = self._y(value)
            canvas.rectangle(x - axes.tick, round(y - view.line / 2), axes.tick, view.line, view.ink)
            canvas.text(x - axes.tick - round(0.25 * view.text), y, label, view.text, view.ink, "rm")
        right = float(axes.right)
        for name, color in reversed(list(zip(self._names, self._colors, strict=False))):
            canvas.text(right, axes.head, name, view.text, color, "rm")
            right -= text_width(name, view.text) + view.text

    def draw_course(self, canvas: Canvas, start: float, stop: float, opacity: float) -> None:
        """The traces from one time to another."""
        axes = self.axes
        for trace, color in reversed(list(zip(self._traces, self._colors, strict=True))):
            for x, values in _part(trace, start, stop).lines(*axes.window, axes.right - axes.left):
                points = [(axes.left + float(a), self._y(float(b))) for a, b in zip(x, values, strict=True)]
                if len(points) > 1:
                    canvas.line(points, faded(color, opacity), self._width)
            for point in self._alone(trace, start, stop):
                canvas.disc(*point, _ALONE * self._width, faded(color, opacity))

    def _alone(self, trace: TraceData, start: float, stop: float) -> set[tuple[float, float]]:
        """Where samples are through which no line goes, between missing ones, to half a pixel."""
        known = np.pad(np.isfinite(trace.values), 1)
        is_alone = known[1:-1] & ~known[:-2] & ~known[2:]
        is_end = stop == self.axes.window[1]
        times, values = trace.times[is_alone].tolist(), trace.values[is_alone].tolist()
        return {
            (round(2 * self.axes.x(time)) / 2, round(2 * self._y(value)) / 2)
            for time, value in zip(times, values, strict=True)
            if start <= time < stop or (is_end and time == stop)
        }

    def heads(self, time: float) -> list[Sprite]:
        """A dot on each trace."""
        sprites = []
        for trace, dot in zip(self._traces, self._dots, strict=True):
            value = trace.at(time)
            if math.isfinite(value):
                sprites.append(dot(self.axes.x(time), self._y(value)))
        return sprites


def _part(trace: TraceData, start: float, stop: float) -> TraceData:
    """A trace from one time to another, with values at both ends."""
    first, last = max(start, float(trace.times[0])), min(stop, float(trace.times[-1]))
    if last <= first:
        return TraceData(np.zeros(0), np.zeros(0, dtype=np.float32))
    inside = (trace.times > first) & (trace.times < last)
    times = np.concatenate([[first], trace.times[inside], [last]])
    ends = np.array([trace.at(first), trace.at(last)], dtype=np.float32)
    return TraceData(times, np.concatenate([ends[:1], trace.values[inside], ends[1:]]))


def _range(traces: Sequence[TraceData], window: tuple[float, float]) -> tuple[float, float]:
    """The least and the greatest value in the window, or of all if there is none, with some room."""
    parts = [_part(trace, *window).values for trace in traces]
    values = np.concatenate([part[np.isfinite(part)] for part in parts])
    if not values.size:
        whole = np.concatenate([trace.values[np.isfinite(trace.values)] for trace in traces])
        values = whole if whole.size else np.zeros(1, dtype=np.float32)
    low, high = float(values.min()), float(values.max())
    room = _ROOM * (high - low)
    return spread(low - room, high + room)


def _labels(ticks: Sequence[float]) -> tuple[str, ...]:
    """The values of ticks; very large and small ones with a power of ten."""
    exponent = exponent_of(max(map(abs, ticks), default=0.0))
    labels = formatted_all(ticks, exponent) if ticks else ()
    power = f"×{power_of_ten(exponent)}" if exponent else ""
    return tuple(f"{label}{power if value else ''}" for value, label in zip(ticks, labels, strict=True))


def _dot(color: Rgba, view: View) -> SubpixelSprite:
    """A dot with a ring in the background's colour."""
    radius = max(2.0, 0.21 * view.text)
    margin = math.ceil(radius) + view.line + 1

    def draw(paper: Rgba | None, x: float, y: float) -> Canvas:
        canvas = Canvas((2 * margin + 1, 2 * margin + 1))
        if paper is not None:
            canvas.disc(x, y, radius + view.line, paper)
        canvas.disc(x, y, radius, color)
        return canvas

    return subpixel_sprite(partial(draw, None if view.is_transparent else view.paper), margin)


def _listed(given: Any) -> tuple[Any, ...]:
    return tuple(given) if is_sequence(given) else (given,)


def _several(given: Any, count: int, name: str) -> tuple[Any, ...]:
    """What was given for each trace."""
    several = _listed(given)
    if len(several) != count:
        raise SceneError(f"{name} must be one for each of {count} traces, got {brief(given)}")
    return several
