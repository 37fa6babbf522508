"""Colours of pixels as one number each: the four bytes of RGBA, which numpy moves faster together than one by one.

Where channels are multiplied, they are lanes of 16 bits, four in a number.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Colors = npt.NDArray[np.uint32]
Lanes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]


def packed(channels: npt.ArrayLike) -> Colors:
    """(n,) colours from (n, 3) RGB, which become opaque, or (n, 4) RGBA; uint8."""
    given = np.asarray(channels, dtype=np.uint8)
    colors = np.full((len(given), 4), 255, dtype=np.uint8)
    colors[:, : given.shape[1]] = given
    return colors.view(np.uint32)[:, 0]


def channels(colors: Colors) -> Bytes:
    """(n, 4) uint8: the bytes of (n,) colours themselves, not of a copy."""
    return colors[:, np.newaxis].view(np.uint8)


def lanes(channels: npt.ArrayLike) -> Lanes:
    """(n,) lanes from (..., 4) RGBA, 0 to 255."""
    return np.ascontiguousarray(channels, dtype=np.uint16).view(np.uint64).ravel()


def from_lanes(colors: Lanes) -> Colors:
    """(n,) colours from lanes; all channels must be below 256."""
    return colors.view(np.uint16).astype(np.uint8).view(np.uint32)
