"""TraceData: the values at a site over a window of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from ...data.recording import Recording
from ...data.value_map import ValueMap, map_values

Site = tuple[int, float]  # a section, and the position along it
Line = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]  # x in pixels, and values
_COLUMNS_PER_PIXEL = 2  # into which many samples are grouped
_MANY_SAMPLES = 4  # per column
_cache: WeakKeyDictionary[Recording, dict[object, tuple[TraceData, ...]]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class TraceData:
    """Samples with linear interpolation between them.

    Attributes
    ----------
    times : (n,) float64
        ms, rising.
    values : (n,) float32
        NaN where nothing was recorded.
    """

    times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float32]

    def at(self, time: float) -> float:
        """The value at a time; NaN outside the samples, rounding errors aside."""
        slack = 1e-6 * max(1.0, abs(time))
        first, last = float(self.times[0]), float(self.times[-1])
        if not first - slack <= time <= last + slack:
            return float("nan")
        time = min(max(time, first), last)
        before = int(np.searchsorted(self.times, time, side="right")) - 1
        start, value = float(self.times[before]), float(self.values[before])
        if time == start:  # NaN after it must not count
            return value
        end, after = float(self.times[before + 1]), float(self.values[before + 1])
        return value + (after - value) * (time - start) / (end - start)

    def lines(self, start: float, stop: float, pixels: int) -> list[Line]:
        """Lines through the samples, interrupted where values are missing.

        Of many samples the least and the greatest of each column are kept, so that no peak is lost.

        Parameters
        ----------
        start, stop : float
            ms: the times at the left and right ends.
        pixels : int
            The width between them.
        """
        x, values = (self.times - start) / (stop - start) * pixels, self.values.astype(np.float64)
        if len(x) > _MANY_SAMPLES * _COLUMNS_PER_PIXEL * pixels:
            column = np.floor(x * _COLUMNS_PER_PIXEL)
            first = np.flatnonzero(np.diff(column, prepend=-1))
            values = np.stack([np.fmin.reduceat(values, first), np.fmax.reduceat(values, first)], axis=1).ravel()
            x = np.repeat((column[first] + 0.5) / _COLUMNS_PER_PIXEL, 2)
        known = np.flatnonzero(np.isfinite(values))
        runs = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
        return [(x[run], values[run]) for run in runs if len(run)]


def trace_data(recording: Recording, sites: tuple[Site, ...], start: float, stop: float) -> tuple[TraceData, ...]:
    """The data of each site from ``start`` to ``stop``, ms, as far as it was recorded.

    Only rows of that window are read, some megabytes at a time. Results are cached while the recording exists.
    """
    cached = _cache.setdefault(recording, {})
    key = sites, start, stop
    if key not in cached:
        cached[key] = _read_traces(recording, sites, start, stop)
    return cached[key]


def trace_recording(recording: Recording, sites: tuple[Site, ...], start: float, stop: float) -> Recording:
    """The part of a recording from which `trace_data` gives the same."""
    first, end = _rows_within(recording.times, start, stop)
    at = map_values(recording, *zip(*sites, strict=True))
    columns = np.unique(np.stack([at.before, at.after]).clip(0))
    return Recording(
        recording.times[first:end],
        _columns(recording, columns, first, end),
        section=recording.section[columns],
        position=recording.position[columns],
        name=recording.name,
        unit=recording.unit,
    )


def _rows_within(times: npt.NDArray[np.float64], start: float, stop: float) -> tuple[int, int]:
    """The first row of a window and the one after its last, with the rows before and after its ends."""
    first = max(0, int(np.searchsorted(times, start, side="right")) - 1)
    return first, min(len(times), int(np.searchsorted(times, stop, side="left")) + 1)


def _read_traces(recording: Recording, sites: tuple[Site, ...], start: float, stop: float) -> tuple[TraceData, ...]:
    times = recording.times
    first, end = _rows_within(times, start, stop)
    inside, columns = times[first:end], _site_values(recording, sites, first, end).T
    begin, close = max(start, float(inside[0])), min(stop, float(inside[-1]))
    kept = (inside > begin) & (inside < close)
    traces = []
    for column in columns:
        whole = TraceData(inside, column)
        ends = np.array([whole.at(begin), whole.at(close)], dtype=np.float32)
        values = np.concatenate([ends[:1], column[kept], ends[1:]])
        traces.append(TraceData(np.concatenate([[begin], inside[kept], [close]]), values))
    return tuple(traces)


def _site_values(recording: Recording, sites: tuple[Site, ...], first: int, end: int) -> npt.NDArray[np.float32]:
    """(end - first, n_sites) float32: the values of some rows at the sites."""
    at = map_values(recording, *zip(*sites, strict=True))
    # Only the columns that matter are read. Their rows are mapped at once, as one long row.
    columns, index = np.unique(np.stack([at.before, at.after]).clip(0), return_inverse=True)
    before, after = index.reshape(2, -1)
    block = _columns(recording, columns, first, end)
    row_starts = np.arange(len(block))[:, np.newaxis] * len(columns)
    long = ValueMap(
        np.where(at.before < 0, -1, before + row_starts).ravel().astype(np.int32),
        (after + row_starts).ravel().astype(np.int32),
        np.tile(at.weight, len(block)),
    )
    return long(block.ravel()).reshape(len(block), -1)


def _columns(
    recording: Recording, columns: npt.NDArray[np.integer[Any]], first: int, end: int
) -> npt.NDArray[np.float32]:
    """Some columns of some rows; NaN for what is not finite."""
    values = recording.columns(columns, first, end)
    return np.where(np.isfinite(values), values, np.float32(np.nan))
