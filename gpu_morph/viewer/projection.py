"""Where a camera shows points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..image.image import Size
from ..scene.camera import Camera

Floats = npt.NDArray[np.float64]


def projected(camera: Camera, size: Size, points: npt.NDArray[np.floating]) -> tuple[Floats, Floats, Floats]:
    """Pixels (2, n), depths (n,), µm towards the viewer, and scales (n,), pixels per µm, of (n, 3) points.

    The scale is NaN behind the eye.
    """
    view = camera.view_coordinates(points)
    shrink = 1 - view[:, 2] / camera.eye_distance
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(shrink > 1e-3, size[1] / (camera.height or 1.0) / shrink, np.nan)
    x, y = camera.middle(size)
    return np.stack([x + view[:, 0] * scale, y - view[:, 1] * scale]), view[:, 2], scale
