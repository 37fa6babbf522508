"""Spheres and tubes of triangles, for points and electrodes."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from ..data.arrays import Float32Array

Faces = npt.NDArray[np.int32]
_GOLDEN = (1 + 5**0.5) / 2
# The greatest number of spheres with as many divisions of an icosahedron.
LEVELS = ((2_000, 2), (20_000, 1), (200_000, 0))


def spheres(
    positions: Float32Array, diameters: Float32Array, *, level: int | None = None
) -> tuple[Float32Array, Faces, Faces]:
    """Vertices and triangles of spheres, and which of them each vertex belongs to.

    Parameters
    ----------
    positions : (n, 3) float32
        µm.
    diameters : (n,) float32
        µm.
    level : int, optional
        Each has 20 * 4**level triangles. None: what suits so many.
    """
    if level is None:
        level = next(level for most, level in LEVELS if len(positions) <= most)
    corners, triangles = _icosphere(level)
    vertices = positions[:, np.newaxis] + corners * (diameters[:, np.newaxis, np.newaxis] / 2)
    first = len(corners) * np.arange(len(positions), dtype=np.int32)
    faces = first[:, np.newaxis, np.newaxis] + triangles
    which = np.repeat(np.arange(len(positions), dtype=np.int32), len(corners))
    return vertices.reshape(-1, 3).astype(np.float32), faces.reshape(-1, 3), which


def pointed_tube(
    tip: npt.NDArray[np.float64], end: npt.NDArray[np.float64], diameter: float, *, n_sides: int = 24
) -> tuple[Float32Array, Faces]:
    """A tube from a tip, over the first two diameters of which it widens, to its end."""
    along = end - tip
    length = float(np.linalg.norm(along))
    along = along / length
    across = np.cross(along, np.eye(3)[np.abs(along).argmin()])
    across /= np.linalg.norm(across)
    angles = np.linspace(0, 2 * np.pi, n_sides, endpoint=False)[:, np.newaxis]
    ring = (np.cos(angles) * across + np.sin(angles) * np.cross(along, across)) * diameter / 2
    wide = tip + along * min(2 * diameter, 0.5 * length)
    vertices = np.concatenate([[tip], wide + ring, end + ring, [end]])
    this = 1 + np.arange(n_sides)
    following = 1 + (np.arange(n_sides) + 1) % n_sides
    faces = np.concatenate(
        [
            np.column_stack([np.zeros(n_sides), following, this]),
            np.column_stack([this, following, following + n_sides]),
            np.column_stack([this, following + n_sides, this + n_sides]),
            np.column_stack([this + n_sides, following + n_sides, np.full(n_sides, 2 * n_sides + 1)]),
        ]
    )
    return vertices.astype(np.float32), faces.astype(np.int32)


@cache
def _icosphere(level: int) -> tuple[Float32Array, Faces]:
    """A sphere of radius 1 around the origin: an icosahedron whose triangles are divided by four ``level`` times."""
    corners = [(a, b * _GOLDEN, 0.0) for a in (-1, 1) for b in (-1, 1)]
    vertices = np.array([tuple(np.roll(corner, k)) for corner in corners for k in range(3)], dtype=np.float64)
    distances = np.linalg.norm(vertices[:, np.newaxis] - vertices, axis=-1)
    near = np.isclose(distances, 2.0)
    faces = [
        (a, b, c)
        for a in range(12)
        for b in range(a + 1, 12)
        for c in range(b + 1, 12)
        if near[a, b] and near[b, c] and near[a, c]
    ]
    triangles = np.array(faces)
    for _ in range(level):
        sides = np.sort(np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1), axis=-1)
        pairs, number = np.unique(sides.reshape(-1, 2), axis=0, return_inverse=True)
        middle = len(vertices) + number.reshape(-1, 3)
        vertices = np.concatenate([vertices, vertices[pairs].mean(axis=1)])
        (a, b, c), (ab, bc, ca) = triangles.T, middle.T
        parts = [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
        triangles = np.concatenate([np.column_stack(part) for part in parts])
    vertices = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
    # All faces turn the same way: outwards.
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    is_inward = np.einsum("fi,fi->f", np.cross(b - a, c - a), a) < 0
    triangles[is_inward] = triangles[is_inward][:, ::-1]
    return vertices.astype(np.float32), triangles.astype(np.int32)
