"""Yuv420Planes: RGB into planar YUV 4:2:0, of which only what differs from a blank picture is worked out.

BT.709, limited range. A chroma sample belongs to the middle of its four pixels and is made of two columns and, by
the bicubic filter, eight rows: what ffmpeg's scaler does by default (libswscale/utils.c, initFilter).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..system.threads import map_in_threads
from .image import Size
from .packed import Bytes, Colors, channels, packed

_LUMA = np.array([0.2126, 0.7152, 0.0722])
_SCALE = {"luma": 219 / 255, "chroma": 224 / 255}
# All sums are of whole numbers, so that they do not depend on their order: what is counted in these steps.
_COLOR_BITS = 12
_COLOR_STEPS, _WEIGHT_STEPS = 1 << _COLOR_BITS, 4096
# Steps of Y, U and V that a level of R, of G and of B makes.
_LUMA_STEPS = np.rint(_COLOR_STEPS * _SCALE["luma"] * _LUMA).astype(np.int32)
_BLUE_STEPS, _RED_STEPS = (
    np.rint(_COLOR_STEPS * _SCALE["chroma"] * (np.eye(3)[k] - _LUMA) / (2 * (1 - _LUMA[k]))) for k in (2, 0)
)
_LUMA_OFFSET, _CHROMA_OFFSET = 16, 128
# U and V in one number, which holds 53 bits exactly.
_APART = float(1 << 26)
_PART = 1 << 14  # pixels, or so, that are worked out together
# Keys' cubic with a = -0.6 at 0.25, 0.75, 1.25 and 1.75: a sample's share of the rows at 0.5, 1.5, 2.5 and 3.5.
_ROWS = np.array([0.4359375, 0.1203125, -0.0421875, -0.0140625])


@dataclass(frozen=True, eq=False)
class _Change:
    """What some pixels make of the blank picture: their ``luma`` and, in steps, the sums that are added to U and V.

    ``samples`` (n,) are the chroma samples on which the pixels act, along rows; ``chroma`` (2, n) float64.
    """

    pixels: npt.NDArray[np.integer]
    luma: Bytes
    samples: npt.NDArray[np.integer]
    chroma: npt.NDArray[np.float64]


class Yuv420Planes:
    """Pictures that are blank but for some pixels, as planes of Y, U and V.

    Parameters
    ----------
    size : (width, height)
        Even, pixels.
    background : (3,) uint8
        RGB of the blank picture.

    ``blank`` is (3 height / 2, width) uint8, the planes of the blank picture.
    """

    def __init__(self, size: Size, background: npt.ArrayLike) -> None:
        if not is_yuv420_size(size):
            raise ValueError(f"size must be even and have {_LEAST_HEIGHT} rows or more, got {size}")
        width, height = self._size = size
        self._n_pixels, self._n_samples = width * height, width * height // 4
        color = packed(np.asarray(background, dtype=np.uint8)[np.newaxis])
        self._colors = np.repeat(color, self._n_pixels)  # of the blank picture
        self.blank: Bytes = np.empty((height * 3 // 2, width), dtype=np.uint8)
        luma, *planes = self._planes(self.blank)
        luma[:] = _luma(color)
        steps = _WEIGHT_STEPS * np.stack([_BLUE_STEPS, _RED_STEPS]) @ np.asarray(background, dtype=np.float64)
        self._chroma = np.repeat(steps[:, np.newaxis], self._n_samples, axis=1)  # sums of steps, without the offset
        for plane, level in zip(planes, _levels(steps), strict=True):
            plane[:] = level
        # By how much row r acts on the sample rows first[r] to first[r] + 3. Beyond the edge the last row goes on.
        samples = np.arange(-2, height // 2 + 2)[:, None]
        offsets = np.arange(-3, 5)
        rows = np.clip(2 * samples + offsets, 0, height - 1)
        weights = np.rint(0.5 * _WEIGHT_STEPS * _ROWS)[np.array([3, 2, 1, 0, 0, 1, 2, 3])]
        inside = np.broadcast_to((samples >= 0) & (samples < height // 2), rows.shape)
        self._first = np.clip((np.arange(height) - 3) // 2, 0, height // 2 - 4).astype(np.int32)
        self._weights = np.zeros((4, height))
        at = (np.broadcast_to(samples, rows.shape) - self._first[rows])[inside], rows[inside]
        np.add.at(self._weights, at, np.broadcast_to(weights, rows.shape)[inside])

    def put(self, pixels: npt.NDArray[np.integer], colors: Colors) -> None:
        """Let the blank picture have ``colors`` (n,) in ``pixels`` (n,) from now on.

        Pixels are all different and counted along rows; neighbours that follow each other take the least time.
        """
        for change in self._changes(pixels, colors):
            self._lay(self.blank, change)
        self._colors[pixels] = colors

    def picture(self, pixels: npt.NDArray[np.integer], colors: Colors) -> Bytes:
        """(3 height / 2, width) uint8: Y, U and V of the blank picture with ``colors`` (n,) in ``pixels`` (n,)."""
        picture, changes = self.blank.copy(), self._changes(pixels, colors)
        for change in changes:  # parts share samples where they meet; nothing comes after the last
            self._lay(picture, change, counts=change is not changes[-1])
        for change in changes[:-1]:
            for sums, added in zip(self._chroma, change.chroma, strict=True):
                sums[change.samples] -= added
        return picture

    def _lay(self, picture: Bytes, change: _Change, *, counts: bool = True) -> None:
        """Change a picture that is the blank one and, where it ``counts`` for what follows, its sums."""
        luma, *planes = self._planes(picture)
        luma[change.pixels] = change.luma
        for plane, sums, added in zip(planes, self._chroma, change.chroma, strict=True):
            now = sums.take(change.samples)
            now += added
            if counts:
                sums[change.samples] = now
            plane[change.samples] = _levels(now)

    def _changes(self, pixels: npt.NDArray[np.integer], colors: Colors) -> list[_Change]:
        """What the ``pixels`` make, of large numbers in parts."""
        n_parts = max(1, round(len(pixels) / _PART))
        edges = [len(pixels) * k // n_parts for k in range(n_parts + 1)]
        parts = [slice(*pair) for pair in pairwise(edges)] if len(pixels) else []
        return map_in_threads(lambda part: self._change(pixels[part], colors[part]), parts)

    def _change(self, pixels: npt.NDArray[np.integer], colors: Colors) -> _Change:
        n_columns = np.int32(self._size[0] // 2)  # of samples
        # Two neighbours in a row that belong to the same samples act as one.
        pair = pixels.astype(np.int32) >> 1
        chroma = _both_chromas(colors, self._colors.take(pixels))
        is_second = np.zeros(len(pair), dtype=bool)
        np.equal(pair[1:], pair[:-1], out=is_second[1:])
        second = np.flatnonzero(is_second)
        chroma[second - 1] += chroma.take(second)
        first = np.flatnonzero(~is_second)
        pair, chroma = pair.take(first), chroma.take(first)
        row = pair // n_columns
        column = pair - row * n_columns
        # The samples they act on are numbered in the box around these.
        top, left = self._first.take(row), int(column.min())
        above, n_wide = int(top.min()), int(column.max()) - left + 1
        place = (top - above) * n_wide + (column - left)
        is_top = np.zeros(int(place.max()) + 1 + 3 * n_wide, dtype=bool)
        is_top[place] = True
        is_touched = is_top.copy()
        for k in range(1, 4):
            is_touched[k * n_wide :] |= is_top[: -k * n_wide]
        touched = np.flatnonzero(is_touched)
        number = np.empty(len(is_touched), dtype=np.int64)
        number[touched] = np.arange(len(touched))
        sample = number.take(place + np.arange(0, 4 * n_wide, n_wide)[:, np.newaxis]).ravel()
        samples = touched // n_wide
        samples *= int(n_columns) - n_wide
        samples += touched
        samples += above * int(n_columns) + left
        weights = self._weights.take(row, axis=1)
        red = np.rint(chroma / _APART)
        blue = chroma - red * _APART
        sums = np.empty((2, len(touched)))
        for each, steps in zip(sums, (blue, red), strict=True):
            each[:] = np.bincount(sample, (steps * weights).ravel(), minlength=len(touched))
        return _Change(pixels, _luma(colors), samples, sums)

    def _planes(self, picture: Bytes) -> tuple[Bytes, Bytes, Bytes]:
        flat = picture.reshape(-1)
        first, second = self._n_pixels, self._n_pixels + self._n_samples
        return flat[:first], flat[first:second], flat[second:]


def _luma(colors: Colors) -> Bytes:
    """(n,) levels of Y."""
    steps = np.full(len(colors), _LUMA_OFFSET * _COLOR_STEPS + _COLOR_STEPS // 2, dtype=np.int32)
    for channel, each in zip(channels(colors).T[:3], _LUMA_STEPS, strict=True):
        steps += np.multiply(channel, each, dtype=np.int32)
    steps >>= _COLOR_BITS
    return steps.astype(np.uint8)


def _both_chromas(colors: Colors, before: Colors) -> npt.NDArray[np.float64]:
    """(n,) steps by which U and, `_APART`, V of ``colors`` differ from those of other ones."""
    difference = channels(colors).astype(np.int16)
    difference -= channels(before)
    steps = np.zeros(len(colors))
    for channel, blue, red in zip(difference.T[:3], _BLUE_STEPS, _RED_STEPS, strict=True):
        steps += np.multiply(channel, blue + red * _APART, dtype=np.float64)
    return steps


def _levels(steps: npt.NDArray[np.float64]) -> Bytes:
    """(n,) levels of U or V, which the filter may bring beyond what 8 bits hold."""
    levels = np.rint(steps / (_COLOR_STEPS * _WEIGHT_STEPS) + _CHROMA_OFFSET)
    return np.clip(levels, 0, 255, out=levels).astype(np.uint8)


_LEAST_HEIGHT = 16


def is_yuv420_size(size: Size) -> bool:
    """True for pictures, (width, height) in pixels, that can be planes; of low ones ffmpeg filters otherwise."""
    return size[0] % 2 == 0 and size[1] % 2 == 0 and size[1] >= _LEAST_HEIGHT
