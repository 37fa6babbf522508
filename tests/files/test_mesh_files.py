"""Files of triangles: what is read of them, what is refused."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_morph import read_mesh
from gpu_morph.errors import MeshError

trimesh = pytest.importorskip("trimesh", reason="meshes need trimesh (extra 'dev')")

CORNERS, FACES = [(0, 0, 0), (1000, 0, 0), (0, 2000, 0), (0, 0, 3000)], [(0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2)]


@pytest.mark.parametrize("ending", ["obj", "off", "ply", "stl", "glb"])
def test_all_formats_give_the_same_surface(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"region.{ending}"
    trimesh.Trimesh(CORNERS, FACES, process=False).export(path)
    mesh = read_mesh(path, scale=0.001, opacity=0.5, color="red")
    found = np.sort(mesh.vertices[mesh.faces].reshape(4, 9), axis=0)
    expected = np.sort((np.array(CORNERS)[FACES] / 1000).reshape(4, 9), axis=0)
    np.testing.assert_allclose(np.sort(found.sum(axis=1)), np.sort(expected.sum(axis=1)), atol=1e-5)
    assert mesh.vertices.max(axis=0).tolist() == pytest.approx([1, 2, 3])
    assert (mesh.name, mesh.opacity, mesh.color) == ("region", 0.5, "red")


def test_triangles_of_a_stl_file_share_their_vertices(tmp_path: Path) -> None:
    trimesh.Trimesh(CORNERS, FACES, process=False).export(tmp_path / "a.stl")
    assert len(read_mesh(tmp_path / "a.stl").vertices) == 4


def test_no_other_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.obj"
    path.write_text("mtllib b.mtl\nusemtl x\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    (tmp_path / "b.mtl").mkdir()  # opening it would raise
    assert len(read_mesh(path).faces) == 1


def glb(header: dict[str, Any]) -> bytes:
    text = json.dumps({"asset": {"version": "2.0"}} | header).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sII", b"glTF", 2, 20 + len(text)) + struct.pack("<II", len(text), 0x4E4F534A) + text


ACCESSOR = {"componentType": 5126, "type": "VEC3"}
MESHES = [{"primitives": [{"attributes": {"POSITION": 0}}]}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.glb", glb({"accessors": [ACCESSOR | {"count": 10**9}]}), "more than the limit of 100 times"),
        ("a.glb", glb({"accessors": [ACCESSOR | {"count": 200_000}], "meshes": MESHES, "nodes": [{"mesh": 0}] * 600}),
         "shows 120,000,000 vertices"),
        ("a.glb", glb({"nodes": [{"children": [1, 1]}, {}]}), "a node has several parents"),
        ("a.glb", b"glTF", "no valid .glb file"),
        ("a.stl", b"solid", "a.stl: "),
        ("a.off", b"OFF\n3 0 0\n0 0 0\n1 0 0\n0 1 0\n", "a.off: "),
        ("a.vtk", b"", "read from .obj, .ply, .stl, .glb, .off; convert it"),
    ],
)  # fmt: skip
def test_what_is_no_mesh_or_declares_too_much_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MeshError, match=message):
        read_mesh(tmp_path / name)


def test_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.stl").symlink_to("/dev/zero")
    with pytest.raises(MeshError, match="not a regular file"):
        read_mesh(tmp_path / "a.stl")


def test_without_trimesh_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trimesh", None)
    (tmp_path / "a.stl").write_bytes(b"")
    with pytest.raises(MeshError, match=r'pip install "gpu_morph\[meshes\]"'):
        read_mesh(tmp_path / "a.stl")
