"""Which tubes contain given positions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .tube_geometry import TubeGeometry

_PAIRS_AT_ONCE = 1 << 20  # of segments and positions; bounds the memory


def enclosing_radius(geometry: TubeGeometry, positions: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """The radius of the thickest tube that contains each position.

    Parameters
    ----------
    geometry : TubeGeometry
        Vertices and segments.
    positions : (n, 3) float
        µm, in the geometry's coordinates.

    Returns
    -------
    (n,) float32
        µm; 0 where no tube contains the position. A tube contains a position that is no farther from the axis than the
        radius at the axis's nearest point.
    """
    points = np.asarray(positions, dtype=np.float32).reshape(-1, 3)
    greatest = np.zeros(len(points), dtype=np.float32)
    if not len(points):
        return greatest
    ends = geometry.positions[np.stack([geometry.start, geometry.end])]
    radii = geometry.radii[np.stack([geometry.start, geometry.end])]
    low, high = (ends - radii[..., None]).min(axis=0), (ends + radii[..., None]).max(axis=0)
    # Candidates are searched along the axis of the widest spread, where a segment's interval contains few positions.
    axis = int(np.argmax(np.ptp(points, axis=0)))
    order = np.argsort(points[:, axis])
    points = points[order]
    first = np.searchsorted(points[:, axis], low[:, axis], side="left")
    count = np.searchsorted(points[:, axis], high[:, axis], side="right") - first
    chunk = np.cumsum(count) // _PAIRS_AT_ONCE
    for segments in np.split(np.arange(len(count)), np.flatnonzero(np.diff(chunk)) + 1):
        segment = np.repeat(segments, count[segments])
        before = np.cumsum(count[segments]) - count[segments]
        index = np.arange(len(segment)) + np.repeat(first[segments] - before, count[segments])
        for across in {0, 1, 2} - {axis}:
            value = points[index, across]
            near = (value >= low[segment, across]) & (value <= high[segment, across])
            segment, index = segment[near], index[near]
        start, chord = ends[0, segment], ends[1, segment] - ends[0, segment]
        offset = points[index] - start
        fraction = np.sum(offset * chord, axis=1) / np.maximum(np.sum(chord * chord, axis=1), 1e-12)
        fraction = np.clip(fraction, 0, 1)
        radius = radii[0, segment] + fraction * (radii[1, segment] - radii[0, segment])
        inside = np.linalg.norm(offset - fraction[:, None] * chord, axis=1) <= radius
        np.maximum.at(greatest, order[index[inside]], radius[inside])
    return greatest
