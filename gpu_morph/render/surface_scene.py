"""Everything besides the cell as one list of triangles, with the colours of a frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..data.arrays import Float32Array, FloatArray, IntArray
from ..scene.colormaps import ColorTable
from ..scene.colors import to_bytes
from ..scene.scene import Scene
from ..scene.surface import Surface
from ..system.interruption import checkpoint
from .geometry.triangles import Triangles, longest_edge
from .kept_triangles import kept_triangles
from .static_camera.palette import Palette

_TOLERANCE = 0.25  # pixels: the surface moves by less than twice as many


@dataclass(frozen=True, eq=False)
class _Part:
    """A surface, its triangles, the table of its values, and the first of its vertices among all."""

    surface: Surface
    triangles: Triangles
    table: ColorTable | None

    @property
    def is_static(self) -> bool:
        """True when colours do not change with time."""
        return self.surface.values is None or self.surface.values.is_static


class SurfaceScene:
    """The surfaces of a scene.

    Parameters
    ----------
    scene : Scene
        Resolved, with objects besides the cell.
    pixel_size : callable, optional
        Gives the size of a pixel, µm, at the nearest part of a box with (8, 3) corners, µm: triangles are simplified by
        it. None: they are not.

    ``positions`` and ``normals`` are (n, 3) float32, in µm and unit vectors. ``solid`` and ``translucent`` are (m, 3)
    int64: the triangles of surfaces with opacity 1, and of others. ``is_static`` is True where colours do not change.
    """

    def __init__(self, scene: Scene, pixel_size: Callable[[FloatArray], float] | None = None) -> None:
        self._sampling, self._step = scene.sampling, None if scene.time_range is None else scene.time_range.windows
        surfaces = [each for item in scene.meshes for each in kept_triangles(item)]
        translucent = [surface.vertices for surface, _ in surfaces if surface.opacity < 1]
        longest_translucent = longest_edge(translucent) if translucent else np.inf
        scene_table = scene.base_coloring.table if scene.base_coloring.has_scale else None
        self._parts = []
        for surface, kept in surfaces:
            checkpoint()
            values = surface.values
            table = None if values is None else values.table(scene_table, cmap=scene.cmap, nan_color=scene.nan_color)
            part = _Part(surface, kept.all, table)
            longest = longest_translucent if surface.opacity < 1 else np.inf
            triangles = kept.all
            if pixel_size is not None:
                tolerance = _TOLERANCE * pixel_size(_corners(surface.vertices))
                colors = self._columns(part, None) if part.is_static else None
                triangles = kept.simplified(tolerance, longest / 2, colors)
            self._parts.append(replace(part, triangles=triangles.divided(longest)))
        nothing: list[npt.NDArray[np.float32]] = [np.zeros((0, 3), dtype=np.float32)]
        self.positions: Float32Array = np.concatenate(nothing + [part.triangles.positions for part in self._parts])
        self.normals: Float32Array = np.concatenate(nothing + [part.triangles.normals for part in self._parts])
        self.solid, self.translucent = (self._faces(is_solid=which) for which in (True, False))
        self.is_static = all(part.is_static for part in self._parts)

    def _faces(self, *, is_solid: bool) -> IntArray:
        first, faces = 0, [np.zeros((0, 3), dtype=np.int64)]
        for part in self._parts:
            if (part.surface.opacity == 1) == is_solid:
                faces.append(part.triangles.faces + first)
            first += len(part.triangles.positions)
        return np.concatenate(faces)

    def colors(self, time: float | None) -> Float32Array:
        """(n, 4) float32: red, green, blue and opacity of the vertices at a time, ms."""
        colors = [np.zeros((0, 4), dtype=np.float32)]
        for part in self._parts:
            rgb = part.triangles.spread(self._columns(part, time))
            colors.append(np.column_stack([rgb, np.full(len(rgb), part.surface.opacity, dtype=np.float32)]))
        return np.concatenate(colors)

    def _columns(self, part: _Part, time: float | None) -> Float32Array:
        """(n_vertices, 3) float32: colours of a surface's own vertices at a time, ms."""
        surface = part.surface
        if surface.values is None or part.table is None:
            return surface.colors[surface.with_column()]
        values = surface.values.at(time, sampling=self._sampling, step=self._step)
        return value_colors(values, part.table)[surface.with_column()]


def value_colors(values: npt.NDArray[np.float32], table: ColorTable) -> Float32Array:
    """(n, 3) float32, 0 to 1: the colours of values. Numpy mirror of colormap.glsl."""
    palette = Palette.of(table, to_bytes(np.zeros(3)))
    (low, high), n = palette.clim, palette.n_entries
    within = np.clip(np.where(np.isnan(values), low, values), low, high)
    entries = palette.entries_of(within).astype(np.int64)
    entries[values < low] = n
    entries[values > high] = n + 1
    entries[np.isnan(values)] = n + 2
    return palette.rgb[:, entries].T


def _corners(vertices: npt.NDArray[np.float32]) -> FloatArray:
    """(8, 3): of the box around vertices."""
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    return np.stack(np.meshgrid(*np.stack([low, high], axis=1), indexing="ij"), axis=-1).reshape(8, 3).astype(float)
