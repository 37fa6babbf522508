"""Curve: the values at one place over a window of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from ...data.recording import Recording
from ...data.value_map import ValueMap, map_values

Site = tuple[int, float]  # a section, and the relative arc length along it
Stroke = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
_FINER = 2  # columns per pixel to which many samples are gathered
_read: WeakKeyDictionary[Recording, dict[object, tuple[Curve, ...]]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Curve:
    """Samples, linear between them; NaN where nothing was recorded.

    ``times`` are (n,) ms, ``values`` (n,) float32.
    """

    times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float32]

    def at(self, time: float) -> float:
        """The value at a time; NaN outside (by more than rounding)."""
        slack = 1e-6 * max(1.0, abs(time))
        first, last = float(self.times[0]), float(self.times[-1])
        if not first - slack <= time <= last + slack:
            return float("nan")
        time = min(max(time, first), last)
        before = int(np.searchsorted(self.times, time, side="right")) - 1
        start, value = float(self.times[before]), float(self.values[before])
        if time == start:  # a sample beside a gap has its value
            return value
        end, after = float(self.times[before + 1]), float(self.values[before + 1])
        return value + (after - value) * (time - start) / (end - start)

    def strokes(self, start: float, stop: float, pixels: int) -> list[Stroke]:
        """Lines that draw it over a width of so many pixels: pixels from the left, and values, for each.

        Of many samples the least and the greatest per column are kept, so that no peak is lost.
        """
        x, values = (self.times - start) / (stop - start) * pixels, self.values.astype(np.float64)
        if len(x) > 4 * _FINER * pixels:
            column = np.floor(x * _FINER)
            first = np.flatnonzero(np.diff(column, prepend=-1))
            values = np.stack([np.fmin.reduceat(values, first), np.fmax.reduceat(values, first)], axis=1).ravel()
            x = np.repeat((column[first] + 0.5) / _FINER, 2)
        known = np.flatnonzero(np.isfinite(values))
        runs = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
        return [(x[run], values[run]) for run in runs if len(run)]


def read_curves(recording: Recording, places: tuple[Site, ...], start: float, stop: float) -> tuple[Curve, ...]:
    """The curve of each place from ``start`` to ``stop``, ms, as far as it was recorded.

    Only rows of that window are read, some megabytes at a time; they are remembered as long as the recording lives.
    """
    known = _read.setdefault(recording, {})
    key = places, start, stop
    if key not in known:
        known[key] = _curves(recording, places, start, stop)
    return known[key]


def part_of_curves(recording: Recording, places: tuple[Site, ...], start: float, stop: float) -> Recording:
    """What `read_curves` reads, as a recording: the curves it gives are the same, and it is small."""
    first, end = _rows_within(recording.times, start, stop)
    at = map_values(recording, *zip(*places, strict=True))
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
    """The first row of a window and the one after its last; they reach beyond its ends where there are rows."""
    first = max(0, int(np.searchsorted(times, start, side="right")) - 1)
    return first, min(len(times), int(np.searchsorted(times, stop, side="left")) + 1)


def _curves(recording: Recording, places: tuple[Site, ...], start: float, stop: float) -> tuple[Curve, ...]:
    times = recording.times
    first, end = _rows_within(times, start, stop)
    inside, columns = times[first:end], _rows(recording, places, first, end).T
    begin, close = max(start, float(inside[0])), min(stop, float(inside[-1]))
    kept = (inside > begin) & (inside < close)
    curves = []
    for column in columns:
        whole = Curve(inside, column)
        ends = np.array([whole.at(begin), whole.at(close)], dtype=np.float32)
        values = np.concatenate([ends[:1], column[kept], ends[1:]])
        curves.append(Curve(np.concatenate([[begin], inside[kept], [close]]), values))
    return tuple(curves)


def _rows(recording: Recording, places: tuple[Site, ...], first: int, end: int) -> npt.NDArray[np.float32]:
    """(end - first, n_places) float32: the values of some rows."""
    at = map_values(recording, *zip(*places, strict=True))
    # Only the columns that matter are read, and the map takes them all as one long row.
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
