"""Which segments are beside the parent that they grow out of, and its surface there, for their normals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .parent_surfaces import N_NUMBERS, distances
from .tube_geometry import TubeGeometry


def surfaces_at(geometry: TubeGeometry, segments: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """The surfaces of parents beside which segments are.

    Returns
    -------
    (n, 3, 4) float32
        The center is relative to the segment's start. The reach is 0 where the segment's normals are all its own.
    """
    rows = np.zeros((len(segments), N_NUMBERS))
    if not len(geometry.grown):
        return rows.reshape(-1, 3, 4).astype(np.float32)
    start = geometry.start[segments]
    place = np.minimum(np.searchsorted(geometry.grown, geometry.section[start]), len(geometry.grown) - 1)
    there = np.flatnonzero(geometry.grown[place] == geometry.section[start])
    found = geometry.parent_surfaces[place[there]].astype(float)
    # Vertices of parents that only sections beside them have come after those of all sections.
    order = np.argsort(geometry.section, kind="stable")
    first = order[np.searchsorted(geometry.section, geometry.section[start[there]], sorter=order)]
    positions = geometry.positions.astype(float)
    found[:, :3] += positions[first] - positions[start[there]]
    found[distances(found, np.zeros((len(there), 3))) >= found[:, 3]] = 0.0
    rows[there] = found
    return rows.reshape(-1, 3, 4).astype(np.float32)
