"""The time range of a film."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import finite_number
from ..data.frame_times import ListedTimes, TimeRange, checked_times, frame_times, median_step
from ..scene.annotations.title import n_frames_after, with_starts
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


def scene_of_film(scene: Scene, times: npt.NDArray[np.float64], time_range: TimeRange, *, fps: Fraction) -> Scene:
    """The scene with what its pictures need to know of the film: its times, its rate, and when title cards are shown.

    Parameters
    ----------
    scene : Scene
        What the film shows.
    times, time_range
        From `film_times`.
    fps : Fraction
        Frames per second.
    """
    camera = scene.camera.over_frames(len(times))
    if not scene.goes_by_seconds:
        return replace(scene, time_range=scene.time_range or time_range, camera=camera, fps=None)
    shown = replace(scene, annotations=with_starts(scene.annotations, len(times), fps), camera=camera, fps=fps)
    given, n_after = scene.time_range, n_frames_after(scene.annotations, fps)
    listed = np.pad(times, (shown.film_clock.n_before, n_after), mode="edge")
    if given is None:
        return replace(shown, time_range=time_range if len(listed) == len(times) else ListedTimes.of(listed))
    return replace(shown, time_range=ListedTimes(given.start, given.stop, given.step, listed))


def times_with_cards(scene: Scene, times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The times of all frames of a film, ms, with those of its title cards; the scene is from `scene_of_film`."""
    if not scene.goes_by_seconds or not isinstance(scene.time_range, ListedTimes):
        return times
    return scene.time_range.times
