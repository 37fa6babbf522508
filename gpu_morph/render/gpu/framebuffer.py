"""Framebuffer: an image in GPU memory that is drawn into."""

from __future__ import annotations

from OpenGL import GL

from ...image.image import Size
from .textures import Texture


class Framebuffer:
    """RGBA with 8 bits each, as the texture ``color``, and depth with 24 bits.

    Parameters
    ----------
    size : (width, height)
        Pixels.
    holds_light : bool
        RGBA are half floats, which may exceed 1.
    holds_sum : bool
        RGBA are floats.
    reads_depth : bool
        Depth is a texture too, ``depth``.
    n_colors : int
        How many images of RGBA a shader draws at once, ``colors``; the first is ``color``.

    ``name`` is OpenGL's name.
    """

    def __init__(
        self,
        size: Size,
        *,
        holds_light: bool = False,
        holds_sum: bool = False,
        reads_depth: bool = False,
        n_colors: int = 1,
    ) -> None:
        self.size = size
        texels = "light" if holds_light else "sum" if holds_sum else 4
        self.colors = [Texture(size, texels) for _ in range(n_colors)]
        self.depth = Texture(size, "depth") if reads_depth else None
        self._depth, self.name = 0, int(GL.glGenFramebuffers(1))
        self.bind()
        attachments = [GL.GL_COLOR_ATTACHMENT0 + k for k in range(n_colors)]
        for attachment, color in zip(attachments, self.colors, strict=True):
            GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, attachment, GL.GL_TEXTURE_2D, color.name, 0)
        if n_colors > 1:
            GL.glDrawBuffers(n_colors, attachments)
        if self.depth is not None:
            GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_TEXTURE_2D, self.depth.name, 0)
            return
        self._depth = int(GL.glGenRenderbuffers(1))
        GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, self._depth)
        GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, GL.GL_DEPTH_COMPONENT24, *size)
        GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_RENDERBUFFER, self._depth)

    @property
    def color(self) -> Texture:
        """The first image."""
        return self.colors[0]

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
        if self.depth is not None:
            self.depth.delete()
        else:
            GL.glDeleteRenderbuffers(1, [self._depth])
        for color in self.colors:
            color.delete()
