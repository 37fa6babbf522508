"""Sampling in time: the recorded rows that a frame shows, and its values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from .frame_times import TOLERANCE, PeakWindows
from .recording import is_voltage

Sampling = Literal["nearest", "linear", "peak"]
SAMPLINGS: tuple[Sampling, ...] = ("nearest", "linear", "peak")


class Sample(NamedTuple):
    """The rows that a frame shows: ``first`` to ``last``, inclusive.

    If ``fraction`` is greater than 0, the frame shows ``(1 - fraction) * first row + fraction * last row``. If it is 0,
    the frame shows the peak of all rows, which is the row itself if there is one.
    """

    first: int
    last: int
    fraction: float

    @property
    def rows(self) -> range:
        """Numbers of all rows."""
        return range(self.first, self.last + 1)


def sample(
    times: npt.NDArray[np.float64], time: float, *, sampling: Sampling, step: float | PeakWindows | None = None
) -> Sample:
    """The rows of the recorded ``times`` (ms) that a frame at ``time`` (ms) shows.

    ``nearest`` is the closest row; the earlier of two that are equally close. ``linear`` is the two neighbours.
    ``peak`` is all rows in ``time - step / 2 <= t < time + step / 2``, so that frames a ``step`` (ms) apart have no row
    in common and leave out none; if there is no row or no ``step``, it is ``nearest``. Films whose steps differ have
    `PeakWindows` in place of a step.

    The result depends on ``times``, ``time`` and ``step`` only: a frame is the same in whichever piece of a film it is.
    """
    if sampling == "peak" and step is not None:
        first, end = np.searchsorted(times, _window(time, step)).tolist()
        if first < end:
            return Sample(first, end - 1, 0.0)
    after = int(np.searchsorted(times, time))
    if after == 0:
        return Sample(0, 0, 0.0)
    if after == len(times):
        return Sample(after - 1, after - 1, 0.0)
    before = after - 1
    fraction = float((time - times[before]) / (times[after] - times[before]))
    if sampling == "linear" and fraction < 1:
        return Sample(before, after, fraction)
    nearest = before if fraction <= 0.5 + TOLERANCE else after
    return Sample(nearest, nearest, 0.0)


def _window(time: float, step: float | PeakWindows) -> tuple[float, float]:
    """Start and stop of the window of a peak, ms. A time on a border, up to rounding errors, is in the later window."""
    if isinstance(step, PeakWindows):
        return step(time)
    slack = max(TOLERANCE * step, 4 * math.ulp(abs(time) + step))
    return time - step / 2 - slack, time + step / 2 - slack


def needed_rows(
    times: npt.NDArray[np.float64],
    frames: Iterable[float],
    *,
    sampling: Sampling,
    step: float | PeakWindows | None = None,
) -> npt.NDArray[np.int64]:
    """(n_rows,) int64: the rows that frames at these times (ms) show, rising, each once."""
    samples = [sample(times, float(frame), sampling=sampling, step=step) for frame in frames]
    return np.array(sorted({row for frame_sample in samples for row in frame_sample.rows}), dtype=np.int64)


def frame_values(
    shown: Sample, row: Callable[[int], npt.NDArray[np.float32]], *, variable: str | npt.NDArray[np.bool_]
) -> npt.NDArray[np.float32]:
    """Values of a frame: the mean or the peak of its rows.

    The peak of the membrane potential is the greatest value, so that no spike is lost. The peak of any other variable
    is the value farthest from 0, which may be a negative current; the earlier of two that are equally far. NaN is the
    peak only if there is no other value.

    Parameters
    ----------
    shown : Sample
        The rows.
    row : callable
        Takes the number of a row and returns (n_compartments,) float32. It is called once for each row, in rising
        order.
    variable : str or (n_compartments,) bool
        The variable that was recorded; or which compartments have a membrane potential, where they differ.

    Returns
    -------
    (n_compartments,) float32
    """
    values = row(shown.first)
    if shown.fraction > 0:
        return values + np.float32(shown.fraction) * (row(shown.last) - values)
    is_potential = is_voltage(variable) if isinstance(variable, str) else variable
    for number in shown.rows[1:]:
        other = row(number)
        if is_potential is True:
            values = np.fmax(values, other)
        else:
            is_peak = np.where(is_potential, other > values, np.abs(other) > np.abs(values))
            values = np.where(is_peak | np.isnan(values), other, values)
    return values
