"""Plot: traces with their scale bars and labels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...data.morphology import Morphology
from ...data.recording import Recording
from ...errors import SceneError
from ...image.image import Size
from ..colors import Rgba
from ..palettes import trace_colors
from .base import View
from .canvas import Canvas, line_height, text_width
from .number_format import quantity, round_below
from .shortened import shortened_all
from .subpixel_sprite import SubpixelSprite, subpixel_sprite
from .trace_data import Site, TraceData, trace_data
from .units import round_time

_LEAST_ROW = 0.9  # of a stacked trace, in lines of text
_LONGEST_LABEL = 0.12  # of a stacked trace, relative to the picture's width
_TIME_BAR, _VALUE_BAR = 0.3, 0.55  # longest scale bars, relative to the window and the range


class Plot:
    """Traces with their scale bars and labels; all coordinates are pixels from the box's upper left corner.

    Parameters
    ----------
    view : View
        The picture.
    recording : Recording
        The values.
    sites : sequence of (section, position)
        One for each trace.
    relative_size : (float, float)
        Width and height of the traces, relative to the picture's.
    colors : sequence of RGBA, optional
        None: defaults.
    labels : sequence of str, optional
        None: the sections' labels; empty: none.
    ylim : (float, float), optional
        Values at the lower and upper end. None: the traces' range.
    is_stacked : bool
        True: each trace has a row of its own, with its label on the left. False: all are in one row.

    Raises
    ------
    SceneError
        The recording and the film have no time in common, or nothing was recorded at a site.
    """

    def __init__(
        self,
        view: View,
        recording: Recording,
        sites: tuple[Site, ...],
        *,
        relative_size: tuple[float, float],
        colors: Sequence[Rgba] | None,
        labels: Sequence[str] | None,
        ylim: tuple[float, float] | None,
        is_stacked: bool,
    ) -> None:
        self._view, self._is_stacked = view, is_stacked
        self.start, self.stop = _window(recording, view)
        self.traces = trace_data(recording, sites, self.start, self.stop)
        for (section, _), trace in zip(sites, self.traces, strict=True):
            if not np.isfinite(trace.values).any():
                raise SceneError(
                    f"the TraceInset shows {recording.name!r} in section {section}, but nothing was recorded there "
                    f"from {self.start:g} to {self.stop:g} ms: name another section"
                )
        self._low, self._high = ylim or _range(self.traces)
        self.colors = colors or _colors(len(sites), view)
        self._labels = tuple(_label(section, view.morphology) for section, _ in sites) if labels is None else labels
        self._lay_out(relative_size, recording.unit)

    def _lay_out(self, relative_size: tuple[float, float], unit: str) -> None:
        view, text, line = self._view, self._view.text, line_height(self._view.text)
        self._line_width, self.radius = max(1.0, 0.08 * text), max(2.0, 0.19 * text)
        self._edge = math.ceil(self.radius)  # a dot extends so far beyond the traces
        self._width, self._height = (
            max(8, round(relative * pixels)) for relative, pixels in zip(relative_size, view.size, strict=True)
        )
        self._n_rows = len(self.traces) if self._is_stacked else 1
        if self._is_stacked:
            self._height = max(self._height, math.ceil(_LEAST_ROW * line) * self._n_rows)
            self._labels = shortened_all(self._labels, text, max(_LONGEST_LABEL * view.size[0], 5 * text))
        beside = max((text_width(label, text) for label in self._labels), default=0) if self._is_stacked else 0
        self._left = self._edge + beside + (round(0.4 * text) if beside else 0)
        self.head = line if self._labels and not self._is_stacked else 0
        self._top = self.head + self._edge
        self._time_bar, time_text = round_time(_TIME_BAR * (self.stop - self.start))
        self._value_bar = round_below(_VALUE_BAR * (self._high - self._low))
        self._bar_texts = time_text, quantity(self._value_bar, unit)
        self._bar, gap = max(1, round(0.09 * text)), round(0.3 * text)
        self._corner = self._left + self._width + gap + self._bar, self._top + self._height + gap + self._bar
        self._gap = gap
        widths = [self._corner[0] + gap + text_width(self._bar_texts[1], text), text_width(self._bar_texts[0], text)]
        self.size: Size = max(widths), self._corner[1] + line

    def shows(self, time: float) -> bool:
        """True for a time in the window, rounding errors aside."""
        slack = 1e-6 * max(1.0, abs(time))
        return self.start - slack <= time <= self.stop + slack

    def x(self, time: float) -> float:
        """The x of a time."""
        return self._left + (time - self.start) / (self.stop - self.start) * self._width

    def y(self, value: float, trace: int) -> float:
        """The y of a value of a trace; values outside the range are at its ends."""
        fraction, row = (value - self._low) / (self._high - self._low), trace if self._is_stacked else 0
        return self._top + (row + 1 - min(max(fraction, 0.0), 1.0)) * self._height / self._n_rows

    def canvas(self) -> Canvas:
        """Everything but the cursor and the dots."""
        view, text, line, ink = self._view, self._view.text, line_height(self._view.text), self._view.ink
        canvas = Canvas.over(view, self.size)
        for k, (trace, color) in reversed(
            list(enumerate(zip(self.traces, self.colors, strict=True)))
        ):  # the first on top
            for x, values in trace.lines(self.start, self.stop, self._width):
                points = [(self._left + float(a), self.y(float(b), k)) for a, b in zip(x, values, strict=True)]
                if len(points) == 1 or points[0][0] == points[-1][0]:
                    canvas.disc(*points[0], self._line_width / 2, color)
                if len(points) > 1:
                    canvas.line(points, color, self._line_width)
        right, bottom = self._corner
        across = self._time_bar / (self.stop - self.start) * self._width
        along = self._value_bar / (self._high - self._low) * self._height / self._n_rows
        canvas.rectangle(right - across, bottom - self._bar, across, self._bar, ink)
        canvas.rectangle(right - self._bar, bottom - along, self._bar, along, ink)
        width = text_width(self._bar_texts[0], text)
        left = max(0.0, min(right - across / 2 - width / 2, right - width))
        canvas.text(left, bottom + line / 2, self._bar_texts[0], text, ink)
        canvas.text(right + self._gap, bottom - along / 2, self._bar_texts[1], text, ink)
        self._draw_labels(canvas)
        return canvas

    def _draw_labels(self, canvas: Canvas) -> None:
        """Beside their rows, or in a line above the traces."""
        text, line = self._view.text, line_height(self._view.text)
        if self._is_stacked:
            for k, (label, color) in enumerate(zip(self._labels, self.colors, strict=bool(self._labels))):
                canvas.text(0, self._top + (k + 0.5) * self._height / self._n_rows, label, text, color)
            return
        left, space = float(self._edge), round(0.8 * text)
        width = (self.size[0] - self._edge) / max(1, len(self._labels)) - space
        shown = shortened_all(self._labels, text, width)
        for label, color in zip(shown, self.colors, strict=bool(shown)):
            canvas.text(left, line / 2, label, text, color)
            left += text_width(label, text) + space

    def cursor(self) -> SubpixelSprite:
        """A line over the traces, positioned by its upper end."""
        view, width = self._view, self._view.line
        margin, height = width + 1, self._height + 2 * self._edge
        color = (*view.ink[:3], 0.45)

        def draw(x: float, y: float) -> Canvas:
            canvas = Canvas((2 * margin, height + 2 * margin))
            canvas.rectangle(x - width / 2, y, width, height, color)
            return canvas

        return subpixel_sprite(draw, margin)

    def dot(self, color: Rgba) -> SubpixelSprite:
        """A dot with a ring in the background's colour."""
        view, margin = self._view, self._edge + self._view.line + 1

        def draw(x: float, y: float) -> Canvas:
            canvas = Canvas((2 * margin + 1, 2 * margin + 1))
            if not view.is_transparent:
                canvas.disc(x, y, self.radius + view.line, view.paper)
            canvas.disc(x, y, self.radius, color)
            return canvas

        return subpixel_sprite(draw, margin)


def _window(recording: Recording, view: View) -> tuple[float, float]:
    """The times that are shown, ms: the film's, or without one, all that were recorded."""
    first, last = float(recording.times[0]), float(recording.times[-1])
    times = view.times
    start, stop = (first, last) if times is None or times.stop <= times.start else (times.start, times.stop)
    if start > last or stop < first:
        raise SceneError(
            f"the TraceInset's recording runs from {first:g} to {last:g} ms, the film from {start:g} to {stop:g} ms: "
            "they have no time in common"
        )
    return start, max(stop, math.nextafter(start + 1e-9 * abs(start), math.inf))


def _range(traces: Sequence[TraceData]) -> tuple[float, float]:
    """The traces' least and greatest value; half a unit to each side of a constant."""
    values = np.concatenate([trace.values for trace in traces])
    finite = values[np.isfinite(values)].astype(np.float64)
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _colors(count: int, view: View) -> tuple[Rgba, ...]:
    """The colour of all lines for one trace, a palette for several."""
    palette = trace_colors(view.paper)
    return (view.ink,) if count == 1 else tuple(palette[k % len(palette)] for k in range(count))


def _label(section: int, morphology: Morphology) -> str:
    """A section's label, with its index if other sections have the same."""
    label = morphology.section_labels[section]
    return label if morphology.section_labels.count(label) == 1 else f"{label} {section}"
