"""Frame times, and which recorded times a frame shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from .frame_times import TOLERANCE
from .recording import is_voltage

Sampling = Literal["nearest", "linear", "peak"]
SAMPLINGS: tuple[Sampling, ...] = ("nearest", "linear", "peak")


class Sample(NamedTuple):
    """The rows that a frame is made of, from ``first`` to ``last``, both counted.

    ``fraction`` is what the last has in a mean of the two; 0: their peak, which is the row itself where there is one.
    """

    first: int
    last: int
    fraction: float

    @property
    def rows(self) -> range:
        """All of them."""
        return range(self.first, self.last + 1)


def sample(times: npt.NDArray[np.float64], time: float, *, sampling: Sampling, step: float | None = None) -> Sample:
    """Which of the recorded ``times`` a frame at ``time`` shows.

    ``nearest`` gives the closest; half way between two the earlier. ``linear`` gives the neighbours and the
    fraction of the later. ``peak`` gives all in ``time - step / 2 <= t < time + step / 2``: frames a ``step``
    apart share none and leave none out; where there is none, or no ``step``, it is ``nearest``.

    Only ``times``, ``time`` and ``step`` count, so that each frame is the same however a film is split.
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


def _window(time: float, step: float) -> tuple[float, float]:
    """Where the window of a peak begins and ends, ms; what is on a border by rounding alone is on it."""
    slack = max(TOLERANCE * step, 4 * math.ulp(abs(time) + step))
    return time - step / 2 - slack, time + step / 2 - slack


def needed_rows(
    times: npt.NDArray[np.float64], frames: Iterable[float], *, sampling: Sampling, step: float | None = None
) -> npt.NDArray[np.int64]:
    """(n_rows,) int64: the rows that frames at these times (ms) are made of, rising, each once."""
    samples = [sample(times, float(frame), sampling=sampling, step=step) for frame in frames]
    return np.array(sorted({row for one in samples for row in one.rows}), dtype=np.int64)


def frame_values(
    shown: Sample, row: Callable[[int], npt.NDArray[np.float32]], *, variable: str
) -> npt.NDArray[np.float32]:
    """What a frame shows: the mean or the peak of its rows.

    The peak of a compartment is its greatest membrane potential, so that no spike is lost; of any other
    ``variable`` the value farthest from zero, which may be a negative current. Of two that are equally far it is
    the earlier. NaN counts only where there is nothing else.

    Parameters
    ----------
    shown : Sample
        The rows.
    row : callable
        Gives (n_compartments,) float32 for the number of a row; called in rising order, once for each.
    variable : str
        What was recorded.
    """
    values = row(shown.first)
    if shown.fraction > 0:
        return values + np.float32(shown.fraction) * (row(shown.last) - values)
    for number in shown.rows[1:]:
        other = row(number)
        if is_voltage(variable):
            values = np.fmax(values, other)
        else:
            values = np.where((np.abs(other) > np.abs(values)) | np.isnan(values), other, values)
    return values
