"""Camera: the point of view of a picture, in matplotlib's mplot3d convention."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..data.apical_trunk import common_trunk_direction
from ..data.arrays import finite_number, read_only
from ..data.morphology import Morphology
from ..errors import SceneError, brief
from ..image.image import Size, check_size
from ..system.arguments import check_choice, check_type, checked_items, checked_whole_number
from .camera_arguments import AXES, Up, checked_numbers, checked_points, checked_up
from .extent import Extent
from .framing import Framing
from .lens import Focus, blur_diameters, check_focus, checked_lens
from .upright import upward, widest_view

Projection = Literal["orthographic", "perspective"]
_AZIM, _ELEV = 0.0, 30.0  # degrees, where only the other one is given
_LEAST_HEIGHT = 1e-3  # µm
_NEAREST = 0.02  # distance from the eye, by that of ``center``, below which pixels count as no smaller
_SIDES = np.indices((2, 2, 2)).reshape(3, 8).T  # of a box, along each axis, for each corner
_TURN_STEP = 10.0  # degrees between the views of a camera that turns which are fitted


@dataclass(frozen=True)
class Box:
    """A rectangle of an image.

    Parameters
    ----------
    x, y : int
        The upper left corner, pixels.
    width, height : int
        Pixels.

    Examples
    --------
    >>> gm.Box(10, 20, width=100, height=40)
    Box(x=10, y=20, width=100, height=40)
    """

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Camera:
    """A camera that looks at ``center`` from direction ``(cos elev cos azim, cos elev sin azim, sin elev)``.

    That is matplotlib's mplot3d convention, with z up on screen. Another direction can be ``up``.

    Parameters
    ----------
    azim, elev : float, optional
        Degrees. None for both: the side from which the morphology shows the most, level. None for one of them: 0 for
        ``azim``, 30 for ``elev``.
    roll : float
        Degrees by which the camera is turned about its view axis, as mplot3d does.
    projection : {"orthographic", "perspective"}
        With "perspective", distant parts are smaller.
    center : (3,) float, optional
        The point that the camera looks at, µm. None: the middle of what it sees of the morphology.
    height : float, optional
        Height of the image at ``center``, µm. None: what the camera sees of the morphology fills the image, with its
        diameters; of a camera that turns, what it sees in all of the turn.
    azim_step : float
        Degrees added to ``azim`` in each frame.
    fov : float
        Vertical opening angle of a perspective camera, degrees. A fitted height takes less where a neurite points at
        the eye and so keeps it away: the picture is filled at any angle. Segments that extend behind the camera are not
        drawn.
    zoom : float
        Factor by which a fitted ``height`` is divided. A given ``height`` is not changed.
    shift : (float, float), optional
        Offset of ``center`` from the image's middle, to the right and down, in image widths and heights.
        None: the middle of the area that annotations leave free if the height is fitted, else (0, 0).
    up : {"auto", "apical", "x", "y", "z"} or (3,) float, optional
        What points up on screen at elevation 0, and what the camera turns about. ``azim`` counts about it from x
        towards y where it is "z", from z towards x for "y", and from y towards z for "x", as for mplot3d's
        ``vertical_axis``; for other directions, from the same axis as for the nearest of the three.

        "apical": the direction from the soma to the apical dendrite's main bifurcation, or the one that the cells of a
        circuit have in common.
        "auto": the same if apical dendrites are labelled; else the axis that `Morphology.up` names, as for files in
        SWC and ASC, which have y up; else "y" for cells that lie in a plane of constant z, as NEURON draws those
        without 3-d points; else "z".

        None: "auto" if neither ``azim`` nor ``elev`` is given, else "z".
    turn : float, optional
        Degrees that a camera with an ``azim_step`` turns by from ``azim`` on, with its sign; a fitted height has room
        for them. None: of a film, what its frames turn by; else 360.
    aperture : float
        Depth of field: the diameter of the lens of a perspective camera, µm. A point that is twice as far from the eye
        as what is in focus becomes a disc half as wide as the lens, one at half the distance a disc as wide as the
        lens, measured with what is in focus. 0: everything is sharp. A picture is the mean of 16 to 256 views, the
        more, the wider the discs are, and takes as many times longer, up to twice that where a CPU draws; annotations
        are sharp.
    focus : (3,) float or float, optional
        What is in focus: everything that is as far away along the view axis as a point, µm; or the distance from the
        eye, µm. None: ``center``.

    Examples
    --------
    Seen from the front and turning by half a degree in each frame of a film:

    >>> morphology, _ = gm.demo_cell()
    >>> scene = gm.Scene(morphology, camera=gm.Camera(azim=-90, elev=0, azim_step=0.5))
    >>> scene.fitted_camera((640, 480)).projection
    'orthographic'

    A close-up of 100 µm around the soma:

    >>> camera = gm.Camera(center=(0, 0, 0), height=100, projection="perspective")

    The same with what is before and behind the soma out of focus:

    >>> camera = gm.Camera(center=(0, 0, 0), height=100, projection="perspective", aperture=20)
    """

    azim: float | None = None
    elev: float | None = None
    roll: float = 0.0
    projection: Projection = "orthographic"
    center: tuple[float, float, float] | None = None
    height: float | None = None
    azim_step: float = 0.0
    fov: float = 30.0
    zoom: float = 1.0
    shift: tuple[float, float] | None = None
    up: Up | None = None
    turn: float | None = None
    aperture: float = 0.0
    focus: Focus = None

    def __post_init__(self) -> None:
        if self.azim is not None or self.elev is not None:
            for name, usual in (("azim", _AZIM), ("elev", _ELEV), ("up", "z")):
                if getattr(self, name) is None:
                    object.__setattr__(self, name, usual)
        elif self.up is None:
            object.__setattr__(self, "up", "auto")
        for name in ("azim", "elev", "turn", "roll", "azim_step", "fov"):
            if getattr(self, name) is not None or name not in ("azim", "elev", "turn"):
                object.__setattr__(self, name, finite_number(getattr(self, name), name=name, expected="finite degrees"))
        object.__setattr__(self, "up", checked_up(self.up))
        check_choice(self.projection, ("orthographic", "perspective"), "projection")
        if not 0 < self.fov < 170:
            raise ValueError(f"fov must lie between 0 and 170 degrees, got {self.fov}")
        zoom = finite_number(self.zoom, name="zoom", expected="a positive factor", least=1e-9)
        object.__setattr__(self, "zoom", zoom)
        if self.height is not None:
            height = finite_number(self.height, name="height", expected="positive µm or None", least=math.ulp(0.0))
            object.__setattr__(self, "height", height)
        if self.center is not None:
            object.__setattr__(
                self, "center", checked_numbers(self.center, 3, "center", "three finite coordinates in µm")
            )
        if self.shift is not None:
            object.__setattr__(
                self, "shift", checked_numbers(self.shift, 2, "shift", "two finite fractions of the image")
            )
        aperture, focus = checked_lens(self.aperture, self.focus, self.projection)
        object.__setattr__(self, "aperture", aperture)
        object.__setattr__(self, "focus", focus)

    def at_frame(self, frame: int) -> Camera:
        """The camera of frame number ``frame``, turned by ``frame * azim_step``."""
        if not self.azim_step:
            return self
        frame = checked_whole_number(frame, "frame")
        return replace(self, azim=self.angles[0] + frame * self.azim_step, azim_step=0.0, turn=None)

    def still(self) -> Camera:
        """The camera of frame 0, as that of a picture: nothing turns, and a fitted height has no room for that."""
        return replace(self, azim_step=0.0, turn=None)

    def over_frames(self, n_frames: int) -> Camera:
        """This camera with the ``turn`` of a film of ``n_frames`` in place of None."""
        n_frames = checked_whole_number(n_frames, "n_frames")
        if self.turn is not None or not self.azim_step:
            return self
        return replace(self, turn=self.azim_step * (n_frames - 1))

    @property
    def reference(self) -> npt.NDArray[np.float64]:
        """(3, 3) float64: unit vectors towards azimuth 0, towards azimuth 90 and upwards, one in each row."""
        if self.up in ("auto", "apical"):
            raise ValueError(f"this camera has up={self.up!r}: use scene.fitted_camera(size)")
        return _reference(AXES.get(self.up, self.up))

    @cached_property
    def axes(self) -> npt.NDArray[np.float64]:
        """(3, 3) float64: unit vectors to the right, upwards and towards the viewer, one in each row."""
        azim, elev, roll = (math.radians(a) for a in (*self.angles, self.roll))
        right = -math.sin(azim), math.cos(azim), 0.0
        toward = math.cos(elev) * math.cos(azim), math.cos(elev) * math.sin(azim), math.sin(elev)
        up = -toward[2] * right[1], toward[2] * right[0], toward[0] * right[1] - toward[1] * right[0]
        # mplot3d turns the camera by -roll about the view axis, so the picture turns by +roll.
        cos, sin = math.cos(roll), math.sin(roll)
        turned = [(cos * r - sin * u, sin * r + cos * u) for r, u in zip(right, up, strict=True)]
        return read_only(np.array([*zip(*turned, strict=True), toward]) @ self.reference)

    @property
    def slope(self) -> float:
        """Half the picture's height by the distance of the eye; 0 for an orthographic camera."""
        return 0.0 if self.projection == "orthographic" else math.tan(math.radians(self.fov) / 2)

    @property
    def eye_distance(self) -> float:
        """Distance of the camera from ``center``, µm; infinite for an orthographic camera. Needs ``height``."""
        if self.projection == "orthographic":
            return math.inf
        return self._known_height() / (2 * math.tan(math.radians(self.fov) / 2))

    def eye_distances(self, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """(n,) float64, µm: distances of points, (n, 3) µm, from the eye along the view axis; negative behind it.

        For a camera that turns, the least of a whole turn, in which points move on circles.
        """
        points, toward = checked_points(points) - self._known_center(), self.axes[2]
        before = points @ toward
        if self.azim_step:
            points, toward = points @ self.reference.T, self.reference @ toward
            before = np.hypot(points[:, 0], points[:, 1]) * math.hypot(*toward[:2]) + points[:, 2] * toward[2]
        return np.asarray(self.eye_distance - before, dtype=np.float64)

    def nearest_pixel(self, morphology: Morphology, size: Size) -> float:
        """The size of a pixel at the part of the morphology that is nearest to the camera, µm.

        For a camera that turns, the nearest part of a whole turn counts, in which corners of the morphology's box move
        on circles.
        """
        check_type(morphology, Morphology, "morphology")
        return nearest_pixel(self, _corners(morphology), check_size(size))

    def pixel_sizes(self, points: npt.ArrayLike, size: Size) -> npt.NDArray[np.float64]:
        """(n,) float64, µm: sizes of a pixel at points, (n, 3) µm; for a camera that turns, the least of a whole turn.

        Points that are behind a perspective camera or close to it have a fiftieth of the size at ``center``.
        """
        points, pixel = checked_points(points), self._known_height() / check_size(size)[1]
        if self.projection == "orthographic":
            return np.full(len(points), pixel)
        distances = self.eye_distances(points) / self.eye_distance
        return np.asarray(pixel * np.maximum(distances, _NEAREST), dtype=np.float64)

    def sees(self, morphology: Morphology, size: Size, *, margin: float = 32.0) -> bool:
        """False if nothing of the morphology can be in the image, or within ``margin`` pixels of it.

        True for a camera that turns.
        """
        check_type(morphology, Morphology, "morphology")
        size, margin = check_size(size), finite_number(margin, name="margin", expected="pixels")
        if self.azim_step:
            return True
        corners = _corners(morphology)
        if self.aperture:
            margin += float(blur_diameters(self, corners, size).max()) / 2
        is_near = self.projection == "perspective" and self.view_coordinates(corners)[:, 2] > 0.98 * self.eye_distance
        if np.any(is_near):  # beside the camera, or behind it
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
        return (checked_points(points) - self._known_center()) @ self.axes.T

    def _known_center(self) -> tuple[float, float, float]:
        if self.center is None:
            raise ValueError("this camera has no center: use scene.fitted_camera(size)")
        return self.center

    @property
    def angles(self) -> tuple[float, float]:
        """``azim`` and ``elev``, which must be known."""
        if self.azim is None or self.elev is None:
            raise ValueError("this camera has no azim and elev: use scene.fitted_camera(size)")
        return self.azim, self.elev

    def _known_height(self) -> float:
        if self.height is None:
            raise ValueError("this camera has no height: use scene.fitted_camera(size)")
        return self.height

    def oriented(self, morphology: Morphology) -> Camera:
        """This camera with ``azim``, ``elev`` and the direction of ``up`` in place of None, "auto" and "apical".

        Raises
        ------
        SceneError
            ``up`` is "apical", and no apical dendrites are labelled or they point to different sides.
        """
        check_type(morphology, Morphology, "morphology")
        up: Any = self.up
        if up == "auto":
            up = upward(morphology)
        elif up == "apical":
            up = common_trunk_direction(morphology)
            if up is None:
                raise SceneError(
                    "up='apical' needs a soma and sections labelled 'apic', which point to one side; there are "
                    f"{brief(tuple(dict.fromkeys(morphology.section_labels)))}: give up='auto', an axis or a direction"
                )
        camera = replace(self, azim=self.azim or 0.0, elev=self.elev or 0.0, up=up)
        if self.azim is None:
            toward_0, toward_90, upwards = camera.reference
            right = widest_view(morphology, upwards)
            camera = replace(camera, azim=math.degrees(math.atan2(-right @ toward_0, right @ toward_90)))
        return camera

    def fitted(
        self, morphology: Morphology, size: Size, areas: Sequence[Box] = (), *, points: npt.ArrayLike | None = None
    ) -> Camera:
        """This camera with directions, ``center``, ``height`` and ``shift`` in place of None; see `oriented`.

        Parameters
        ----------
        morphology : Morphology
            What has to fit.
        size : (width, height)
            Of the image, pixels.
        areas : sequence of Box
            Parts of the image that are free for it; the one in which it is largest is chosen. Empty: the whole image.
        points : (n, 3) float, optional
            µm, what has to fit besides.

        Raises
        ------
        TypeError, ValueError
            A wrong argument.
        """
        check_type(morphology, Morphology, "morphology")
        size = check_size(size)
        others = checked_points(np.empty((0, 3)) if points is None else points)
        if not np.isfinite(others).all():
            raise ValueError("points must be finite, in µm: leave out those that are not")
        for area in (areas := checked_items(areas, "areas", "boxes")):
            check_type(area, Box, "areas: each")
        fitted = self._fitted(self.oriented(morphology), morphology, size, areas, others)
        check_focus(fitted)
        return fitted

    def _fitted(
        self,
        camera: Camera,
        morphology: Morphology,
        size: Size,
        areas: Sequence[Box],
        others: npt.NDArray[np.float64],
    ) -> Camera:
        """An oriented camera, fitted."""
        if self.center is not None and self.height is not None:
            return replace(camera, shift=self.shift or (0.0, 0.0))
        framing = Framing(Extent(morphology, others), camera.views(), self.center)
        if self.height is not None:
            return replace(camera, center=framing.center, shift=self.shift or (0.0, 0.0))
        areas = areas or [Box(0, 0, *size)]
        height, area = min(
            ((framing.flat_height(size, (area.width, area.height)), area) for area in areas), key=lambda pair: pair[0]
        )
        fov = self.fov
        if self.projection == "perspective":
            height, fov = framing.perspective_height(size, (area.width, area.height), fov)
        middle = (area.x + area.width / 2) / size[0] - 0.5, (area.y + area.height / 2) / size[1] - 0.5
        height = max(height / self.zoom, _LEAST_HEIGHT)
        return replace(camera, center=framing.center, height=height, fov=fov, shift=self.shift or middle)

    def views(self) -> npt.NDArray[np.float64]:
        """(n, 3, 3): the axes at azimuths of the turn, or those of a camera that does not turn."""
        if not self.azim_step:
            return self.axes[None]
        turn = 360.0 if self.turn is None else self.turn
        azims = np.arange(0, 360, _TURN_STEP)  # of a whole turn, whatever the first azimuth
        if abs(turn) + abs(self.azim_step) < 360:  # else the frame after the last one would be the first: a loop
            azims = self.angles[0] + np.linspace(0, turn, math.ceil(abs(turn) / _TURN_STEP) + 1, dtype=np.float64)
        return np.stack([replace(self, azim=azim).axes for azim in azims.tolist()])


@lru_cache(maxsize=64)
def _reference(upwards: tuple[float, float, float]) -> npt.NDArray[np.float64]:
    up = np.array(upwards)
    axis = np.eye(3)[(np.abs(up).argmax() + 1) % 3]
    start = axis - (axis @ up) * up
    start = start / np.linalg.norm(start)
    return read_only(np.stack([start, np.cross(up, start), up]))


def nearest_pixel(camera: Camera, corners: npt.NDArray[np.float64], size: Size) -> float:
    """As `Camera.nearest_pixel`, of a box with (8, 3) corners, µm."""
    return float(camera.pixel_sizes(corners, size).min())


def _corners(morphology: Morphology) -> npt.NDArray[np.float64]:
    """(8, 3) µm: corners of the box around a morphology with its diameters."""
    return morphology.bounds()[_SIDES, [0, 1, 2]]
