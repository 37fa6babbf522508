"""Which tubes contain given positions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .tube_geometry import TubeGeometry

_PAIRS_AT_ONCE = 1 << 20  # of segments and positions; bounds the memory


@dataclass(frozen=True, eq=False)
class EnclosingTube:
    """The thickest tube that contains each position; of equally thick ones, the one whose axis is nearest.

    ``radius`` is (n,) float32, µm; 0 where no tube contains the position. ``direction`` (n, 3) float32 is that of the
    tube's axis, a unit vector, and ``offset`` (n, 3) float32 leads from the axis to the position, at a right angle, µm.
    The direction of a sphere is zero, and the offset is from its center. ``distance`` (n,) float32 is that from the
    axis, or from its end beyond that, µm.
    """

    radius: npt.NDArray[np.float32]
    distance: npt.NDArray[np.float32]
    offset: npt.NDArray[np.float32]
    direction: npt.NDArray[np.float32]


def enclosing_radius(geometry: TubeGeometry, positions: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """(n,) float32: `EnclosingTube.radius` of (n, 3) positions, µm."""
    return enclosing_tube(geometry, positions).radius


def enclosing_tube(geometry: TubeGeometry, positions: npt.ArrayLike) -> EnclosingTube:
    """The thickest tube that contains each position.

    Parameters
    ----------
    geometry : TubeGeometry
        Vertices and segments.
    positions : (n, 3) float
        µm, in the geometry's coordinates.

    A tube contains a position that is no farther from the axis than the radius at the axis's nearest point.
    """
    points = np.asarray(positions, dtype=np.float32).reshape(-1, 3)
    radius, distance = np.zeros((2, len(points)), np.float32)
    found = EnclosingTube(radius, distance, np.zeros_like(points), np.zeros_like(points))
    if not len(points):
        return found
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
        away = offset - fraction[:, None] * chord
        distance = np.linalg.norm(away, axis=1)
        inside = np.flatnonzero(distance <= radius)
        inside = inside[np.lexsort([-distance[inside], radius[inside]])]  # of equal positions, the last one is kept
        position = order[index[inside]]
        is_thicker = radius[inside] > found.radius[position]
        is_nearer = (radius[inside] == found.radius[position]) & (distance[inside] < found.distance[position])
        inside, position = (each[is_thicker | is_nearer] for each in (inside, position))
        direction = chord[inside] / np.maximum(np.linalg.norm(chord[inside], axis=1), 1e-12)[:, None]
        along = np.sum(away[inside] * direction, axis=1)  # beyond the ends of the axis
        found.radius[position], found.direction[position] = radius[inside], direction
        found.distance[position] = distance[inside]
        found.offset[position] = away[inside] - along[:, None] * direction
    return found
