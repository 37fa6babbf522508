"""LensPictures: the mean of the pictures that points of a lens see."""

from __future__ import annotations

from contextlib import ExitStack

from OpenGL import GL

from .framebuffer import Framebuffer
from .full_pass import FullPass
from .owned import owned
from .target import Target


class LensPictures:
    """Takes the mean of pictures that are drawn into the target one after the other.

    Parameters
    ----------
    target : Target
        Gets the mean.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        with ExitStack() as resources:
            self._sum = owned(resources, Framebuffer(target.size, holds_sum=True))
            self._copy = owned(resources, FullPass("average.frag"))
            self._copy["u_factor"] = 1
            self._resources = resources.pop_all()

    def clear(self) -> None:
        """Begin a mean."""
        self._sum.bind()
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)

    def add(self, part: float) -> None:
        """Add the target's picture, with the part that it has of the mean."""
        self._sum.bind()
        GL.glViewport(0, 0, *self._sum.size)
        GL.glBlendColor(part, part, part, part)
        GL.glBlendFunc(GL.GL_CONSTANT_COLOR, GL.GL_ONE)
        self._copy["u_picture"] = self._target.picture
        self._copy.draw(blends=True)
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)

    def finish(self) -> None:
        """Draw the mean into the target, and leave that bound."""
        self._target.bind((0.0,) * 4)
        self._copy["u_picture"] = self._sum.color
        self._copy.draw()

    def delete(self) -> None:
        """Free everything."""
        self._resources.close()
