"""Packed colours: the four bytes of RGBA as one number, which numpy moves faster than four.

For arithmetic a colour is widened to lanes: four channels of 16 bits in one number of 64 bits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Colors = npt.NDArray[np.uint32]
Lanes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]


def packed(channels: npt.ArrayLike) -> Colors:
    """(n,) colours from (n, 3) RGB, which become opaque, or (n, 4) RGBA; uint8."""
    rgba = np.asarray(channels, dtype=np.uint8)
    colors = np.full((len(rgba), 4), 255, dtype=np.uint8)
    colors[:, : rgba.shape[1]] = rgba
    return colors.view(np.uint32)[:, 0]


def channels(colors: Colors) -> Bytes:
    """A view of (n,) colours as (n, 4) uint8 RGBA."""
    return colors[:, np.newaxis].view(np.uint8)


def lanes(channels: npt.ArrayLike) -> Lanes:
    """(n,) lanes from (..., 4) RGBA, 0 to 255."""
    return np.ascontiguousarray(channels, dtype=np.uint16).view(np.uint64).ravel()


def from_lanes(colors: Lanes) -> Colors:
    """(n,) colours from (n,) lanes; all channels must be below 256."""
    return colors.view(np.uint16).astype(np.uint8).view(np.uint32)
