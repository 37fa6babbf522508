"""``camera_position``: the camera in matplotlib's terms."""

from __future__ import annotations

from typing import Any

from ..scene.annotations.base import checked_number
from ..scene.camera import Camera
from .checks import checked_mapping

# Degrees; dist is matplotlib's distance of the camera, at which 10 shows the whole cell.
CAMERA_POSITION = {"azim": 0.0, "dist": 10.0, "elev": 30.0, "roll": 0.0}


def positioned_camera(position: Any, *, azim_step: Any) -> Camera:
    """The camera at a position; what is missing there has its default.

    ``azim_step`` is the rotation per frame in degrees.

    Raises
    ------
    ValueError
        An unknown key or a value that is not a finite number.
    TypeError
        It is not a dict.
    """
    position = checked_mapping(position, "camera_position", "a dict of azim, elev, roll and dist")
    unknown = {str(key) for key in position} - set(CAMERA_POSITION)
    if unknown:
        raise ValueError(f"camera_position has azim, elev, roll and dist, got {', '.join(sorted(unknown))} too")
    angles = {**CAMERA_POSITION, **position}
    dist = checked_number(angles.pop("dist"), "camera_position: dist", "positive (10 shows all)", above=0)
    step = checked_number(azim_step, "neuron_rotation", "degrees per frame")
    return Camera(**angles, azim_step=step, zoom=CAMERA_POSITION["dist"] / dist)
