"""What the shaders that include view.glsl need to know of a camera."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...image.image import Size
from ...scene.camera import Camera
from ..geometry.tube_geometry import TubeGeometry


def view_uniforms(geometry: TubeGeometry, camera: Camera, size: Size) -> dict[str, Any]:
    """The uniforms of view.glsl but for the axes, which turn with the frame.

    Everything that is drawn into one picture takes them from the same three, so that depths agree.

    Parameters
    ----------
    geometry : TubeGeometry
        With positions relative to the camera's center; its tubes fill the range of depths.
    camera : Camera
        Fitted.
    size : (width, height)
        Pixels.
    """
    assert camera.height is not None
    reach = float((np.linalg.norm(geometry.positions, axis=1) + geometry.radii).max(initial=0.0))
    return {
        "u_size": size,
        "u_middle": camera.middle(size),
        "u_scale": size[1] / camera.height,
        "u_inverse_eye_distance": 1 / camera.eye_distance,
        "u_half_depth": _greatest_depth(reach, camera) * size[1] / camera.height,
    }


def _greatest_depth(reach: float, camera: Camera) -> float:
    """Depth of what lies ``reach`` µm before or behind the center, as view.glsl counts it, and a bit more."""
    depth = reach
    if camera.projection == "perspective":
        far = reach / camera.eye_distance
        depth = camera.eye_distance * max(-math.log(max(1 - far, 1e-3)), math.log(1 + far))
    return max(1.01 * depth, 1e-6)
