"""DirtyPixels: which pixels of an image change from one frame to the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..image.alpha import attenuate, premultiplied
from ..image.image import Size
from ..image.packed import Colors, channels, packed
from ..scene.annotations.base import Sprite


class DirtyPixels:
    """The pixels that change from frame to frame, for one arrangement of sprites.

    A sprite that stays belongs to the static pixels, unless something that changes lies under or over it. All other
    sprites, and the pixels of the cell, may change. Colours are packed and premultiplied; pixels count along rows.

    Parameters
    ----------
    size : (width, height)
        Pixels.
    background : uint32
        The background's colour.
    cell : (n,) int64
        Pixels that show the cell.
    before, now : sequence of Sprite
        Sprites of the last frame and of this one. Those of this one that are also in the last one are taken to stay.

    ``static_pixels`` (n,) int64 are those under the sprites that stay, and ``static_colors`` (n,) their colours.
    """

    def __init__(
        self,
        size: Size,
        background: np.uint32,
        cell: npt.NDArray[np.int64],
        *,
        before: Sequence[Sprite],
        now: Sequence[Sprite],
    ) -> None:
        self._size = size
        may_change = np.zeros(size[0] * size[1], dtype=bool)
        may_change[cell] = True
        known = {sprite.key for sprite in before}
        staying = [sprite for sprite in now if sprite.key in known]
        for sprite in now:
            if sprite.key not in known:
                may_change[self._pixels_under(sprite)] = True
        while overlapped := [sprite for sprite in staying if may_change[self._pixels_under(sprite)].any()]:
            for sprite in overlapped:
                may_change[self._pixels_under(sprite)] = True
                staying.remove(sprite)
        self._images = [sprite.image for sprite in staying]  # kept alive, so that no other image gets their id
        self._staying = {sprite.key for sprite in staying}
        self._n_cell = len(cell)
        may_change[cell] = False
        # Pixels that may change: the cell's, then those that only sprites change. All indices below count in this list.
        self._pixels = np.concatenate([cell, np.flatnonzero(may_change)])
        self._index = np.full(size[0] * size[1], -1, dtype=np.int32)  # of each pixel of the image; -1: not in the list
        self._index[self._pixels] = np.arange(len(self._pixels), dtype=np.int32)
        self._background = background
        self._under_sprites = np.zeros(0, dtype=np.int32)  # indices of the pixels under sprites in the last frame
        self._colors = np.full(len(self._pixels), background)  # of those pixels, in the last frame
        boxes = [self._pixels_under(sprite) for sprite in staying]
        self.static_pixels = np.unique(np.concatenate(boxes)) if boxes else np.zeros(0, dtype=np.int64)
        self.static_colors = np.full(len(self.static_pixels), background)
        for sprite, box in zip(staying, boxes, strict=True):
            self._blend(self.static_colors, np.searchsorted(self.static_pixels, box), sprite)

    def update(
        self, cell_colors: Colors, changed: npt.NDArray[np.int64], sprites: Sequence[Sprite]
    ) -> tuple[npt.NDArray[np.int64], Colors] | None:
        """The pixels that differ from the last frame, and their colours.

        Parameters
        ----------
        cell_colors : (n,) uint32
            Colours of the cell's pixels, without sprites.
        changed : (n_changed,) int64
            Which of them differ from the last frame, rising.
        sprites : sequence of Sprite
            Those of this frame.

        Returns
        -------
        (n_dirty,) int64 and (n_dirty,) uint32, or None when the sprites do not fit this arrangement: make a new one.
        """
        moving = [sprite for sprite in sprites if sprite.key not in self._staying]
        if len(sprites) - len(moving) != len(self._staying):
            return None
        boxes = [self._index[self._pixels_under(sprite)] for sprite in moving]
        under = np.concatenate([self._under_sprites[:0], *boxes])
        if under.min(initial=0) < 0:
            return None
        is_composed = np.zeros(len(self._pixels), dtype=bool)  # under sprites, now or in the last frame
        is_composed[self._under_sprites] = is_composed[under] = True
        self._under_sprites, composed = under, np.flatnonzero(is_composed)
        n_cell = int(np.searchsorted(composed, self._n_cell))
        before = self._colors[composed]
        if n_cell:
            self._colors[composed[:n_cell]] = cell_colors[composed[:n_cell]]
            changed = changed[~is_composed[changed]]
        self._colors[composed[n_cell:]] = self._background
        for sprite, indices in zip(moving, boxes, strict=True):
            self._blend(self._colors, indices, sprite)
        is_dirty = self._colors[composed] != before
        is_dirty[:n_cell] = True  # `before` is outdated where the cell was not under a sprite
        composed = composed[is_dirty]
        pixels = np.concatenate([self._pixels.take(changed), self._pixels.take(composed)])
        return pixels, np.concatenate([cell_colors.take(changed), self._colors.take(composed)])

    def _blend(self, colors: Colors, indices: npt.NDArray[np.integer], sprite: Sprite) -> None:
        """Blend a sprite over ``colors[indices]``, as Mesa does with 8 bits per channel."""
        columns, rows = self._inside(sprite)
        image = sprite.image[
            rows.start - sprite.y : rows.stop - sprite.y, columns.start - sprite.x : columns.stop - sprite.x
        ].reshape(-1, 4)
        below = channels(colors[indices]).astype(np.uint16)
        attenuate(below, 255 - image[:, 3:].astype(np.uint16))
        below += premultiplied(image)
        colors[indices] = packed(np.minimum(below, 255))

    def _pixels_under(self, sprite: Sprite) -> npt.NDArray[np.int64]:
        """The pixels that a sprite covers, along rows."""
        columns, rows = self._inside(sprite)
        return (
            np.arange(rows.start, rows.stop)[:, None] * self._size[0] + np.arange(columns.start, columns.stop)
        ).ravel()

    def _inside(self, sprite: Sprite) -> tuple[range, range]:
        """Columns and rows of the image that a sprite covers."""
        height, width = sprite.image.shape[:2]
        columns = range(max(sprite.x, 0), max(min(sprite.x + width, self._size[0]), max(sprite.x, 0)))
        rows = range(max(sprite.y, 0), max(min(sprite.y + height, self._size[1]), max(sprite.y, 0)))
        return columns, rows
