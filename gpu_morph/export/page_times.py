"""The times of a page, and the values of the recording at these times."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.frame_times import check_covered, frame_times
from ..data.recording import Recording
from ..errors import SceneError
from ..render.vertex_values import RecordingRows
from ..scene.scene import Scene
from ..system.arguments import checked_items

MOST_TIMES = 500  # unless times are given

Times = npt.NDArray[np.float64]


def page_times(scene: Scene, times: Any = None) -> Times | None:
    """The times that the page can show, ms; None where nothing changes over time.

    Parameters
    ----------
    scene : Scene
        Its recording, its synapses and its range of times are used.
    times : sequence of float, optional
        ms, rising. None: those of ``scene.time_range``; else the recorded ones, or those of the synapses' events. More
        than 500 are replaced by 500 evenly spaced ones.

    Raises
    ------
    ValueError
        Times do not rise, or are outside the recording.
    SceneError
        There are times, and nothing changes over time.
    """
    timed = _timed_recording(scene)
    events = scene.synapses
    has_events = events is not None and len(events.event_time) > 0 and not scene.synapse_style.show_all
    if timed is None and not has_events:
        if times is not None:
            raise SceneError("times are for what changes over time: this scene shows no recorded values and no events")
        return None
    if times is not None:
        chosen = _checked(times)
    elif scene.time_range is not None:
        chosen = frame_times(scene.time_range.start, scene.time_range.stop, scene.time_range.step)
    elif timed is not None:
        chosen = timed.times
    else:
        assert events is not None
        first, last = float(events.event_time.min()), float(events.event_time.max())
        chosen = np.linspace(first, last + scene.synapse_style.duration, MOST_TIMES)
    if timed is not None:
        check_covered(chosen, timed.times)
    if times is None and len(chosen) > MOST_TIMES:
        chosen = np.linspace(chosen[0], chosen[-1], MOST_TIMES)
    return np.asarray(chosen, dtype=np.float64)


def _timed_recording(scene: Scene) -> Recording | None:
    """The recording whose values are shown over time; with overlays the joint one."""
    if scene.overlays:
        return scene.coloring.recording
    return scene.recording if scene.shows_values else None


def _checked(times: Any) -> Times:
    items = checked_items(times, "times", "times in ms")
    try:
        chosen = np.asarray(items, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise ValueError(f"times must be numbers in ms, got {items[:3]}") from cause
    if chosen.ndim != 1 or not len(chosen) or not np.isfinite(chosen).all() or np.any(np.diff(chosen) <= 0):
        raise ValueError("times must be one or more finite times in ms that rise")
    return chosen


def page_values(rows: RecordingRows, times: Times | None) -> npt.NDArray[np.float32]:
    """(n_times, n_compartments) float32: the values that frames at these times show; one row if they are constant."""
    if rows.recording is None:
        return np.zeros((1, 1), dtype=np.float32)
    shown = [None] if rows.is_constant or times is None else times.tolist()
    values = np.empty((len(shown), rows.recording.n_compartments), dtype=np.float32)
    with rows.read_ahead(shown, "256 MiB"):
        for k, time in enumerate(shown):
            sample = rows.sample(time)
            assert sample is not None
            values[k] = rows.values(sample)
    return values
