"""Meshes: what is checked, and how their triangles are divided."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gpu_morph import Mesh, Morphology, Scene
from gpu_morph.errors import SceneError
from gpu_morph.render.geometry.triangles import surface_triangles

CORNERS = [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0), (0.0, 1.0, 0.0)]
FACES = [(0, 1, 2), (0, 2, 3)]


def cell() -> Morphology:
    return Morphology([(0, 0, 0), (10, 0, 0)], [1, 1], [0, 2], [-1], [0], ("dend",), [0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("vertices", "faces", "more", "message"),
    [
        ([*CORNERS[:3], (np.nan, 0, 0)], FACES, {}, "1 of 4 are not, the first is number 3"),
        (CORNERS, [(1, 2, 4)], {}, "vertices 0 to 3, got 1 to 4: count from 0"),
        (CORNERS, [(0, 1, 2, 3)], {}, "divide each face into triangles"),
        (CORNERS, [(0.5, 1, 2)], {}, "faces"),
        ([(0, 0)], FACES, {}, r"vertices must have shape \(n, 3\)"),
        (CORNERS, FACES, {"opacity": 1.5}, "opacity must be 0 to 1"),
        (CORNERS, FACES, {"color": "bleu"}, "color: unknown colour 'bleu'"),
        (CORNERS, FACES, {"color": [(0, 0, 1)] * 3}, r"of each vertex, \(4, 3\), got shape \(3, 3\)"),
        (CORNERS, FACES, {"values": [1, 2]}, r"\(n_vertices,\) = \(4,\), got \(2,\)"),
        (CORNERS, FACES, {"values": np.zeros((4, 2)), "times": [0, 1]}, "transpose them"),
        (CORNERS, FACES, {"values": np.zeros((2, 4)), "times": [1, 0]}, "times must be finite ms that rise"),
        (CORNERS, FACES, {"times": [0, 1]}, "times were given without values"),
        (CORNERS, FACES, {"clim": (1, 0), "values": [0, 1, 2, 3]}, "clim"),
        (CORNERS, FACES, {"fit": "yes"}, "fit must be True or False"),
    ],
)
def test_wrong_meshes_are_refused(vertices: Any, faces: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(SceneError, match=message):
        Mesh(vertices, faces, **more)


def test_a_scene_takes_a_sequence_of_meshes() -> None:
    with pytest.raises(TypeError, match="meshes must be a sequence of Mesh"):
        Scene(cell(), meshes=Mesh(CORNERS, FACES))  # type: ignore[arg-type]
    assert Scene(cell(), meshes=[Mesh(CORNERS, FACES)]).meshes[0].fit is False


def test_large_triangles_are_divided_without_gaps_or_overlaps() -> None:
    triangles = surface_triangles(np.array(CORNERS, dtype=np.float32), np.array(FACES, dtype=np.int32))
    divided = triangles.divided(0.2)
    a, b, c = (divided.positions[divided.faces[:, k]] for k in range(3))
    crosses = np.cross(b - a, c - a)[:, 2]
    assert crosses.min() > 0  # none is turned over
    assert crosses.sum() / 2 == pytest.approx(1.0)
    assert np.linalg.norm(a - b, axis=1).max() <= 0.2
    edges = np.sort(np.concatenate([divided.faces[:, pair] for pair in ((0, 1), (1, 2), (2, 0))]), axis=1)
    once = np.unique(edges, axis=0, return_counts=True)
    border = divided.positions[once[0][once[1] == 1]]
    assert ((border == 0) | (border == 1)).any(axis=-1).all()  # an edge of one triangle alone is on the border
    numbers = np.array([[0.0], [1.0], [2.0], [1.0]], dtype=np.float32)  # x + y
    np.testing.assert_allclose(divided.spread(numbers)[:, 0], divided.positions.sum(axis=1), atol=1e-6)


def test_faces_at_sharp_edges_have_their_own_normals_and_others_share_them() -> None:
    corners = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=np.float32)
    faces = np.array([(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5)], dtype=np.int32)  # two opposite sides
    sides = np.array([(0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3)])
    cube = surface_triangles(corners, np.concatenate([faces, sides]).astype(np.int32))
    of_corners = cube.normals[cube.faces]
    np.testing.assert_allclose(np.abs(of_corners).max(axis=-1), 1.0)  # along an axis, as the face is
    flat = surface_triangles(np.array(CORNERS, dtype=np.float32), np.array(FACES, dtype=np.int32))
    assert len(flat.positions) == 4
