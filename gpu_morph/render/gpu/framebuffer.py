"""Framebuffer: an image in GPU memory that is drawn into."""

from __future__ import annotations

from OpenGL import GL

from ...image.image import Size
from .textures import Texture


class Framebuffer:
    """RGBA with 8 bits each, as the texture ``color``, and depth with 24 bits. ``size`` is (width, height), pixels.

    ``name`` is OpenGL's name.
    """

    def __init__(self, size: Size) -> None:
        self.size = size
        self.color = Texture(size, 4)
        self._depth, self.name = int(GL.glGenRenderbuffers(1)), int(GL.glGenFramebuffers(1))
        GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, self._depth)
        GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, GL.GL_DEPTH_COMPONENT24, *size)
        self.bind()
        GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, GL.GL_TEXTURE_2D, self.color.name, 0)
        GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_RENDERBUFFER, self._depth)

    def bind(self) -> None:
        """Draw into it and read from it."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self.name)

    def bind_with_depth_of(self, other: Framebuffer) -> None:
        """Draw into it, from the depths on that another one of the same size has now."""
        self.bind()
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, other.name)
        box = 0, 0, *self.size
        GL.glBlitFramebuffer(*box, *box, GL.GL_DEPTH_BUFFER_BIT, GL.GL_NEAREST)
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self.name)

    def delete(self) -> None:
        """Free everything."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, 0)
        GL.glDeleteFramebuffers(1, [self.name])
        GL.glDeleteRenderbuffers(1, [self._depth])
        self.color.delete()
