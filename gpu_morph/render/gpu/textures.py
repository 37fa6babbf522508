"""Textures of 8 bits per channel, of floats, or of depths, read texel by texel."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...image.image import Size

_FORMATS: dict[int | str, Any] = {  # by the number of channels, or what else they hold
    1: (GL.GL_R32F, GL.GL_RED, GL.GL_FLOAT),
    3: (GL.GL_RGB8, GL.GL_RGB, GL.GL_UNSIGNED_BYTE),
    4: (GL.GL_RGBA8, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE),
    "light": (GL.GL_RGBA16F, GL.GL_RGBA, GL.GL_HALF_FLOAT),
    "sum": (GL.GL_RGBA32F, GL.GL_RGBA, GL.GL_FLOAT),
    "depth": (GL.GL_DEPTH_COMPONENT24, GL.GL_DEPTH_COMPONENT, GL.GL_UNSIGNED_INT),
}


class Texture:
    """A texture.

    Parameters
    ----------
    size : (width, height)
        Texels.
    channels : int or str
        3 or 4 of 8 bits, or one float; "light": four half floats; "sum": four floats; "depth": 24 bits.

    ``name`` is OpenGL's name.
    """

    def __init__(self, size: Size, channels: int | str) -> None:
        self.size = size
        internal, self._format, self._type = _FORMATS[channels]
        self.name = int(GL.glGenTextures(1))
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.name)
        for name in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, GL.GL_NEAREST)
        for name in (GL.GL_TEXTURE_WRAP_S, GL.GL_TEXTURE_WRAP_T):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, GL.GL_CLAMP_TO_EDGE)
        GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, internal, *size, 0, self._format, self._type, None)

    @classmethod
    def of(cls, image: npt.NDArray[Any]) -> Texture:
        """A texture that holds an image, (height, width, channels) uint8, or (height, width, 1) float32."""
        texture = cls((image.shape[1], image.shape[0]), image.shape[2])
        texture.upload(image)
        return texture

    def upload(self, image: npt.NDArray[Any], corner: tuple[int, int] = (0, 0)) -> None:
        """Replace a box of the content by an image, as `of` takes it; ``corner`` is its (x, y)."""
        height, width, _ = image.shape
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.name)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)
        image = np.ascontiguousarray(image)
        GL.glTexSubImage2D(GL.GL_TEXTURE_2D, 0, *corner, width, height, self._format, self._type, image)

    def delete(self) -> None:
        """Free the texture."""
        GL.glDeleteTextures([self.name])
