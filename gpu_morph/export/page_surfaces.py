"""What is around the cell in a page: the triangles of meshes, points, electrodes and planes, with their colours."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import Float32Array
from ..render.surface_scene import SurfaceScene
from ..scene.camera import Camera
from ..scene.scene import Scene
from ..scene.surface import outermost
from ..system.user_warning import warn_user
from .packed_arrays import PackedArrays
from .page_times import Times

_MOST_COLORS = 50_000_000  # bytes before they are compressed


def described_surfaces(
    scene: Scene, times: Times | None, camera: Camera, arrays: PackedArrays
) -> dict[str, Any] | None:
    """What surfaces.js draws; None where nothing is around the cell. ``camera`` is the one of the page's tubes."""
    surfaces = SurfaceScene(scene)
    if not len(surfaces.positions):
        return None
    look, material = scene.look, scene.look.material
    relative = (surfaces.positions - np.asarray(camera.center)).astype(np.float32)
    shown = [None] if times is None or surfaces.is_static else times.tolist()
    if len(shown) * 3 * len(relative) > _MOST_COLORS:
        warn_user("colours of meshes that change are too many for a web page: it has those of its first time")
        shown = shown[:1]
    colors = [surfaces.colors(time) for time in shown]
    return {
        "extent": float(np.linalg.norm(relative, axis=1).max()),
        "positions": arrays.add(relative),
        "normals": arrays.add(surfaces.normals.astype(np.float32)),
        "solid": arrays.add(surfaces.solid.astype(np.uint32)),
        "translucent": arrays.add(surfaces.translucent.astype(np.uint32)),
        "opacity": arrays.add(np.ascontiguousarray(colors[0][:, 3])),
        "colors": arrays.add(np.concatenate([_bytes(each[:, :3]) for each in colors], axis=1)),
        "nTimes": len(colors),
        "uniforms": {
            "u_lighting": float(look.is_lit or look.is_glowing),
            "u_material": [material.shadow, material.diffuse, material.gloss, material.shininess],
            "u_rim_shade": material.rim,
            "u_depth_cue": scene.depth_cue_strength,
        },
    }


def fitted_points(scene: Scene) -> Float32Array:
    """(n, 3) µm: of objects around the cell that a fitted camera shows."""
    surfaces = [surface for item in scene.meshes if item.fit for surface in item.surfaces()]
    return np.concatenate([np.zeros((0, 3), np.float32), *(outermost(surface.vertices) for surface in surfaces)])


def _bytes(colors: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    return np.rint(255 * colors).astype(np.uint8)
