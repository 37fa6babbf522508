"""Lighting: light and the depth cue on colours of fragments. Numpy mirror of fragment_output.glsl and light.glsl."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...image.packed import Lanes
from .a_buffer import ABuffer, unit_to_byte
from .palette import Palette

Selection = npt.NDArray[np.int64] | slice


class Lighting:
    """Light and the depth cue of the fragments on which they have an effect.

    Parameters
    ----------
    fragments : ABuffer
        Fragments.
    order : (n,) int64
        The order in which they are numbered here.
    has_effect : (n,) bool
        Which of them, in that order, light or the depth cue changes.
    palette : Palette
        Their colours.
    background : (3,) float32
        RGB that the depth cue mixes in, 0 to 1.
    """

    def __init__(
        self,
        fragments: ABuffer,
        order: npt.NDArray[np.int64],
        has_effect: npt.NDArray[np.bool_],
        palette: Palette,
        background: npt.NDArray[np.float32],
    ) -> None:
        self._affected = np.flatnonzero(has_effect)
        index = np.cumsum(has_effect, dtype=np.int32) - 1
        self._index = np.where(has_effect, index, -1).astype(np.int32)  # of each fragment in _affected, or -1
        chosen = order[self._affected]
        shade, highlight, lit, depth_cue = (
            getattr(fragments, name)[chosen] for name in ("shade", "highlight", "lit", "depth_cue")
        )
        shade[lit == 0], highlight[lit == 0] = 0, 0  # they may be NaN where no light is seen
        self._factors = [
            shade,
            highlight,
            lit,
            depth_cue,
            unit_to_byte(fragments.coverage[chosen]) * np.float32(1 / 255),
        ]
        self._palette, self._background = palette, background

    @classmethod
    def of(
        cls,
        fragments: ABuffer,
        order: npt.NDArray[np.int64],
        palette: Palette,
        background: npt.NDArray[np.float32],
    ) -> Lighting | None:
        """None where neither light nor the depth cue has an effect on any fragment."""
        has_effect = ((fragments.lit > 0) | (fragments.depth_cue > 0))[order]
        return cls(fragments, order, has_effect, palette, background) if has_effect.any() else None

    def apply(self, colors: Lanes, selected: Selection, entries: npt.NDArray[np.int16]) -> None:
        """Replace the premultiplied ``colors`` of the ``selected`` fragments, in place.

        ``entries`` are the fragments' colours in the palette.
        """
        affected, factors = self._affected, self._factors
        if not isinstance(selected, slice):
            index = self._index[selected]
            affected = np.flatnonzero(index >= 0)
            factors = [factor[index[affected]] for factor in factors]
        shade, highlight, lit, depth_cue, coverage = factors
        entries, rgba = entries[affected], colors.view(np.uint16).reshape(-1, 4)
        for channel in range(3):
            color = self._palette.rgb[channel].take(entries)
            light = np.minimum(color * shade + highlight, 1)
            color += (light - color) * lit
            color += (self._background[channel] - color) * depth_cue
            rgba[affected, channel] = unit_to_byte(color * coverage)
