"""Framing: where a camera stands so that all of a morphology is in the picture, as large as possible."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..image.image import Size
from .extent import Extent

Array = npt.NDArray[np.float64]
Vector = tuple[float, float, float]
_MARGIN = 1.05  # of the picture, relative to what is seen of the cell
_WEIGHTS = np.array([1.0, 1.0, 0.1])  # of the middles to the right, upwards and in depth, of cameras that turn
_LEAST_DISTANCE = 1e-6  # µm, of the eye from the center
_CLEARANCE = 1.1  # of the eye's distance from the center, relative to that of the nearest part
_LEAST_COMMON = 0.01  # of a direction of the picture: the square of the mean over all views
_ROUNDS, _SAME_SLOPE = 16, 1e-3  # in which the side of the picture that has room to spare is centered, in perspective


class Framing:
    """Several views of an extent that look at one center, as those of a camera that turns.

    Parameters
    ----------
    extent : Extent
        What has to be in the picture.
    views : (n, 3, 3) float64
        Unit vectors to the right, upwards and towards the viewer, of each view.
    center : (3,) float, optional
        The point that all views look at, µm. None: the point that is nearest to the middle of all pictures.
    """

    def __init__(self, extent: Extent, views: Array, center: Vector | None) -> None:
        self._extent, self._views = extent, views
        self._is_given = center is not None
        self._center = np.zeros(3) if center is None else np.asarray(center) - extent.origin
        sides = _both_sides(views)
        reached = self._reached(sides)
        self._middles, self._toward = _middles(reached), reached[:, 2, 0]
        self._look_at(self._middles, reached[:, :2], sides[:, :2])
        self._half_width, self._half_height = self._needed(reached, sides)[:2]

    @property
    def center(self) -> Vector:
        """µm."""
        x, y, z = (self._center + self._extent.origin).tolist()
        return x, y, z

    def flat_height(self, size: Size, area: Size) -> float:
        """The height of the picture, µm, with which an orthographic camera shows all in an area of (width, height)."""
        return 2 * _MARGIN * size[1] * float(max(self._half_width / area[0], self._half_height / area[1]))

    def perspective_height(self, size: Size, area: Size, fov: float) -> tuple[float, float]:
        """The height of the picture at the center, µm, and the opening angle, degrees, of a perspective camera.

        ``center`` is moved if it may be. The angle is ``fov``, or less where a part that points at the eye keeps it so
        far away that the extent would not fill the area.

        A plane through the eye and a side of the area touches the extent. Where the eye is (x, y, distance) from the
        center and the plane's slope is t, points on it have ``right + t * toward = x + t * distance``: what is reached
        along ``right + t * toward`` gives the eye. Planes with a smaller slope, which touch the extent on both sides
        where the area has room to spare, then give the center that is in the middle of the picture.
        """
        slope = math.tan(math.radians(fov) / 2)
        widest = slope * np.array(area) / size[1] / _MARGIN
        nearest = float((self._toward - self._views[:, 2] @ self._center).max())
        least = max(_CLEARANCE * nearest, _LEAST_DISTANCE)
        slopes, needed = widest, self._needed_within(widest)
        binding = int(np.argmax(needed / widest))
        for _ in range(_ROUNDS):
            distance = max(float(needed[binding] / slopes[binding]), least)
            if distance == least:
                slope *= float(np.clip(self._slopes_from(least) / widest, 1e-3, 1.0).max())
                return 2 * slope * least, 2 * math.degrees(math.atan(slope))
            before, slopes = slopes, np.clip(needed / distance, 1e-3 * widest, widest)
            if np.allclose(slopes, before, rtol=_SAME_SLOPE, atol=0):
                break
            needed = self._needed_within(slopes)
        return 2 * slope * distance, fov

    def _slopes_from(self, distance: float) -> Array:
        """(2,): slopes of the planes through an eye at a distance from the center that touch the extent.

        What is needed is a convex function of the slope. From slopes that are too small, secants of it lead to slopes
        that are still too small, or right.
        """
        before, slopes, earlier = np.zeros(2), np.zeros(2), np.zeros(2)
        for _ in range(_ROUNDS):
            needed = self._needed_within(slopes)
            change = slopes - before
            gradient = np.divide(needed - earlier, change, out=np.zeros(2), where=change > 0)
            before, earlier = slopes, needed
            slopes = np.maximum((needed - gradient * slopes) / (distance - gradient), needed / distance)
            if np.allclose(slopes, before, rtol=_SAME_SLOPE, atol=0):
                break
        return slopes

    def _needed_within(self, slopes: Array) -> Array:
        """(2,): `_needed` between planes of these slopes, after moving the center to the middle between them."""
        sides = _both_sides(self._views[:, :2]) + slopes[:, None, None] * self._views[:, None, None, 2]
        reached = self._reached(sides, np.sqrt(1 + slopes**2))
        self._look_at(np.concatenate([_middles(reached), self._middles[:, 2:]], axis=1), reached, sides)
        return self._needed(reached, sides)

    def _reached(self, sides: Array, stretch: Array | None = None) -> Array:
        """(n, k, 2): how far it reaches from ``origin`` to both sides, (n, k, 2, 3), of the views' k directions."""
        stretch = np.ones(sides.shape[1]) if stretch is None else stretch
        reached = [
            self._extent.reach(sides[:, k].reshape(-1, 3), float(stretch[k])).reshape(-1, 2)
            for k in range(sides.shape[1])
        ]
        return np.stack(reached, axis=1)

    def _look_at(self, middles: Array, reached: Array, sides: Array) -> None:
        """Move the center, unless it was given, to where it is nearest to the middles, (n, 3), of all views.

        Then the middle of what all views together reach, (n, k, 2), to both sides, (n, k, 2, 3), is made the center of
        the picture, as far as the views have the direction in common.
        """
        if self._is_given:
            return
        normal = np.einsum("nij,i,nik->jk", self._views, _WEIGHTS, self._views)
        self._center = np.linalg.solve(normal, np.einsum("nij,i,ni->j", self._views, _WEIGHTS, middles))
        for k, common in enumerate(self._views[:, :2].mean(axis=0)):
            strength = float(common @ common)
            if strength > _LEAST_COMMON:
                first, second = (reached[:, k] - sides[:, k] @ self._center).max(axis=0)
                self._center += (first - second) / 2 / strength * common

    def _needed(self, reached: Array, sides: Array) -> Array:
        """(k,): how far it reaches from the center at most, in one of the views, to one of the two sides."""
        needed: Array = (reached - sides @ self._center).max(axis=(0, 2))
        return needed


def _both_sides(directions: Array) -> Array:
    """(n, k, 2, 3): directions, (n, k, 3), and their opposites."""
    return np.stack([directions, -directions], axis=2)


def _middles(reached: Array) -> Array:
    """(n, k) between what is reached to both sides, (n, k, 2)."""
    middles: Array = (reached[..., 0] - reached[..., 1]) / 2
    return middles
