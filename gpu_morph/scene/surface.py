"""Surface: the triangles that an object besides the cell consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ..data.arrays import Float32Array, FloatArray
from ..data.frame_times import PeakWindows
from ..data.sampling import Sampling, frame_values, sample
from .annotations.base import ColorScale
from .colormaps import ColorTable, color_table


@dataclass(frozen=True, eq=False)
class SurfaceValues:
    """Values that colour a surface.

    Attributes
    ----------
    times : (n_times,) float64
        ms; one time holds for all.
    values : (n_times, n_columns) float32
        NaN where a value is missing.
    cmap, clim
        As in `Mesh`.
    name : str
        Of the variable.
    """

    times: FloatArray
    values: npt.NDArray[np.float32]
    cmap: Any = None
    clim: tuple[float, float] | None = None
    name: str = ""

    @property
    def is_static(self) -> bool:
        """True when colours do not change with time."""
        return len(self.times) == 1

    def at(
        self, time: float | None, *, sampling: Sampling, step: float | PeakWindows | None
    ) -> npt.NDArray[np.float32]:
        """(n_columns,) float32: the values that a frame at ``time`` (ms) shows. None: the first ones."""
        if self.is_static or time is None:
            first: Float32Array = self.values[0]
            return first
        shown = sample(self.times, time, sampling=sampling, step=step)
        return frame_values(shown, lambda row: self.values[row], variable=self.name)

    def table(self, scene_table: ColorTable | None, *, cmap: Any, nan_color: Any) -> ColorTable:
        """The colours of the values: those of the scene's table, unless ``cmap`` or ``clim`` was given."""
        if self.cmap is None and self.clim is None and scene_table is not None:
            return scene_table
        return color_table(cmap if self.cmap is None else self.cmap, nan_color, self.clim or self._range())

    def scale(self, scene_table: ColorTable | None, *, cmap: Any, nan_color: Any) -> ColorScale:
        """What a colour bar of the values shows; arguments as of `table`."""
        table = self.table(scene_table, cmap=cmap, nan_color=nan_color)
        (low, high), (least, greatest) = table.clim, self._extent()
        has_missing = bool(np.isnan(self.values).any())
        return ColorScale(table, self.name, "", least < low, greatest > high, has_missing)

    def _extent(self) -> tuple[float, float]:
        finite = self.values[np.isfinite(self.values)]
        return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)

    def _range(self) -> tuple[float, float]:
        low, high = self._extent()
        return (low, high) if np.float32(low) < np.float32(high) else (low - 0.5, high + 0.5)


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles with their colours.

    Attributes
    ----------
    vertices : (n_vertices, 3) float32
        µm.
    faces : (n_faces, 3) int32
        Vertices of the triangles.
    colors : (n_columns, 3) float32
        Red, green and blue, 0 to 1, where ``values`` is None. One row: of all vertices.
    opacity : float
        0 to 1.
    values : SurfaceValues, optional
        What colours stand for.
    column : (n_vertices,) int32, optional
        Which column of ``values`` or row of ``colors`` each vertex has. None: its own.
    """

    vertices: npt.NDArray[np.float32]
    faces: npt.NDArray[np.int32]
    colors: npt.NDArray[np.float32]
    opacity: float
    values: SurfaceValues | None = None
    column: npt.NDArray[np.int32] | None = field(default=None)

    def with_column(self) -> npt.NDArray[np.int32]:
        """``column`` as numbers, also where it is None."""
        if self.column is not None:
            return self.column
        n, is_one = len(self.vertices), self.values is None and len(self.colors) == 1
        return np.zeros(n, dtype=np.int32) if is_one else np.arange(n, dtype=np.int32)


@runtime_checkable
class SceneObject(Protocol):
    """Something besides the cell: a `Mesh`, or what has surfaces like one. Frozen, and it can be pickled."""

    fit: bool

    def surfaces(self) -> Sequence[Surface]:
        """What is drawn of it."""


def outermost(vertices: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Those of (n, 3) vertices that decide how far all of them reach: the corners of their convex hull."""
    from scipy.spatial import ConvexHull, QhullError

    try:
        corners: Float32Array = vertices[np.sort(ConvexHull(vertices).vertices)]
        return corners
    except QhullError:  # in one plane, or too few
        return vertices


def surface_scales(
    items: Sequence[SceneObject], scene_table: ColorTable | None, *, cmap: Any, nan_color: Any
) -> dict[str, ColorScale]:
    """What the colours of named objects with values stand for, by name; of equal names that of the first."""
    values = [surface.values for item in reversed(items) for surface in item.surfaces()]
    named = [one for one in values if one is not None and one.name]
    return {one.name: one.scale(scene_table, cmap=cmap, nan_color=nan_color) for one in named}
