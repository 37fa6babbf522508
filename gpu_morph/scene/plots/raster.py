"""Raster: events over time, a row for each neuron or synapse, as a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array
from ...data.synapse_events import SynapseEvents
from ...errors import SceneError, brief
from ...system.arguments import is_list_like
from ..annotations.base import Sprite, View
from ..annotations.canvas import Canvas
from ..annotations.shortened import shortened_all
from ..colors import Rgba, checked_color
from ..synapse_style import SynapseStyle
from .course_plot import Course, TimePlot
from .time_axes import Future, TimeAxes, checked_course, faded, window_of

_LONGEST_LABEL = 0.3  # of the panel's width
_LEAST_HEIGHT = 0.22  # of an event's line, in heights of text
_OF_ROW = 0.8  # of a row's height


@dataclass(frozen=True, eq=False, repr=False)
class Raster(TimePlot):
    """Events over time as a panel of `Panels`: spikes, or activations of synapses, with a cursor at the frame's time.

    Parameters
    ----------
    events : SynapseEvents, sequence of array, or {name: sequence of array}
        Synapses, each of which has a row, by their populations; or times in ms, an array for each row, in groups that
        have names.
    colors : {name: colour}, optional
        Of populations or groups. None: those that the synapses' markers have.
    title : str, optional
        Above the rows.
    xlim : (float, float), optional
        ms that are shown. None: the times of the film.
    future : {"faint", "hidden", "full"}
        How what comes after the frame's time is seen.
    time_axis : bool
        Whether times stand below.

    Raises
    ------
    SceneError
        A wrong argument.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> raster = gm.Raster({"excitatory": [[2, 5, 9], [3, 8]], "inhibitory": [[6, 7]]}, title="inputs")
    >>> panels = gm.Panels([[gm.Scene(morphology, recording), raster]])
    >>> gm.render_image(panels, time=5, size=(480, 240)).shape
    (240, 480, 3)
    """

    events: Any
    _: KW_ONLY
    colors: Mapping[str, Any] | None = None
    title: str = ""
    xlim: tuple[float, float] | None = None
    future: Future = "faint"
    time_axis: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "xlim", checked_course(self.future, self.time_axis, self.xlim))
        if not isinstance(self.title, str):
            raise SceneError(f"title must be a str, got {brief(self.title)}")
        object.__setattr__(self, "events", _grouped(self.events))
        if self.colors is not None:
            if not isinstance(self.colors, Mapping):
                raise SceneError(f"colors must be {{name: colour}}, got {brief(self.colors)}")
            unknown = [name for name in self.colors if name not in self.events]
            if unknown:
                raise SceneError(f"colors name {unknown[0]!r}, but the groups are {brief(tuple(self.events))}")
            colors = {name: checked_color(color, "colors") for name, color in self.colors.items()}
            object.__setattr__(self, "colors", colors)

    def course(self, view: View, left: int) -> Course:
        """See `TimePlot`."""
        return _DrawnRaster(self, view, left)


class _DrawnRaster:
    """A raster at one size."""

    def __init__(self, raster: Raster, view: View, left: int) -> None:
        self._groups = list(raster.events.items())
        names = [name for name, _ in self._groups]
        self._colors = _colors(names, raster.colors or {}, view)
        self.labels = shortened_all(names, view.text, _LONGEST_LABEL * view.size[0])
        times = np.concatenate([row for _, rows in self._groups for row in rows])
        span = (float(times.min()), float(times.max())) if times.size else (0.0, 1.0)
        window = window_of(view, raster.xlim, span)
        self.axes = TimeAxes(view, window, left, raster.title, raster.time_axis)
        self._n_rows = sum(len(rows) for _, rows in self._groups)

    def _middle(self, row: float) -> float:
        """The y of a row's middle."""
        return self.axes.top + (row + 0.5) / self._n_rows * (self.axes.bottom - self.axes.top)

    def draw_axes(self, canvas: Canvas) -> None:
        """The names of the groups, and what `TimeAxes` draws."""
        axes, first = self.axes, 0
        axes.draw(canvas)
        x = axes.left - round(0.5 * axes.view.text)
        for (_, rows), label, color in zip(self._groups, self.labels, self._colors, strict=True):
            middle = (self._middle(first - 0.5) + self._middle(first + len(rows) - 0.5)) / 2
            canvas.text(x, middle, label, axes.view.text, color, "rm")
            first += len(rows)

    def draw_course(self, canvas: Canvas, start: float, stop: float, opacity: float) -> None:
        """The events from one time to another; the last one counts where the window ends."""
        axes, view = self.axes, self.axes.view
        height = max(_LEAST_HEIGHT * view.text, _OF_ROW * (axes.bottom - axes.top) / self._n_rows)
        width, row = max(1, round(0.11 * view.text)), 0  # on whole pixels, so that all lines look alike
        is_end = stop == axes.window[1]
        first, last = axes.window
        scale = (axes.right - axes.left) / (last - first)
        for (_, rows), color in zip(self._groups, self._colors, strict=True):
            shade = faded(color, opacity)
            for times in rows:
                inside = times[(times >= start) & ((times <= stop) if is_end else (times < stop))]
                y = self._middle(row) - height / 2
                columns = np.unique(np.round(axes.left + (inside - first) * scale - width / 2))
                ends = np.flatnonzero(np.diff(columns, append=np.inf) > width)  # of columns without a gap
                for left, right in zip(columns[[0, *(ends[:-1] + 1)]], columns[ends], strict=True) if len(ends) else ():
                    canvas.rectangle(float(left), y, float(right - left) + width, height, shade)
                row += 1

    def heads(self, time: float) -> Sequence[Sprite]:  # noqa: ARG002 (the interface of `Course`)
        """Nothing."""
        return ()


def _colors(names: Sequence[str], given: Mapping[str, Rgba], view: View) -> list[Rgba]:
    """The colours of groups: those given, those of the synapses' markers, or that of text for rows without a name."""
    if list(names) == [""]:
        return [given.get("", view.ink)]
    nothing, count = np.zeros(0), len(names)
    events = SynapseEvents(np.zeros((count, 3)), range(count), tuple(names), nothing, nothing)  # type: ignore[arg-type]
    usual = {**SynapseStyle().population_colors(events), **view.synapse_colors}
    return [given.get(name) or usual[name] for name in names]


def _grouped(events: Any) -> dict[str, tuple[npt.NDArray[np.float64], ...]]:
    """Times of each row, by group."""
    if isinstance(events, SynapseEvents):
        order = np.argsort(events.event_synapse, kind="stable")
        ends = np.cumsum(np.bincount(events.event_synapse, minlength=events.n_synapses))
        times = np.split(events.event_time[order], ends[:-1]) if events.n_synapses else []
        groups: dict[str, Any] = {
            name: [times[row] for row in np.flatnonzero(events.population == number)]
            for number, name in enumerate(events.population_names)
        }
    elif isinstance(events, Mapping):
        groups = dict(events)
    else:
        groups = {"": events}
    expected = "events must be SynapseEvents, or arrays of times (ms), one for each row, also as {name: arrays}"
    checked = {}
    for name, rows in groups.items():
        if not isinstance(name, str) or not is_list_like(rows) or not all(is_list_like(row) for row in rows):
            raise SceneError(f"{expected}, got {brief(events)}")
        if len(rows):
            checked[name] = tuple(_times(row, expected) for row in rows)
    if not checked:
        raise SceneError(f"{expected}, got none")
    return checked


def _times(row: Any, expected: str) -> npt.NDArray[np.float64]:
    times: npt.NDArray[np.float64] = frozen_array(row, np.float64, name="events", error=SceneError, unit="ms")
    if times.ndim != 1 or not np.isfinite(times).all():
        raise SceneError(f"{expected}, got {brief(row)} as a row")
    return times
