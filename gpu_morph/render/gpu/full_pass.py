"""FullPass: a fragment shader that is run once for each pixel of the bound framebuffer."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from OpenGL import GL

from . import quad
from .buffers import Attributes, Buffer
from .owned import owned
from .program import Program


class FullPass:
    """A fragment shader of ``shaders/`` over the whole viewport. ``full_pass[name] = value`` sets a uniform."""

    def __init__(self, fragment: str) -> None:
        with ExitStack() as resources:
            self._program = owned(resources, Program("full.vert", fragment))
            corners, triangles = (owned(resources, Buffer(one)) for one in (quad.CORNERS, quad.TRIANGLES))
            attributes = Attributes(corners, [("a_corner", 2)], per_instance=False)
            self._array = owned(resources, self._program.vertex_array([attributes], triangles))
            self._resources = resources.pop_all()

    def __setitem__(self, name: str, value: Any) -> None:
        self._program[name] = value

    def draw(self, *, blends: bool = False) -> None:
        """Replace the pixels of the bound framebuffer, or blend over them; depth stays as it is."""
        GL.glDisable(GL.GL_DEPTH_TEST)
        if not blends:
            GL.glDisable(GL.GL_BLEND)
        self._program.draw(self._array)
        GL.glEnable(GL.GL_BLEND)
        GL.glEnable(GL.GL_DEPTH_TEST)

    def delete(self) -> None:
        """Free everything."""
        self._resources.close()
