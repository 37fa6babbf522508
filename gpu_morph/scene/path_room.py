"""Room on the way: how much farther away a camera is between two keyframes, so that what both show is not cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..image.image import Size
from .camera import Camera
from .camera_path import CameraPath, Keyframe, bulge, on_the_way
from .extent import Extent

_FRACTIONS = np.arange(17) / 16  # of the way, at which pictures are measured
_WHOLE = 1.001  # what is inside but for rounding
_MARGIN = 1.02
_LEAST_TURN = 1e-3  # of directions; pictures that differ in center and height alone need no room
Sections = tuple[int, ...] | None  # None: all


def with_room(path: CameraPath, fitted: CameraPath, extent: Callable[[Sections], Extent], size: Size) -> CameraPath:
    """A path whose cameras go back on the way, as far as what they are fitted to needs.

    Parameters
    ----------
    path, fitted : CameraPath
        As it was given, and with fitted cameras. Cameras whose height was given are left alone.
    extent : callable
        From sections that a camera is fitted to, to how far they reach.
    size : (width, height)
        Of the picture, pixels.
    """
    extents: dict[Sections, Extent] = {}
    keyframes = [*fitted.keyframes]
    for number, (first, second) in enumerate(pairwise(path.keyframes)):
        is_fitted = first.camera.height is None and second.camera.height is None
        if not is_fitted or not _turns(fitted, number) or not _have_one_subject(first, second):
            continue
        sections = first.sections or second.sections
        if sections not in extents:
            extents[sections] = extent(sections)
        room = _room(fitted, number, extents[sections], size)
        keyframes[number] = replace(keyframes[number], room=room)
    return replace(fitted, keyframes=keyframes)


def _turns(path: CameraPath, number: int) -> bool:
    a, b = path.cameras[number : number + 2]
    return bool(np.abs(a.axes - b.axes).max() > _LEAST_TURN or a.projection != b.projection)


def _have_one_subject(first: Keyframe, second: Keyframe) -> bool:
    """True if both pictures show the same, or one of them a part of what the other one shows."""
    return first.sections == second.sections or first.sections is None or second.sections is None


def _room(path: CameraPath, number: int, extent: Extent, size: Size) -> float:
    cameras = [path.turning(on_the_way(path, number, float(fraction))) for fraction in _FRACTIONS]
    factors = np.array([_needed(camera, extent, size) for camera in cameras])
    if factors[[0, -1]].max() > _WHOLE:  # the pictures do not show all of it
        return 0.0
    return max(0.0, float((np.log(_MARGIN * factors[1:-1]) / bulge(_FRACTIONS[1:-1])).max()))


def _needed(camera: Camera, extent: Extent, size: Size) -> float:
    """The height of the picture that shows all, as a multiple of the camera's.

    A plane through the eye and a side of the picture has the slope ``s`` against the direction of view. Nothing is
    beyond it if ``right + s * toward`` reaches no farther from the center than that side.
    """
    middle, slope = camera.middle(size), camera.slope
    views = camera.views()
    assert camera.center is not None
    assert camera.height is not None
    center = np.asarray(camera.center) - extent.origin
    needed = 0.0
    for axis, sign, pixels in (
        (0, 1, size[0] - middle[0]),
        (0, -1, middle[0]),
        (1, 1, middle[1]),
        (1, -1, size[1] - middle[1]),
    ):
        side = max(pixels, 1.0) / size[1]  # of the height
        steep = 2 * slope * side
        directions = sign * views[:, axis] + steep * views[:, 2]
        reached = extent.reach(directions, float(np.sqrt(1 + steep**2))) - directions @ center
        needed = max(needed, float(reached.max()) / side)
    return needed / camera.height
