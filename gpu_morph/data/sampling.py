"""Frame times, and which recorded times a frame shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from .recording import is_voltage

Sampling = Literal["nearest", "linear", "peak"]
SAMPLINGS: tuple[Sampling, ...] = ("nearest", "linear", "peak")
_TOLERANCE = 1e-9  # of a step: what rounding may take from or add to a range
_MOST_FRAMES = 10**8  # three weeks of film at 50 frames per second


@dataclass(frozen=True)
class TimeRange:
    """The times of a film, ms: from ``start`` to ``stop`` in steps of ``step``."""

    start: float
    stop: float
    step: float


def frame_times(t_start: float, t_stop: float, t_step: float) -> npt.NDArray[np.float64]:
    """``t_start + k * t_step`` for every k that does not pass ``t_stop``.

    Parameters
    ----------
    t_start, t_stop, t_step : float
        ms. ``t_stop`` itself is a frame when a whole number of steps reaches it (within 1e-9 steps).

    Returns
    -------
    (n_frames,) float64
        ms, at least one.

    Raises
    ------
    ValueError
        A step that is not positive, a stop before the start, anything not finite, or frames without number.
    """
    if not all(math.isfinite(t) for t in (t_start, t_stop, t_step)):
        raise ValueError(f"times must be finite ms, got t_start={t_start}, t_stop={t_stop}, t_step={t_step}")
    if t_step <= 0:
        raise ValueError(f"t_step must be positive ms, got {t_step}")
    if t_stop < t_start:
        raise ValueError(f"t_stop must not come before t_start, got t_start={t_start} and t_stop={t_stop} ms")
    steps = (float(t_stop) - float(t_start)) / float(t_step)
    if steps > _MOST_FRAMES:
        raise ValueError(
            f"t_step={t_step} ms from {t_start} to {t_stop} ms would be {steps:.3g} frames: choose a larger step"
        )
    # Rounding grows with the times themselves: long after zero it exceeds the tolerance.
    rounding = 4 * math.ulp(1.0) * max(abs(t_start), abs(t_stop)) / t_step
    n_steps = math.floor(steps + max(_TOLERANCE, rounding))
    times: npt.NDArray[np.float64] = t_start + np.arange(n_steps + 1) * np.float64(t_step)
    return times


def check_covered(frame_times: npt.NDArray[np.float64], times: npt.NDArray[np.float64]) -> None:
    """Raise ValueError if a frame lies outside the recorded times (by more than rounding)."""
    slack = 1e-6 * max(1.0, abs(times[0]), abs(times[-1]))
    outside = ~((frame_times >= times[0] - slack) & (frame_times <= times[-1] + slack))  # NaN is outside
    if np.any(outside):
        raise ValueError(
            f"a frame at {frame_times[outside][0]:g} ms was asked for, but the recording runs from "
            f"{times[0]:g} to {times[-1]:g} ms: change t_start or t_stop"
        )


class Sample(NamedTuple):
    """The rows that a frame is made of, from ``first`` to ``last``, both counted.

    ``share`` is what the last has in a mean of the two; 0: their peak, which is the row itself where there is one.
    """

    first: int
    last: int
    share: float

    @property
    def rows(self) -> range:
        """All of them."""
        return range(self.first, self.last + 1)


def sample(times: npt.NDArray[np.float64], time: float, *, sampling: Sampling, step: float | None = None) -> Sample:
    """Which of the recorded ``times`` a frame at ``time`` shows.

    ``nearest`` gives the closest; half way between two the earlier. ``linear`` gives the neighbours and the
    share of the later. ``peak`` gives all in ``time - step / 2 <= t < time + step / 2``: frames a ``step``
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
    share = float((time - times[before]) / (times[after] - times[before]))
    if sampling == "linear" and share < 1:
        return Sample(before, after, share)
    nearest = before if share <= 0.5 + _TOLERANCE else after
    return Sample(nearest, nearest, 0.0)


def _window(time: float, step: float) -> tuple[float, float]:
    """Where the window of a peak begins and ends, ms; what is on a border by rounding alone is on it."""
    slack = max(_TOLERANCE * step, 4 * math.ulp(abs(time) + step))
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
    if shown.share > 0:
        return values + np.float32(shown.share) * (row(shown.last) - values)
    for number in shown.rows[1:]:
        other = row(number)
        if is_voltage(variable):
            values = np.fmax(values, other)
        else:
            values = np.where((np.abs(other) > np.abs(values)) | np.isnan(values), other, values)
    return values
