"""Nearest sites: the section, and the position along it, to which coordinates belong."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError
from ..system.arguments import check_type
from .arrays import FloatArray, IntArray, finite_number, frozen_array
from .morphology import Morphology

MAX_DISTANCE = 10.0  # µm
_MOST_LISTED = 5
_PAIRS = 1 << 20  # of coordinates and segments that are compared at once
_COORDINATES = 1 << 9  # that are searched at once
_PIECE = 10.0  # µm: segments are cut into pieces no longer than this
_THINNEST = 1e-3  # µm: a radius of 0 counts as this


class Sites(NamedTuple):
    """Sites on a morphology, as `locate` finds them.

    Parameters
    ----------
    section : (n,) int32
        Sections, as `Recording` takes them.
    position : (n,) float32
        Along each section, 0 to 1 of its arc length, as `Recording` takes it.
    distance : (n,) float32
        µm from the coordinate to the neurite's surface, 0 inside.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> sites = gm.locate(morphology, [(0, 0, 0)])
    >>> sites.section.tolist(), sites.distance.tolist()
    ([0], [0.0])
    """

    section: npt.NDArray[np.int32]
    position: npt.NDArray[np.float32]
    distance: npt.NDArray[np.float32]


def locate(morphology: Morphology, xyz: npt.ArrayLike, *, max_distance: float = MAX_DISTANCE) -> Sites:
    """Find the nearest site on the nearest neurite for each of some coordinates.

    A coordinate inside one or more neurites belongs to the one whose axis is nearest relative to its radius; of two at
    the same distance, to the thicker one. A coordinate outside of all belongs to the neurite whose surface is nearest.

    Parameters
    ----------
    morphology : Morphology
        Of one cell or of many.
    xyz : (n, 3) float
        µm, in the morphology's coordinates.
    max_distance : float
        µm from the surface; ``math.inf`` for no limit. Coordinates farther away are an error.

    Returns
    -------
    Sites
        ``section``, ``position`` and ``distance``.

    Raises
    ------
    MorphologyError
        Coordinates of another shape, not finite, or farther away than ``max_distance``. The message lists the worst.
    TypeError
        ``morphology`` is not a Morphology.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> on_trunk = morphology.locate([160], [0.5])
    >>> sites = gm.locate(morphology, on_trunk)
    >>> sites.section.tolist(), sites.distance.tolist()
    ([160], [0.0])
    """
    check_type(morphology, Morphology, "morphology")
    coordinates, max_distance = checked_coordinates(xyz), checked_distance(max_distance)
    segments, n = _Segments(morphology), len(coordinates)
    segment, fraction, distance = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)
    for start in range(0, n, _COORDINATES):
        block = slice(start, start + _COORDINATES)
        segment[block], fraction[block], distance[block] = segments.nearest(coordinates[block])
    if (distance > max_distance).any():
        raise MorphologyError(
            f"{far_coordinates(coordinates, distance, max_distance)} µm from every neurite. Are they in µm, and is the "
            "cell where it was recorded? Give max_distance=... to accept them"
        )
    first, last = segments.start[segment], segments.end[segment]
    along = morphology.point_position
    position = along[first] + fraction * (along[last] - along[first])
    return Sites(morphology.point_section[first], position.astype(np.float32), distance.astype(np.float32))


def checked_distance(max_distance: Any) -> float:
    """A distance in µm, 0 or more; also infinity."""
    if isinstance(max_distance, float) and max_distance == np.inf:
        return max_distance
    return finite_number(max_distance, name="max_distance", expected="0 or more µm", least=0, error=MorphologyError)


def checked_coordinates(xyz: Any, *, n: int | None = None) -> FloatArray:
    """(n, 3) float64 µm, finite."""
    coordinates = frozen_array(xyz, np.float64, name="coordinates", error=MorphologyError, unit="µm")
    if coordinates.ndim != 2 or coordinates.shape[1] != 3:
        raise MorphologyError(f"coordinates must have shape (n, 3), µm, got {coordinates.shape}")
    if n is not None and len(coordinates) != n:
        raise MorphologyError(f"coordinates must have one row for each of {n} compartments, got {len(coordinates)}")
    if not np.isfinite(coordinates).all():
        first = int((~np.isfinite(coordinates).all(axis=1)).argmax())
        raise MorphologyError(f"coordinates must be finite, in µm; coordinate {first} is {coordinates[first].tolist()}")
    return coordinates


def far_coordinates(coordinates: FloatArray, distance: FloatArray, max_distance: float) -> str:
    """The beginning of a message: which coordinates are how far away. It ends with ``max_distance``."""
    n_far = np.count_nonzero(distance > max_distance)
    worst = np.argsort(-distance, kind="stable")[: min(n_far, _MOST_LISTED)]
    listed = "; ".join(
        f"{k} at ({', '.join(f'{x:g}' for x in coordinates[k])}), {distance[k]:.4g} µm" for k in worst.tolist()
    )
    return f"{n_far} of {len(distance)} coordinates (the worst: {listed}) lie more than {max_distance:g}"


class _Segments:
    """The straight segments of a morphology, in search trees by the order of their radius.

    A segment is cut into pieces of at most ``_PIECE`` µm, whose centres are in the tree. A neurite's axis is then at
    most half a piece nearer than the centre of one of its pieces.
    """

    def __init__(self, morphology: Morphology) -> None:
        from scipy.spatial import cKDTree

        first, n_points = morphology.section_offsets[:-1], np.diff(morphology.section_offsets)
        is_end = np.zeros(morphology.n_points, dtype=bool)
        is_end[morphology.section_offsets[1:] - 1] = True
        alone = first[n_points == 1]  # a section of one point is a sphere
        self.start = np.concatenate([np.flatnonzero(~is_end), alone])
        self.end = self.start + np.repeat([1, 0], [len(self.start) - len(alone), len(alone)])
        self._points = morphology.points.astype(np.float64)
        self._radii = morphology.diameters / 2.0
        radius = np.maximum(self._radii[self.start], self._radii[self.end])
        length = np.linalg.norm(self._points[self.end] - self._points[self.start], axis=1)
        n_pieces = np.maximum(1, np.ceil(length / _PIECE)).astype(np.int64)
        order = np.ceil(np.log2(np.maximum(radius, _THINNEST))).astype(np.int64)
        self._trees = []
        for power in np.unique(order).tolist():
            segments = np.flatnonzero(order == power)
            piece = np.repeat(segments, n_pieces[segments])
            counts = n_pieces[segments]
            number = np.arange(len(piece)) - np.repeat(np.cumsum(counts) - counts, counts)
            fraction = (number + 0.5) / n_pieces[piece]
            start, end = self._points[self.start[piece]], self._points[self.end[piece]]
            tree = cKDTree(start + fraction[:, np.newaxis] * (end - start))
            self._trees.append((tree, piece, float(radius[segments].max())))

    def nearest(self, coordinates: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
        """Segment, fraction along it and distance to its surface of each coordinate."""
        within = np.min([tree.query(coordinates)[0] for tree, _, _ in self._trees], axis=0)
        best = np.full((3, len(coordinates)), np.inf)  # rank, fraction and distance of the best segment so far
        segment = np.zeros(len(coordinates), dtype=np.int64)
        for tree, pieces, radius in self._trees:
            found = tree.query_ball_point(coordinates, within + radius + _PIECE / 2 + 1e-9)
            counts = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
            if not counts.any():
                continue
            coordinate = np.repeat(np.arange(len(coordinates)), counts)
            candidate = pieces[np.concatenate([np.asarray(one, dtype=np.int64) for one in found])]
            for k in range(0, len(coordinate), _PAIRS):
                self._compare(coordinates, coordinate[k : k + _PAIRS], candidate[k : k + _PAIRS], best, segment)
        return segment, best[1], best[2]

    def _compare(
        self, coordinates: FloatArray, coordinate: IntArray, candidate: IntArray, best: FloatArray, segment: IntArray
    ) -> None:
        """Replace the best segments of some coordinates by better candidates, in place."""
        start, end = self._points[self.start[candidate]], self._points[self.end[candidate]]
        axis, offset = end - start, coordinates[coordinate] - start
        squared = np.einsum("ij,ij->i", axis, axis)
        fraction = np.divide(
            np.einsum("ij,ij->i", offset, axis), squared, out=np.zeros(len(candidate)), where=squared > 0
        ).clip(0, 1)
        distance = np.linalg.norm(offset - fraction[:, np.newaxis] * axis, axis=1)
        thin, thick = self._radii[self.start[candidate]], self._radii[self.end[candidate]]
        radius = np.maximum(thin + fraction * (thick - thin), _THINNEST)
        outside = np.maximum(distance - radius, 0)
        # Inside: below 1, by the distance to the axis relative to the radius. Outside: above 1, by the distance.
        rank = np.where(outside > 0, 1 + outside, np.minimum(distance / radius, 1))
        order = np.lexsort((-radius, rank, coordinate))
        chosen, first = np.unique(coordinate[order], return_index=True)
        row = order[first]
        better = rank[row] <= best[0, chosen]  # trees come from thin to thick
        row, chosen = row[better], chosen[better]
        best[:, chosen] = rank[row], fraction[row], outside[row]
        segment[chosen] = candidate[row]
