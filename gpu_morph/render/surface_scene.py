"""Everything besides the cell as one list of triangles, with the colours of a frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..data.arrays import Float32Array, IntArray
from ..scene.colormaps import ColorTable
from ..scene.colors import to_bytes
from ..scene.scene import Scene
from ..scene.surface import Surface
from .geometry.triangles import Triangles, longest_edge, surface_triangles
from .static_camera.palette import Palette


@dataclass(frozen=True, eq=False)
class _Part:
    """A surface, its triangles, the table of its values, and the first of its vertices among all."""

    surface: Surface
    triangles: Triangles
    table: ColorTable | None


class SurfaceScene:
    """The surfaces of a scene.

    Parameters
    ----------
    scene : Scene
        Resolved, with objects besides the cell.

    ``positions`` and ``normals`` are (n, 3) float32, in µm and unit vectors. ``solid`` and ``translucent`` are (m, 3)
    int64: the triangles of surfaces with opacity 1, and of others. ``is_static`` is True where colours do not change.
    """

    def __init__(self, scene: Scene) -> None:
        self._sampling, self._step = scene.sampling, None if scene.time_range is None else scene.time_range.windows
        surfaces = [surface for item in scene.meshes for surface in item.surfaces() if surface.opacity > 0]
        translucent = [surface.vertices for surface in surfaces if surface.opacity < 1]
        longest = longest_edge(translucent) if translucent else np.inf
        scene_table = scene.base_coloring.table if scene.base_coloring.has_scale else None
        self._parts = []
        for surface in surfaces:
            triangles = surface_triangles(surface.vertices, surface.faces)
            if surface.opacity < 1:
                triangles = triangles.divided(longest)
            values = surface.values
            table = None if values is None else values.table(scene_table, cmap=scene.cmap, nan_color=scene.nan_color)
            self._parts.append(_Part(surface, triangles, table))
        nothing: list[npt.NDArray[np.float32]] = [np.zeros((0, 3), dtype=np.float32)]
        self.positions: Float32Array = np.concatenate(nothing + [part.triangles.positions for part in self._parts])
        self.normals: Float32Array = np.concatenate(nothing + [part.triangles.normals for part in self._parts])
        self.solid, self.translucent = (self._faces(is_solid=which) for which in (True, False))
        self.is_static = all(part.surface.values is None or part.surface.values.is_static for part in self._parts)

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
            surface = part.surface
            if surface.values is None or part.table is None:
                columns = surface.colors
            else:
                values = surface.values.at(time, sampling=self._sampling, step=self._step)
                columns = value_colors(values, part.table)
            rgb = part.triangles.spread(columns[surface.with_column()])
            colors.append(np.column_stack([rgb, np.full(len(rgb), surface.opacity, dtype=np.float32)]))
        return np.concatenate(colors)


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
