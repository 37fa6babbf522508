"""Points: spheres around the cell, such as somata of other cells or sites of measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import FloatArray, FrozenArrays, frozen_array
from ..errors import SceneError
from .mesh import check_look, checked_colors, checked_points, surface_values, take_values
from .spheres import LEVELS, spheres
from .surface import Surface


@dataclass(frozen=True, eq=False)
class Points(FrozenArrays):
    """Spheres of given sizes, drawn and lit with the cell.

    Parameters
    ----------
    positions : (n, 3) float32
        µm; at most 200,000.
    diameters : float or (n,) float32
        µm.
    color : colour or (n, 3) float
        Of all, or red, green and blue of each, 0 to 1.
    opacity, name
        As in `Mesh`; the opacity is 1.
    values : (n,) or (n_times, n) float32, optional
        Values that the colours stand for, instead of ``color``.
    times, cmap, clim, fit
        As in `Mesh`.

    Raises
    ------
    SceneError
        Shapes do not fit, a number is not finite, a diameter is not positive, or there are too many.

    Examples
    --------
    >>> somata = gm.Points([(150, 0, 0), (-150, 0, 40)], diameters=18, color="grey", name="neighbours")
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording, meshes=[somata])
    >>> gm.render_image(scene, time=5, size=(320, 240)).shape
    (240, 320, 3)
    """

    positions: npt.NDArray[np.float32]
    diameters: Any = field(default=10.0, kw_only=True)
    color: Any = field(default="#404850", kw_only=True)
    opacity: float = field(default=1.0, kw_only=True)
    name: str = field(default="", kw_only=True)
    values: npt.NDArray[np.float32] | None = field(default=None, kw_only=True)
    times: FloatArray | None = field(default=None, kw_only=True)
    cmap: Any = field(default=None, kw_only=True)
    clim: tuple[float, float] | None = field(default=None, kw_only=True)
    fit: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        check_look(self)
        positions = checked_points(self.positions, "positions")
        n = len(positions)
        if n > LEVELS[-1][0]:
            raise SceneError(f"at most {LEVELS[-1][0]:,} points can be drawn, got {n:,}: choose some")
        object.__setattr__(self, "positions", positions)
        diameters = frozen_array(self.diameters, np.float32, name="diameters", error=SceneError, unit="µm")
        if diameters.shape not in ((), (n,)) or not (np.isfinite(diameters) & (diameters > 0)).all():
            raise SceneError(f"diameters must be positive µm, one or ({n},), got shape {diameters.shape}")
        object.__setattr__(self, "diameters", diameters)
        checked_colors(self.color, n, "point")
        take_values(self, n, "n_points")

    def __repr__(self) -> str:
        return f"Points({f'{self.name!r}, ' if self.name else ''}{len(self.positions):,})"

    def surfaces(self) -> Sequence[Surface]:
        """What is drawn: a sphere for each."""
        n = len(self.positions)
        vertices, faces, which = spheres(self.positions, np.broadcast_to(self.diameters, n))
        colors, alpha = checked_colors(self.color, n, "point")
        values = surface_values(self)
        column = np.zeros_like(which) if values is None and len(colors) == 1 else which
        return [Surface(vertices, faces, colors, self.opacity * alpha, values, column)]
