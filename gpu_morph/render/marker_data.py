"""What the shaders of synapses' markers are given: positions, colours and uniforms."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.synapse_events import SynapseEvents
from ..scene.synapse_style import SynapseStyle
from .geometry.enclosing_radius import enclosing_radius
from .geometry.tube_geometry import TubeGeometry

# Markers are moved apart in depth: by this fraction of half the depth range, which is 4 steps of a depth buffer of 24
# bits, and by multiples of it up to this number.
_DEPTH_STEP, _N_DEPTH_STEPS = 2.0**-21, 1024


def marker_positions(
    events: SynapseEvents, geometry: TubeGeometry, *, center: npt.NDArray[Any], half_depth: float
) -> npt.NDArray[np.float32]:
    """The positions of all synapses, and how much nearer to the viewer their markers are drawn.

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

    Returns
    -------
    (n_synapses, 4) float32
        x, y, z relative to the center, and the distance towards the viewer; µm.
    """
    relative = (events.positions - center).astype(np.float32)
    # Of two markers at the same depth, one must be in front everywhere.
    apart = np.arange(events.n_synapses) % _N_DEPTH_STEPS * (_DEPTH_STEP * half_depth)
    lift = 2 * enclosing_radius(geometry, relative) + apart
    return np.column_stack([relative, lift]).astype(np.float32)


def marker_colors(events: SynapseEvents, style: SynapseStyle) -> npt.NDArray[np.float32]:
    """(n_synapses, 3) float32: the colour of each synapse, RGB, 0 to 1."""
    colors = style.population_colors(events)
    palette = np.array([colors[name] for name in events.population_names], dtype=np.float32).reshape(-1, 4)
    return palette[events.population, :3]


def marker_uniforms(
    style: SynapseStyle,
    *,
    lighting: bool,
    supersample: int = 1,
    depth_cue: float,
    background: tuple[float, float, float],
) -> dict[str, Any]:
    """The uniforms of marker.vert and marker.frag besides those of the camera and the pass."""
    return {
        "u_radius": style.diameter / 2,
        "u_min_radius": style.min_diameter / 2,
        "u_lighting": float(lighting),
        "u_pixel": 1 / supersample,
        "u_depth_cue": depth_cue,
        "u_background": background,
    }
