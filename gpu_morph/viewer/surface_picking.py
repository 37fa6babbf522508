"""Which object around the cell is under the pointer: a mesh, points, an electrode, a plane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..image.image import Size
from ..scene.camera import Camera
from ..scene.scene import Scene
from ..scene.surface import Surface
from .projection import Floats, projected


@dataclass(frozen=True)
class SurfacePick:
    """An object under the pointer.

    Attributes
    ----------
    depth : float
        µm towards the viewer.
    is_opaque : bool
        It hides what is behind it.
    name : str
        Of the object; of points and contacts with their number.
    value : float or None
        What its colour stands for; None: for nothing.
    """

    depth: float
    is_opaque: bool
    name: str
    value: float | None


class SurfacePicker:
    """Finds the objects that a camera sees at pixels.

    Parameters
    ----------
    scene : Scene
        With objects around the cell.
    camera : Camera
        Fitted.
    size : (width, height)
        Of the picture, pixels.
    """

    def __init__(self, scene: Scene, camera: Camera, size: Size) -> None:
        self._scene = scene
        self._parts = [
            _Part(item, surface, *projected(camera, size, surface.vertices)[:2])
            for item in scene.meshes
            for surface in item.surfaces()
            if surface.opacity > 0
        ]

    def at(self, x: float, y: float, time: float | None) -> SurfacePick | None:
        """The object in front at a pixel; None where there is none."""
        picks = [pick for part in self._parts if (pick := self._pick(part, x, y, time)) is not None]
        return max(picks, key=lambda pick: pick.depth, default=None)

    def _pick(self, part: _Part, x: float, y: float, time: float | None) -> SurfacePick | None:
        hit = part.hit(x, y)
        if hit is None:
            return None
        corners, weights = hit
        surface, value = part.surface, None
        if surface.values is not None:
            step = None if self._scene.time_range is None else self._scene.time_range.windows
            values = surface.values.at(time, sampling=self._scene.sampling, step=step)
            value = float(values[surface.with_column()[corners]] @ weights)
        depth = float(part.depth[corners] @ weights)
        return SurfacePick(depth, surface.opacity == 1, part.name(weights @ surface.vertices[corners]), value)


@dataclass(frozen=True, eq=False)
class _Part:
    """A surface of an object, as a camera shows its vertices."""

    item: Any
    surface: Surface
    xy: Floats
    depth: Floats

    def hit(self, x: float, y: float) -> tuple[npt.NDArray[np.int32], Floats] | None:
        """The triangle in front at a pixel: its vertices, (3,), and how much each counts there."""
        faces, place = self.surface.faces, np.array([[x], [y]])
        low, high = self._box
        if not ((low <= place) & (place <= high)).all():
            return None
        lows, highs = self._boxes
        near = np.flatnonzero((lows[0] <= x) & (x <= highs[0]))
        near = near[(lows[1, near] <= y) & (y <= highs[1, near])]
        a, b, c = (self.xy[:, corner] - place for corner in faces[near].T)
        areas = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)])  # of the triangles with the pixel as a corner
        whole = areas.sum(axis=0)
        is_hit = ((areas >= 0).all(axis=0) | (areas <= 0).all(axis=0)) & (whole != 0)
        if not is_hit.any():
            return None
        weights = areas[:, is_hit] / whole[is_hit]
        corners = faces[near[is_hit]]
        first = int(np.argmax((self.depth[corners].T * weights).sum(axis=0)))
        return corners[first], weights[:, first]

    @cached_property
    def _box(self) -> tuple[Floats, Floats]:
        """(2, 1) each, pixels: where the surface begins and ends in the picture."""
        return (
            np.fmin.reduce(self.xy, axis=1, keepdims=True, initial=np.inf),
            np.fmax.reduce(self.xy, axis=1, keepdims=True, initial=-np.inf),
        )

    @cached_property
    def _boxes(self) -> tuple[Floats, Floats]:
        """(2, n_faces) each, pixels: where each triangle begins and ends."""
        a, b, c = (np.take(self.xy, corner, axis=1) for corner in self.surface.faces.T)
        return np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)

    def name(self, place: Floats) -> str:
        """What the object is called, with the number of the point that is nearest to a place."""
        kind = type(self.item).__name__.lower()
        name = str(getattr(self.item, "name", "")) or kind
        positions = getattr(self.item, "positions", None)
        if positions is None or (kind == "electrode" and self._is_shank):
            return name
        number = int(np.argmin(((positions - place) ** 2).sum(axis=1)))
        return f"{name}, {'contact' if kind == 'electrode' else 'point'} {number}"

    @property
    def _is_shank(self) -> bool:
        return self.surface.column is None


def _cross(a: Floats, b: Floats) -> Floats:
    product: Floats = a[0] * b[1] - a[1] * b[0]
    return product
