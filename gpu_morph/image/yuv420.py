"""YUV 4:2:0 planes of RGB images. Only the pixels that differ from a base image are converted.

BT.709, limited range. A chroma sample lies in the middle of its four pixels. It is the mean of two columns and, by a
bicubic filter, of eight rows: the default of ffmpeg's scaler (libswscale/utils.c, initFilter).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..system.threads import map_in_threads
from .image import Size
from .packed import Bytes, Colors, channels, packed
from .yuv_format import LEAST_HEIGHT

_LUMA = np.array([0.2126, 0.7152, 0.0722])
_SCALE = {"luma": 219 / 255, "chroma": 224 / 255}
# Sums are of whole numbers, so that they do not depend on the order of the terms. One level of 8 bits is so many steps.
_COLOR_BITS = 12
_COLOR_STEPS, _WEIGHT_STEPS = 1 << _COLOR_BITS, 4096
# Steps of Y, U and V per level of R, G and B.
_LUMA_STEPS = np.rint(_COLOR_STEPS * _SCALE["luma"] * _LUMA).astype(np.int32)
_BLUE_STEPS, _RED_STEPS = (
    np.rint(_COLOR_STEPS * _SCALE["chroma"] * (np.eye(3)[k] - _LUMA) / (2 * (1 - _LUMA[k]))) for k in (2, 0)
)
_LUMA_OFFSET, _CHROMA_OFFSET = 16, 128
# U and V share one float64, which holds 53 bits exactly: V is multiplied by this.
_V_SCALE = float(1 << 26)
_PIXELS_AT_ONCE = 1 << 14  # about
# Weights of the rows at a distance of 0.5, 1.5, 2.5 and 3.5: Keys' cubic with a = -0.6 at 0.25, 0.75, 1.25 and 1.75.
_ROW_WEIGHTS = np.array([0.4359375, 0.1203125, -0.0421875, -0.0140625])

# For others who convert: Y, U and V per level of R, G and B, and the weights of a chroma sample's eight rows.
LUMA, BLUE, RED = (steps / _COLOR_STEPS for steps in (_LUMA_STEPS, _BLUE_STEPS, _RED_STEPS))
CHROMA_ROW_WEIGHTS = np.concatenate([_ROW_WEIGHTS[::-1], _ROW_WEIGHTS])


@dataclass(frozen=True, eq=False)
class _Change:
    """How some pixels change the base image.

    ``luma`` (n_pixels,) uint8 replaces that of ``pixels``. ``chroma`` (2, n_samples) float64 is added, in steps, to the
    sums of U and V of ``samples``, the chroma samples that the pixels influence. Both count along rows.
    """

    pixels: npt.NDArray[np.integer]
    luma: Bytes
    samples: npt.NDArray[np.integer]
    chroma: npt.NDArray[np.float64]


class Yuv420Planes:
    """A base image as planes of Y, U and V, and images that differ from it in some pixels.

    Parameters
    ----------
    size : (width, height)
        Pixels; see `is_yuv420_size`.
    background : (3,) uint8
        RGB of the base image.

    ``base`` is (3 height / 2, width) uint8: the planes of the base image, one after the other.

    Raises
    ------
    ValueError
        ``size`` is odd or too low.
    """

    def __init__(self, size: Size, background: npt.ArrayLike) -> None:
        if not is_yuv420_size(size):
            raise ValueError(f"size must be even and have {LEAST_HEIGHT} rows or more, got {size}")
        width, height = self._size = size
        self._n_pixels, self._n_samples = width * height, width * height // 4
        color = packed(np.asarray(background, dtype=np.uint8)[np.newaxis])
        self._colors = np.repeat(color, self._n_pixels)  # of the base image
        self.base: Bytes = np.empty((height * 3 // 2, width), dtype=np.uint8)
        luma, *planes = self._planes(self.base)
        luma[:] = _luma(color)
        steps = _WEIGHT_STEPS * np.stack([_BLUE_STEPS, _RED_STEPS]) @ np.asarray(background, dtype=np.float64)
        self._chroma = np.repeat(steps[:, np.newaxis], self._n_samples, axis=1)  # sums of steps, without _CHROMA_OFFSET
        for plane, level in zip(planes, _levels(steps), strict=True):
            plane[:] = level
        # The weight of image row r in the sample rows first[r] to first[r] + 3. Beyond the edges the outermost rows are
        # repeated.
        samples = np.arange(-2, height // 2 + 2)[:, None]
        offsets = np.arange(-3, 5)
        rows = np.clip(2 * samples + offsets, 0, height - 1)
        weights = np.rint(0.5 * _WEIGHT_STEPS * _ROW_WEIGHTS)[np.array([3, 2, 1, 0, 0, 1, 2, 3])]
        inside = np.broadcast_to((samples >= 0) & (samples < height // 2), rows.shape)
        self._first = np.clip((np.arange(height) - 3) // 2, 0, height // 2 - 4).astype(np.int32)
        self._weights = np.zeros((4, height))
        at = (np.broadcast_to(samples, rows.shape) - self._first[rows])[inside], rows[inside]
        np.add.at(self._weights, at, np.broadcast_to(weights, rows.shape)[inside])

    def put(self, pixels: npt.NDArray[np.integer], colors: Colors) -> None:
        """Change the base image to ``colors`` (n,) in ``pixels`` (n,), which count along rows.

        All pixels differ. Conversion is fastest when neighbours in a row follow each other.
        """
        for change in self._changes(pixels, colors):
            self._apply(self.base, change)
        self._colors[pixels] = colors

    def with_pixels(self, pixels: npt.NDArray[np.integer], colors: Colors) -> Bytes:
        """(3 height / 2, width) uint8: planes of the base image with ``colors`` (n,) in ``pixels`` (n,)."""
        planes, changes = self.base.copy(), self._changes(pixels, colors)
        # Neighbouring parts have samples in common, so that sums are kept until the last part.
        for change in changes:
            self._apply(planes, change, keep_sums=change is not changes[-1])
        for change in changes[:-1]:
            for sums, added in zip(self._chroma, change.chroma, strict=True):
                sums[change.samples] -= added
        return planes

    def _apply(self, image: Bytes, change: _Change, *, keep_sums: bool = True) -> None:
        """Apply a change to an image that equals the base image, and to the sums of chroma if asked to."""
        luma, *planes = self._planes(image)
        luma[change.pixels] = change.luma
        for plane, sums, added in zip(planes, self._chroma, change.chroma, strict=True):
            now = sums.take(change.samples)
            now += added
            if keep_sums:
                sums[change.samples] = now
            plane[change.samples] = _levels(now)

    def _changes(self, pixels: npt.NDArray[np.integer], colors: Colors) -> list[_Change]:
        """The changes that some pixels make, in parts if there are many pixels."""
        n_parts = max(1, round(len(pixels) / _PIXELS_AT_ONCE))
        edges = [len(pixels) * k // n_parts for k in range(n_parts + 1)]
        parts = [slice(*pair) for pair in pairwise(edges)] if len(pixels) else []
        return map_in_threads(lambda part: self._change(pixels[part], colors[part]), parts)

    def _change(self, pixels: npt.NDArray[np.integer], colors: Colors) -> _Change:
        n_columns = np.int32(self._size[0] // 2)  # of samples
        # Two neighbours in a row that influence the same samples are added first.
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
        # The samples that they influence are numbered within their bounding box.
        top, left = self._first.take(row), int(column.min())
        above, n_wide = int(top.min()), int(column.max()) - left + 1
        in_box = (top - above) * n_wide + (column - left)
        is_top = np.zeros(int(in_box.max()) + 1 + 3 * n_wide, dtype=bool)
        is_top[in_box] = True
        is_touched = is_top.copy()
        for k in range(1, 4):
            is_touched[k * n_wide :] |= is_top[: -k * n_wide]
        touched = np.flatnonzero(is_touched)
        number = np.empty(len(is_touched), dtype=np.int64)
        number[touched] = np.arange(len(touched))
        sample = number.take(in_box + np.arange(0, 4 * n_wide, n_wide)[:, np.newaxis]).ravel()
        samples = touched // n_wide
        samples *= int(n_columns) - n_wide
        samples += touched
        samples += above * int(n_columns) + left
        weights = self._weights.take(row, axis=1)
        red = np.rint(chroma / _V_SCALE)
        blue = chroma - red * _V_SCALE
        sums = np.empty((2, len(touched)))
        for each, steps in zip(sums, (blue, red), strict=True):
            each[:] = np.bincount(sample, (steps * weights).ravel(), minlength=len(touched))
        return _Change(pixels, _luma(colors), samples, sums)

    def _planes(self, image: Bytes) -> tuple[Bytes, Bytes, Bytes]:
        """Views of Y, U and V, each along rows."""
        flat = image.reshape(-1)
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
    """(n,) steps of U plus `_V_SCALE` times those of V, by which ``colors`` differ from the colours before."""
    difference = channels(colors).astype(np.int16)
    difference -= channels(before)
    steps = np.zeros(len(colors))
    for channel, blue, red in zip(difference.T[:3], _BLUE_STEPS, _RED_STEPS, strict=True):
        steps += np.multiply(channel, blue + red * _V_SCALE, dtype=np.float64)
    return steps


def _levels(steps: npt.NDArray[np.float64]) -> Bytes:
    """(n,) levels of U or V, clipped: the filter has negative weights."""
    levels = np.rint(steps / (_COLOR_STEPS * _WEIGHT_STEPS) + _CHROMA_OFFSET)
    return np.clip(levels, 0, 255, out=levels).astype(np.uint8)


def is_yuv420_size(size: Size) -> bool:
    """True where `Yuv420Planes` supports ``size``: even, and not so low that ffmpeg's scaler uses another filter."""
    return size[0] % 2 == 0 and size[1] % 2 == 0 and size[1] >= LEAST_HEIGHT
