"""Reading a mesh."""

from __future__ import annotations

import os

import numpy as np

from ..data.arrays import finite_number
from ..errors import MeshError
from ..scene.colors import ColorLike
from ..scene.mesh import Mesh
from ..system.arguments import checked_path


def read_mesh(
    path: str | os.PathLike[str],
    *,
    scale: float = 1.0,
    color: ColorLike = "#8c96a6",
    opacity: float = 0.3,
    name: str | None = None,
) -> Mesh:
    """Read a surface of triangles: a brain region, a membrane, a soma.

    Needs the library trimesh. Nothing of the file is run, and no other file is opened: colours, materials and textures
    are left out. All surfaces of a file become one.

    Parameters
    ----------
    path : path
        A file .obj, .ply, .stl, .glb or .off.
    scale : float
        µm per unit of the file: 0.001 for one in nanometres, 1e6 for .glb as glTF defines it, in metres.
    color, opacity, name
        Of the `Mesh`; the name is None: the file's. `dataclasses.replace` changes the rest.

    Returns
    -------
    Mesh
        All surfaces of the file as one.

    Raises
    ------
    MeshError
        trimesh is not installed, or the file has another format, is damaged or too large.
    SceneError
        A coordinate is not finite, or a colour or an opacity is none.
    OSError
        The file cannot be opened.

    Examples
    --------
    >>> import trimesh
    >>> _ = trimesh.creation.box((200, 200, 200)).export("region.ply")
    >>> region = gm.read_mesh("region.ply", color="steelblue", opacity=0.2)
    >>> region.name, region.faces.shape
    ('region', (12, 3))
    """
    from ..readers.mesh_file import read_triangles

    path = checked_path(path, "path")
    factor = finite_number(scale, name="scale", expected="positive µm per unit of the file", error=MeshError)
    if factor <= 0:
        raise MeshError(f"scale must be positive µm per unit of the file, got {scale!r}")
    vertices, faces = read_triangles(path)
    scaled, given = (vertices * factor).astype(np.float32), faces.astype(np.int32)
    return Mesh(scaled, given, color=color, opacity=opacity, name=path.stem if name is None else name)
