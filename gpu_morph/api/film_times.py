"""The time range of a film."""

from __future__ import annotations

from ..data.arrays import finite_number
from ..data.frame_times import TimeRange, median_step
from ..scene.scene import Scene


def film_range(scene: Scene, t_start: float | None, t_stop: float | None, t_step: float | None) -> TimeRange:
    """The time range of a film, ms, from the parameters of `render_video`.

    A parameter of None becomes the recording's own first time, last time or median step. Without a recording and
    parameters, the range has the frames of a full turn of the camera.

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
        if t_start is None and t_stop is None and t_step is None and scene.camera.azim_step:
            return TimeRange(0.0, max(1, round(360 / abs(scene.camera.azim_step))) - 1.0, 1.0)
        if t_stop is None or t_step is None:
            raise ValueError(
                "without a recording t_stop and t_step (ms) say how many frames there are; or give the camera an "
                "azim_step for a full turn"
            )
        return TimeRange(t_start or 0.0, t_stop, t_step)
    recorded = recording.times
    if t_step is None:
        t_step = median_step(recorded)
    begin = float(recorded[0]) if t_start is None else t_start
    end = float(recorded[-1]) if t_stop is None else t_stop
    return TimeRange(begin, end, t_step)
