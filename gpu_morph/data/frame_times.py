"""Frame times: the times of a film, and whether a recording covers them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import as_decimal, finite_number

TOLERANCE = 1e-9  # steps; differences up to this are rounding errors
_MAX_FRAMES = 10**6  # more than five hours of film at 50 frames per second


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
    if steps > _MAX_FRAMES:
        raise ValueError(
            f"t_step={t_step} ms from t_start={t_start} to t_stop={t_stop} would be {steps:.3g} frames, more than "
            f"{_MAX_FRAMES:,}: choose a larger step"
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
        raise ValueError(
            f"times: a frame at {frame_times[outside][0]:g} ms was asked for, but the recording runs from "
            f"{times[0]:g} to {times[-1]:g} ms: change t_start or t_stop"
        )


def median_step(times: npt.NDArray[np.float64]) -> float:
    """The median step between recorded ``times``, ms; 1 for a single time."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def recorded_range(times: npt.NDArray[np.float64]) -> TimeRange:
    """From the first to the last of the recorded ``times`` in their median step."""
    return TimeRange(float(times[0]), float(times[-1]), median_step(times))
