"""StillView: the pictures of a camera that stays, from values alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .annotations.base import Sprite
from .camera import Size
from .layers import Recoloring
from .patches import Patches
from .planar import Places, Planar

Image = npt.NDArray[np.uint8]
_MOST_ARRANGEMENTS = 8  # of sprites; where they change more often than that, nothing is won


class StillView:
    """Pictures without drawing, one after the other.

    Parameters
    ----------
    size : (width, height)
        Pixels.
    background : (n_channels,) uint8
        RGB, or RGBA for transparent pictures.
    recoloring : Recoloring
        What is seen, with the same background.
    sprites : sequence of Sprite
        Those of the picture before.
    planar : bool
        Give planes of Y, U and V.
    """

    def __init__(
        self, size: Size, background: Image, recoloring: Recoloring, sprites: Sequence[Sprite], *, planar: bool
    ) -> None:
        self.places = recoloring.places
        self.is_planar = planar
        self._size, self._background, self._recoloring, self._before = size, background, recoloring, sprites
        self._patches: Patches | None = None
        self._n_arrangements = 0

    def picture(self, values: npt.NDArray[np.float32], sprites: Sequence[Sprite]) -> Image | None:
        """The picture for the values of ``places``, (n,) float32; None: it must be drawn, and so must all later ones.

        (height, width, n_channels) uint8, alpha not multiplied in; or planes, see `Planar`.
        """
        covered = self._recoloring(values)
        colors = None if self._patches is None else self._patches.colors(covered, sprites)
        while colors is None:
            if self._n_arrangements == _MOST_ARRANGEMENTS:
                return None
            self._arrange(sprites)
            assert self._patches is not None
            colors = self._patches.colors(covered, sprites)
        self._before = sprites
        assert self._patches is not None
        if self.is_planar:
            return self._planar.picture(self._places, colors)
        picture = self._blank.copy()
        picture.reshape(-1, picture.shape[2])[self._patches.pixels] = _straight(colors)
        return picture

    def _arrange(self, sprites: Sequence[Sprite]) -> None:
        """Find out what changes."""
        self._n_arrangements += 1
        patches = Patches(self._size, self._background, self._recoloring.pixels, before=self._before, now=sprites)
        self._patches, self._before = patches, sprites
        if self.is_planar:
            self._planar = Planar(self._size, self._background)
            self._planar.make_blank(self._planar.places(patches.fixed), patches.fixed_colors)
            self._places: Places = self._planar.places(patches.pixels)
            return
        self._blank: Image = np.empty((self._size[1], self._size[0], len(self._background)), dtype=np.uint8)
        self._blank[:] = self._background
        self._blank.reshape(-1, len(self._background))[patches.fixed] = _straight(patches.fixed_colors)


def _straight(colors: Image) -> Image:
    """RGB as it is, RGBA with the multiplication by alpha undone."""
    return colors if colors.shape[-1] == 3 else straight_alpha(colors)


def straight_alpha(image: Image) -> Image:
    """Undo the multiplication by alpha, as PNG wants it; (..., 4) uint8."""
    alpha = image[..., 3:].astype(np.uint16)
    color = (image[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(color, 255).astype(np.uint8), image[..., 3:]], axis=-1)
