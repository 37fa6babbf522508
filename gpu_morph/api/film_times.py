"""The time range of a film."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import finite_number
from ..data.frame_times import ListedTimes, TimeRange, checked_times, frame_times, median_step
from ..scene.camera_path import CameraPath
from ..scene.scene import Scene
from ..scene.timeline import Timeline

_USUAL_RATE = Fraction(50)


def film_times(
    scene: Scene, times: Any, t_start: float | None, t_stop: float | None, t_step: float | None, *, fps: Fraction
) -> tuple[npt.NDArray[np.float64], TimeRange]:
    """The times of a film's frames, (n_frames,) float64, ms, and their range; the parameters are `render_video`'s.

    Raises
    ------
    ValueError
        Wrong times, or ``times`` beside others; else as `film_range`.
    """
    if times is None:
        chosen = film_range(scene, t_start, t_stop, t_step, fps=fps)
        return frame_times(chosen.start, chosen.stop, chosen.step), chosen
    for name, value in (("t_start", t_start), ("t_stop", t_stop), ("t_step", t_step)):
        if value is not None:
            raise ValueError(f"times are those of all frames: leave {name} out, or times")
    listed = times.frame_times(fps) if isinstance(times, Timeline) else checked_times(times)
    return listed, ListedTimes.of(listed)


def film_range(
    scene: Scene, t_start: float | None, t_stop: float | None, t_step: float | None, *, fps: Fraction = _USUAL_RATE
) -> TimeRange:
    """The time range of a film, ms, from the parameters of `render_video`.

    A parameter of None becomes the recording's own first time, last time or median step. Without a recording and
    parameters, the range has the frames of the camera's path, or of a full turn.

    Raises
    ------
    ValueError
        Nothing determines the number of frames.
    """
    t_start, t_stop, t_step = (
        None if value is None else finite_number(value, name=f"{name}: times", expected="finite ms")
        for name, value in (("t_start", t_start), ("t_stop", t_stop), ("t_step", t_step))
    )
    recording = scene.recording
    if recording is None:
        is_free = t_start is None and t_stop is None and t_step is None
        if is_free and isinstance(scene.camera, CameraPath) and scene.camera.clock == "film":
            return TimeRange(0.0, max(0.0, float(round(scene.camera.stop * fps))), 1.0)
        if is_free and scene.camera.azim_step:
            return TimeRange(0.0, max(1, round(360 / abs(scene.camera.azim_step))) - 1.0, 1.0)
        if t_stop is None or t_step is None:
            raise ValueError(
                "without a recording t_stop and t_step (ms) say how many frames there are; or give the camera an "
                "azim_step for a full turn, or a path"
            )
        return TimeRange(t_start or 0.0, t_stop, t_step)
    recorded = recording.times
    if t_step is None:
        t_step = median_step(recorded)
    begin = float(recorded[0]) if t_start is None else t_start
    end = float(recorded[-1]) if t_stop is None else t_stop
    return TimeRange(begin, end, t_step)
