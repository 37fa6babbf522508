"""Triangles of surfaces in as few as a picture needs: vertices are merged where the surface is nearly a plane.

Vertices are put into cubes, into eight times larger ones as long as the surface in a cube is flat, and each cube keeps
one vertex. Borders, sharp edges and tubes thinner than a cube stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.arrays import Float32Array, IntArray
from ...system.interruption import checkpoint
from .triangles import Triangles

_FEW = 2_000  # faces that are not worth it
_BITS = 20  # of a cube's number along each axis
_DIRECTED = 0.6  # length of the mean normal of a smallest cube's vertices: of a tube within the cube it is 0
_ALONG = 0.9  # cosine of the angle between a normal and the mean one of a cube
_SAME_COLOR = 0.02  # difference in red, green or blue
_FINE = 0.5  # of a cube's side: edges from which triangles are no longer small in it
_FOLDED = 0.2  # cosine of the angle between a triangle and the normals of its corners from which it is folded over
_MOST_REPAIRS = 12


@dataclass(frozen=True, eq=False)
class _Cubes:
    """Runs of vertices, which are in an order in which each cube of any level is one run."""

    first: IntArray
    count: IntArray

    @classmethod
    def of(cls, is_first: npt.NDArray[np.bool_]) -> _Cubes:
        is_first[:1] = True
        first = np.flatnonzero(is_first)
        return cls(first, np.diff(np.append(first, len(is_first))))

    def spread(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Numbers of the cubes for all vertices."""
        return np.repeat(numbers, self.count, axis=0)

    def means(self, numbers: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """(n_cubes, k): of numbers (n_vertices, k)."""
        sums: npt.NDArray[np.float64] = np.add.reduceat(numbers, self.first, axis=0, dtype=np.float64)
        return sums / self.count[:, np.newaxis]

    def ranges(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Between the least and the greatest number of each cube."""
        greatest: npt.NDArray[Any] = np.maximum.reduceat(numbers, self.first, axis=0)
        return greatest - np.minimum.reduceat(numbers, self.first, axis=0)


def simplified(
    triangles: Triangles, tolerance: float, *, longest: float = np.inf, colors: Float32Array | None = None
) -> Triangles:
    """Triangles whose surface is that of the given ones, moved by less than twice a ``tolerance``.

    Parameters
    ----------
    triangles : Triangles
        Not divided.
    tolerance : float
        µm.
    longest : float
        Of the cubes' sides, µm.
    colors : (n_vertices, 3) float32, optional
        Of the vertices, 0 to 1: those that differ stay. None: they change with time, and are merged only within a cube
        of the tolerance.
    """
    side = 2 * tolerance / np.sqrt(3)  # of the smallest cubes: no vertex is farther from their middle
    n_cubes = np.ptp(triangles.positions, axis=0).max(initial=0) / side
    if len(triangles.faces) < _FEW or not n_cubes < 2**_BITS:
        return triangles
    n_levels = 1 if colors is None else int(np.clip(np.log2(max(longest / side, 1)), 0, _BITS)) + 1
    code = _codes(triangles.positions, side)
    order = np.argsort(code, kind="stable")
    code = code[order]
    level = _levels(triangles, order, code, tolerance, side, n_levels, colors)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    for _ in range(_MOST_REPAIRS):
        checkpoint()
        cubes = _Cubes.of(np.insert(_differs(level, code), 0, True))
        kept = order[_middle_vertices(triangles.positions[order], cubes)]
        cube = cubes.spread(np.arange(len(cubes.first)))[rank]
        faces = cube[triangles.faces]
        faces = faces[(faces != np.roll(faces, 1, axis=1)).all(axis=1)]
        positions, normals = triangles.positions[kept], triangles.normals[kept]
        is_folded = _is_folded(positions, normals, faces) & (level[cubes.first][faces] > 0).any(axis=1)
        if not is_folded.any():
            break
        divided = np.zeros(len(cubes.first), dtype=bool)
        divided[faces[is_folded]] = True
        level -= cubes.spread(divided & (level[cubes.first] > 0))
    used, faces = np.unique(faces, return_inverse=True)
    return replace(
        triangles,
        positions=positions[used],
        normals=normals[used],
        faces=faces.reshape(-1, 3),
        source=triangles.source[kept[used]],
    )


def _levels(
    triangles: Triangles,
    order: IntArray,
    code: IntArray,
    tolerance: float,
    side: float,
    n_levels: int,
    colors: Float32Array | None,
) -> npt.NDArray[np.int64]:
    """The level of the cube in which each vertex is merged, -1 where it stays itself; vertices in their order."""
    positions, normals = triangles.positions[order].astype(np.float64), triangles.normals[order]
    is_closed, longest_edge = _neighbourhoods(triangles)
    is_closed, longest_edge = is_closed[order], longest_edge[order]
    colors = None if colors is None else colors[order]
    level = np.full(len(order), -1)
    may_merge = is_closed | (longest_edge < 4 * side)
    for k in range(n_levels):
        checkpoint()
        cubes = _Cubes.of(np.insert(np.diff(code >> (3 * k)) != 0, 0, True))
        mean = cubes.means(normals)
        length = np.linalg.norm(mean, axis=1)
        is_flat = np.logical_and.reduceat(may_merge, cubes.first) & (length > _DIRECTED)
        if colors is not None:
            is_flat &= (cubes.ranges(colors) < _SAME_COLOR).all(axis=1)
        if k or colors is None:
            mean /= np.maximum(length, 1e-9)[:, np.newaxis]
            height = np.einsum("vi,vi->v", positions, cubes.spread(mean))
            along = np.einsum("vi,vi->v", normals, cubes.spread(mean))
            is_flat &= np.minimum.reduceat(along, cubes.first) > _ALONG
            is_flat &= cubes.ranges(height) < tolerance
        if k:  # two vertices have the same height on a curved surface, too: each has the middle in its own plane
            away = np.einsum("vi,vi->v", normals, positions - cubes.spread(cubes.means(positions)))
            # New edges are up to two cubes long, and longer by the given ones where these are not small.
            is_fine = np.maximum.reduceat(longest_edge, cubes.first) < _FINE * side * 2**k
            limit = np.where(is_fine, tolerance, tolerance / 2)
            is_flat &= np.maximum.reduceat(np.abs(away), cubes.first) < limit
        if not is_flat.any():
            break
        may_merge = cubes.spread(is_flat).astype(bool)
        level[may_merge] = k
        may_merge &= is_closed
    return level


def _neighbourhoods(triangles: Triangles) -> tuple[npt.NDArray[np.bool_], Float32Array]:
    """Which vertices have triangles all around, and the longest edge at each vertex, µm."""
    n, faces, positions = len(triangles.positions), triangles.faces, triangles.positions
    ring = np.zeros(n, dtype=np.int64)  # each neighbour is there twice where triangles are all around, and cancels
    longest = np.zeros(n, dtype=np.float32)
    for corner, after, before in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        one, two = faces[:, after], faces[:, before]
        np.bitwise_xor.at(ring, faces[:, corner], one ^ two)
        lengths = np.linalg.norm(positions[one] - positions[two], axis=1)
        np.maximum.at(longest, one, lengths)
        np.maximum.at(longest, two, lengths)
    return ring == 0, longest


def _middle_vertices(positions: Float32Array, cubes: _Cubes) -> IntArray:
    """(n_cubes,): the vertex nearest to the mean of each cube's vertices."""
    away = ((positions - cubes.spread(cubes.means(positions))) ** 2).sum(axis=1)
    nearest = np.flatnonzero(away == cubes.spread(np.minimum.reduceat(away, cubes.first)))
    cube = cubes.spread(np.arange(len(cubes.first)))[nearest]
    return nearest[np.unique(cube, return_index=True)[1]]


def _is_folded(positions: Float32Array, normals: Float32Array, faces: IntArray) -> npt.NDArray[np.bool_]:
    a, b, c = (positions[faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    mean = normals[faces].sum(axis=1)
    lengths = np.linalg.norm(across, axis=1) * np.linalg.norm(mean, axis=1)
    folded: npt.NDArray[np.bool_] = np.einsum("fi,fi->f", across, mean) < _FOLDED * lengths
    return folded


def _differs(level: IntArray, code: IntArray) -> npt.NDArray[np.bool_]:
    """Whether each vertex but the first is in another cube than the one before."""
    shift = 3 * np.maximum(level[1:], 0)
    differs: npt.NDArray[np.bool_] = (level[1:] < 0) | (level[1:] != level[:-1])
    differs |= (code[1:] >> shift) != (code[:-1] >> shift)
    return differs


def _codes(positions: Float32Array, side: float) -> npt.NDArray[np.int64]:
    """(n,): numbers of the cubes, with bits of x, y and z in turns."""
    cubes = ((positions - positions.min(axis=0)) / side).astype(np.int64)
    code = np.zeros(len(positions), dtype=np.int64)
    for axis in range(3):
        code |= _spread_bits(cubes[:, axis]) << axis
    return code


def _spread_bits(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Two zeros between all bits of numbers below 2**21."""
    for shift, mask in (
        (32, 0x1F00000000FFFF),
        (16, 0x1F0000FF0000FF),
        (8, 0x100F00F00F00F00F),
        (4, 0x10C30C30C30C30C3),
        (2, 0x1249249249249249),
    ):
        numbers = (numbers | (numbers << shift)) & mask
    return numbers
