"""Blends images over the picture, and makes the whole picture transparent."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...image.alpha import premultiplied
from ...image.image import Size
from ...scene.annotations.base import Sprite
from ...scene.camera import Box
from . import quad
from .buffers import Attributes, Buffer
from .owned import owned
from .program import Program
from .scissor import scissored
from .textures import Texture

_MAX_UNUSED = 32  # images kept although the last call of draw() did not show them


class Sprites:
    """Draws images over a picture of ``size`` = (width, height) pixels, pixel on pixel."""

    def __init__(self, size: Size) -> None:
        self._size = size
        with ExitStack() as resources:
            self._program, self._fill = (
                owned(resources, Program("sprite.vert", name)) for name in ("sprite.frag", "fill.frag")
            )
            corners, triangles = (owned(resources, Buffer(one)) for one in (quad.UNIT_CORNERS, quad.TRIANGLES))
            attributes = Attributes(corners, [("a_corner", 2)], per_instance=False)
            self._array, self._fill_array = (
                owned(resources, program.vertex_array([attributes], triangles))
                for program in (self._program, self._fill)
            )
            self._resources = resources.pop_all()
        self._program["u_opacity"] = 1.0
        # By the image's id. The image is kept as well, so that no other image gets its id.
        self._textures: dict[int, tuple[npt.NDArray[np.uint8], Texture]] = {}

    def draw(self, sprites: Sequence[Sprite]) -> None:
        """Blend the sprites over the bound target, in order."""
        if not sprites:
            return
        GL.glDisable(GL.GL_DEPTH_TEST)
        self._program["u_size"] = self._size
        shown = {id(sprite.image) for sprite in sprites}
        for sprite in sprites:
            self._program["u_image"] = self._texture(sprite.image, shown)
            self._program["u_box"] = (sprite.x, sprite.y, sprite.image.shape[1], sprite.image.shape[0])
            self._program.draw(self._array)
        GL.glEnable(GL.GL_DEPTH_TEST)
        self._forget_unused(shown)

    def blend(
        self, picture: Texture, opacity: float, *, origin: tuple[int, int] = (0, 0), box: Box | None = None
    ) -> None:
        """Blend a picture, premultiplied RGBA, over the bound target with an opacity from 0 to 1.

        ``origin`` is what `Target.bind` returned. ``box`` is the part of the picture that is blended; None: all of it.
        """
        (left, top), (width, height) = origin, picture.size
        part = box or Box(0, 0, width, height)
        GL.glDisable(GL.GL_DEPTH_TEST)
        self._program["u_image"], self._program["u_opacity"] = picture, opacity
        self._program["u_size"], self._program["u_box"] = picture.size, (-left, -top, width, height)
        GL.glViewport(0, 0, width, height)
        with scissored(Box(part.x - left, part.y - top, part.width, part.height)):
            self._program.draw(self._array)
        GL.glViewport(-left, -top, width, height)
        self._program["u_opacity"] = 1.0
        GL.glEnable(GL.GL_DEPTH_TEST)

    def fade(self, opacity: float, background: tuple[float, float, float, float]) -> None:
        """Multiply the bound target by an opacity from 0 to 1, then put a background (premultiplied RGBA) behind it."""
        GL.glDisable(GL.GL_DEPTH_TEST)
        self._fill["u_size"], self._fill["u_box"] = (1, 1), (0, 0, 1, 1)
        for color, factors in (
            ((opacity,) * 4, (GL.GL_ZERO, GL.GL_SRC_COLOR)),
            (background, (GL.GL_ONE_MINUS_DST_ALPHA, GL.GL_ONE)),
        ):
            GL.glBlendFunc(*factors)
            self._fill["u_color"] = color
            self._fill.draw(self._fill_array)
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
        GL.glEnable(GL.GL_DEPTH_TEST)

    def _texture(self, image: npt.NDArray[np.uint8], shown: set[int]) -> Texture:
        """The texture of an image: if there is one, that of an image no longer shown, with what differs replaced."""
        if id(image) in self._textures:
            return self._textures[id(image)][1]
        alike = (key for key, (other, _) in self._textures.items() if key not in shown and other.shape == image.shape)
        replaced = next(alike, None)
        if replaced is None:
            texture = Texture.of(premultiplied(image))
        else:
            before, texture = self._textures.pop(replaced)
            rows, columns = _difference(image, before)
            texture.upload(premultiplied(image[rows, columns]), corner=(columns.start, rows.start))
        self._textures[id(image)] = image, texture
        return texture

    def _forget_unused(self, shown: set[int]) -> None:
        """Delete the textures that were made first of those that are not shown."""
        unused = [key for key in self._textures if key not in shown]
        for key in unused[: max(0, len(self._textures) - _MAX_UNUSED)]:
            self._textures.pop(key)[1].delete()

    def delete(self) -> None:
        """Free everything."""
        for _, texture in self._textures.values():
            texture.delete()
        self._textures.clear()
        self._resources.close()


def _difference(image: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> tuple[slice, slice]:
    """Rows and columns of the box in which two images differ."""
    differs = (image != other).any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
