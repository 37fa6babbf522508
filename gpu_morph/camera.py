"""Camera: where a picture is taken from, in matplotlib's mplot3d convention."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from .arrays import finite_number
from .geometry import tube_geometry
from .morphology import Morphology

Projection = Literal["orthographic", "perspective"]
Size = tuple[int, int]
_MARGIN = 1.05  # of the fitted height: air around the cell


@dataclass(frozen=True)
class Camera:
    """A camera that looks at ``center`` from direction ``(cos elev cos azim, cos elev sin azim, sin elev)``.

    z is up on screen; this is matplotlib's mplot3d convention.

    Parameters
    ----------
    azim, elev, roll : float
        Degrees; ``roll`` turns the camera about its view axis, as mplot3d does.
    projection : {"orthographic", "perspective"}
        How depth shows.
    center : (3,) float, optional
        What is looked at, µm. None: the middle of the morphology.
    height : float, optional
        What the image's height spans at ``center``, µm. None: so much that the morphology, radii
        included, fits at every azimuth, so that nothing is cut and nothing jumps when it turns.
    azim_step : float
        Degrees that ``azim`` grows per frame.
    fov : float
        Vertical opening angle of a perspective camera, degrees. Segments that reach behind its eye are
        left out.
    """

    azim: float = 0.0
    elev: float = 30.0
    roll: float = 0.0
    projection: Projection = "orthographic"
    center: tuple[float, float, float] | None = None
    height: float | None = None
    azim_step: float = 0.0
    fov: float = 30.0

    def __post_init__(self) -> None:
        for name in ("azim", "elev", "roll", "azim_step", "fov"):
            object.__setattr__(self, name, finite_number(getattr(self, name), name=name, expected="finite degrees"))
        if self.projection not in ("orthographic", "perspective"):
            raise ValueError(f"projection must be 'orthographic' or 'perspective', got {self.projection!r}")
        if not 0 < self.fov < 170:
            raise ValueError(f"fov must lie between 0 and 170 degrees, got {self.fov}")
        if self.height is not None:
            height = finite_number(self.height, name="height", expected="positive µm or None", least=math.ulp(0.0))
            object.__setattr__(self, "height", height)
        if self.center is not None:
            center = np.asarray(self.center).tolist()
            if not isinstance(center, list) or len(center) != 3:
                raise ValueError(f"center must be three finite coordinates in µm, got {self.center}")
            x, y, z = (finite_number(c, name="center", expected="three finite coordinates in µm") for c in center)
            object.__setattr__(self, "center", (x, y, z))

    def at_frame(self, frame: int) -> Camera:
        """The camera of frame number ``frame``: turned by ``frame * azim_step``."""
        return replace(self, azim=self.azim + frame * self.azim_step, azim_step=0.0)

    @property
    def axes(self) -> npt.NDArray[np.float64]:
        """(3, 3) float64: unit vectors to the right, upwards and towards the viewer, one per row."""
        azim, elev, roll = (math.radians(a) for a in (self.azim, self.elev, self.roll))
        right = np.array([-math.sin(azim), math.cos(azim), 0.0])
        toward = np.array([math.cos(elev) * math.cos(azim), math.cos(elev) * math.sin(azim), math.sin(elev)])
        up = np.cross(toward, right)
        # mplot3d turns the camera by -roll about the view axis, so the picture turns by +roll.
        return np.stack(
            [
                math.cos(roll) * right - math.sin(roll) * up,
                math.sin(roll) * right + math.cos(roll) * up,
                toward,
            ]
        )

    @property
    def eye_distance(self) -> float:
        """From the eye to ``center``, µm; infinite for an orthographic camera. Needs ``height``."""
        if self.projection == "orthographic":
            return math.inf
        return self._known_height() / (2 * math.tan(math.radians(self.fov) / 2))

    def nearest_pixel(self, morphology: Morphology, size: Size) -> float:
        """What a pixel spans at the place of the morphology nearest to the eye, over a whole turn, µm."""
        pixel = self._known_height() / size[1]
        low, high = morphology.bounds()
        reach = np.linalg.norm(np.maximum(np.abs(low - self._known_center()), np.abs(high - self._known_center())))
        return pixel * max(1 - float(reach) / self.eye_distance, 0.02)

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
            ``center`` or ``height`` is None: take ``scene.fitted_camera(size)``.
        """
        view = self.view_coordinates(points)
        pixels_per_um = size[1] / self._known_height()
        scale = 1 - view[:, 2] / self.eye_distance
        scale = pixels_per_um / np.where(scale > 0, scale, np.nan)
        return np.stack([size[0] / 2 + view[:, 0] * scale, size[1] / 2 - view[:, 1] * scale], axis=1)

    def view_coordinates(self, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """(n, 3) float64 µm: right of, above and before ``center``, seen by the viewer."""
        return (np.atleast_2d(np.asarray(points, dtype=np.float64)) - self._known_center()) @ self.axes.T

    def _known_center(self) -> tuple[float, float, float]:
        if self.center is None:
            raise ValueError("this camera has no center yet: take scene.fitted_camera(size)")
        return self.center

    def _known_height(self) -> float:
        if self.height is None:
            raise ValueError("this camera has no height yet: take scene.fitted_camera(size)")
        return self.height

    def fitted(self, morphology: Morphology, size: Size) -> Camera:
        """This camera with ``center`` and ``height`` filled in where they are None.

        The fit holds for the whole turn about the vertical axis through ``center``.
        """
        if self.center is not None and self.height is not None:
            return self
        geometry = tube_geometry(morphology)  # what is drawn: links reach where no point of their width is
        positions, radii = geometry.positions.astype(np.float64), geometry.radii.astype(np.float64)
        low, high = (positions - radii[:, None]).min(axis=0), (positions + radii[:, None]).max(axis=0)
        center = (low + high) / 2 if self.center is None else np.asarray(self.center)
        height = self._fitted_height(positions - center, radii, size) if self.height is None else self.height
        return replace(self, center=(float(center[0]), float(center[1]), float(center[2])), height=height)

    def _fitted_height(self, offset: npt.NDArray[np.float64], radius: npt.NDArray[np.float64], size: Size) -> float:
        sweep, lift = np.hypot(offset[:, 0], offset[:, 1]), offset[:, 2]
        right, up, toward = self.axes
        # In perspective what stands d before the center looks larger by 1 / (1 - d / distance), and the
        # distance is height / (2 tan(fov / 2)). Solved for the height, d costs this much of it per µm:
        before = 2 * math.tan(math.radians(self.fov) / 2) if self.projection == "perspective" else 0.0
        across, along = 2 * size[1] / size[0], 2.0
        height = 0.0
        for edge, outward in ((across, right), (across, -right), (along, up), (along, -up)):
            direction = edge * outward + before * toward
            # Over a turn a point sweeps a circle; this is its farthest reach in that direction.
            reach = math.hypot(direction[0], direction[1]) * sweep + direction[2] * lift
            height = max(height, float((reach + (edge + before) * radius).max()))
        return max(height * _MARGIN, 1e-3)
