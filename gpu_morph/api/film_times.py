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
from ..scene.panels.panels import Panels, plots_of, with_items
from ..scene.panels.shown import Shown, main_scene, scenes_of
from ..scene.scene import Scene
from ..scene.timeline import Timeline

_USUAL_RATE = Fraction(50)


def film_times(
    shown: Shown, times: Any, t_start: float | None, t_stop: float | None, t_step: float | None, *, fps: Fraction
) -> tuple[npt.NDArray[np.float64], TimeRange]:
    """The times of a film's frames, (n_frames,) float64, ms, and their range; the parameters are `render_video`'s.

    Raises
    ------
    ValueError
        Wrong times, or ``times`` beside others; else as `film_range`.
    """
    if times is None:
        chosen = film_range(shown, t_start, t_stop, t_step, fps=fps)
        return frame_times(chosen.start, chosen.stop, chosen.step), chosen
    for name, value in (("t_start", t_start), ("t_stop", t_stop), ("t_step", t_step)):
        if value is not None:
            raise ValueError(f"times are those of all frames: leave {name} out, or times")
    listed = times.frame_times(fps) if isinstance(times, Timeline) else checked_times(times)
    return listed, ListedTimes.of(listed)


def film_range(
    shown: Shown, t_start: float | None, t_stop: float | None, t_step: float | None, *, fps: Fraction = _USUAL_RATE
) -> TimeRange:
    """The time range of a film, ms, from the parameters of `render_video`.

    A parameter of None becomes the recording's own first time, last time or median step; of panels, those that all
    recordings have, or else plots, and the least step. Without a recording and parameters, the range has the frames of
    the camera's path, or of a full turn.

    Raises
    ------
    ValueError
        Nothing determines the number of frames, or the recordings of panels have no time in common.
    """
    t_start, t_stop, t_step = (
        None if value is None else finite_number(value, name=f"{name}: times", expected="finite ms")
        for name, value in (("t_start", t_start), ("t_stop", t_stop), ("t_step", t_step))
    )
    recorded = [scene.recording.times for scene in scenes_of(shown) if scene.recording is not None]
    if not recorded:
        recorded = [plot.sample_times for plot in plots_of(shown) if plot.sample_times is not None]
    if not recorded:
        if t_start is None and t_stop is None and t_step is None:
            moving = [_camera_range(scene, fps) for scene in scenes_of(shown)]
            found = [one for one in moving if one is not None]
            if found:
                return max(found, key=lambda one: one.stop)
        if t_stop is None or t_step is None:
            raise ValueError(
                "without a recording t_stop and t_step (ms) say how many frames there are; or give the camera an "
                "azim_step for a full turn, or a path"
            )
        return TimeRange(t_start or 0.0, t_stop, t_step)
    if t_step is None:
        t_step = min(median_step(times) for times in recorded)
    begin = max(float(times[0]) for times in recorded) if t_start is None else t_start
    end = min(float(times[-1]) for times in recorded) if t_stop is None else t_stop
    if begin > end and t_start is None and t_stop is None:
        ranges = ", ".join(f"{times[0]:g} to {times[-1]:g} ms" for times in recorded)
        raise ValueError(f"the recordings of the panels have no time in common: {ranges}")
    return TimeRange(begin, end, t_step)


def _camera_range(scene: Scene, fps: Fraction) -> TimeRange | None:
    """The frames of a camera's path, or of a full turn."""
    if isinstance(scene.camera, CameraPath) and scene.camera.clock == "film":
        return TimeRange(0.0, max(0.0, float(round(scene.camera.stop * fps))), 1.0)
    if scene.camera.azim_step:
        return TimeRange(0.0, max(1, round(360 / abs(scene.camera.azim_step))) - 1.0, 1.0)
    return None


def shown_in_film(shown: Shown, times: npt.NDArray[np.float64], time_range: TimeRange, *, fps: Fraction) -> Any:
    """The scene or panels with what their pictures need to know of the film; parameters as of `scene_of_film`."""
    if isinstance(shown, Scene):
        return scene_of_film(shown, times, time_range, fps=fps)
    whole = scene_of_film(shown.carrier, times, time_range, fps=fps)
    items = [
        shown_in_film(item, times, time_range, fps=fps) if isinstance(item, Scene | Panels) else item
        for item in shown.items
    ]
    return with_items(shown, items, annotations=whole.annotations, time_range=whole.time_range, fps=whole.fps)


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


def times_with_cards(shown: Shown, times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The times of all frames of a film, ms, with those of its title cards; ``shown`` is from `shown_in_film`."""
    scene = main_scene(shown)
    if not scene.goes_by_seconds or not isinstance(scene.time_range, ListedTimes):
        return times
    return scene.time_range.times
