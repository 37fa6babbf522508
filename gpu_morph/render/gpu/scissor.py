"""Scissor: drawing into a part of a framebuffer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from OpenGL import GL

from ...scene.camera import Box


@contextmanager
def scissored(box: Box) -> Iterator[None]:
    """Draw, and clear, only in a box of the framebuffer."""
    GL.glEnable(GL.GL_SCISSOR_TEST)
    GL.glScissor(box.x, box.y, max(box.width, 0), max(box.height, 0))
    try:
        yield
    finally:
        GL.glDisable(GL.GL_SCISSOR_TEST)
