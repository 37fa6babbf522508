"""Composition: the picture of a cell among surfaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from OpenGL import GL

from ...image.image import Size
from ...scene.camera import Camera
from ..surface_scene import SurfaceScene
from .framebuffer import Framebuffer
from .full_pass import FullPass
from .owned import owned
from .surfaces import Surfaces
from .target import Target


class Composition:
    """Puts the cell's picture between what is behind it and what is before it.

    Parameters
    ----------
    target : Target
        The picture.
    surfaces : SurfaceScene
        Besides the cell.
    camera : Camera
        Fitted.
    size : (width, height)
        In which surfaces, and depths of the cell, are drawn, pixels: a multiple of the picture's.
    cell_size : (width, height)
        Of the cell's picture: the picture's or a multiple of it.
    uniforms : {name: value}
        See `Surfaces`.

    ``cell`` is what the cell is drawn into, over nothing.
    """

    def __init__(
        self,
        target: Target,
        surfaces: SurfaceScene,
        *,
        camera: Camera,
        size: Size,
        cell_size: Size,
        uniforms: dict[str, Any],
    ) -> None:
        self._target = target
        with ExitStack() as resources:
            width = target.size[0]
            self.cell = owned(resources, Target(target.size, channels=4, supersample=cell_size[0] // width))
            self._depth = owned(resources, Framebuffer(size, reads_depth=True))
            self._surfaces = owned(resources, Surfaces(surfaces, camera=camera, size=size, uniforms=uniforms))
            self._pass = owned(resources, FullPass("compose.frag"))
            self._pass["u_factor"], self._pass["u_cell_factor"] = size[0] // width, cell_size[0] // width
            self._resources = resources.pop_all()

    def show_from(self, camera: Camera | None) -> None:
        """As `Tubes.show_from`."""
        self._surfaces.show_from(camera)

    def is_new(self, camera: Camera, time: float | None) -> bool:
        """As `Surfaces.is_new`."""
        return self._surfaces.is_new(camera, time)

    @contextmanager
    def cell_depth(self) -> Iterator[None]:
        """Draw the cell's depths inside ``with``."""
        self._depth.bind()
        GL.glViewport(0, 0, *self._depth.size)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glDepthMask(True)
        GL.glDepthFunc(GL.GL_LEQUAL)
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT)
        GL.glColorMask(False, False, False, False)
        try:
            yield
        finally:
            GL.glColorMask(True, True, True, True)

    def draw_surfaces(self, camera: Camera, time: float | None) -> None:
        """Draw what is behind the cell and before it, by its depths."""
        assert self._depth.depth is not None
        GL.glEnable(GL.GL_BLEND)
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
        self._surfaces.draw(camera, time, self._depth.depth)

    def finish(self, background: tuple[float, float, float, float]) -> None:
        """Draw the picture over a background, and leave the target bound."""
        self._target.bind(background)
        behind, before = self._surfaces.layers.colors
        self._pass["u_cell"], self._pass["u_behind"], self._pass["u_before"] = self.cell.drawn.color, behind, before
        self._pass["u_background"] = background
        self._pass.draw()

    def delete(self) -> None:
        """Free everything."""
        self._resources.close()
