"""What notebooks show of a Scene: a line of text, and a small picture at a time at which there is something to see."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from ..data.recording import Recording
from ..data.synapse_events import SynapseEvents
from ..errors import SceneError
from ..image.image import Image
from ..image.png import png_bytes
from ..scene.panels.panels import Panels, with_scenes
from ..scene.panels.shown import Shown, scenes_of
from ..scene.picture_unit import picture_unit
from ..scene.scene import Scene
from ..scene.widths import widened_scene
from .image import render_image

_SIZE = (480, 360)
_MOST_POINTS = 400_000  # of a morphology: larger ones take seconds on a CPU
_MOST_ROWS = 24  # of a recording that are looked at
_MOST_VALUES = 10_000_000  # of these rows


def picture_bundle(shown: Shown) -> dict[str, str]:
    """Text, and a PNG in base64 where it can be drawn."""
    bundle = {"text/plain": repr(shown)}
    if sum(scene.morphology.n_points for scene in scenes_of(shown)) <= _MOST_POINTS:
        with suppress(Exception):  # no OpenGL, values that cannot be read, ...: the text is shown
            bundle["image/png"] = base64.b64encode(png_bytes(_picture(shown))).decode("ascii")
    return bundle


def _picture(given: Shown) -> Image:
    if isinstance(given, Panels):
        return render_image(with_scenes(given, _quickly_colored), time=good_time(given), size=_SIZE)
    shown = _quickly_colored(given)
    try:
        shown.layout(_SIZE)
    except SceneError:  # a small picture has no room for all annotations
        shown = replace(shown, annotations=())
    shown = widened_scene(shown, 1 / picture_unit(_SIZE))  # lines of a pixel show their colours
    return render_image(shown, time=good_time(given), size=_SIZE)


def _quickly_colored(scene: Scene) -> Scene:
    """The scene with a range of colours, if to find it takes too long."""
    recording = scene.recording
    if recording is None or not scene.shows_values or scene.clim is not None or recording.row_source.is_in_memory:
        return scene
    values = recording.row(_rows(recording)[0])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return replace(scene, clim=(low, high) if low < high else (low - 0.5, high + 0.5))


def good_time(shown: Shown) -> float | None:
    """A time at which there is something to see, ms; None for what does not change. Of panels, the first scene decides.

    Of some times of a recording that is in memory, that with the greatest differences between compartments; of others
    the middle. Without values, the middle of the events of synapses.
    """
    for scene in scenes_of(shown):
        if scene.recording is not None and scene.shows_values:
            return float(scene.recording.times[_best_row(scene.recording, _rows(scene.recording))])
    synapses = [scene.synapses for scene in scenes_of(shown) if scene.synapses is not None]
    return _middle_event(synapses[0]) if synapses else None


def _rows(recording: Recording) -> list[int]:
    """The rows that are looked at: few where reading takes time."""
    n_times = len(recording.times)
    most = max(1, min(_MOST_ROWS, _MOST_VALUES // max(1, recording.n_compartments)))
    if not recording.row_source.is_in_memory or most == 1:
        return [n_times // 2]
    chosen: list[int] = np.unique(np.linspace(0, n_times - 1, most).astype(int)).tolist()
    return chosen


def _best_row(recording: Recording, rows: list[int]) -> int:
    if len(rows) == 1:
        return rows[0]
    spreads = [_spread(recording.row(row)) for row in rows]
    if max(spreads) > 0:
        return rows[int(np.argmax(spreads))]
    means = np.array([_mean(recording.row(row)) for row in rows])
    return rows[int(np.argmax(np.abs(means - means[0])))]  # one compartment: the greatest change


def _spread(values: Any) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.std()) if finite.size else 0.0


def _mean(values: Any) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else 0.0


def _middle_event(synapses: SynapseEvents) -> float:
    times = synapses.event_time
    return float(np.median(times)) if len(times) else 0.0
