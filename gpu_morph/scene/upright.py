"""The upward direction of a morphology, and the side from which it shows the most."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.apical_trunk import common_trunk_direction
from ..data.arc_length import BLOCK_POINTS
from ..data.morphology import Morphology

Vector = npt.NDArray[np.float64]
_PLANE = 0.02  # of the width or height of a cell; one that is less deep lies in a plane
_LEAST_DIFFERENCE = 0.05  # between the widest and the narrowest view; of cells that are rounder, any view is as good


def upward(morphology: Morphology) -> Vector | str:
    """What `Camera` takes as the upward direction of a morphology.

    The direction of the apical dendrites, where they are labelled; else the axis that `Morphology.up` names; else "y"
    if each cell lies in a plane of constant z, as NEURON draws cells without 3-d points; else "z".
    """
    direction = common_trunk_direction(morphology)
    if direction is not None:
        return direction
    return morphology.up or ("y" if _is_flat(morphology) else "z")


def _is_flat(morphology: Morphology) -> bool:
    """True if each cell lies in a plane of constant z and not on a line along z."""
    starts, cells = morphology.section_offsets[:-1], morphology.section_cell
    extents = []
    for along in morphology.points.T:
        low, high = np.full(cells.max() + 1, np.inf), np.full(cells.max() + 1, -np.inf)
        np.minimum.at(low, cells, np.minimum.reduceat(along, starts))
        np.maximum.at(high, cells, np.maximum.reduceat(along, starts))
        extents.append(float((high - low).max()))  # -inf for a number that no cell has
    return extents[2] <= _PLANE * max(extents[:2]) and max(extents[:2]) > 0


def widest_view(morphology: Morphology, up: Vector) -> Vector:
    """(3,): the direction to the right of the picture, at right angles to ``up``, along which neurites spread most.

    Of the two sides from which this can be seen, the one where the axis that is nearest to it points to the right.
    Where neurites spread about evenly, that is x.
    """
    nearest = 0 if abs(up[0]) < 0.9 else 1
    first: Vector = np.eye(3)[nearest] - up[nearest] * up
    first /= np.sqrt(first @ first)
    axes = np.stack([first, np.cross(up, first)])
    (xx, xy), (_, yy) = axes @ _covariance(morphology) @ axes.T
    if np.hypot(2 * xy, xx - yy) < _LEAST_DIFFERENCE * (xx + yy):
        return first
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    right: Vector = np.array([np.cos(angle), np.sin(angle)]) @ axes
    return right if right[np.abs(right).argmax()] > 0 else -right


def _covariance(morphology: Morphology) -> npt.NDArray[np.float64]:
    """(3, 3) µm²: of the positions of neurites, by their length; sections of one point count by their diameter."""
    points, offsets = morphology.points, morphology.section_offsets
    origin = points[0].astype(np.float64)
    is_last = np.zeros(morphology.n_points, dtype=bool)
    is_last[offsets[1:] - 1] = True
    spheres = offsets[:-1][np.diff(offsets) == 1]
    moments = _Moments()
    moments.add(points[spheres] - origin, morphology.diameters[spheres].astype(np.float64))
    for start in range(0, morphology.n_points - 1, BLOCK_POINTS):
        block = points[start : start + BLOCK_POINTS + 1] - origin
        halves = 0.5 * np.linalg.norm(np.diff(block, axis=0), axis=1)  # the length of a segment, for each of its ends
        halves[is_last[start : start + len(halves)]] = 0.0
        moments.add(block, np.append(halves, 0.0) + np.insert(halves, 0, 0.0))
    return moments.covariance()


class _Moments:
    """Sums over positions, with weights."""

    def __init__(self) -> None:
        self._weight, self._first, self._second = 0.0, np.zeros(3), np.zeros((3, 3))

    def add(self, positions: Vector, weights: Vector) -> None:
        self._weight += float(weights.sum())
        self._first += weights @ positions
        self._second += positions.T @ (weights[:, None] * positions)

    def covariance(self) -> npt.NDArray[np.float64]:
        if not self._weight:
            return np.zeros((3, 3))
        mean = self._first / self._weight
        covariance: npt.NDArray[np.float64] = self._second / self._weight - np.outer(mean, mean)
        return covariance
