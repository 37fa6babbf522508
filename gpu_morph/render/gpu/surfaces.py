"""Surfaces: triangles around the cell, drawn into a picture of what is behind the cell and one of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...data.arrays import IntArray
from ...image.image import Size
from ...scene.camera import Box, Camera
from ..shader_variants import USUAL_PARTS, Variants
from ..surface_scene import SurfaceScene
from .buffers import Attributes, Buffer, VertexArray
from .framebuffer import Framebuffer
from .multisampled import Multisampled
from .owned import owned
from .program import Program
from .scissor import scissored
from .view import MOVED, Move, greatest_depth

_SORTED_STEP = 2.0  # degrees of azimuth between two sorts, as of tubes
_KEYS = 65535  # steps of depth that are told apart: two bytes, which numpy sorts fastest


class Surfaces:
    """The surfaces of a scene.

    Translucent triangles are drawn from far to near, by their middles. Opaque ones are drawn first, with a depth test.

    Parameters
    ----------
    scene : SurfaceScene
        What is drawn.
    camera : Camera
        Fitted.
    size : (width, height)
        Of the pictures, pixels that are drawn.
    uniforms : {name: value}
        Of view.glsl, light.glsl and depth_cue.glsl.
    smooths : bool
        Draw smooth edges; False where the pictures are averaged later.
    variants : frozenset
        Of shaders that the cameras need.

    ``behind`` and ``before`` are the two pictures. ``box`` is the part of them that shows anything.
    """

    def __init__(
        self,
        scene: SurfaceScene,
        *,
        camera: Camera,
        size: Size,
        uniforms: dict[str, Any],
        smooths: bool,
        variants: Variants = USUAL_PARTS,
    ) -> None:
        self._scene = scene
        self._view = uniforms
        self._place(camera)
        self._box_of: tuple[Camera, Box] | None = None
        self._sorted_view: tuple[float, ...] | None = None
        self._shown: tuple[Any, ...] | None = None
        self._colors_time: float | None = None
        self._has_colors = False
        with ExitStack() as resources:
            self._layers = owned(resources, Framebuffer(size, n_colors=2))
            self._smooth = owned(resources, Multisampled(self._layers)) if smooths else None
            self._depth = owned(resources, Framebuffer(size, reads_depth=True))
            self.behind, self.before = self._layers.colors
            self.box = Box(0, 0, *size)
            self._program = owned(resources, Program("mesh.vert", "mesh.frag", variants=variants | {"material"}))
            self._vertices = owned(resources, Buffer(self._vertex_data()))
            self._colors = owned(resources, Buffer(16 * len(scene.positions)))
            attributes = (
                Attributes(self._vertices, [("a_position", 3), ("a_normal", 3)], per_instance=False),
                Attributes(self._colors, [("a_color", 4)], per_instance=False),
            )
            solid, self._order = (
                owned(resources, Buffer(faces.astype(np.uint32))) for faces in (scene.solid, scene.translucent)
            )
            self._solid, self._translucent = (
                owned(resources, self._program.vertex_array(attributes, faces)) for faces in (solid, self._order)
            )
            for name, value in uniforms.items():
                self._program[name] = value
            self._program["u_surface_half_depth"] = self._half_depth * uniforms["u_scale"]
            self._resources = resources.pop_all()

    def _place(self, camera: Camera) -> None:
        """Positions relative to a camera's center."""
        self._center = camera.center
        self._positions = (self._scene.positions - np.asarray(camera.center)).astype(np.float32)
        self._middles = self._positions[self._scene.translucent].mean(axis=1)
        self._extent = float(np.linalg.norm(self._positions, axis=1).max(initial=0.0))
        self._half_depth = greatest_depth(self._extent, camera)  # µm

    def _vertex_data(self) -> npt.NDArray[np.float32]:
        return np.column_stack([self._positions, self._scene.normals]).astype(np.float32)

    def set_view(self, view: dict[str, Any], camera: Camera) -> None:
        """Set other uniforms from `view_uniforms`, for a camera with any center."""
        if camera.center != self._center:
            self._place(camera)
            self._vertices.upload(self._vertex_data())
            self._sorted_view = None
        self._half_depth = greatest_depth(self._extent, camera)
        self._view = self._view | view
        for name, value in view.items():
            self._program[name] = value
        self._program["u_surface_half_depth"] = self._half_depth * view["u_scale"]
        self._shown = None

    def show_from(self, move: Move | None) -> None:
        """As `Tubes.show_from`."""
        view = self._view if move is None else move(self._view)
        for name in MOVED:
            self._program[name] = view[name]
        self._program["u_surface_half_depth"] = self._half_depth * view["u_scale"]
        self._shown = None

    @property
    def is_static(self) -> bool:
        """True when colours do not change with time."""
        return self._scene.is_static

    def is_new(self, camera: Camera, time: float | None) -> bool:
        """True when the pictures that `draw` made last are not those of a frame; notes the frame."""
        shown = camera, None if self._scene.is_static else time
        is_new, self._shown = shown != self._shown, shown
        return is_new

    def bounds(self, camera: Camera) -> Box:
        """The part of the pictures that shows anything."""
        if self._box_of is None or camera != self._box_of[0]:
            self._box_of = camera, self._seen_box(camera)
        return self._box_of[1]

    def _seen_box(self, camera: Camera) -> Box:
        width, height = self._layers.size
        everything = Box(0, 0, width, height)
        if camera.aperture:
            return everything
        if camera.projection == "perspective":
            depths = camera.view_coordinates(self._scene.positions)[:, 2]
            if (depths > 0.98 * camera.eye_distance).any():
                return everything
        pixels = camera.project(self._scene.positions, (width, height))
        low = np.clip(np.floor(pixels.min(axis=0)) - 1, 0, (width, height)).astype(int).tolist()
        high = np.clip(np.ceil(pixels.max(axis=0)) + 1, 0, (width, height)).astype(int).tolist()
        return Box(low[0], low[1], high[0] - low[0], high[1] - low[1])

    @contextmanager
    def cell_depth(self, camera: Camera) -> Iterator[None]:
        """Draw the cell's depths inside ``with``, then `draw`."""
        self.box = self.bounds(camera)
        self._depth.bind()
        GL.glViewport(0, 0, *self._depth.size)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glDepthMask(True)
        GL.glDepthFunc(GL.GL_LEQUAL)
        GL.glColorMask(False, False, False, False)
        try:
            with scissored(self.box):
                GL.glClear(GL.GL_DEPTH_BUFFER_BIT)
                yield
        except BaseException:
            self._shown = None
            raise
        finally:
            GL.glColorMask(True, True, True, True)

    def draw(self, camera: Camera, time: float | None) -> None:
        """Draw both pictures, given the cell's depths."""
        self._sort(camera)
        if not self._has_colors or (not self._scene.is_static and time != self._colors_time):
            self._colors.upload(self._scene.colors(time))
            self._has_colors, self._colors_time = True, time
        self._program["u_axes"], self._program["u_cell_depth"] = camera.axes.astype(np.float32), self._depth.depth
        (self._smooth or self._layers).bind()
        GL.glViewport(0, 0, *self._layers.size)
        GL.glEnable(GL.GL_BLEND)
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        with scissored(self.box):
            if len(self._scene.solid):
                GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
                self._draw(self._solid, self._scene.solid)
            else:  # depths are of no use, and software is faster without
                GL.glClear(GL.GL_COLOR_BUFFER_BIT)
                GL.glDisable(GL.GL_DEPTH_TEST)
            GL.glDepthMask(False)
            self._draw(self._translucent, self._scene.translucent)
            GL.glDepthMask(True)
            GL.glEnable(GL.GL_DEPTH_TEST)
        if self._smooth is not None:
            self._smooth.finish(self.box)

    def images(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """(height, width, 4) uint8, premultiplied: the pictures behind the cell and before it."""
        width, height = self._layers.size
        self._layers.bind()
        read = []
        for k in range(2):
            pixels = np.zeros((height, width, 4), dtype=np.uint8)
            GL.glReadBuffer(GL.GL_COLOR_ATTACHMENT0 + k)
            box, kind = (self.box.x, self.box.y, self.box.width, self.box.height), (GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
            part = (
                np.frombuffer(GL.glReadPixels(*box, *kind), dtype=np.uint8)
                if self.box.width and self.box.height
                else pixels[:0, :0]
            )
            rows = slice(self.box.y, self.box.y + self.box.height)
            pixels[rows, self.box.x : self.box.x + self.box.width] = part.reshape(self.box.height, self.box.width, 4)
            read.append(pixels)
        GL.glReadBuffer(GL.GL_COLOR_ATTACHMENT0)
        return read[0], read[1]

    def _draw(self, array: VertexArray, faces: IntArray) -> None:
        if len(faces):
            self._program.draw(array)

    def _sort(self, camera: Camera) -> None:
        """Put the translucent triangles into the order of a camera's nearest step of azimuth."""
        azim, elev = camera.angles
        steps = round(azim / _SORTED_STEP)
        view = (steps, elev, camera.roll)
        if view == self._sorted_view or not len(self._middles):
            return
        toward = replace(camera, azim=_SORTED_STEP * steps).axes[2].astype(np.float32)
        depths = self._middles @ toward
        depths -= depths.min()
        keys = (depths * np.float32(_KEYS / max(float(depths.max()), 1e-30))).astype(np.uint16)
        order = np.argsort(keys, kind="stable")
        self._order.upload(self._scene.translucent[order].astype(np.uint32))
        self._sorted_view = view

    def delete(self) -> None:
        """Free everything."""
        self._resources.close()
