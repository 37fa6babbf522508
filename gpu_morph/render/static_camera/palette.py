"""Palette: the colours that fragments can have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...image.alpha import premultiplied
from ...image.packed import Bytes, Lanes, lanes
from ...scene.colormaps import ColorTable


@dataclass(frozen=True, eq=False)
class Palette:
    """Colours by entry: those of a colour table, then those for under, over, missing and highlighted values.

    ``rgb`` is (3, n_entries + 4) float32, 0 to 1. ``premultiplied`` is (256 (n_entries + 4),): lanes of all colours at
    coverage 0, then at coverage 1 and so on. ``n_entries`` is that of the table. ``clim`` are the values of its ends.
    ``edges`` (n_entries + 1,) float32 are the values between which entries hold; None: they have equal steps.
    """

    rgb: npt.NDArray[np.float32]
    premultiplied: Lanes
    n_entries: int
    clim: tuple[np.float32, np.float32]
    edges: npt.NDArray[np.float32] | None

    @classmethod
    def of(cls, table: ColorTable, highlight: Bytes) -> Palette:
        """The palette of a colour table, with (3,) uint8 RGB for highlighted values.

        Floats round as textures (entries) and uniforms (the other colours) do.
        """
        others = np.stack([table.under, table.over, table.missing, highlight])
        colors = np.concatenate([table.entries, others])
        rgba = np.empty((256, len(colors), 4), dtype=np.uint8)
        rgba[..., :3] = colors
        rgba[..., 3] = np.arange(256)[:, np.newaxis]
        return cls(
            np.concatenate([table.entries * np.float32(1 / 255), (others / 255).astype(np.float32)]).T.copy(),
            lanes(premultiplied(rgba)),
            len(table.entries),
            (np.float32(table.clim[0]), np.float32(table.clim[1])),
            None if table.edges is None else table.edges.astype(np.float32),
        )

    def entries_of(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
        """The entries of values within ``clim``, and any entry for others. Numpy mirror of colormap.glsl."""
        n, (low, high) = self.n_entries, self.clim
        if self.edges is not None:
            return np.searchsorted(self.edges[1:-1], values, side="right").astype(np.int16)
        scaled: npt.NDArray[np.float32] = values - low
        scaled /= high - low
        scaled *= np.float32(n)
        return np.fmin(scaled, np.float32(n - 1), out=scaled).astype(np.int16)
