"""Draws tubes: instanced templates, one batch per level of detail.

What is a few pixels wide or less is drawn as ribbons, several segments each: a rasterizer's work is the number of
triangles, and what the segments of a ribbon have to do with a pixel its shader finds out. What is thicker is drawn as
meshes, a segment each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from vispy import gloo

from ...image.image import Size
from ...scene.camera import Camera
from ...scene.colormaps import ColorTable
from ..fragments import DrawnFragments
from ..geometry.ribbons import ribbons
from ..geometry.tube_geometry import TubeGeometry
from ..geometry.tube_template import tube_template
from .fragments import FragmentList
from .program import InstanceBuffer, Program
from .view import view_uniforms

# (up to this radius in pixels, strips of the half tube): 4, 8 and 16 sides of a full one. 1: ribbons. The exact
# surface is found pixel by pixel.
_LEVELS = ((2.0, 1), (8.0, 2), (40.0, 4), (np.inf, 8))
_SORTED_STEP = 2.0  # degrees
_IN_RIBBON = 4  # segments; as in ribbon.vert and ribbon.frag
_CORNERS = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)], dtype=np.float32)
_TRIANGLES = np.array([0, 1, 2, 2, 1, 3], dtype=np.uint32)
# Coverages, from and below: what is drawn of a mesh at once.
_SOLID, _STRONG_EDGE, _FAINT_EDGE = (0.999, 2.0), (0.5, 0.999), (0.002, 0.5)


class _Batch:
    """The segments of one level of detail: a template, and an instance for each one, or for each few.

    Parameters
    ----------
    corner : str
        The program's attribute for the template's vertices.
    template : (n_vertices, 2) float32
        See `TubeTemplate`.
    triangles : (3 * n_triangles,) uint32
        Of the template.
    vertices : (n_instances, n) int32
        The vertices that an instance is made of: the one before, the ends of its segments, the one after.
    names : sequence of str
        The program's n attributes for them.
    values : dict of str to int
        The program's attributes for values at the ends of segments, and how many each takes.
    """

    def __init__(
        self,
        corner: str,
        template: npt.NDArray[np.float32],
        triangles: npt.NDArray[np.uint32],
        vertices: npt.NDArray[np.int32],
        names: Sequence[str],
        values: dict[str, int],
    ) -> None:
        self._vertices = self._in_order = vertices
        self._template, self._triangles = gloo.VertexBuffer(template), gloo.IndexBuffer(triangles)
        self._geometry = InstanceBuffer(np.zeros(1, dtype=[(name, np.float32, 4) for name in names]))
        self._values = InstanceBuffer(np.zeros(1, dtype=[(name, np.float32, (n,)) for name, n in values.items()]))
        self._corner = corner
        self._attributes: dict[str, Any] = {}  # known when all is there

    @property
    def ends(self) -> npt.NDArray[np.int32]:
        """(n_segments, 2): the vertices at which segments begin and end, in the order in which they are drawn."""
        inner = self._in_order[:, 1:-1]
        return np.stack([inner[:, :-1], inner[:, 1:]], axis=-1).reshape(-1, 2)

    def arrange(self, vertices: npt.NDArray[np.float32], depth: npt.NDArray[np.float32]) -> None:
        """Order the instances from back to front, so that soft edges blend over what lies behind.

        ``vertices`` (n_vertices, 4) are x, y, z and radius.
        """
        key = depth[self._vertices[:, 1]] + depth[self._vertices[:, -2]]
        key -= key.min(initial=0.0)
        steps = (key * (65535 / max(float(key.max(initial=0.0)), 1e-6))).astype(np.uint16)  # sorted ten times faster
        self._in_order = self._vertices.take(np.argsort(steps, kind="stable"), axis=0)
        self._geometry.upload(vertices.take(self._in_order, axis=0))

    def set_values(self, values: npt.NDArray[np.float32]) -> None:
        """Upload the values at the ends of segments."""
        self._values.upload(values.take(self._in_order[:, 1:-1]))

    def number(self) -> None:
        """Upload the segments' numbers in the order in which they are drawn, in the place of values at their starts."""
        n_instances, n_ends = len(self._vertices), self._vertices.shape[1] - 2
        numbers = np.arange(n_instances)[:, None] * (n_ends - 1) + np.arange(n_ends)
        self._values.upload(numbers.astype(np.float32))  # exact up to 16 million

    def draw(self, program: Program) -> None:
        """Draw all instances."""
        if not self._attributes:
            own = {self._corner: self._template}
            self._attributes = own | self._geometry.fields() | self._values.fields()
        program.draw_instances(self._attributes, self._triangles, len(self._vertices))

    def delete(self) -> None:
        """Free the buffers."""
        for buffer in (self._template, self._triangles, self._values, self._geometry):
            buffer.delete()


class _Ribbons(_Batch):
    def __init__(self, geometry: TubeGeometry, segments: npt.NDArray[np.int64]) -> None:
        inner = [f"a_vertex_{k}" for k in range(_IN_RIBBON + 1)]
        super().__init__(
            "a_corner",
            _CORNERS,
            _TRIANGLES,
            ribbons(geometry, segments, longest=_IN_RIBBON),
            ["a_before", *inner, "a_after"],
            {"a_values": _IN_RIBBON, "a_last_value": 1},
        )


class _Meshes(_Batch):
    def __init__(self, geometry: TubeGeometry, segments: npt.NDArray[np.int64], n_strips: int) -> None:
        template = tube_template(n_strips)
        of = [getattr(geometry, name)[segments] for name in ("previous", "start", "end", "following")]
        super().__init__(
            "a_template",
            template.coordinates,
            template.triangles,
            np.column_stack(of),
            ["a_before", "a_start", "a_end", "a_after"],
            {"a_values": 2},
        )


class Tubes:
    """All tubes of a scene.

    Parameters
    ----------
    geometry : TubeGeometry
        With positions relative to the camera's center.
    camera : Camera
        Fitted.
    size : (width, height)
        Pixels.
    nearest_pixel : float
        µm per pixel where the morphology is nearest to the eye; decides on the level of detail, which is
        kept for the whole film.
    min_width : float
        Pixels.
    lighting : bool
        See Scene.
    table : ColorTable
        See Scene.
    highlight : (3,) uint8, optional
        Colour of the value `colors.HIGHLIGHTED`.
    depth_cue : float
        Share of the background's colour in what is farthest away.
    background : (red, green, blue)
        The background's colour, 0 to 1.
    outline : float
        Pixels by which tubes are wider than they are; such tubes stand behind what they surround.
    """

    def __init__(
        self,
        geometry: TubeGeometry,
        *,
        camera: Camera,
        size: Size,
        nearest_pixel: float,
        min_width: float,
        lighting: bool,
        table: ColorTable,
        highlight: npt.ArrayLike = (0, 0, 0),
        depth_cue: float = 0.0,
        background: tuple[float, float, float] = (1.0, 1.0, 1.0),
        outline: float = 0.0,
    ) -> None:
        self._vertices = np.column_stack([geometry.positions, geometry.radii])
        self._positions = np.ascontiguousarray(geometry.positions.T)  # sums over all go along rows
        self._widest = float(geometry.radii.max(initial=0.0))
        self._programs = _programs()
        self._listing: dict[type[_Batch], Program] = {}  # programs that list what they would draw, once they are needed
        self._camera: Camera | None = None
        self._corner = (0, 0)
        self._sorted_from: Camera | None = None
        view = view_uniforms(geometry, camera, size)
        self._lut = gloo.Texture2D(
            table.entries[np.newaxis], interpolation="nearest", wrapping="clamp_to_edge", internalformat="rgb8"
        )
        self._looks = view | {
            "u_depth_per_pixel": 0.5 / view["u_half_depth"],
            "u_min_width": min_width,
            "u_lighting": float(lighting),
            "u_depth_cue": depth_cue,
            "u_outline_width": outline,
            "u_origin": (0, 0),
        }
        colors = {
            "u_clim": table.clim,
            "u_under": table.under / 255,
            "u_over": table.over / 255,
            "u_missing": table.missing / 255,
            "u_highlight": np.asarray(highlight) / 255,
            "u_n_entries": len(table.entries),
            "u_lut": self._lut,
            "u_background": background,
        }
        _set_uniforms(self._programs, self._looks | colors)
        radii = np.maximum(geometry.radii[geometry.start], geometry.radii[geometry.end]) / nearest_pixel
        radii = np.maximum(radii, 0.5 * min_width) + outline
        level = np.searchsorted([limit for limit, _ in _LEVELS], radii)
        self._batches: list[_Ribbons | _Meshes] = []
        for number in np.unique(level):
            segments, n_strips = np.flatnonzero(level == number), _LEVELS[number][1]
            is_ribbon = n_strips == 1
            self._batches.append(_Ribbons(geometry, segments) if is_ribbon else _Meshes(geometry, segments, n_strips))

    def set_values(self, values: npt.NDArray[np.float32]) -> None:
        """Take over the values of the frame's time, (n_vertices,) float32."""
        for batch in self._batches:
            batch.set_values(values)

    def bounds(self, camera: Camera) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The corners of a box of the picture, pixels, that holds all that an orthographic camera sees of the tubes."""
        # As view.glsl has it, and width.glsl.
        axes = (camera.axes[:2] * [[1], [-1]]).astype(np.float32)
        scale, middle = self._looks["u_scale"], np.asarray(self._looks["u_middle"], dtype=np.float64)
        vertices = np.einsum("ij,jk->ik", axes, self._positions)
        widest = max(self._widest * scale, 0.5 * self._looks["u_min_width"])
        margin = widest + self._looks["u_outline_width"] + 2.0
        low, high = (getattr(vertices, which)(axis=1, initial=0.0) * scale + middle for which in ("min", "max"))
        return low - margin, high + margin

    def look_from(self, camera: Camera) -> bool:
        """Set the frame's camera; True when that changed the order of segments.

        What crosses in a pixel keeps its order while the camera turns a little, so that segments are sorted for
        whole steps of the azimuth only.
        """
        if camera == self._camera:
            return False
        self._camera = camera
        _set_uniforms(self._programs, {"u_axes": camera.axes.astype(np.float32)})
        near = replace(camera, azim=_SORTED_STEP * round(camera.azim / _SORTED_STEP))
        if near == self._sorted_from:
            return False
        self._sorted_from = near
        # Not with @, whose threads would be taken from those that draw.
        depth = np.einsum("ij,j->i", self._vertices, np.append(near.axes[2], 0).astype(np.float32))
        for batch in self._batches:
            batch.arrange(self._vertices, depth)
        return True

    def draw(self, corner: tuple[int, int] = (0, 0)) -> None:
        """Draw into the bound target; ``corner`` is what binding it gave."""
        if corner != self._corner:
            self._corner = corner
            _set_uniforms(self._programs, {"u_origin": corner})
        for batch, part, hides in self._draws():
            gloo.set_depth_mask(hides)
            _draw(batch, self._programs, part)
        gloo.set_depth_mask(True)

    def _draws(self) -> list[tuple[_Batch, tuple[float, float] | None, bool]]:
        """What is drawn in order: of which batch which coverages, and whether they leave their depth.

        Edges are smoothed by blending, so what lies behind an edge must be there before it, and an edge
        must not hide what comes later. Within a batch segments are drawn from back to front. Of what is
        thick enough for a mesh the solid pixels come first, then the edges; the fainter half of them
        after the ribbons, and without leaving its depth.
        """
        ribbons = [batch for batch in self._batches if isinstance(batch, _Ribbons)]
        meshes = [batch for batch in self._batches if isinstance(batch, _Meshes)]
        return [
            *((batch, part, True) for part in (_SOLID, _STRONG_EDGE) for batch in meshes),
            *((batch, None, True) for batch in ribbons),
            *((batch, _FAINT_EDGE, False) for batch in meshes),
        ]

    def fragments(self, listed: FragmentList, rows: tuple[int, int]) -> list[DrawnFragments]:
        """All fragments in some rows, draw by draw as `draw` draws them. Set the values again afterwards.

        Raises
        ------
        ListOverflowError
            There are too many.
        """
        assert self._camera is not None
        if not self._listing:
            self._listing = _programs(lists_fragments=True)
        looks = self._looks | listed.uniforms | {"u_axes": self._camera.axes.astype(np.float32)}
        _set_uniforms(self._listing, looks)
        drawn = []
        for batch, part, hides in self._draws():
            batch.number()
            draw = partial(_draw, batch, self._listing, part)
            drawn.append(DrawnFragments(listed.of(draw, rows), batch.ends, hides))
        return drawn

    def delete(self) -> None:
        """Free everything."""
        for batch in self._batches:
            batch.delete()
        self._lut.delete()
        for program in [*self._programs.values(), *self._listing.values()]:
            program.delete()


def _programs(*, lists_fragments: bool = False) -> dict[type[_Batch], Program]:
    return {
        _Ribbons: Program("ribbon.vert", "ribbon.frag", lists_fragments=lists_fragments),
        _Meshes: Program("tube.vert", "tube.frag", lists_fragments=lists_fragments),
    }


def _draw(batch: _Batch, programs: dict[type[_Batch], Program], part: tuple[float, float] | None) -> None:
    """Draw the pixels that are covered by a share in the range ``part``, or all."""
    program = programs[type(batch)]
    if part is not None:
        program["u_coverage_range"] = part
    batch.draw(program)


def _set_uniforms(programs: dict[type[_Batch], Program], uniforms: dict[str, Any]) -> None:
    for program in programs.values():
        for name, value in uniforms.items():
            program[name] = value
