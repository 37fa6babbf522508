"""YuvFormat: how planes of Y, U and V are laid out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .image import Size


@dataclass(frozen=True)
class YuvFormat:
    """A planar format of ffmpeg.

    ``name`` is ffmpeg's. Each chroma sample stands for ``subsampling`` (columns, rows) pixels. ``depth`` is 8 or 10
    bits; samples of 10 bits take two bytes, the lower one first.
    """

    name: str
    subsampling: tuple[int, int]
    depth: int = 8

    def fits(self, size: Size) -> bool:
        """True where the chroma samples fill the picture, and ffmpeg's scaler filters it as we do: not if it is low."""
        width, height = size
        return width % self.subsampling[0] == 0 and height % self.subsampling[1] == 0 and height >= LEAST_HEIGHT

    def shape(self, size: Size) -> tuple[int, int]:
        """Rows and bytes per row of the planes, one after the other, as an array of rows as long as those of Y."""
        width, height = size
        n_samples = width * height // math.prod(self.subsampling)
        return height + 2 * n_samples // width, width * (1 if self.depth == 8 else 2)


LEAST_HEIGHT = 16
YUV420 = YuvFormat("yuv420p", (2, 2))
YUV_FORMATS = {
    format.name: format
    for format in (
        YUV420,
        YuvFormat("yuv422p", (2, 1)),
        YuvFormat("yuv444p", (1, 1)),
        YuvFormat("yuv420p10le", (2, 2), 10),
        YuvFormat("yuv422p10le", (2, 1), 10),
        YuvFormat("yuv444p10le", (1, 1), 10),
    )
}
