"""Camera: the point of view of a picture, in matplotlib's mplot3d convention."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..data.arrays import finite_number, frozen_array, read_only
from ..data.morphology import Morphology
from ..data.morphology_links import linked_sections
from ..data.quantities import has_unit
from ..image.image import Size, check_size
from ..system.arguments import check_choice, check_type, checked_items, checked_whole_number

Projection = Literal["orthographic", "perspective"]
_MARGIN = 1.05  # of the fitted height, relative to the cell's
_BLOCK = 1 << 16  # points in one step of a loop
_Circles = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Box:
    """A rectangle of an image: its upper left corner and its size, pixels."""

    x: int
    y: int
    width: int
    height: int


def _numbers(values: Any, count: int, name: str, expected: str) -> tuple[float, ...]:
    if has_unit(values):
        raise ValueError(f"{name} must be {expected} as plain numbers, got quantities, {values}: convert them first")
    try:
        given = np.asarray(values).tolist()
    except ValueError:  # rows of different lengths
        given = None
    if not isinstance(given, list) or len(given) != count:
        raise ValueError(f"{name} must be {expected}, got {values}")
    return tuple(finite_number(value, name=name, expected=expected) for value in given)


@dataclass(frozen=True)
class Camera:
    """A camera that looks at ``center`` from direction ``(cos elev cos azim, cos elev sin azim, sin elev)``.

    z is up on screen; this is matplotlib's mplot3d convention.

    Parameters
    ----------
    azim, elev, roll : float
        Degrees; ``roll`` turns the camera about its view axis, as mplot3d does.
    projection : {"orthographic", "perspective"}
        With "perspective", distant parts are smaller.
    center : (3,) float, optional
        The point that the camera looks at, µm. None: the middle of the morphology.
    height : float, optional
        Height of the image at ``center``, µm. None: the morphology with its diameters fits at every azimuth, so
        that nothing is cut off when the camera turns.
    azim_step : float
        Degrees added to ``azim`` in each frame.
    fov : float
        Vertical opening angle of a perspective camera, degrees. Segments that extend behind the camera are
        not drawn.
    zoom : float
        Factor by which a fitted ``height`` is divided. A given ``height`` is not changed.
    shift : (float, float), optional
        Offset of ``center`` from the image's middle, to the right and down, in image widths and heights.
        None: the middle of the area that annotations leave free if the height is fitted, else (0, 0).
    """

    azim: float = 0.0
    elev: float = 30.0
    roll: float = 0.0
    projection: Projection = "orthographic"
    center: tuple[float, float, float] | None = None
    height: float | None = None
    azim_step: float = 0.0
    fov: float = 30.0
    zoom: float = 1.0
    shift: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name in ("azim", "elev", "roll", "azim_step", "fov"):
            object.__setattr__(self, name, finite_number(getattr(self, name), name=name, expected="finite degrees"))
        check_choice(self.projection, ("orthographic", "perspective"), "projection")
        if not 0 < self.fov < 170:
            raise ValueError(f"fov must lie between 0 and 170 degrees, got {self.fov}")
        zoom = finite_number(self.zoom, name="zoom", expected="a positive factor", least=math.ulp(0.0))
        object.__setattr__(self, "zoom", zoom)
        if self.height is not None:
            height = finite_number(self.height, name="height", expected="positive µm or None", least=math.ulp(0.0))
            object.__setattr__(self, "height", height)
        if self.center is not None:
            object.__setattr__(self, "center", _numbers(self.center, 3, "center", "three finite coordinates in µm"))
        if self.shift is not None:
            object.__setattr__(self, "shift", _numbers(self.shift, 2, "shift", "two finite fractions of the image"))

    def at_frame(self, frame: int) -> Camera:
        """The camera of frame number ``frame``, turned by ``frame * azim_step``."""
        if not self.azim_step:
            return self
        frame = checked_whole_number(frame, "frame")
        return replace(self, azim=self.azim + frame * self.azim_step, azim_step=0.0)

    @cached_property
    def axes(self) -> npt.NDArray[np.float64]:
        """(3, 3) float64: unit vectors to the right, upwards and towards the viewer, one in each row."""
        azim, elev, roll = (math.radians(a) for a in (self.azim, self.elev, self.roll))
        right = -math.sin(azim), math.cos(azim), 0.0
        toward = math.cos(elev) * math.cos(azim), math.cos(elev) * math.sin(azim), math.sin(elev)
        up = -toward[2] * right[1], toward[2] * right[0], toward[0] * right[1] - toward[1] * right[0]
        # mplot3d turns the camera by -roll about the view axis, so the picture turns by +roll.
        cos, sin = math.cos(roll), math.sin(roll)
        turned = [(cos * r - sin * u, sin * r + cos * u) for r, u in zip(right, up, strict=True)]
        return read_only(np.array([*zip(*turned, strict=True), toward]))

    @property
    def eye_distance(self) -> float:
        """Distance of the camera from ``center``, µm; infinite for an orthographic camera. Needs ``height``."""
        if self.projection == "orthographic":
            return math.inf
        return self._known_height() / (2 * math.tan(math.radians(self.fov) / 2))

    def nearest_pixel(self, morphology: Morphology, size: Size) -> float:
        """The size of a pixel at the part of the morphology that is nearest to the camera, µm.

        For a camera that turns, the nearest part of a whole turn counts, in which corners of the morphology's box move
        on circles.
        """
        check_type(morphology, Morphology, "morphology")
        pixel = self._known_height() / check_size(size)[1]
        if self.projection == "orthographic":
            return pixel
        corners, toward = _corners(morphology) - self._known_center(), self.axes[2]
        before = corners @ toward
        if self.azim_step:
            before = np.hypot(corners[:, 0], corners[:, 1]) * math.hypot(*toward[:2]) + corners[:, 2] * toward[2]
        return pixel * max(1 - float(before.max()) / self.eye_distance, 0.02)

    def sees(self, morphology: Morphology, size: Size, *, margin: float = 32.0) -> bool:
        """False if nothing of the morphology can be in the image, or within ``margin`` pixels of it.

        True for a camera that turns.
        """
        check_type(morphology, Morphology, "morphology")
        size, margin = check_size(size), finite_number(margin, name="margin", expected="pixels")
        if self.azim_step:
            return True
        corners = _corners(morphology)
        if (self.view_coordinates(corners)[:, 2] > 0.98 * self.eye_distance).any():  # beside the camera, or behind it
            return True
        low, high = (getattr(self.project(corners, size), side)(axis=0) for side in ("min", "max"))
        return bool((high > -margin).all() and (low < np.asarray(size) + margin).all())

    def project(self, points: npt.ArrayLike, size: Size) -> npt.NDArray[np.float64]:
        """Pixel coordinates of world points.

        Parameters
        ----------
        points : (n, 3) float
            µm.
        size : (width, height)
            Of the image, pixels.

        Returns
        -------
        (n, 2) float64
            x to the right and y down, from the image's upper left corner; the middle of the first
            pixel is (0.5, 0.5). NaN behind a perspective camera.

        Raises
        ------
        ValueError
            ``center`` or ``height`` is None: use ``scene.fitted_camera(size)``.
        """
        size, view = check_size(size), self.view_coordinates(points)
        pixels_per_um = size[1] / self._known_height()
        scale = 1 - view[:, 2] / self.eye_distance
        scale = pixels_per_um / np.where(scale > 0, scale, np.nan)
        x, y = self.middle(size)
        return np.stack([x + view[:, 0] * scale, y - view[:, 1] * scale], axis=1)

    def middle(self, size: Size) -> tuple[float, float]:
        """The pixel coordinates at which ``center`` appears."""
        size = check_size(size)
        right, down = self.shift or (0.0, 0.0)
        return (0.5 + right) * size[0], (0.5 + down) * size[1]

    def view_coordinates(self, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """(n, 3) float64, µm: to the right, upwards and towards the viewer from ``center``."""
        given = np.atleast_2d(frozen_array(points, np.float64, name="points", error=ValueError, unit="µm"))
        if given.ndim != 2 or given.shape[1] != 3:
            raise ValueError(f"points must have shape (n, 3), got {given.shape}")
        return (given - self._known_center()) @ self.axes.T

    def _known_center(self) -> tuple[float, float, float]:
        if self.center is None:
            raise ValueError("this camera has no center: use scene.fitted_camera(size)")
        return self.center

    def _known_height(self) -> float:
        if self.height is None:
            raise ValueError("this camera has no height: use scene.fitted_camera(size)")
        return self.height

    def fitted(self, morphology: Morphology, size: Size, areas: Sequence[Box] = ()) -> Camera:
        """This camera with ``center``, ``height`` and ``shift`` in place of None.

        The morphology fits for the whole turn about the vertical axis through ``center``.

        Parameters
        ----------
        morphology : Morphology
            What has to fit.
        size : (width, height)
            Of the image, pixels.
        areas : sequence of Box
            Parts of the image that are free for it; the one in which it is largest is chosen. Empty: the whole image.

        Raises
        ------
        TypeError, ValueError
            A wrong argument.
        """
        check_type(morphology, Morphology, "morphology")
        size = check_size(size)
        for area in (areas := checked_items(areas, "areas", "boxes")):
            check_type(area, Box, "areas: each")
        if self.center is not None and self.height is not None:
            return replace(self, shift=self.shift or (0.0, 0.0))
        extent = _TurnExtent(morphology, self)
        if self.height is not None:
            return replace(self, center=extent.center, shift=self.shift or (0.0, 0.0))
        height, area = min(
            ((extent.height(size, area), area) for area in areas or [Box(0, 0, *size)]), key=lambda pair: pair[0]
        )
        middle = (area.x + area.width / 2) / size[0] - 0.5, (area.y + area.height / 2) / size[1] - 0.5
        return replace(self, center=extent.center, height=height, shift=self.shift or middle)


def _corners(morphology: Morphology) -> npt.NDArray[np.float64]:
    """(8, 3) µm: corners of the box around a morphology with its diameters."""
    return np.stack(np.meshgrid(*morphology.bounds().T, indexing="ij"), axis=-1).reshape(8, 3)


class _TurnExtent:
    """How far a morphology with its diameters extends from the camera's center during a whole turn."""

    def __init__(self, morphology: Morphology, camera: Camera) -> None:
        linked = linked_sections(morphology)  # their first segments begin at parents, not at a point of their own
        links = morphology.locate(morphology.section_parent[linked], morphology.section_parent_x[linked])
        link_radii = morphology.diameters[morphology.section_offsets[linked], None] / 2.0
        low, high = morphology.bounds()
        low = np.minimum(low, (links - link_radii).min(axis=0, initial=np.inf))
        high = np.maximum(high, (links + link_radii).max(axis=0, initial=-np.inf))
        middle = (low + high) / 2 if camera.center is None else np.asarray(camera.center)
        self.center = (float(middle[0]), float(middle[1]), float(middle[2]))
        self._parts = [self._part(links, link_radii[:, 0], middle)]
        for start in range(0, morphology.n_points, _BLOCK):
            some = slice(start, start + _BLOCK)
            self._parts.append(self._part(morphology.points[some], morphology.diameters[some] / 2, middle))
        self._camera = camera

    @staticmethod
    def _part(positions: npt.NDArray[Any], radii: npt.NDArray[Any], middle: npt.NDArray[Any]) -> _Circles:
        """The circles on which points move: their radii and heights, and the radii of the neurite."""
        offset = positions - middle
        circle = np.hypot(offset[:, 0], offset[:, 1])
        return circle.astype(np.float32), offset[:, 2].astype(np.float32), radii.astype(np.float32)

    def height(self, size: Size, area: Box) -> float:
        """The height of the image, µm, with which everything is in ``area``."""
        right, up, toward = self._camera.axes
        # In perspective, a part at distance d in front of the center is enlarged by 1 / (1 - d / distance), and
        # distance = height / (2 tan(fov / 2)). Solved for the height, each µm of d adds this to it:
        is_flat = self._camera.projection == "orthographic"
        before = 0.0 if is_flat else 2 * math.tan(math.radians(self._camera.fov) / 2)
        across, along = 2 * size[1] / area.width, 2 * size[1] / area.height
        height = 0.0
        for edge, outward in ((across, right), (across, -right), (along, up), (along, -up)):
            direction = edge * outward + before * toward
            # During a turn a point moves on a circle; this is its greatest coordinate in that direction.
            across_turn, along_axis = np.float32(math.hypot(direction[0], direction[1])), np.float32(direction[2])
            for circle, z, radii in self._parts:
                needed = across_turn * circle
                needed += along_axis * z
                needed += np.float32(edge + before) * radii
                height = max(height, float(needed.max(initial=0.0)))
        return max(height * _MARGIN / self._camera.zoom, 1e-3)
