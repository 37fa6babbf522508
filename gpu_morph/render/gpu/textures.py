"""Textures of 8 bits per channel, read texel by texel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...image.image import Size

_FORMATS = {3: (GL.GL_RGB8, GL.GL_RGB), 4: (GL.GL_RGBA8, GL.GL_RGBA)}  # by the number of channels


class Texture:
    """A texture.

    Parameters
    ----------
    size : (width, height)
        Texels.
    channels : int
        3 or 4.

    ``name`` is OpenGL's name.
    """

    def __init__(self, size: Size, channels: int) -> None:
        self.size = size
        internal, self._format = _FORMATS[channels]
        self.name = int(GL.glGenTextures(1))
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.name)
        for name in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, GL.GL_NEAREST)
        for name in (GL.GL_TEXTURE_WRAP_S, GL.GL_TEXTURE_WRAP_T):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, GL.GL_CLAMP_TO_EDGE)
        GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, internal, *size, 0, self._format, GL.GL_UNSIGNED_BYTE, None)

    @classmethod
    def of(cls, image: npt.NDArray[np.uint8]) -> Texture:
        """A texture that holds an image, (height, width, channels) uint8."""
        texture = cls((image.shape[1], image.shape[0]), image.shape[2])
        texture.upload(image)
        return texture

    def upload(self, image: npt.NDArray[np.uint8], corner: tuple[int, int] = (0, 0)) -> None:
        """Replace a box of the content by an image, (height, width, channels) uint8; ``corner`` is its (x, y)."""
        height, width, _ = image.shape
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.name)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)
        image = np.ascontiguousarray(image)
        GL.glTexSubImage2D(GL.GL_TEXTURE_2D, 0, *corner, width, height, self._format, GL.GL_UNSIGNED_BYTE, image)

    def delete(self) -> None:
        """Free the texture."""
        GL.glDeleteTextures([self.name])
