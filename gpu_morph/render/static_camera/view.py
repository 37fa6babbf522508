"""What stays in a picture and what changes: StillView for a camera that stays, DrawnView for cells drawn anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...image.alpha import straight_alpha
from ...image.image import Image, Size
from ...image.packed import Colors, channels, packed
from ...image.yuv420 import Yuv420Planes
from ...scene.annotations.base import Sprite
from .a_buffer import Recoloring
from .dirty_pixels import Patches

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
        self.vertices = recoloring.vertices
        self._size, self._recoloring, self._before = size, recoloring, sprites
        self._background = background
        self._patches: Patches | None = None
        self._planar = Yuv420Planes(size, background) if planar else None
        self._picture: Image = np.empty((size[1], size[0], len(background)), dtype=np.uint8)
        self._n_arrangements = 0

    @property
    def is_planar(self) -> bool:
        """True when pictures are planes."""
        return self._planar is not None

    def picture(self, values: npt.NDArray[np.float32] | None, sprites: Sequence[Sprite]) -> Image | None:
        """The picture for the values of ``vertices``; None: it must be drawn, and so must all later ones.

        Parameters
        ----------
        values : (n,) float32, optional
            None: those of the picture before.
        sprites : sequence of Sprite
            What lies over the cell or beside it.

        Returns
        -------
        (height, width, n_channels) uint8, alpha not multiplied in; or planes, see `Yuv420Planes`.
        """
        if not self.update(values, sprites):
            return None
        return (self._picture if self._planar is None else self._planar.blank).copy()

    def update(self, values: npt.NDArray[np.float32] | None, sprites: Sequence[Sprite]) -> bool:
        """Take over values and sprites, as for `picture`; False: sprites change too often to go on."""
        covered = self._recoloring.colors
        changed = np.zeros(0, dtype=np.int64) if values is None else self._recoloring(values)
        shown = None if self._patches is None else self._patches.update(covered, changed, sprites)
        while shown is None:
            if self._n_arrangements == _MOST_ARRANGEMENTS:
                return False
            self._arrange(sprites)
            assert self._patches is not None
            shown = self._patches.update(covered, np.arange(len(covered)), sprites)
        self._before = sprites
        self._put(*shown)
        return True

    def with_pixels(self, pixels: npt.NDArray[np.integer], colors: Colors) -> Image:
        """The planes with some other pixels, (n,) along rows, in ``colors`` (n,)."""
        assert self._planar is not None
        return self._planar.picture(pixels, colors)

    def _arrange(self, sprites: Sequence[Sprite]) -> None:
        """Find out what changes, and begin with all that does not."""
        self._n_arrangements += 1
        background = packed(self._background[np.newaxis])[0]
        self._patches = Patches(self._size, background, self._recoloring.pixels, before=self._before, now=sprites)
        self._before = sprites
        if self._planar is not None:
            self._planar = Yuv420Planes(self._size, self._background)
        else:
            self._picture[:] = self._background
        self._put(self._patches.fixed, self._patches.fixed_colors)

    def _put(self, pixels: npt.NDArray[np.int64], colors: Colors) -> None:
        if self._planar is not None:
            self._planar.put(pixels, colors)
        else:
            n_channels = self._picture.shape[-1]
            self._picture.reshape(-1, n_channels)[pixels] = _straight(channels(colors)[:, :n_channels])


class DrawnView:
    """Planes of pictures whose cell was drawn, and read back where it can be; nothing else is worked out.

    Parameters
    ----------
    size : (width, height)
        Even, pixels.
    background : (3,) uint8
        RGB.
    sprites : sequence of Sprite
        Those of the first picture.

    ``is_restless`` turns True when sprites change too often for this to pay.
    """

    def __init__(self, size: Size, background: Image, sprites: Sequence[Sprite]) -> None:
        self._size, self._background = size, background
        self._nothing = packed(background[np.newaxis])[0]
        self._view = self._new_view(sprites)
        self.is_restless = False

    def _new_view(self, sprites: Sequence[Sprite]) -> StillView:
        nothing = Recoloring.of_nothing(self._background)
        return StillView(self._size, self._background, nothing, sprites, planar=True)

    def planes(self, image: Image, corner: tuple[int, int], sprites: Sequence[Sprite]) -> Image:
        """Y, U and V, see `Yuv420Planes`.

        Parameters
        ----------
        image : (height, width, 4) uint8
            RGBA, opaque: the box that holds the cell, or everything.
        corner : (x, y)
            The pixel at its upper left.
        sprites : sequence of Sprite
            What lies beside the box.
        """
        if not self._view.update(None, sprites):
            self.is_restless = True  # go on without sprites
            self._view = self._new_view(sprites)
            self._view.update(None, sprites)
        colors = image.view(np.uint32)[..., 0]
        found = np.flatnonzero(colors != self._nothing)
        row = found // image.shape[1]
        pixels = found + row * (self._size[0] - image.shape[1]) + (corner[1] * self._size[0] + corner[0])
        return self._view.with_pixels(pixels, colors.reshape(-1).take(found))


def _straight(colors: Image) -> Image:
    """RGB as it is, RGBA with the multiplication by alpha undone."""
    return colors if colors.shape[-1] == 3 else straight_alpha(colors)
