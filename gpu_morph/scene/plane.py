"""Plane: a square in space, such as the border of a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..data.arrays import FrozenArrays, finite_number, frozen_array
from ..errors import SceneError
from .colors import ColorLike
from .mesh import check_look, checked_colors
from .surface import Surface


@dataclass(frozen=True, eq=False)
class Plane(FrozenArrays):
    """A translucent square, drawn with the cell.

    Parameters
    ----------
    center : (3,) float
        µm.
    direction : (3,) float
        At right angles to the plane.
    length : float
        µm, of its sides.
    color : colour
        Of both sides.
    opacity, name, fit
        As in `Mesh`.

    Raises
    ------
    SceneError
        A wrong argument.

    Examples
    --------
    >>> plane = gm.Plane((0, 0, 700), direction=(0, 0, 1), length=600, color="steelblue")
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording, meshes=[plane])
    >>> gm.render_image(scene, time=5, size=(320, 240)).shape
    (240, 320, 3)
    """

    center: Any
    direction: Any = field(default=(0.0, 0.0, 1.0), kw_only=True)
    length: float = field(default=1000.0, kw_only=True)
    color: ColorLike = field(default="#8c96a6", kw_only=True)
    opacity: float = field(default=0.3, kw_only=True)
    name: str = field(default="", kw_only=True)
    fit: bool = field(default=False, kw_only=True)

    cmap = clim = None

    def __post_init__(self) -> None:
        check_look(self)
        for name in ("center", "direction"):
            given = frozen_array(getattr(self, name), np.float64, name=name, error=SceneError, unit="µm")
            if given.shape != (3,) or not np.isfinite(given).all() or (name == "direction" and not given.any()):
                raise SceneError(f"{name} must be three finite numbers, got {given.tolist()}")
            object.__setattr__(self, name, given)
        length = finite_number(self.length, name="length", expected="positive µm", least=1e-6, error=SceneError)
        object.__setattr__(self, "length", length)
        checked_colors(self.color, 0, "")

    def surfaces(self) -> Sequence[Surface]:
        """What is drawn: two triangles."""
        up = self.direction / np.linalg.norm(self.direction)
        right = np.cross(up, np.eye(3)[np.abs(up).argmin()])
        right *= self.length / 2 / np.linalg.norm(right)
        other = np.cross(up, right)
        corners = np.array([self.center + a * right + b * other for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
        colors, alpha = checked_colors(self.color, 0, "")
        faces = np.array([(0, 1, 2), (0, 2, 3)], dtype=np.int32)
        return [Surface(corners.astype(np.float32), faces, colors, self.opacity * alpha)]
