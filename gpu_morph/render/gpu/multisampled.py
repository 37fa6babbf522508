"""Multisampled: several images of a framebuffer, drawn with smooth edges."""

from __future__ import annotations

from OpenGL import GL

from ...scene.camera import Box
from .framebuffer import Framebuffer

_N_SAMPLES = 4  # of a pixel; every OpenGL from 3.2 on has so many


class Multisampled:
    """Draws into the images of a framebuffer with four samples of each pixel.

    Parameters
    ----------
    framebuffer : Framebuffer
        Gets the means of the samples.
    """

    def __init__(self, framebuffer: Framebuffer) -> None:
        self._framebuffer = framebuffer
        self._attachments = [GL.GL_COLOR_ATTACHMENT0 + k for k in range(len(framebuffer.colors))]
        self._name = int(GL.glGenFramebuffers(1))
        self._renderbuffers = [int(GL.glGenRenderbuffers(1)) for _ in range(len(self._attachments) + 1)]
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._name)
        kinds = [(attachment, GL.GL_RGBA8) for attachment in self._attachments]
        kinds.append((GL.GL_DEPTH_ATTACHMENT, GL.GL_DEPTH_COMPONENT24))
        for name, (attachment, kind) in zip(self._renderbuffers, kinds, strict=True):
            GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, name)
            GL.glRenderbufferStorageMultisample(GL.GL_RENDERBUFFER, _N_SAMPLES, kind, *framebuffer.size)
            GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, attachment, GL.GL_RENDERBUFFER, name)
        GL.glDrawBuffers(len(self._attachments), self._attachments)

    def bind(self) -> None:
        """Draw into it."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._name)

    def finish(self, box: Box) -> None:
        """Put the means of the samples in a box into the framebuffer's images."""
        corners = box.x, box.y, box.x + box.width, box.y + box.height
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self._name)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self._framebuffer.name)
        for attachment in self._attachments:
            GL.glReadBuffer(attachment)
            chosen = [attachment if each == attachment else GL.GL_NONE for each in self._attachments]
            GL.glDrawBuffers(len(chosen), chosen)
            GL.glBlitFramebuffer(*corners, *corners, GL.GL_COLOR_BUFFER_BIT, GL.GL_NEAREST)
        GL.glDrawBuffers(len(self._attachments), self._attachments)

    def delete(self) -> None:
        """Free everything."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, 0)
        GL.glDeleteFramebuffers(1, [self._name])
        GL.glDeleteRenderbuffers(len(self._renderbuffers), self._renderbuffers)
