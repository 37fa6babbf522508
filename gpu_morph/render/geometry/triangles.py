"""Triangles of surfaces: vertices with normals, divided where edges are sharp and where triangles are large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...data.arrays import Float32Array, IntArray

_SHARP = 0.64  # cosine of the angle between two faces, 50 degrees, from which their edge is sharp
_SMOOTH = 0.95  # cosine of the angle between a vertex's normal and all its faces, for which no edge is looked for
_PARTS = 24  # an edge is at most 1 / _PARTS of the extent
_MOST_FACES = 200_000  # triangles are not divided into more


@dataclass(frozen=True, eq=False)
class Triangles:
    """Triangles whose vertices have normals.

    Attributes
    ----------
    positions : (n, 3) float32
        µm.
    normals : (n, 3) float32
        Unit vectors.
    faces : (m, 3) int64
        Vertices.
    source : (n_source,) int64
        The vertex of the surface that each of the first vertices is.
    midpoints : sequence of (k, 2) int64
        The vertices between which the next k vertices lie, from one division to the next.
    """

    positions: Float32Array
    normals: Float32Array
    faces: IntArray
    source: IntArray
    midpoints: Sequence[IntArray] = ()

    def spread(self, numbers: Float32Array) -> Float32Array:
        """(n, k): numbers of the surface's vertices, (n_vertices, k), for all vertices."""
        return _with_midpoints(numbers[self.source], self.midpoints)

    def divided(self, longest: float) -> Triangles:
        """The same triangles in parts with edges up to ``longest``, µm, as long as there are not too many.

        Each edge is halved for both of its triangles, so that no gaps appear.
        """
        now = self
        while len(now.faces) < _MOST_FACES:
            halved = now._halved(longest)
            if halved is None:
                break
            now = halved
        return now

    def _halved(self, longest: float) -> Triangles | None:
        """With a vertex in the middle of each longer edge. None: there is none."""
        n, faces = len(self.positions), self.faces
        edges = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1), axis=-1)  # (m, 3, 2): 01, 12, 20
        lengths = np.linalg.norm(self.positions[edges[..., 0]] - self.positions[edges[..., 1]], axis=-1)
        is_long = lengths > longest
        if not is_long.any():
            return None
        keys, number = np.unique(edges[..., 0][is_long] * n + edges[..., 1][is_long], return_inverse=True)
        pairs = np.column_stack(np.divmod(keys, n))
        middle = np.full(faces.shape, -1, dtype=np.int64)
        middle[is_long] = n + number.reshape(-1)
        return replace(
            self,
            positions=_with_midpoints(self.positions, [pairs]),
            normals=_unit(_with_midpoints(self.normals, [pairs]))[0],
            faces=_parts(faces, middle),
            midpoints=[*self.midpoints, pairs],
        )


def surface_triangles(vertices: Float32Array, faces: npt.NDArray[np.int32]) -> Triangles:
    """The triangles of a surface. Vertices at sharp edges become one for each side; triangles of no area are left out.

    Parameters
    ----------
    vertices : (n_vertices, 3) float32
        µm.
    faces : (n_faces, 3) int32
        Vertices of the triangles.
    """
    corners = vertices[faces]
    sides = np.roll(corners, -1, axis=1) - corners  # from each corner to the next
    face_normals, has_area = _unit(np.cross(sides[:, 0], -sides[:, 2]))
    used, face_normals, sides = faces[has_area].astype(np.int64), face_normals[has_area], _unit(sides[has_area])[0]
    # Weighted by angles, so that it does not matter how sides are divided into triangles.
    angles = np.arccos(np.clip(-np.einsum("fci,fci->fc", sides, np.roll(sides, 1, axis=1)), -1, 1))
    weighted = (angles[..., np.newaxis] * face_normals[:, np.newaxis]).reshape(-1, 3).T
    sums = [np.bincount(used.reshape(-1), along, minlength=len(vertices)) for along in weighted]
    normals, _ = _unit(np.stack(sums, axis=1).astype(np.float32))
    # Where all faces are nearly in one direction, they share the vertex; else each corner has one of its own.
    along = np.einsum("fci,fi->fc", normals[used], face_normals)
    is_sharp = np.zeros(len(vertices), dtype=bool)
    is_sharp[used[along < _SMOOTH]] = True
    sharp_face, sharp_corner = np.nonzero(is_sharp[used])
    source = np.concatenate([np.arange(len(vertices)), used[sharp_face, sharp_corner]])
    own = _corner_normals(used[sharp_face, sharp_corner], face_normals[sharp_face], angles[sharp_face, sharp_corner])
    used[sharp_face, sharp_corner] = len(vertices) + np.arange(len(sharp_face))
    return Triangles(vertices[source], np.concatenate([normals, own]), used, source)


def _corner_normals(vertex: IntArray, normals: Float32Array, angles: Float32Array) -> Float32Array:
    """(n, 3): the mean normal of faces that meet at each corner's vertex without a sharp edge to the corner's face."""
    order = np.argsort(vertex, kind="stable")
    _, first, count = np.unique(vertex[order], return_index=True, return_counts=True)
    n_others = np.repeat(count, count)  # of each corner in this order, itself included
    one = np.repeat(np.arange(len(order)), n_others)
    start = np.repeat(np.cumsum(n_others) - n_others, n_others)
    other = np.repeat(np.repeat(first, count), n_others) + np.arange(len(one)) - start
    one, other = order[one], order[other]
    is_near = np.einsum("ij,ij->i", normals[one], normals[other]) > _SHARP
    one, other = one[is_near], other[is_near]
    sums = [np.bincount(one, angles[other] * along, minlength=len(vertex)) for along in normals[other].T]
    return _unit(np.stack(sums, axis=1).astype(np.float32))[0]


def longest_edge(vertices: Sequence[Float32Array]) -> float:
    """The longest edge of triangles that are sorted by distance, µm, for surfaces with these vertices."""
    low = np.min([points.min(axis=0) for points in vertices], axis=0)
    high = np.max([points.max(axis=0) for points in vertices], axis=0)
    return float(np.linalg.norm(high - low)) / _PARTS


def _unit(vectors: Float32Array) -> tuple[Float32Array, npt.NDArray[np.bool_]]:
    """Vectors of length 1, and which have a direction at all."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True).astype(np.float32)
    unit = np.divide(vectors, np.where(lengths > 0, lengths, 1), dtype=np.float32)
    return unit, lengths[..., 0] > 0


def _with_midpoints(numbers: Float32Array, midpoints: Sequence[IntArray]) -> Float32Array:
    for pairs in midpoints:
        numbers = np.concatenate([numbers, (numbers[pairs[:, 0]] + numbers[pairs[:, 1]]) / 2])
    return numbers


def _parts(faces: IntArray, middle: IntArray) -> IntArray:
    """The triangles that faces become whose edges 01, 12 and 20 have a vertex in the middle, or -1."""
    count = (middle >= 0).sum(axis=1)
    parts = [faces[count == 0]]
    # Turn the corners until the first edge has a middle, and the last one has none where one lacks.
    for n_long in (1, 2, 3):
        some, mid = faces[count == n_long], middle[count == n_long]
        turn = np.argmax((mid >= 0) & ((np.roll(mid, 1, axis=1) < 0) | (n_long == 3)), axis=1)
        columns = (turn[:, np.newaxis] + np.arange(3)) % 3
        (a, b, c), (ab, bc, ca) = (np.take_along_axis(each, columns, axis=1).T for each in (some, mid))
        new = {
            1: [(a, ab, c), (ab, b, c)],
            2: [(ab, b, bc), (a, ab, bc), (a, bc, c)],
            3: [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)],
        }[n_long]
        parts += [np.column_stack(triangle) for triangle in new]
    return np.concatenate(parts)
