"""Shadowing: a picture of surfaces with ambient occlusion, and dark lines where one passes in front of another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from OpenGL import GL

from ...scene.camera import Box
from ..style_lengths import COVER_LINE, COVER_RADIUS
from .framebuffer import Framebuffer
from .full_pass import FullPass
from .target import Target


class Shadowing:
    """Darkens the surfaces that were drawn into ``stage``, by their depths, and puts a background behind them.

    Parameters
    ----------
    target : Target
        The picture.
    factor : int
        Pixels that are drawn for a pixel of the picture, along each axis.
    half_depth : float
        Half the range of depths that is drawn, in pixels that are drawn.
    """

    def __init__(self, target: Target, factor: int, *, half_depth: float) -> None:
        self._target = target
        self._surface: Framebuffer | None = None
        self._occluded: Framebuffer | None = None
        with ExitStack() as resources:
            self.stage = Target(target.size, channels=4, supersample=factor)
            resources.callback(self.stage.delete)
            self._occlusion, self._cover = FullPass("occlusion.frag"), FullPass("cover.frag")
            height = self.stage.size[1]
            for full_pass in (self._occlusion, self._cover):
                resources.callback(full_pass.delete)
                full_pass["u_radius"] = COVER_RADIUS * height
            self.set_half_depth(half_depth)
            self._cover["u_factor"], self._cover["u_line"] = factor, max(1.0, COVER_LINE * height)
            self._resources = resources.pop_all()

    def set_half_depth(self, half_depth: float) -> None:
        """Set half the range of depths that is drawn, in pixels that are drawn."""
        for full_pass in (self._occlusion, self._cover):
            full_pass["u_depth_scale"] = 2 * half_depth

    @contextmanager
    def surface(self) -> Iterator[None]:
        """Draw the surfaces' depths inside ``with``, as the stage was bound."""
        size = self.stage.drawn.size
        if self._surface is None or self._surface.size != size:
            self._free_framebuffers()
            self._surface, self._occluded = Framebuffer(size, reads_depth=True), Framebuffer(size)
        self._surface.bind()
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT)
        GL.glColorMask(False, False, False, False)
        try:
            yield
        finally:
            GL.glColorMask(True, True, True, True)

    def finish(self, background: tuple[float, float, float, float], box: Box | None, origin: tuple[int, int]) -> None:
        """Draw the picture of the stage over a background, and leave the target bound.

        ``origin`` is the pixel of the stage's image at which the box begins.
        """
        assert self._surface is not None
        assert self._surface.depth is not None
        assert self._occluded is not None
        self._occluded.bind()
        GL.glViewport(0, 0, *self._occluded.size)
        self._occlusion["u_depth"], self._occlusion["u_origin"] = self._surface.depth, origin
        self._occlusion.draw()
        self._target.bind(background, box)
        self._cover["u_picture"], self._cover["u_occlusion"] = self.stage.drawn.color, self._occluded.color
        self._cover["u_depth"], self._cover["u_background"] = self._surface.depth, background
        self._cover.draw()

    def _free_framebuffers(self) -> None:
        for framebuffer in (self._surface, self._occluded):
            if framebuffer is not None:
                framebuffer.delete()
        self._surface = self._occluded = None

    def delete(self) -> None:
        """Free everything."""
        self._free_framebuffers()
        self._resources.close()
