"""What the shaders of synapses' markers are given: positions, colours and uniforms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.synapse_events import SynapseEvents
from ..scene.synapse_style import SynapseStyle
from .crowding import NOT_CROWDED, Crowding
from .geometry.enclosing_radius import EnclosingTube, enclosing_tube
from .geometry.tube_geometry import TubeGeometry

# Markers are moved apart in depth: by this fraction of half the depth range, which is 4 steps of a depth buffer of 24
# bits, and by multiples of it up to this number.
_DEPTH_STEP, _N_DEPTH_STEPS = 2.0**-21, 1024
_GOLDEN = (math.sqrt(5) - 1) / 2  # of a turn, from a synapse to the next
_SPREAD = math.radians(150)  # around tubes, on the viewer's side
_NEAR_AXIS = 0.3  # of the radius: up to here the side on which a synapse is says nothing


def marker_positions(
    events: SynapseEvents,
    geometry: TubeGeometry,
    *,
    center: npt.NDArray[Any],
    half_depth: float,
    viewer: npt.NDArray[Any] | None = None,
    marker_radius: float = math.inf,
) -> npt.NDArray[np.float32]:
    """The positions of all synapses' markers, and how much nearer to the viewer they are drawn.

    Synapses inside of a tube are shown on its surface: on the side where they are, or spread around the tube if they
    are near its axis, as those of simulators are.

    Parameters
    ----------
    events : SynapseEvents
        Positions in the world.
    geometry : TubeGeometry
        The scene's tubes, with positions relative to the center.
    center : (3,) float
        µm.
    half_depth : float
        Half the range of depths that is drawn, µm.
    viewer : (3,) float, optional
        Direction to the viewer of a camera that does not turn: all markers are on the viewer's side of tubes. None:
        they are all around tubes that are thicker than markers, which hide those on the far side.
    marker_radius : float
        µm.

    Returns
    -------
    (n_synapses, 4) float32
        x, y, z relative to the center, and the distance towards the viewer; µm.
    """
    relative = (events.positions - center).astype(np.float32)
    # Of two markers at the same depth, one must be in front everywhere.
    apart = np.arange(events.n_synapses) % _N_DEPTH_STEPS * (_DEPTH_STEP * half_depth)
    tube = enclosing_tube(geometry, relative)
    if viewer is not None:
        aside = _aside(tube, np.asarray(viewer, dtype=np.float64))
        return np.column_stack([relative + aside, 2 * tube.radius + apart]).astype(np.float32)
    is_thick = (tube.radius > marker_radius)[:, np.newaxis]
    outward = np.where(is_thick, tube.radius[:, np.newaxis] * _outward(tube) - tube.offset, 0.0)
    lift = np.where(is_thick[:, 0], 0.0, 2 * tube.radius) + apart
    return np.column_stack([relative + outward, lift]).astype(np.float32)


def _turns(n: int) -> npt.NDArray[np.float64]:
    """(n,) -0.5 to 0.5, turns around a tube: neighbours are far apart, and the first is at 0."""
    turns: npt.NDArray[np.float64] = (0.5 + _GOLDEN * np.arange(n, dtype=np.float64)) % 1.0 - 0.5
    return turns


def _is_near_axis(tube: EnclosingTube) -> npt.NDArray[np.bool_]:
    """(n, 1): the side of the tube on which the synapse is says nothing."""
    distance = np.linalg.norm(tube.offset, axis=1, keepdims=True)
    return np.asarray(distance <= _NEAR_AXIS * tube.radius[:, np.newaxis])


def _aside(tube: EnclosingTube, viewer: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(n, 3) µm: moves markers across the image of their tubes, as if they were on the surface towards the viewer."""
    turns = _turns(len(tube.radius))
    right = _unit(np.cross(_any_other(viewer), viewer)[np.newaxis])[0]
    angle = 2 * np.pi * _GOLDEN * np.arange(len(turns))
    anywhere = np.outer(np.cos(angle), right) + np.outer(np.sin(angle), np.cross(viewer, right))
    across = np.cross(tube.direction, viewer)
    is_end_on = np.linalg.norm(across, axis=1, keepdims=True) < 0.05  # spheres too
    across = np.where(is_end_on, anywhere, _unit(across))
    distance = tube.radius * np.sin(_SPREAD * turns)
    return np.where(_is_near_axis(tube), distance[:, np.newaxis] * across, 0.0)


def _outward(tube: EnclosingTube) -> npt.NDArray[np.float64]:
    """(n, 3): unit vectors from the axes of tubes to the markers on their surfaces."""
    angle = 2 * np.pi * _turns(len(tube.radius))[:, np.newaxis]
    direction = np.where(tube.direction.any(axis=1, keepdims=True), tube.direction, (0.0, 0.0, 1.0))
    others = np.where(np.abs(direction[:, :1]) < 0.7, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    front = _unit(np.cross(direction, others))
    around = np.cos(angle) * front + np.sin(angle) * np.cross(direction, front)
    return np.where(_is_near_axis(tube), around, _unit(tube.offset.astype(np.float64)))


def _any_other(vector: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A vector that is not parallel to the given one."""
    other: npt.NDArray[np.float64] = np.eye(3)[int(np.argmin(np.abs(vector)))]
    return other


def _unit(vectors: npt.NDArray[Any]) -> npt.NDArray[Any]:
    lengths: npt.NDArray[Any] = np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)[:, np.newaxis]
    return np.asarray(vectors / lengths)


def marker_colors(events: SynapseEvents, style: SynapseStyle) -> npt.NDArray[np.float32]:
    """(n_synapses, 3) float32: the colour of each synapse, RGB, 0 to 1."""
    colors = style.population_colors(events)
    palette = np.array([colors[name] for name in events.population_names], dtype=np.float32).reshape(-1, 4)
    return palette[events.population, :3]


def marker_uniforms(
    style: SynapseStyle,
    *,
    lighting: bool,
    magnification: float = 1.0,
    depth_cue: float,
    background: tuple[float, float, float],
    crowding: Crowding = NOT_CROWDED,
) -> dict[str, Any]:
    """The uniforms of marker.vert and marker.frag besides those of the camera and the pass."""
    return {
        "u_radius": crowding.diameter * style.diameter / 2,
        "u_min_radius": max(crowding.diameter * style.min_diameter, crowding.least_diameter) / 2,
        "u_opacity": crowding.opacity,
        "u_rim": crowding.rim,
        "u_lighting": float(lighting),
        "u_pixel": 1 / magnification,
        "u_depth_cue": depth_cue,
        "u_background": background,
    }
