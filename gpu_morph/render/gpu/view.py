"""The camera's uniforms for shaders that include view.glsl."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...image.image import Size
from ...scene.camera import Camera
from ...scene.lens import LensPoint
from ..geometry.tube_geometry import TubeGeometry

MOVED = ("u_middle", "u_scale", "u_half_depth", "u_lens")  # what `moved_view` gives
Move = Callable[[dict[str, Any]], dict[str, Any]]  # to these of another camera


def tubes_extent(geometry: TubeGeometry) -> float:
    """The greatest distance of a tube's surface from the camera's center, to which positions are relative; µm."""
    return float((np.linalg.norm(geometry.positions, axis=1) + geometry.radii).max(initial=0.0))


def view_uniforms(extent: float, camera: Camera, size: Size) -> dict[str, Any]:
    """The uniforms of view.glsl except ``u_axes``.

    Everything in one picture must use the same extent, camera and size, so that depths are comparable.

    Parameters
    ----------
    extent : float
        A distance from the camera's center, µm, that nothing exceeds; it decides the range of depths, together with
        the lens.
    camera : Camera
        Fitted.
    size : (width, height)
        Pixels.
    """
    assert camera.height is not None
    return {
        "u_size": size,
        "u_middle": camera.middle(size),
        "u_scale": size[1] / camera.height,
        "u_inverse_eye_distance": 1 / camera.eye_distance,
        "u_half_depth": greatest_depth(extent + camera.aperture / 2, camera) * size[1] / camera.height,
        "u_lens": (0.0, 0.0),
    }


def moved_view(view: dict[str, Any], first: Camera, camera: Camera) -> dict[str, Any]:
    """The uniforms named in `MOVED` for another orthographic camera; positions stay relative to the first's center."""
    assert first.center is not None and camera.center is not None and camera.height is not None
    scale = view["u_size"][1] / camera.height
    away = (camera.axes[:2] @ np.subtract(first.center, camera.center)) * scale
    x, y = camera.middle(view["u_size"])
    return {
        "u_middle": (x + away[0], y - away[1]),
        "u_scale": scale,
        "u_half_depth": view["u_half_depth"] * scale / view["u_scale"],
        "u_lens": (0.0, 0.0),
    }


def lens_view(view: dict[str, Any], point: LensPoint) -> dict[str, Any]:
    """The uniforms named in `MOVED` for a point of the camera's lens."""
    (x, y), height = view["u_middle"], view["u_size"][1]
    right, down = point.shift
    moved = {"u_middle": (x + right * height, y + down * height), "u_lens": point.beside}
    return {name: view[name] for name in MOVED} | moved


def greatest_depth(extent: float, camera: Camera) -> float:
    """Depth of points up to ``extent`` µm from the center, as view.glsl defines it, and 1 % more."""
    depth = extent
    if camera.projection == "perspective":
        far = extent / camera.eye_distance
        depth = camera.eye_distance * max(-math.log(max(1 - far, 1e-3)), math.log(1 + far))
    return max(1.01 * depth, 1e-6)
