"""Timeline: which time of the simulation each second of a film shows."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import finite_number
from ..data.frame_times import MAX_FRAMES
from ..errors import brief
from ..system.arguments import is_list_like, is_sequence, positive_count
from .film_clock import checked_fps


@dataclass(frozen=True)
class Timeline:
    """Which time of the simulation each second of a film shows: slow motion, pauses, jumps, time that runs backwards.

    Between two points, time runs evenly. It is given to ``render_video(times=...)``.

    Parameters
    ----------
    points : sequence of (second, ms)
        Seconds of film from 0 on, and times of the simulation. Seconds do not decrease; two points at one second are a
        jump, to the second one's time.
    loop : int
        How often the film runs through all of it.

    Raises
    ------
    TypeError, ValueError
        A wrong argument.

    Examples
    --------
    Twenty ms in a second, then 0.2 ms a thousand times slower, a pause of a second, and the rest:

    >>> timeline = gm.Timeline([(0, 0), (1, 20), (11, 20.2), (12, 20.2), (14, 60)])
    >>> timeline.at(6)
    20.1
    >>> len(timeline.frame_times(fps=50))
    701
    """

    points: Any
    _: KW_ONLY
    loop: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", _checked_points(self.points))
        object.__setattr__(self, "loop", positive_count(self.loop, "loop"))

    @property
    def duration(self) -> float:
        """Seconds of film, with all repetitions."""
        return float(self.loop * self.points[-1][0])

    def at(self, second: float) -> float:
        """The time that is shown at a second of the film, ms."""
        second = finite_number(second, name="second", expected="finite seconds of film")
        return float(self._times(np.array([second]))[0])

    def frame_times(self, fps: Fraction | float) -> npt.NDArray[np.float64]:
        """(n_frames,) float64: the times of the frames of a film, ms; the last one shows the last point.

        Raises
        ------
        ValueError
            ``fps`` is not a positive number, or there would be more than 10**6 frames.
        """
        rate = checked_fps(fps)
        last = self.duration * float(rate)
        if last >= MAX_FRAMES - 0.5:  # which may be more than any int
            raise ValueError(
                f"a timeline of {self.duration:g} s at fps={float(rate):g} would be {last + 1:,.0f} frames, more than "
                f"{MAX_FRAMES:,}: make it shorter"
            )
        return self._times(np.arange(round(last) + 1) / float(rate))

    def _times(self, seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        at, times = np.array(self.points).T
        once = at[-1]
        within = np.clip(seconds, 0.0, self.duration)
        if once > 0:
            repetition = np.minimum(np.floor(within / once + 1e-9), self.loop - 1)
            within = np.clip(within - repetition * once, 0.0, once)
        after = np.searchsorted(at, within + 1e-9, side="right").clip(1, len(at) - 1) if len(at) > 1 else None
        if after is None:
            return np.full(len(seconds), times[0])
        start, stop = at[after - 1], at[after]
        length = np.where(stop > start, stop - start, 1.0)
        fraction = np.where(stop > start, np.clip((within - start) / length, 0.0, 1.0), 1.0)
        shown: npt.NDArray[np.float64] = times[after - 1] + fraction * (times[after] - times[after - 1])
        return shown


def _checked_points(given: Any) -> tuple[tuple[float, float], ...]:
    expected = "points must be (second of film, ms), from second 0 on"
    if not is_sequence(given):
        raise TypeError(f"{expected}, got {brief(given)}")
    points: list[tuple[float, float]] = []
    for point in given:
        if not is_list_like(point) or len(point) != 2:
            raise TypeError(f"{expected}, got {brief(point)}")
        second, time = (finite_number(one, name="points", expected="finite seconds and ms") for one in point)
        if second < (points[-1][0] if points else 0.0):
            raise ValueError(f"{expected}, and seconds that do not decrease; got {second:g} s")
        points.append((second, time))
    if not points:
        raise ValueError(f"{expected}, got none")
    if points[0][0] > 0:
        points.insert(0, (0.0, points[0][1]))
    return tuple(points)
