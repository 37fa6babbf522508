"""Which markers of synapses are under the pointer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..data.synapse_events import SynapseActivity
from ..image.image import Size
from ..render.crowding import crowding
from ..render.geometry.tube_geometry import TubeGeometry
from ..render.marker_data import marker_positions, marker_uniforms
from ..render.supersampling import enlarged_scene, magnification
from ..scene.camera import Camera
from ..scene.scene import Scene
from .projection import projected

_BESIDE = 1.0  # pixels around a marker in which it is found, too


@dataclass(frozen=True)
class MarkerPick:
    """Markers under the pointer: the depth of the first one, µm towards the viewer, and how many by population."""

    depth: float
    counts: dict[str, int]


class MarkerPicker:
    """Finds the markers that a camera sees at pixels.

    Parameters
    ----------
    scene : Scene
        With synapses.
    geometry : TubeGeometry
        Of the scene as it is drawn.
    camera : Camera
        Fitted.
    size : (width, height)
        Of the picture, pixels.
    """

    def __init__(self, scene: Scene, geometry: TubeGeometry, camera: Camera, size: Size) -> None:
        assert scene.synapses is not None and camera.height is not None and camera.center is not None
        self._events = events = scene.synapses
        style = enlarged_scene(scene, size, 1).synapse_style
        enlarged = magnification(size, 1)
        crowded = crowding(events, style, scene.morphology, pixel=camera.height / size[1], magnification=enlarged)
        look = marker_uniforms(
            style, lighting=False, magnification=enlarged, depth_cue=0.0, background=(0.0, 0.0, 0.0), crowding=crowded
        )
        placed = marker_positions(
            events, geometry, center=np.asarray(camera.center), half_depth=0.0, viewer=camera.axes[2]
        )
        self._xy, depth, scale = projected(camera, size, placed[:, :3] + np.asarray(camera.center))
        self._full = np.maximum(look["u_radius"] * scale, look["u_min_radius"])  # pixels
        self._depth = depth + placed[:, 3] + 2 * self._full / scale
        self._style = style
        self._activity = SynapseActivity(events, duration=style.duration)

    def at(self, x: float, y: float, time: float | None) -> MarkerPick | None:
        """The markers that are shown at a time, ms, at a pixel; None where there is none."""
        shown, sizes = self._shown(time)
        away = np.hypot(self._xy[0, shown] - x, self._xy[1, shown] - y)
        shown = shown[away <= self._full[shown] * sizes + _BESIDE]
        if not len(shown):
            return None
        names = Counter(self._events.population_names[number] for number in self._events.population[shown])
        return MarkerPick(float(self._depth[shown].max()), dict(names.most_common()))

    def _shown(self, time: float | None) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """The synapses whose markers are shown, and their sizes, 0 to 1."""
        if self._style.show_all:
            return np.arange(self._events.n_synapses), np.ones(self._events.n_synapses, dtype=np.float32)
        if time is None:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        synapses, ages = self._activity.at(time)
        return synapses.astype(np.int64), np.sqrt(1 - ages) if self._style.fade else np.ones_like(ages)
