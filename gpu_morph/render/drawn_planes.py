"""DrawnPlanes: YUV planes of frames whose cell is drawn by OpenGL."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..image.image import Image, Size
from ..image.packed import packed
from ..scene.annotations.base import Sprite
from .incremental_image import IncrementalImage


class DrawnPlanes:
    """Converts drawn pixels into planes; everything else is kept from frame to frame.

    Parameters
    ----------
    size : (width, height)
        Pixels; see `is_yuv420_size`.
    background : (3,) uint8
        RGB.
    sprites : sequence of Sprite
        Those of the first frame.

    ``sprites_change_often`` turns True when sprites change too often to be kept. They must then be drawn.
    """

    def __init__(self, size: Size, background: Image, sprites: Sequence[Sprite]) -> None:
        self._size, self._background = size, background
        self._packed_background = packed(background[np.newaxis])[0]
        self._image = self._new_image(sprites)
        self.sprites_change_often = False

    def planes(self, image: Image, corner: tuple[int, int], sprites: Sequence[Sprite]) -> Image:
        """The planes of a frame, see `Yuv420Planes`.

        Parameters
        ----------
        image : (height, width, 4) uint8
            Opaque RGBA: the box of the frame that was drawn.
        corner : (x, y)
            The upper left pixel of that box.
        sprites : sequence of Sprite
            Sprites beside the box.
        """
        nothing = np.zeros(0, dtype=np.int64)
        if not self._image.update(nothing, sprites):
            self.sprites_change_often = True
            self._image = self._new_image(sprites)
            self._image.update(nothing, sprites)
        colors = image.view(np.uint32)[..., 0]
        drawn = np.flatnonzero(colors != self._packed_background)
        row = drawn // image.shape[1]
        pixels = drawn + row * (self._size[0] - image.shape[1]) + (corner[1] * self._size[0] + corner[0])
        return self._image.with_pixels(pixels, colors.reshape(-1).take(drawn))

    def _new_image(self, sprites: Sequence[Sprite]) -> IncrementalImage:
        pixels, colors = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint32)
        return IncrementalImage(self._size, self._background, pixels, colors, sprites, pixel_format="yuv420p")
