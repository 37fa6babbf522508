"""Files of triangles, read with the library trimesh."""

from __future__ import annotations

import io
import json
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import MeshError, brief
from ..system.regular_file import limited_bytes

FORMATS = ("obj", "ply", "stl", "glb", "off")
_MAX_RATIO, _ALWAYS_READ = 100, 1 << 20  # bytes that a .glb file may declare for one of its own; bytes
_MAX_INSTANCES = 100_000_000  # vertices, when a .glb file shows a mesh several times
_JSON_CHUNK = 0x4E4F534A


def read_triangles(path: Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """All triangles of a file, in the unit of the file.

    Nothing is run, and no other file is opened: materials and textures are left out.

    Parameters
    ----------
    path : Path
        A file .obj, .ply, .stl, .glb or .off.

    Returns
    -------
    vertices : (n, 3) float64
    faces : (m, 3) int64

    Raises
    ------
    MeshError
        trimesh is not installed, the ending is another one, or the file is damaged, too large, a device or a pipe.
    OSError
        The file cannot be opened.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise MeshError(f"{path.name}: a mesh is read from {', '.join('.' + name for name in FORMATS)}; convert it")
    try:
        import trimesh
    except ImportError as cause:
        raise MeshError(f'{path.name}: meshes need trimesh; pip install "gpu_morph[meshes]"') from cause
    content = limited_bytes(path, MeshError)
    if ending == "glb":
        _check_glb(content, path.name)
    try:
        more: dict[str, Any] = {"skip_materials": True} if ending == "obj" else {}
        found = trimesh.load_scene(io.BytesIO(content), file_type=ending, process=False, **more).to_mesh()
        if ending == "stl":
            found.merge_vertices()  # each triangle has its own there, so that no surface would be smooth
        vertices, faces = np.asarray(found.vertices, dtype=np.float64), np.asarray(found.faces, dtype=np.int64)
    except MemoryError:
        raise
    except Exception as cause:  # trimesh raises of any kind for damaged files
        reason = brief(str(cause)) if str(cause) else type(cause).__name__
        raise MeshError(f"{path.name}: no valid .{ending} file: {reason}; get the file again") from cause
    if not len(faces) or faces.ndim != 2:
        raise MeshError(f"{path.name}: the file has no triangles; a mesh needs faces, points alone are no surface")
    return vertices, faces


def _check_glb(content: bytes, name: str) -> None:
    """Raise MeshError where the file declares much more than it holds."""
    try:
        length, kind = struct.unpack_from("<II", content, 12)
        if kind != _JSON_CHUNK or not content.startswith(b"glTF"):
            raise ValueError("it does not begin as glTF")
        header = json.loads(content[20 : 20 + length])
        counts = [int(accessor["count"]) for accessor in header.get("accessors", ())]
        nodes = header.get("nodes", [])
        parents = Counter(child for node in nodes for child in node.get("children", ()))
        meshes = header.get("meshes", [])
        sizes = [
            sum(counts[each.get("attributes", {})["POSITION"]] for each in mesh.get("primitives", ()))
            for mesh in meshes
        ]
        shown = sum(sizes[node["mesh"]] for node in nodes if "mesh" in node)
    except (struct.error, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as cause:
        raise MeshError(f"{name}: no valid .glb file: {brief(str(cause))}; get the file again") from cause
    if parents and max(parents.values()) > 1:
        raise MeshError(f"{name}: a node has several parents, which glTF forbids; correct it")
    if 4 * sum(counts) > max(_MAX_RATIO * len(content), _ALWAYS_READ) or min(counts, default=0) < 0:
        raise MeshError(
            f"{name}: {len(content)} bytes declare {sum(counts):,} numbers, more than the limit of {_MAX_RATIO} times "
            "the file's size; write it without compression"
        )
    if shown > _MAX_INSTANCES:
        raise MeshError(f"{name}: it shows {shown:,} vertices, more than the limit of {_MAX_INSTANCES:,}; show fewer")
