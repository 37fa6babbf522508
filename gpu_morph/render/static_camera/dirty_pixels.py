"""Patches: a still camera's picture as a blank one, which stays, and the pixels that change over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...image.image import Size
from ...image.packed import Colors, channels, packed
from ...scene.annotations.base import Sprite


class Patches:
    """Which pixels change, and what they show.

    A sprite that stays belongs to the blank picture, unless something that changes lies under or over it.

    Parameters
    ----------
    size : (width, height)
        Pixels.
    background : uint32
        Its colour, premultiplied.
    covered : (n,) int64
        Pixels that show the cell, counted along rows.
    before, now : sequence of Sprite
        The last frame's and this one's: those of this one that are in both are taken to stay.

    ``fixed`` (n,) int64 are the pixels of the blank picture that are not the background, and ``fixed_colors`` (n,) what
    they show.
    """

    def __init__(
        self,
        size: Size,
        background: np.uint32,
        covered: npt.NDArray[np.int64],
        *,
        before: Sequence[Sprite],
        now: Sequence[Sprite],
    ) -> None:
        self._size = size
        self._place = np.full(size[0] * size[1], -1, dtype=np.int32)  # of a pixel among those that change
        is_changing = np.zeros(len(self._place), dtype=bool)
        is_changing[covered] = True
        known = {sprite.key for sprite in before}
        staying = [sprite for sprite in now if sprite.key in known]
        for sprite in now:
            if sprite.key not in known:
                is_changing[self._box(sprite)] = True
        while met := [sprite for sprite in staying if is_changing[self._box(sprite)].any()]:
            for sprite in met:
                is_changing[self._box(sprite)] = True
                staying.remove(sprite)
        self._images = [sprite.image for sprite in staying]  # as long as they live, no other has their id
        self._staying = {sprite.key for sprite in staying}
        self._n_covered = len(covered)
        is_changing[covered] = False
        self._pixels = np.concatenate([covered, np.flatnonzero(is_changing)])
        self._place[self._pixels] = np.arange(len(self._pixels), dtype=np.int32)
        self._background = background
        self._under = np.zeros(0, dtype=np.int32)  # places under moving sprites, in the last picture
        self._colors = np.full(len(self._pixels), background)  # what those places show
        boxes = [self._box(sprite) for sprite in staying]
        self.fixed = np.unique(np.concatenate(boxes)) if boxes else np.zeros(0, dtype=np.int64)
        self.fixed_colors = np.full(len(self.fixed), background)
        for sprite, box in zip(staying, boxes, strict=True):
            self._lay_over(self.fixed_colors, np.searchsorted(self.fixed, box), sprite)

    def update(
        self, covered: Colors, changed: npt.NDArray[np.int64], sprites: Sequence[Sprite]
    ) -> tuple[npt.NDArray[np.int64], Colors] | None:
        """Take over the covered pixels' colours, of which some ``changed``, rising, and the sprites.

        Returns the pixels that change, counted along rows, and what they show; None when sprites stand elsewhere.
        """
        moving = [sprite for sprite in sprites if sprite.key not in self._staying]
        if len(sprites) - len(moving) != len(self._staying):
            return None
        boxes = [self._place[self._box(sprite)] for sprite in moving]
        under = np.concatenate([self._under[:0], *boxes])
        if under.min(initial=0) < 0:
            return None
        is_laid = np.zeros(len(self._pixels), dtype=bool)
        is_laid[self._under] = is_laid[under] = True
        self._under, laid = under, np.flatnonzero(is_laid)
        n_covered = int(np.searchsorted(laid, self._n_covered))
        before = self._colors[laid]
        if n_covered:
            self._colors[laid[:n_covered]] = covered[laid[:n_covered]]
            changed = changed[~is_laid[changed]]
        self._colors[laid[n_covered:]] = self._background
        for sprite, places in zip(moving, boxes, strict=True):
            self._lay_over(self._colors, places, sprite)
        is_new = self._colors[laid] != before
        is_new[:n_covered] = True  # what was there before may be the cell, without a sprite
        laid = laid[is_new]
        pixels = np.concatenate([self._pixels.take(changed), self._pixels.take(laid)])
        return pixels, np.concatenate([covered.take(changed), self._colors.take(laid)])

    def _lay_over(self, colors: Colors, places: npt.NDArray[np.integer], sprite: Sprite) -> None:
        """Blend a sprite over some of ``colors``, as the GPU does with 8 bits."""
        x, y = self._inside(sprite)
        image = sprite.image[y.start - sprite.y : y.stop - sprite.y, x.start - sprite.x : x.stop - sprite.x]
        own = image.reshape(-1, 4).astype(np.uint16)
        alpha = own[:, 3:].copy()
        own *= alpha
        own += 127
        own //= 255
        own[:, 3:] = alpha
        below = channels(colors[places]) * (255 - alpha)
        below += (below >> 8) + 128  # over 255, as Mesa has it; see layers.py
        below >>= 8
        below += own
        colors[places] = packed(np.minimum(below, 255))

    def _box(self, sprite: Sprite) -> npt.NDArray[np.int64]:
        """The pixels of a sprite, counted along rows."""
        x, y = self._inside(sprite)
        return (np.arange(y.start, y.stop)[:, None] * self._size[0] + np.arange(x.start, x.stop)).ravel()

    def _inside(self, sprite: Sprite) -> tuple[range, range]:
        """Columns and rows of the picture over which a sprite lies."""
        height, width = sprite.image.shape[:2]
        columns = range(max(sprite.x, 0), max(min(sprite.x + width, self._size[0]), max(sprite.x, 0)))
        rows = range(max(sprite.y, 0), max(min(sprite.y + height, self._size[1]), max(sprite.y, 0)))
        return columns, rows
