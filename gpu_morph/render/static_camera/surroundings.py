"""Surroundings: what a static camera sees behind the cell and before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...image.alpha import attenuate
from ...image.packed import Bytes, Colors, packed


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Two pictures of surfaces. Colours are packed and premultiplied; pixels count along rows.

    Attributes
    ----------
    behind : (n,) uint32
        The background and what is before it, behind the cell.
    before : (n, 4) uint8
        What is before the cell.
    shown : (k,) int64
        Pixels that differ from the background.
    """

    behind: Colors
    before: Bytes
    shown: npt.NDArray[np.int64]

    @classmethod
    def of(cls, behind: Bytes, before: Bytes, background: Bytes) -> Surroundings:
        """From (height, width, 4) uint8 pictures, and (n_channels,) uint8 behind both."""
        behind, before = behind.reshape(-1, 4), before.reshape(-1, 4)
        shown = np.flatnonzero(behind[:, 3] | before[:, 3])
        empty = packed(background[np.newaxis])
        colors = np.repeat(empty, len(behind))
        colors[shown] = over(behind[shown], np.repeat(empty, len(shown)))
        return cls(colors, before, shown)

    def without_cell(self, pixels: npt.NDArray[np.int64]) -> Colors:
        """Colours of pixels that do not show the cell."""
        return over(self.before[pixels], self.behind[pixels])


def over(front: Bytes, back: Colors) -> Colors:
    """(n, 4) uint8 blended over (n,) packed colours, as OpenGL does with 8 bits."""
    below = back.view(np.uint8).reshape(-1, 4).astype(np.uint16)
    attenuate(below, 255 - front[:, 3:].astype(np.uint16))
    below += front
    return packed(np.minimum(below, 255).astype(np.uint8))
