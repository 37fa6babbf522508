"""What drags and the wheel do to a camera. Pure functions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..scene.camera import Box, Camera
from ..scene.lens import is_focus_ahead

_DEGREES = 180.0  # of a drag over the shorter side of the picture
_LEAST_HEIGHT, _GREATEST_HEIGHT = 1e-3, 1e7  # µm, of the picture


def turned(camera: Camera, dx: float, dy: float, box: Box) -> Camera:
    """The camera after a drag by (dx, dy) logical pixels: what is in front moves with the pointer."""
    per_pixel = _DEGREES / min(box.width, box.height)
    roll = math.radians(camera.roll)  # the picture is turned by it
    right = dx * math.cos(roll) - dy * math.sin(roll)
    down = dx * math.sin(roll) + dy * math.cos(roll)
    azim, elev = camera.angles
    limit = max(90.0, abs(elev))
    azim = (azim - right * per_pixel + 180.0) % 360.0 - 180.0
    return _focused(replace(camera, azim=azim, elev=min(max(elev + down * per_pixel, -limit), limit)))


def panned(camera: Camera, dx: float, dy: float, box: Box) -> Camera:
    """The camera after the picture was moved by (dx, dy) logical pixels to the right and down."""
    assert camera.center is not None and camera.height is not None
    step = camera.height / box.height * (dy * camera.axes[1] - dx * camera.axes[0])
    return replace(camera, center=_point(np.asarray(camera.center) + step))


def zoomed(camera: Camera, factor: float, x: float, y: float, box: Box) -> Camera:
    """The camera with a picture that is enlarged by a factor, in which what is at (x, y) stays there."""
    assert camera.center is not None and camera.height is not None
    height = min(max(camera.height / factor, _LEAST_HEIGHT), _GREATEST_HEIGHT)
    middle = camera.middle((box.width, box.height))
    away = (x - box.x - middle[0]) * camera.axes[0] - (y - box.y - middle[1]) * camera.axes[1]
    step = away * (camera.height - height) / box.height
    return _focused(replace(camera, height=height, center=_point(np.asarray(camera.center) + step)))


def _focused(camera: Camera) -> Camera:
    """The camera; if what was in focus is now behind the eye, with the picture's middle in focus."""
    return camera if is_focus_ahead(camera) else replace(camera, focus=None)


def _point(point: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = point.tolist()
    return x, y, z
