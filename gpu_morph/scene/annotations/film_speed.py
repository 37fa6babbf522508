"""How fast the time of a simulation runs in a film, as text: "×0.001"."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from ...data.arrays import FloatArray
from ...data.frame_times import ListedTimes, TimeRange

_SAME = 1e-6  # relative difference of steps


def film_speeds(times: TimeRange | None, fps: Fraction | float) -> list[str]:
    """The speed at each frame, or one text if all are equal; none without times.

    At a frame between two steps of different lengths, that of the step counts which goes on beyond it.
    """
    if times is None:
        return []
    per_ms = float(fps) / 1000
    if not isinstance(times, ListedTimes):
        return [_text(times.step * per_ms)]
    steps = np.diff(times.times)
    if not len(steps):
        return [_text(0.0)]
    before, after = np.append(steps[0], steps), np.append(steps, steps[-1])
    goes_on = _equal(after, np.append(after[1:], after[-1]))
    came_on = _equal(before, np.append(before[0], before[:-1]))
    slower = np.where(np.abs(before) < np.abs(after), before, after)
    shown = np.where(goes_on, after, np.where(came_on, before, slower))
    return [_text(step) for step in (shown * per_ms).tolist()]


def _equal(a: FloatArray, b: FloatArray) -> npt.NDArray[np.bool_]:
    return np.abs(a - b) <= _SAME * np.maximum(np.abs(a), np.abs(b))


def _text(speed: float) -> str:
    """With two significant digits."""
    if not speed:
        return "×0"
    digits = max(0, 1 - int(np.floor(np.log10(abs(speed)))))
    number = f"{abs(speed):.{digits}f}"
    return ("×−" if speed < 0 else "×") + (number.rstrip("0").rstrip(".") if "." in number else number)
