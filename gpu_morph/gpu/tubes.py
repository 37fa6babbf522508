"""Draws tubes: instanced templates, one batch per level of detail."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from vispy import gloo

from ..camera import Camera, Size
from ..colors import ColorTable
from ..geometry import TubeGeometry, tube_template
from ..layers import DrawnFragments
from .fragments import FragmentList
from .program import InstanceBuffer, Program
from .view import view_uniforms

# (up to this radius in pixels, strips of the half tube): a strip's sagitta stays below a pixel.
_LEVELS = ((2.0, 1), (8.0, 4), (40.0, 8), (np.inf, 16))
# Coverages, from and below: what is drawn of a tube at once.
_ALL, _SOLID, _STRONG_EDGE, _FAINT_EDGE = (0.002, 2.0), (0.999, 2.0), (0.5, 0.999), (0.002, 0.5)


class _Batch:
    """The segments of one level of detail: their template and their instances.

    ``ends`` are the places (n_segments, 2) at which they begin and end, in the order in which they are drawn.
    """

    def __init__(self, n_strips: int, segments: npt.NDArray[np.int64]) -> None:
        template = tube_template(n_strips)
        self.is_ribbon = n_strips == 1
        self.segments = segments
        self.ends = np.zeros((0, 2), dtype=np.int32)
        self._template = gloo.VertexBuffer(template.coordinates)
        self._triangles = gloo.IndexBuffer(template.triangles)
        n = len(segments)
        self._geometry = {
            name: InstanceBuffer(np.zeros((n, size), np.float32))
            for name, size in (("previous", 3), ("start", 3), ("end", 3), ("following", 3), ("radii", 4))
        }
        self._values = InstanceBuffer(np.zeros((n, 2), np.float32))

    def arrange(self, geometry: TubeGeometry, depth: npt.NDArray[np.float32]) -> None:
        """Order the segments from back to front, so that soft edges blend over what lies behind."""
        key = depth[geometry.start[self.segments]] + depth[geometry.end[self.segments]]
        key -= key.min(initial=0.0)
        steps = (key * (65535 / max(float(key.max(initial=0.0)), 1e-6))).astype(np.uint16)  # sorted ten times faster
        order = self.segments[np.argsort(steps, kind="stable")]
        names = ("previous", "start", "end", "following")
        places = np.stack([getattr(geometry, name)[order] for name in names], axis=1)
        for k, name in enumerate(names):
            self._geometry[name].upload(geometry.positions.take(places[:, k], axis=0))
        self._geometry["radii"].upload(geometry.radii.take(places))
        self.ends = places[:, 1:3]

    def set_values(self, values: npt.NDArray[np.float32]) -> None:
        """Upload the values at both ends of each segment."""
        self._values.upload(values.take(self.ends))

    def number(self) -> None:
        """Upload the segments' numbers in the order in which they are drawn, in the place of values."""
        numbers = np.arange(len(self.ends), dtype=np.float32)  # exact up to 16 million
        self._values.upload(np.stack([numbers, numbers], axis=1))

    def draw(self, program: Program, part: tuple[float, float]) -> None:
        """Draw the pixels that are covered by a share in the range ``part``."""
        program["u_part"] = part
        program["a_template"] = self._template
        for name, buffer in self._geometry.items():
            program[f"a_{name}"] = buffer.buffer
        program["a_values"] = self._values.buffer
        program.draw(self._triangles)

    def delete(self) -> None:
        """Free the buffers."""
        for buffer in (self._template, self._triangles, self._values, *self._geometry.values()):
            buffer.delete()


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
    fog : float
        Share of the background's colour in what is farthest away.
    horizon : (red, green, blue)
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
        fog: float = 0.0,
        horizon: tuple[float, float, float] = (1.0, 1.0, 1.0),
        outline: float = 0.0,
    ) -> None:
        self._geometry = geometry
        self._programs = _programs()
        self._camera: Camera | None = None
        view = view_uniforms(geometry, camera, size)
        self._lut = gloo.Texture2D(
            table.entries[np.newaxis], interpolation="nearest", wrapping="clamp_to_edge", internalformat="rgb8"
        )
        self._looks = view | {
            "u_pixel_depth": 0.5 / view["u_depth"],
            "u_min_width": min_width,
            "u_lighting": float(lighting),
            "u_fog": fog,
            "u_outline": outline,
        }
        colors = {
            "u_clim": table.clim,
            "u_under": table.under / 255,
            "u_over": table.over / 255,
            "u_missing": table.missing / 255,
            "u_highlight": np.asarray(highlight) / 255,
            "u_entries": len(table.entries),
            "u_lut": self._lut,
            "u_horizon": horizon,
        }
        _set_uniforms(self._programs, self._looks | colors)
        radii = np.maximum(geometry.radii[geometry.start], geometry.radii[geometry.end]) / nearest_pixel + outline
        level = np.searchsorted([limit for limit, _ in _LEVELS], radii)
        self._batches = [
            _Batch(n_strips, np.flatnonzero(level == k))
            for k, (_, n_strips) in enumerate(_LEVELS)
            if np.any(level == k)
        ]

    def set_values(self, values: npt.NDArray[np.float32]) -> None:
        """Take over the values of the frame's time, (n_places,) float32."""
        for batch in self._batches:
            batch.set_values(values)

    def look_from(self, camera: Camera) -> bool:
        """Set the frame's camera; True when that changed the order of segments."""
        if camera == self._camera:
            return False
        self._camera = camera
        _set_uniforms(self._programs, {"u_axes": camera.axes.astype(np.float32)})
        depth = self._geometry.positions @ camera.axes[2].astype(np.float32)
        for batch in self._batches:
            batch.arrange(self._geometry, depth)
        return True

    def draw(self) -> None:
        """Draw into the bound target."""
        for batch, part, hides in self._draws():
            gloo.set_depth_mask(hides)
            batch.draw(self._programs[batch.is_ribbon], part)
        gloo.set_depth_mask(True)

    def _draws(self) -> list[tuple[_Batch, tuple[float, float], bool]]:
        """What is drawn in order: of which batch which coverages, and whether they leave their depth.

        Edges are smoothed by blending, so what lies behind an edge must be there before it, and an edge
        must not hide what comes later. Within a batch segments are drawn from back to front. Of what is
        thick enough for a mesh the solid pixels come first, then the edges; the fainter half of them
        after the ribbons, and without leaving its depth.
        """
        ribbons = [batch for batch in self._batches if batch.is_ribbon]
        meshes = [batch for batch in self._batches if not batch.is_ribbon]
        return [
            *((batch, part, True) for part in (_SOLID, _STRONG_EDGE) for batch in meshes),
            *((batch, _ALL, True) for batch in ribbons),
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
        programs = _programs(lists_fragments=True)
        try:
            _set_uniforms(programs, self._looks | listed.uniforms | {"u_axes": self._camera.axes.astype(np.float32)})
            drawn = []
            for batch, part, hides in self._draws():
                batch.number()
                draw = partial(batch.draw, programs[batch.is_ribbon], part)
                drawn.append(DrawnFragments(listed.of(draw, rows), batch.ends, hides))
            return drawn
        finally:
            for program in programs.values():
                program.delete()

    def delete(self) -> None:
        """Free everything."""
        for batch in self._batches:
            batch.delete()
        self._lut.delete()
        for program in self._programs.values():
            program.delete()


def _programs(*, lists_fragments: bool = False) -> dict[bool, Program]:
    """The programs of ribbons (True), which have no surface to find and much less work, and of meshes."""
    return {
        is_ribbon: Program("tube.vert", fragment, lists_fragments=lists_fragments)
        for is_ribbon, fragment in ((True, "ribbon.frag"), (False, "tube.frag"))
    }


def _set_uniforms(programs: dict[bool, Program], uniforms: dict[str, Any]) -> None:
    for program in programs.values():
        for name, value in uniforms.items():
            program[name] = value
