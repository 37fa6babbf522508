"""Plot: traces with scale bars and labels, in pixels."""

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
from .canvas import Canvas, line_height, shortened, text_width
from .number_format import quantity, round_below
from .subpixel_sprite import Moving, moving
from .trace_data import Curve, Site, read_curves

_TIME_BAR, _VALUE_BAR = 0.3, 0.55  # of the window and the range: what scale bars span at most


class Plot:
    """The traces, their scale bars and labels, in pixels."""

    def __init__(
        self,
        view: View,
        recording: Recording,
        sites: tuple[Site, ...],
        *,
        share: tuple[float, float],
        colors: Sequence[Rgba] | None,
        labels: Sequence[str] | None,
        ylim: tuple[float, float] | None,
    ) -> None:
        self._view = view
        self.start, self.stop = _window(recording, view)
        self.curves = read_curves(recording, sites, self.start, self.stop)
        for (section, _), curve in zip(sites, self.curves, strict=True):
            if not np.isfinite(curve.values).any():
                raise SceneError(
                    f"the TraceInset shows {recording.name!r} in section {section}, but nothing was recorded there "
                    f"from {self.start:g} to {self.stop:g} ms: name another section"
                )
        self._low, self._high = ylim or _range(self.curves)
        self.colors = colors or _colors(len(sites), view)
        self._labels = tuple(_name(section, view.morphology) for section, _ in sites) if labels is None else labels
        self._lay_out(share, recording.unit)

    def _lay_out(self, shares: tuple[float, float], unit: str) -> None:
        view, text, line = self._view, self._view.text, line_height(self._view.text)
        self._stroke, self.radius = max(1.0, 0.08 * text), max(2.0, 0.19 * text)
        self._edge = math.ceil(self.radius)  # a dot reaches so far beyond the traces
        self._width, self._height = (
            max(8, round(share * pixels)) for share, pixels in zip(shares, view.size, strict=True)
        )
        self.head = line if self._labels else 0
        self._top = self.head + self._edge
        self._time_bar = round_below(_TIME_BAR * (self.stop - self.start))
        self._value_bar = round_below(_VALUE_BAR * (self._high - self._low))
        self._words = quantity(self._time_bar, "ms"), quantity(self._value_bar, unit)
        self._bar, gap = max(1, round(0.09 * text)), round(0.3 * text)
        self._corner = self._edge + self._width + gap + self._bar, self._top + self._height + gap + self._bar
        self._gap = gap
        widths = [self._corner[0] + gap + text_width(self._words[1], text), text_width(self._words[0], text)]
        self.size: Size = max(widths), self._corner[1] + line

    def shows(self, time: float) -> bool:
        """True for a time in the window, rounding aside."""
        slack = 1e-6 * max(1.0, abs(time))
        return self.start - slack <= time <= self.stop + slack

    def x(self, time: float) -> float:
        """Pixels from the left of the box."""
        return self._edge + (time - self.start) / (self.stop - self.start) * self._width

    def y(self, value: float) -> float:
        """Pixels from the top of the box; a value beyond the ends is shown at them."""
        share = (value - self._low) / (self._high - self._low)
        return self._top + (1 - min(max(share, 0.0), 1.0)) * self._height

    def canvas(self) -> Canvas:
        """Everything that stays."""
        view, text, line, ink = self._view, self._view.text, line_height(self._view.text), self._view.ink
        canvas = Canvas.over(view, self.size)
        for curve, color in reversed(list(zip(self.curves, self.colors, strict=True))):  # the first lies uppermost
            for x, values in curve.strokes(self.start, self.stop, self._width):
                points = [(self._edge + float(a), self.y(float(b))) for a, b in zip(x, values, strict=True)]
                if len(points) == 1 or points[0][0] == points[-1][0]:
                    canvas.disc(*points[0], self._stroke / 2, color)
                if len(points) > 1:
                    canvas.line(points, color, self._stroke)
        right, bottom = self._corner
        across = self._time_bar / (self.stop - self.start) * self._width
        along = self._value_bar / (self._high - self._low) * self._height
        canvas.rectangle(right - across, bottom - self._bar, across, self._bar, ink)
        canvas.rectangle(right - self._bar, bottom - along, self._bar, along, ink)
        width = text_width(self._words[0], text)
        left = max(0.0, min(right - across / 2 - width / 2, right - width))
        canvas.text(left, bottom + line / 2, self._words[0], text, ink)
        canvas.text(right + self._gap, bottom - along / 2, self._words[1], text, ink)
        left, space = float(self._edge), round(0.8 * text)
        for label, color in zip(self._labels, self.colors, strict=bool(self._labels)):
            words = shortened(label, text, (self.size[0] - self._edge) / len(self._labels) - space)
            canvas.text(left, line / 2, words, text, color)
            left += text_width(words, text) + space
        return canvas

    def cursor(self) -> Moving:
        """A line over the traces, hung up at its upper end."""
        view, width = self._view, self._view.line
        reach, height = width + 1, self._height + 2 * self._edge
        color = (*view.ink[:3], 0.45)

        def plan(x: float, y: float) -> Canvas:
            canvas = Canvas((2 * reach, height + 2 * reach))
            canvas.rectangle(x - width / 2, y, width, height, color)
            return canvas

        return moving(plan, reach)

    def dot(self, color: Rgba) -> Moving:
        """A dot with a ring of paper about it."""
        view, reach = self._view, self._edge + self._view.line + 1

        def plan(x: float, y: float) -> Canvas:
            canvas = Canvas((2 * reach + 1, 2 * reach + 1))
            if not view.is_transparent:
                canvas.disc(x, y, self.radius + view.line, view.paper)
            canvas.disc(x, y, self.radius, color)
            return canvas

        return moving(plan, reach)


def _window(recording: Recording, view: View) -> tuple[float, float]:
    """The times that are shown: the film's, or where there is none, all that was recorded."""
    first, last = float(recording.times[0]), float(recording.times[-1])
    times = view.times
    start, stop = (first, last) if times is None or times.stop <= times.start else (times.start, times.stop)
    if start > last or stop < first:
        raise SceneError(
            f"the TraceInset's recording runs from {first:g} to {last:g} ms, the film from {start:g} to {stop:g} ms: "
            "they have no time in common"
        )
    return start, max(stop, math.nextafter(start + 1e-9 * abs(start), math.inf))


def _range(curves: Sequence[Curve]) -> tuple[float, float]:
    """What the curves reach, never of no width."""
    values = np.concatenate([curve.values for curve in curves])
    finite = values[np.isfinite(values)].astype(np.float64)
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _colors(count: int, view: View) -> tuple[Rgba, ...]:
    """That of all lines for one trace, a colour-blind-safe palette for several."""
    palette = trace_colors(view.paper)
    return (view.ink,) if count == 1 else tuple(palette[k % len(palette)] for k in range(count))


def _name(section: int, morphology: Morphology) -> str:
    """A section's label, with its index where others have the same."""
    label = morphology.section_labels[section]
    return label if morphology.section_labels.count(label) == 1 else f"{label} {section}"
