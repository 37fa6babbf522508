"""Draws the tubes of a scene: one batch of segments per level of detail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...scene.camera import Camera
from ..fragments import DrawnFragments
from ..geometry.fillet_surfaces import surfaces_at
from ..geometry.tube_geometry import TubeGeometry
from ..shader_variants import ONLY_SOLID, USUAL_PARTS, Output, Variants
from ..tube_style import LEVELS, PASSES, SOLID, Pass, TubeStyle
from .attributes import SegmentAttributes
from .fragments import FragmentList
from .owned import owned
from .program import Program
from .seen_space import SeenSpace
from .segment_batches import Fillets, Meshes, Ribbons, SegmentBatch
from .textures import Texture
from .view import MOVED, Move

_SORTED_STEP = 2.0  # degrees of azimuth between two sorts

_OTHER_FIELDS = [field.name for field in fields(Camera) if field.name not in ("azim", "elev")]

_SHADERS: dict[type[SegmentBatch], tuple[str, Variants]] = {
    Ribbons: ("ribbon", USUAL_PARTS),
    Meshes: ("tube", USUAL_PARTS),
    Fillets: ("tube", frozenset({"fillet"})),
}

_Range = tuple[float, float]


class Tubes:
    """All tubes of a scene.

    Parameters
    ----------
    geometry : TubeGeometry
        With positions relative to the camera's center; for perspective, of segments as short as `scene_geometry` makes
        them.
    view : dict
        From `view_uniforms`.
    nearest_pixel : float
        µm per pixel where the morphology is nearest to the eye. Decides what is drawn as ribbons in the whole film.
    pixels : (n_vertices,) float
        µm per pixel at each vertex, where it is nearest to the eye. Decides the levels of detail of the others.
    style : TubeStyle
        How they look.
    moves : bool
        The camera follows a path: it may tilt a little from frame to frame.
    variants : frozenset
        Of shaders that the cameras need.

    Set ``is_last`` to False where other tubes are drawn after these, which ribbons have to hide.
    """

    def __init__(
        self,
        geometry: TubeGeometry,
        *,
        view: dict[str, Any],
        nearest_pixel: float,
        pixels: npt.NDArray[np.float64],
        style: TubeStyle,
        moves: bool = False,
        variants: Variants = USUAL_PARTS,
    ) -> None:
        self.is_last = True
        self._moves = moves
        self._geometry_positions = geometry.positions
        self._largest_radius = float(geometry.radii.max(initial=0.0))
        self._clim = style.table.clim
        variants |= style.variants
        self._programs = _Programs(style.output, variants)
        self._listing_programs, self._surface_programs = _Programs("list", variants), _Programs("surface", variants)
        self._camera: Camera | None = None
        self._origin = (0, 0)
        self._sorted_view: tuple[Any, ...] | None = None  # azimuth in steps, elevation, and what else decides
        self._shown: dict[str, Any] = {}  # uniforms in place of those of the view
        self._uniforms = _with_depths(view) | style.uniforms(variants) | {"u_origin": (0, 0)}
        self._surface_programs.set_uniforms(self._uniforms)
        radii = np.maximum(geometry.radii[geometry.start], geometry.radii[geometry.end])
        nearest = _levels(radii / nearest_pixel, style)
        # No ribbon between meshes: where the two meet in perspective, pixels would be left out.
        own = _levels(radii / np.minimum(pixels[geometry.start], pixels[geometry.end]), style)
        level = np.minimum(np.maximum(own, 1), nearest)
        self.batches: list[SegmentBatch] = []
        with ExitStack() as resources:
            images = style.textures(variants).items()
            textures = {name: owned(resources, Texture.of(image)) for name, image in images}
            self._programs.set_uniforms(self._uniforms | style.color_uniforms() | textures)
            for number in np.unique(level):
                for batch in _batches(geometry, np.flatnonzero(level == number), LEVELS[number][1]):
                    self.batches.append(owned(resources, batch))
            self._resources = resources.pop_all()

    def set_view(self, view: dict[str, Any], positions: npt.NDArray[np.float32] | None) -> None:
        """Set other uniforms from `view_uniforms`, and positions relative to another center unless they are None."""
        uniforms = _with_depths(view)
        self._uniforms |= uniforms
        self._programs.set_uniforms(uniforms)
        self._surface_programs.set_uniforms(uniforms)
        if positions is not None:
            self._geometry_positions = positions
            self.__dict__.pop("_positions", None)
            self._camera = self._sorted_view = None

    @cached_property
    def _positions(self) -> npt.NDArray[np.float32]:
        return np.ascontiguousarray(self._geometry_positions.T)  # numpy reduces along rows faster

    def fill_values(self, attributes: SegmentAttributes) -> None:
        """Fill in the values of the frame that the attributes show."""
        attributes.fill(self.batches)

    def bounds(self, camera: Camera) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Two corners, (2,) float64, pixels, of a box that contains all tubes as an orthographic camera shows them."""
        # numpy mirror of view.glsl and tube_radius.glsl
        axes = (camera.axes[:2] * [[1], [-1]]).astype(np.float32)
        scale, middle = self._uniforms["u_scale"], np.asarray(self._uniforms["u_middle"], dtype=np.float64)
        pixels = np.einsum("ij,jk->ik", axes, self._positions)
        radius = max(self._largest_radius * scale, 0.5 * self._uniforms["u_min_width"])
        margin = radius + self._uniforms["u_outline_width"] + 2.0
        low, high = (getattr(pixels, which)(axis=1, initial=0.0) * scale + middle for which in ("min", "max"))
        return low - margin, high + margin

    def set_camera(self, camera: Camera, attributes: SegmentAttributes) -> bool:
        """Set the frame's camera; True when that changed the order of segments, so that values must be filled in anew.

        Segments are sorted again when the azimuth has turned by a whole step: while a camera turns a little, segments
        that cross in a pixel keep their order.
        """
        if camera == self._camera:
            return False
        self._camera = None  # should something fail half way
        for programs in (self._programs, self._surface_programs):
            programs.set_uniforms({"u_axes": camera.axes.astype(np.float32)})
        azim, elev = camera.angles
        steps = round(azim / _SORTED_STEP)
        view: tuple[Any, ...] = (steps, elev, camera.roll)
        if self._moves:  # it tilts in every frame, and the order does not depend on roll
            elev = _SORTED_STEP * round(elev / _SORTED_STEP)
            view = (steps, elev, 0.0)
        # `show_from` may move an orthographic camera in each picture: then all segments are drawn.
        leaves_out = camera.projection == "perspective" or not self._shown
        if leaves_out:
            view = (*view, *(getattr(camera, name) for name in _OTHER_FIELDS), *self._shown.items())
        is_sorted = view == self._sorted_view
        if not is_sorted:
            self._sorted_view = None
            near = replace(camera, azim=_SORTED_STEP * steps, elev=elev)
            space = SeenSpace(near, self._uniforms | self._shown, turn=_SORTED_STEP) if leaves_out else None
            attributes.sort(self.batches, near.axes[2], space)
            self._sorted_view = view
        self._camera = camera
        return not is_sorted

    def show_from(self, move: Move | None, clim: tuple[float, float] | None = None) -> None:
        """Draw from an orthographic camera with any center and height from now on, with another range of colours.

        ``move`` gives the uniforms, as `moved_view`; None: the usual ones. The vertices and the levels of detail stay.
        """
        shown = {name: self._uniforms[name] for name in MOVED} if move is None else move(self._uniforms)
        self._shown = {} if move is None else shown
        self._programs.set_uniforms(_with_depths(shown) | {"u_clim": clim or self._clim})
        self._surface_programs.set_uniforms(_with_depths(shown))

    def draw(self, each: Pass, origin: tuple[int, int] = (0, 0)) -> None:
        """Draw one of the `PASSES` into the bound target; ``origin`` is what `Target.bind` returned."""
        if origin != self._origin:
            self._origin = origin
            self._programs.set_uniforms({"u_origin": origin})
        for batch in self._drawn(each):
            GL.glDepthMask(self._writes_depth(each))
            self._programs.draw(batch, each.coverage_range)
        GL.glDepthMask(True)

    def draw_light(self) -> None:
        """Draw the light of tubes into the bound target, without a depth test.

        Thin tubes add up. Of thick ones, which overlap themselves where they branch, the brightest is seen.
        """
        try:
            for each in PASSES:
                GL.glBlendEquation(GL.GL_FUNC_ADD if each.draws_ribbons else GL.GL_MAX)
                for batch in self._drawn(each):
                    self._programs.draw(batch, each.coverage_range)
        finally:
            GL.glBlendEquation(GL.GL_FUNC_ADD)

    def draw_surface(self, origin: tuple[int, int] = (0, 0), *, least_coverage: float = 0.5) -> None:
        """Draw the surface's depth, without smoothed edges, into the bound target: where it has the least coverage."""
        self._surface_programs.set_uniforms({"u_least_coverage": least_coverage, "u_origin": origin})
        for each in PASSES:
            for batch in self._drawn(each):
                self._surface_programs.draw(batch, each.coverage_range)

    def _drawn(self, each: Pass) -> list[SegmentBatch]:
        return [batch for batch in self.batches if isinstance(batch, Ribbons) == each.draws_ribbons]

    def _writes_depth(self, each: Pass) -> bool:
        return each.writes_depth or (each.draws_ribbons and not self.is_last)

    def fragments(self, each: Pass, fragment_list: FragmentList, rows: tuple[int, int]) -> list[DrawnFragments]:
        """All fragments of one of the `PASSES` in the rows from the first to before the second, by draw call.

        Overwrites the values: call `fill_values` before the next `draw`.

        Raises
        ------
        ListOverflowError
            The list cannot hold the fragments of a draw call.
        """
        assert self._camera is not None
        axes = {"u_axes": self._camera.axes.astype(np.float32)}
        self._listing_programs.set_uniforms(self._uniforms | fragment_list.uniforms | axes)
        drawn = []
        for batch in self._drawn(each):
            batch.set_numbers()
            draw = partial(self._listing_programs.draw, batch, each.coverage_range)
            drawn.append(DrawnFragments(fragment_list.collect(draw, rows), batch.ends, self._writes_depth(each)))
        return drawn

    def delete(self) -> None:
        """Free everything."""
        self._resources.close()
        for programs in (self._programs, self._listing_programs, self._surface_programs):
            programs.delete()


class _Programs:
    """The programs of ribbons, of meshes and of meshes' solid fragments, each compiled at its first draw: 10 ms."""

    def __init__(self, output: Output, variants: Variants) -> None:
        self._output, self._variants = output, variants
        self._uniforms: dict[str, Any] = {}
        self._made: dict[tuple[type[SegmentBatch], bool], Program] = {}

    def set_uniforms(self, uniforms: dict[str, Any]) -> None:
        """Set uniforms of all programs."""
        self._uniforms |= uniforms
        for program in self._made.values():
            _set(program, uniforms)

    def draw(self, batch: SegmentBatch, coverage_range: _Range | None) -> None:
        """Draw a batch; of meshes, the fragments whose coverage is in the range."""
        key = type(batch), coverage_range == SOLID
        program = self._made.get(key)
        if program is None:
            name, own = _SHADERS[type(batch)]
            variants = self._variants | own | (ONLY_SOLID if key[1] else USUAL_PARTS)
            program = Program(f"{name}.vert", f"{name}.frag", output=self._output, variants=variants)
            self._made[key] = program
            _set(program, self._uniforms)
        if coverage_range is not None:
            program["u_coverage_range"] = coverage_range
        batch.draw(program)

    def delete(self) -> None:
        """Free them."""
        for program in self._made.values():
            program.delete()
        self._made.clear()


def _batches(geometry: TubeGeometry, segments: npt.NDArray[np.int64], n_strips: int) -> Iterator[SegmentBatch]:
    """The batches of segments of one level of detail."""
    if n_strips == 1:
        yield Ribbons(geometry, segments)
        return
    surfaces = surfaces_at(geometry, segments)
    is_fillet = surfaces[:, 0, 3] > 0
    if not is_fillet.all():
        yield Meshes(geometry, segments[~is_fillet], n_strips)
    if is_fillet.any():
        yield Fillets(geometry, segments[is_fillet], surfaces[is_fillet], n_strips)


def _levels(radii: npt.NDArray[Any], style: TubeStyle) -> npt.NDArray[np.int64]:
    """Numbers of `LEVELS` for segments with these radii, pixels."""
    drawn = np.maximum(radii, 0.5 * style.min_width) + style.outline
    return np.asarray(np.searchsorted([limit for limit, _ in LEVELS], drawn), dtype=np.int64)


def _with_depths(view: dict[str, Any]) -> dict[str, Any]:
    """The uniforms of the view, with that for depths of fragments."""
    return view | {"u_depth_per_pixel": 0.5 / view["u_half_depth"]}


def _set(program: Program, uniforms: dict[str, Any]) -> None:
    for name, value in uniforms.items():
        program[name] = value
