"""Frame times: the times of a film, and whether a recording covers them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import brief
from .arrays import as_decimal, finite_number, frozen_array, read_only

TOLERANCE = 1e-9  # steps; differences up to this are rounding errors
MAX_FRAMES = 10**6  # more than five hours of film at 50 frames per second


@dataclass(frozen=True)
class TimeRange:
    """The times of a film, at equal distances.

    Parameters
    ----------
    start, stop, step : float
        The first time, the greatest that a frame may have, and the distance of two frames, ms.

    Examples
    --------
    >>> gm.TimeRange(0, 50, 0.1).step
    0.1
    """

    start: float
    stop: float
    step: float

    def __post_init__(self) -> None:
        for name in ("start", "stop", "step"):
            finite_number(getattr(self, name), name=f"time_range: {name}", expected="finite ms")

    @property
    def windows(self) -> float | PeakWindows:
        """What `gpu_morph.data.sampling.sample` takes as ``step``: the width of each frame's window, ms, or windows."""
        return self.step

    @property
    def n_times(self) -> int:
        """The number of times."""
        return round((self.stop - self.start) / self.step) + 1 if self.step > 0 else 1

    def step_at(self, time: float) -> float:  # noqa: ARG002 (children use it)
        """The ms of simulation from one frame to the next around a time."""
        return self.step


@dataclass(frozen=True, eq=False)
class ListedTimes(TimeRange):
    """The times of a film that are not in even steps: ``times`` (n_frames,) float64, ms, in the film's order.

    ``start`` and ``stop`` are the least and the greatest of them, ``step`` is the median of the steps between frames,
    without those of 0.
    """

    times: npt.NDArray[np.float64]

    @classmethod
    def of(cls, times: npt.NDArray[np.float64]) -> TimeRange:
        """The times of a film, as a `TimeRange` if they rise in even steps."""
        steps = np.diff(times)
        moving = np.abs(steps[steps != 0])
        step = float(np.median(moving)) if len(moving) else 1.0
        start, stop = float(times.min()), float(times.max())
        if not len(steps) or (np.all(steps > 0) and np.ptp(steps) <= 1e-6 * step):
            return TimeRange(start, stop, step)
        return cls(start, stop, step, read_only(times.copy()))

    @property
    def n_times(self) -> int:
        """The number of times."""
        return len(self.times)

    @cached_property
    def windows(self) -> PeakWindows:
        """Of each frame, from half way to the frame before to half way to the next."""
        return PeakWindows(self.times)

    def step_at(self, time: float) -> float:
        """The ms of simulation from one frame to the next around a time."""
        low, high = self.windows(time)
        return high - low

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone."""
        return {name: getattr(self, name) for name in ("start", "stop", "step", "times")}


class PeakWindows:
    """The part of the simulation that a frame stands for: from half way to the frame before, to half way to the next.

    Frames that show the same time count once, and those before and after are the next ones with other times. A frame at
    which the film turns back, begins or ends reaches as far to the other side. If a time is shown at several speeds,
    the narrowest window counts, as the frames beside it show the rest.

    Parameters
    ----------
    times : (n_frames,) float64
        ms, in the film's order.
    """

    def __init__(self, times: npt.NDArray[np.float64]) -> None:
        changes = np.flatnonzero(np.append(True, np.diff(times) != 0))
        shown = times[changes]
        before, after = np.append(np.nan, shown[:-1]), np.append(shown[1:], np.nan)
        below = shown - np.fmax(np.where(before < shown, before, -np.inf), np.where(after < shown, after, -np.inf))
        above = np.fmin(np.where(before > shown, before, np.inf), np.where(after > shown, after, np.inf)) - shown
        below, above = (
            np.where(np.isfinite(one), one, np.where(np.isfinite(other), other, 0.0))
            for one, other in ((below, above), (above, below))
        )
        self._times, number = np.unique(shown, return_inverse=True)
        self._below, self._above = np.full((2, len(self._times)), np.inf)
        np.minimum.at(self._below, number, below)
        np.minimum.at(self._above, number, above)

    def __call__(self, time: float) -> tuple[float, float]:
        """Start and stop of the window around a frame's time, ms; that of the nearest frame for another time."""
        after = min(int(np.searchsorted(self._times, time)), len(self._times) - 1)
        nearest = after if after == 0 or self._times[after] - time <= time - self._times[after - 1] else after - 1
        below, above = float(self._below[nearest]), float(self._above[nearest])
        return time - below / 2 - _slack(time, below), time + above / 2 - _slack(time, above)


def _slack(time: float, step: float) -> float:
    """ms: a recorded time on a border, up to rounding errors, is in the later window."""
    return max(TOLERANCE * step, 4 * math.ulp(abs(time) + step))


def checked_times(times: Any) -> npt.NDArray[np.float64]:
    """The times of a film, (n_frames,) float64, ms.

    Raises
    ------
    ValueError
        Not one or more finite numbers in one dimension, or more than 10**6.
    """
    given: npt.NDArray[np.float64] = frozen_array(times, np.float64, name="times", error=ValueError, unit="ms")
    if given.ndim != 1 or not len(given) or not np.isfinite(given).all():
        raise ValueError(f"times must be one or more finite times in ms, in one dimension, got {brief(times)}")
    if len(given) > MAX_FRAMES:
        raise ValueError(f"times are {len(given):,} frames, more than {MAX_FRAMES:,}: choose fewer")
    return given


def frame_times(t_start: float, t_stop: float, t_step: float) -> npt.NDArray[np.float64]:
    """``t_start + k * t_step`` for every k that does not pass ``t_stop``.

    Parameters
    ----------
    t_start, t_stop, t_step : float
        ms. ``t_stop`` is a frame, too, if it is a whole number of steps from ``t_start``, within 1e-9 steps.

    Returns
    -------
    (n_frames,) float64
        ms; at least one time.

    Raises
    ------
    ValueError
        ``t_step`` is not positive, ``t_stop`` is less than ``t_start``, a time is not finite, or there are more than
        10**6 frames.
    """
    t_start, t_stop, t_step = (as_decimal(t) for t in (t_start, t_stop, t_step))
    if not all(math.isfinite(t) for t in (t_start, t_stop, t_step)):
        raise ValueError(f"times must be finite ms, got t_start={t_start}, t_stop={t_stop}, t_step={t_step}")
    if t_step <= 0:
        raise ValueError(f"t_step must be positive ms, got {t_step}")
    if t_stop < t_start:
        raise ValueError(f"t_stop must not come before t_start, got t_start={t_start} and t_stop={t_stop} ms")
    steps = (float(t_stop) - float(t_start)) / float(t_step)
    if steps > MAX_FRAMES:
        raise ValueError(
            f"t_step={t_step} ms from t_start={t_start} to t_stop={t_stop} would be {steps:.3g} frames, more than "
            f"{MAX_FRAMES:,}: choose a larger step"
        )
    # Rounding errors grow with the times: far from 0 they exceed the tolerance.
    rounding = 4 * math.ulp(1.0) * max(abs(t_start), abs(t_stop)) / t_step
    n_steps = math.floor(steps + max(TOLERANCE, rounding))
    times: npt.NDArray[np.float64] = t_start + np.arange(n_steps + 1) * np.float64(t_step)
    return times


def check_covered(frame_times: npt.NDArray[np.float64], times: npt.NDArray[np.float64]) -> None:
    """Raise ValueError if a frame lies outside the recorded times, both ms, by more than rounding errors."""
    slack = 1e-6 * max(1.0, abs(times[0]), abs(times[-1]))
    outside = ~((frame_times >= times[0] - slack) & (frame_times <= times[-1] + slack))  # NaN is outside
    if np.any(outside):
        first = frame_times[outside][0]
        raise ValueError(
            f"times: a frame at {first:g} ms was asked for, but the recording runs from {times[0]:g} to "
            f"{times[-1]:g} ms: change {'t_start' if first < times[0] else 't_stop'} or times"
        )


def median_step(times: npt.NDArray[np.float64]) -> float:
    """The median step between recorded ``times``, ms; 1 for a single time."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def recorded_range(times: npt.NDArray[np.float64]) -> TimeRange:
    """From the first to the last of the recorded ``times`` in their median step."""
    return TimeRange(float(times[0]), float(times[-1]), median_step(times))
