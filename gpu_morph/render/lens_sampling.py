"""How many points of the camera's lens the pictures of a film are the means of."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..image.image import Size
from ..scene.camera import Camera
from ..scene.lens import widest_blur
from ..scene.picture_unit import picture_unit
from ..scene.scene import Scene

_FEWEST, _MOST = 16, 256
_SAMPLES = 4096  # points on the way from each of the cell to the next one, and of each surface
# Of the widest disc; pixels of a picture 1,080 high, if it is larger. What points see is then no further apart than a
# line is wide.
_POINTS_PER_PIXEL = 3.0


def n_lens_points(scene: Scene, cameras: Sequence[Camera], size: Size) -> int:
    """The number of points; 1 for cameras without an aperture.

    One number for all of a film, so that the pattern of faint copies that an outline leaves does not change.

    Parameters
    ----------
    scene : Scene
        What is seen.
    cameras : sequence of Camera
        Fitted, those that stand for all of the film.
    size : (width, height)
        Of the picture, pixels.
    """
    blurring = [camera for camera in cameras if camera.aperture]
    if not blurring:
        return 1
    clouds = [scene.morphology.points, *(surface.vertices for item in scene.meshes for surface in item.surfaces())]
    points = np.concatenate([_samples(cloud) for cloud in clouds if len(cloud)])
    widest = max(widest_blur(camera, points, size) for camera in blurring)
    return min(max(math.ceil(_POINTS_PER_PIXEL * widest / max(picture_unit(size), 1.0)), _FEWEST), _MOST)


def _samples(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """(n, 3) µm: long segments have some on the way, for one whose ends are both out of view."""
    at = np.linspace(0, len(points) - 1, _SAMPLES)
    before = np.floor(at).astype(int)
    after, fraction = np.minimum(before + 1, len(points) - 1), (at - before)[:, None]
    return np.asarray((1 - fraction) * points[before] + fraction * points[after], dtype=np.float64)
