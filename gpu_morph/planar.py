"""Planar: RGB into planar YUV 4:2:0, of which only what differs from a blank picture is worked out.

BT.709, limited range. A chroma sample belongs to the middle of its four pixels and is made of two columns and, by
the bicubic filter, eight rows: what ffmpeg's scaler does by default (libswscale/utils.c, initFilter).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .camera import Size

Bytes = npt.NDArray[np.uint8]
_LUMA = np.array([0.2126, 0.7152, 0.0722])
_SCALE = {"luma": 219 / 255, "chroma": 224 / 255}
# All sums are of whole numbers, so that they do not depend on their order: what is counted in these steps.
_COLOR_STEPS = _WEIGHT_STEPS = 4096
# Rows of YUV, columns of RGB.
_MATRIX = np.rint(
    _COLOR_STEPS
    * np.stack(
        [
            _SCALE["luma"] * _LUMA,
            _SCALE["chroma"] * (np.array([0, 0, 1]) - _LUMA) / (2 * (1 - _LUMA[2])),
            _SCALE["chroma"] * (np.array([1, 0, 0]) - _LUMA) / (2 * (1 - _LUMA[0])),
        ]
    )
).astype(np.float32)
_LEAST_HEIGHT = 16
_OFFSET = np.array([16, 128, 128], dtype=np.float32)
# Keys' cubic with a = -0.6 at 0.25, 0.75, 1.25 and 1.75: a sample's share of the rows at 0.5, 1.5, 2.5 and 3.5.
_ROWS = np.array([0.4359375, 0.1203125, -0.0421875, -0.0140625])


def is_planar_size(size: Size) -> bool:
    """True for pictures, (width, height) in pixels, that can be planes; of low ones ffmpeg filters otherwise."""
    return size[0] % 2 == 0 and size[1] % 2 == 0 and size[1] >= _LEAST_HEIGHT


@dataclass(frozen=True, eq=False)
class Places:
    """Where some pixels act on the planes of a `Planar`.

    ``pixels`` (n,) counts along rows. Those that follow each other and belong to the same chroma samples are a group;
    ``first`` (n_groups,) are the numbers of the groups' first. ``samples`` (n_samples,) are the chroma samples they act
    on, in the order of rows; ``sample`` (4, n_groups) says which of these each group acts on, ``weight``
    (4, n_groups) how much, in whole steps.
    """

    pixels: npt.NDArray[np.integer]
    first: npt.NDArray[np.int64]
    samples: npt.NDArray[np.int64]
    sample: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float64]


class Planar:
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
        if not is_planar_size(size):
            raise ValueError(f"size must be even and have {_LEAST_HEIGHT} rows or more, got {size}")
        width, height = self._size = size
        self._n_pixels, self._n_samples = width * height, width * height // 4
        yuv = _MATRIX @ np.asarray(background, dtype=np.float32) / _COLOR_STEPS + _OFFSET
        steps = yuv[1:, None].astype(np.float64) * (_COLOR_STEPS * _WEIGHT_STEPS)
        self._chroma = np.repeat(steps, self._n_samples, axis=1)
        self.blank: Bytes = np.empty((height * 3 // 2, width), dtype=np.uint8)
        planes = self._planes(self.blank)
        for plane, value in zip(planes, yuv, strict=True):
            plane[:] = np.rint(value)
        self._colors = np.empty((self._n_pixels, 3), dtype=np.uint8)  # of the blank picture
        self._colors[:] = background
        # By how much row r acts on the sample rows first[r] to first[r] + 3. Beyond the edge the last row goes on.
        samples = np.arange(-2, height // 2 + 2)[:, None]
        offsets = np.arange(-3, 5)
        rows = np.clip(2 * samples + offsets, 0, height - 1)
        weights = np.rint(0.5 * _WEIGHT_STEPS * _ROWS)[np.array([3, 2, 1, 0, 0, 1, 2, 3])]
        inside = np.broadcast_to((samples >= 0) & (samples < height // 2), rows.shape)
        first = np.clip((np.arange(height) - 3) // 2, 0, height // 2 - 4).astype(np.int32)
        self._weights = np.zeros((4, height))
        at = (np.broadcast_to(samples, rows.shape) - first[rows])[inside], rows[inside]
        np.add.at(self._weights, at, np.broadcast_to(weights, rows.shape)[inside])
        self._first = first * (width // 2)

    def places(self, pixels: npt.NDArray[np.integer]) -> Places:
        """Where ``pixels`` (n,), counted along rows, act."""
        width = self._size[0]
        group = pixels.astype(np.int32) // np.int32(2)  # of two columns, along rows
        first = np.flatnonzero(np.diff(group, prepend=np.int32(-1)))
        row, column = np.divmod(group[first], np.int32(width // 2))
        sample = self._first[row] + column + np.arange(4, dtype=np.int32)[:, None] * np.int32(width // 2)
        least = int(sample.min(initial=0 if not len(row) else self._n_samples))
        sample -= np.int32(least)
        is_touched = np.zeros(int(sample.max(initial=-1)) + 1, dtype=bool)
        is_touched[sample] = True
        samples = np.flatnonzero(is_touched)
        number = np.empty(len(is_touched), dtype=np.int32)
        number[samples] = np.arange(len(samples), dtype=np.int32)
        samples += least
        return Places(pixels, first, samples, number[sample], self._weights.take(row, axis=1))

    def put(self, places: Places, colors: Bytes) -> None:
        """Let the blank picture have ``colors`` (n, 3), RGB, in some places from now on."""
        luma, changes = self._changes(places, colors)
        self._planes(self.blank)[0][places.pixels] = luma
        self._chroma[:, places.samples] += changes
        for plane, chroma in zip(self._planes(self.blank)[1:], self._chroma, strict=True):
            plane[places.samples] = _whole(chroma[places.samples])
        self._colors[places.pixels] = colors

    def picture(self, places: Places, colors: Bytes) -> Bytes:
        """(3 height / 2, width) uint8: Y, U and V of a blank picture with ``colors`` (n, 3), RGB, in some places."""
        picture = self.blank.copy()
        planes = self._planes(picture)
        luma, changes = self._changes(places, colors)
        planes[0][places.pixels] = luma
        for plane, chroma, change in zip(planes[1:], self._chroma, changes, strict=True):
            plane[places.samples] = _whole(chroma[places.samples] + change)
        return picture

    def _changes(self, places: Places, colors: Bytes) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]:
        """Luma of the pixels, and by how many steps they change the chroma samples, (2, n_samples)."""
        given = colors.T.astype(np.float32)
        luma = np.rint(_mixed(_MATRIX[:1], given)[0] / _COLOR_STEPS + _OFFSET[0])
        given -= self._colors[places.pixels].T
        n_samples = len(places.samples)
        if not n_samples:
            return luma, np.zeros((2, 0))
        chroma = np.add.reduceat(_mixed(_MATRIX[1:], given), places.first, axis=1)
        index = places.sample.ravel()
        changes = [np.bincount(index, (row * places.weight).ravel(), minlength=n_samples) for row in chroma]
        return luma, np.stack(changes)

    def _planes(self, picture: Bytes) -> tuple[Bytes, Bytes, Bytes]:
        flat = picture.reshape(-1)
        first, second = self._n_pixels, self._n_pixels + self._n_samples
        return flat[:first], flat[first:second], flat[second:]


def _mixed(rows: npt.NDArray[np.float32], colors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Their product; the threads that ``@`` starts would be taken from those that draw."""
    mixed: npt.NDArray[np.float32] = np.einsum("ij,jk->ik", rows, colors)
    return mixed


def _whole(steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Steps of chroma as levels."""
    levels: npt.NDArray[np.float64] = np.rint(steps / (_COLOR_STEPS * _WEIGHT_STEPS))
    return levels
