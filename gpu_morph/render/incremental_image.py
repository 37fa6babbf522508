"""IncrementalImage: an image in which only the pixels that change are written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..image.alpha import straight_alpha
from ..image.image import Image, Size
from ..image.packed import Bytes, Colors, channels, packed
from ..image.yuv420 import Yuv420Planes
from ..scene.annotations.base import Sprite
from .dirty_pixels import DirtyPixels

_MOST_ARRANGEMENTS = 8  # of sprites; sprites that change more often cost more than they save


class IncrementalImage:
    """The image of a cell and sprites, updated from frame to frame.

    Parameters
    ----------
    size : (width, height)
        Pixels.
    background : (n_channels,) uint8
        RGB, or premultiplied RGBA.
    cell_pixels : (n,) int64
        Pixels that show the cell, along rows.
    cell_colors : (n,) uint32
        Their packed, premultiplied colours. Change this array in place, then call `update`.
    sprites : sequence of Sprite
        Those of the frame before the first.
    pixel_format : {"rgb", "yuv420p"}
        Channels as the background has them, or planes.
    """

    def __init__(
        self,
        size: Size,
        background: Bytes,
        cell_pixels: npt.NDArray[np.int64],
        cell_colors: Colors,
        sprites: Sequence[Sprite] = (),
        *,
        pixel_format: str = "rgb",
    ) -> None:
        self.pixel_format = pixel_format
        self._size, self._background = size, background
        self._cell_pixels, self._cell_colors, self._sprites = cell_pixels, cell_colors, sprites
        self._dirty_pixels: DirtyPixels | None = None
        self._planes = Yuv420Planes(size, background) if pixel_format == "yuv420p" else None
        self._image: Image = np.empty((size[1], size[0], len(background)), dtype=np.uint8)
        self._n_arrangements = 0

    def update(self, changed: npt.NDArray[np.int64], sprites: Sequence[Sprite]) -> bool:
        """Show the current ``cell_colors``, of which some ``changed`` (indices, rising), and the frame's sprites.

        Returns False, and leaves the image as it is, when sprites have changed too often for this to be worth it.
        """
        dirty = None
        if self._dirty_pixels is not None:
            dirty = self._dirty_pixels.update(self._cell_colors, changed, sprites)
        while dirty is None:
            if self._n_arrangements == _MOST_ARRANGEMENTS:
                return False
            dirty = self._arrange(sprites).update(self._cell_colors, np.arange(len(self._cell_colors)), sprites)
        self._sprites = sprites
        self._write(*dirty)
        return True

    def copy(self) -> Image:
        """(height, width, n_channels) uint8 with straight alpha, or planes, see `Yuv420Planes`."""
        return (self._image if self._planes is None else self._planes.base).copy()

    def with_pixels(self, pixels: npt.NDArray[np.integer], colors: Colors) -> Image:
        """A copy, as planes, with ``colors`` (n,) in ``pixels`` (n,), which count along rows."""
        assert self._planes is not None
        return self._planes.with_pixels(pixels, colors)

    def _arrange(self, sprites: Sequence[Sprite]) -> DirtyPixels:
        """Start again with an image of what does not change."""
        self._n_arrangements += 1
        dirty_pixels = DirtyPixels(
            self._size,
            packed(self._background[np.newaxis])[0],
            self._cell_pixels,
            before=self._sprites,
            now=sprites,
        )
        self._dirty_pixels, self._sprites = dirty_pixels, sprites
        if self._planes is not None:
            self._planes = Yuv420Planes(self._size, self._background)
        else:
            self._image[:] = self._background
        self._write(dirty_pixels.static_pixels, dirty_pixels.static_colors)
        return dirty_pixels

    def _write(self, pixels: npt.NDArray[np.int64], colors: Colors) -> None:
        if self._planes is not None:
            self._planes.put(pixels, colors)
            return
        n_channels = self._image.shape[-1]
        rgba = channels(colors)
        self._image.reshape(-1, n_channels)[pixels] = straight_alpha(rgba) if n_channels == 4 else rgba[:, :3]
