"""The lens of a perspective camera: what is nearer or farther than its focus is blurred (depth of field).

A point at the distance d from the eye, along the view axis, is seen as a disc. In the plane of focus, at the distance
f, that is ``aperture * |1 - f / d|`` wide: there the rays from the point to all of the lens, a thin one, meet it.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ..data.arrays import finite_number
from ..image.image import Size
from ..system.arguments import is_sequence
from .camera_arguments import checked_numbers

Point = tuple[float, float, float]
Focus = float | Point | None
_NEAREST = 0.02  # of the distance of ``center``: what is nearer to the eye is as blurred as what is there
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


class FittedCamera(Protocol):
    """What a lens needs to know of a `Camera`, which is fitted."""

    @property
    def aperture(self) -> float:
        """µm."""

    @property
    def focus(self) -> Focus:
        """A point or a distance, µm."""

    @property
    def center(self) -> Point | None:
        """µm."""

    @property
    def height(self) -> float | None:
        """µm."""

    @property
    def axes(self) -> npt.NDArray[np.float64]:
        """(3, 3): to the right, upwards and towards the viewer."""

    @property
    def eye_distance(self) -> float:
        """µm, from ``center``."""

    def middle(self, size: Size) -> tuple[float, float]:
        """The pixel coordinates of ``center``."""

    def views(self) -> npt.NDArray[np.float64]:
        """(n, 3, 3): the axes of all directions that it turns to."""


class LensPoint(NamedTuple):
    """A point of the lens, from which the cell is seen.

    ``beside`` is where it is, to the right of the eye and above it, µm. ``shift`` is by how much the picture is moved
    to the right and down, in picture heights, so that what is in focus stays at its place.
    """

    beside: tuple[float, float]
    shift: tuple[float, float]


def checked_lens(aperture: Any, focus: Any, projection: str) -> tuple[float, Focus]:
    """An aperture, and what it focuses on."""
    aperture = finite_number(aperture, name="aperture", expected="0 or more µm, the diameter of the lens", least=0.0)
    if aperture and projection == "orthographic":
        raise ValueError(
            f"aperture={aperture:g} needs projection='perspective': an orthographic camera has no eye, from which "
            "there is a distance to blur by"
        )
    if focus is None:
        return aperture, None
    if not is_sequence(focus):
        expected = "a distance from the eye of more than 0 µm, a point (x, y, z) in µm, or None"
        return aperture, finite_number(focus, name="focus", expected=expected, least=math.ulp(0.0))
    x, y, z = checked_numbers(focus, 3, "focus", "three finite coordinates in µm, a distance from the eye, or None")
    return aperture, (x, y, z)


def is_focus_ahead(camera: FittedCamera) -> bool:
    """False if a point of focus is behind the eye of a fitted camera, wherever it turns to."""
    return not camera.aperture or bool(_focal_distances(camera).min() > 0)


def check_focus(camera: FittedCamera) -> None:
    """ValueError if a point of focus is behind the eye of a fitted camera, wherever it turns to."""
    if not is_focus_ahead(camera):
        raise ValueError(
            f"focus must be in front of the eye, which is {camera.eye_distance:g} µm from center, got "
            f"{camera.focus}, which is behind it: give another point, or None for center"
        )


def focal_distance(camera: FittedCamera) -> float:
    """The distance from the eye to what is sharp, along the view axis, µm; of a camera of a frame."""
    return float(_clipped(camera, _focal_distances(camera)).min())


def blur_diameters(camera: FittedCamera, points: npt.NDArray[np.float64], size: Size) -> npt.NDArray[np.float64]:
    """(n,) pixels: the discs that points, (n, 3) µm, are blurred to; for a camera that turns, the greatest."""
    return np.asarray(_discs(camera, _seen(camera, points), size).max(axis=0), dtype=np.float64)


def widest_blur(camera: FittedCamera, points: npt.NDArray[np.float64], size: Size) -> float:
    """Pixels: the widest disc that reaches into the picture, of points, (n, 3) µm; 0 where none does."""
    seen = _seen(camera, points)
    discs, distances = _discs(camera, seen, size), _clipped(camera, camera.eye_distance - seen[..., 2])
    away = seen[..., :2] * [1, -1] * (_focal_length(camera, size) / distances)[..., None]
    middle = np.asarray(size) / 2
    from_middle = np.abs(away + camera.middle(size) - middle)
    is_shown = (from_middle < middle + discs[..., None] / 2).all(axis=-1) & (seen[..., 2] < camera.eye_distance)
    return float(discs.max(initial=0.0, where=is_shown))


def lens_points(camera: FittedCamera, n: int) -> list[LensPoint]:
    """``n`` points of the lens, for a camera of a frame.

    They lie in equal parts of it, on a spiral of the golden angle, which also spreads them along any line.
    """
    assert camera.height is not None
    per_um = camera.eye_distance / (focal_distance(camera) * camera.height)
    radii, angles = np.sqrt((np.arange(n) + 0.5) / n) * camera.aperture / 2, np.arange(n) * _GOLDEN_ANGLE
    points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    points -= points.mean(axis=0)
    return [LensPoint((x, y), (x * per_um, -y * per_um)) for x, y in points.tolist()]


def focus_between(a: FittedCamera, b: FittedCamera, fraction: float) -> Focus:
    """What a camera on the way between two focuses on: a distance if both do, else a point."""
    if a.focus is None and b.focus is None:
        return None
    if isinstance(a.focus, float) and isinstance(b.focus, float):
        return a.focus + (b.focus - a.focus) * fraction
    x, y, z = ((1 - fraction) * _focal_point(a) + fraction * _focal_point(b)).tolist()
    return x, y, z


def _focal_point(camera: FittedCamera) -> npt.NDArray[np.float64]:
    """A point, (3,) µm, in the plane of focus."""
    if isinstance(camera.focus, tuple):
        return np.asarray(camera.focus)
    center: npt.NDArray[np.float64] = np.asarray(camera.center, dtype=np.float64)
    if camera.focus is None or not math.isfinite(camera.eye_distance):
        return center
    return np.asarray(center + (camera.eye_distance - camera.focus) * camera.axes[2], dtype=np.float64)


def _focal_distances(camera: FittedCamera) -> npt.NDArray[np.float64]:
    """(n_views,) µm: distances of the plane of focus from the eye, by the directions that the camera turns to."""
    toward = camera.views()[:, 2]
    if isinstance(camera.focus, float):
        return np.full(len(toward), camera.focus)
    assert camera.center is not None
    away = toward @ np.subtract(camera.focus or camera.center, camera.center)
    return np.asarray(camera.eye_distance - away, dtype=np.float64)


def _seen(camera: FittedCamera, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(n_views, n, 3) µm: points in the camera's axes, from its center, by the directions that it turns to."""
    return np.asarray((points - np.asarray(camera.center)) @ camera.views().transpose(0, 2, 1), dtype=np.float64)


def _discs(camera: FittedCamera, seen: npt.NDArray[np.float64], size: Size) -> npt.NDArray[np.float64]:
    """(n_views, n) pixels: diameters."""
    if not camera.aperture:
        return np.zeros(seen.shape[:2])
    focal, distances = _focal_distances(camera)[:, None], camera.eye_distance - seen[..., 2]
    differences = np.abs(1 / _clipped(camera, focal) - 1 / _clipped(camera, distances))
    return np.asarray(camera.aperture * _focal_length(camera, size) * differences, dtype=np.float64)


def _focal_length(camera: FittedCamera, size: Size) -> float:
    """Distance of the picture from the eye, pixels."""
    assert camera.height is not None
    return camera.eye_distance * size[1] / camera.height


def _clipped(camera: FittedCamera, distances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.maximum(distances, _NEAREST * camera.eye_distance)
