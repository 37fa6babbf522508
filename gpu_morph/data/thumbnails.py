"""Thumbnails: small figures that need no OpenGL, for tables in notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..image.image import Image

SIDE = 120  # pixels
_MOST_POINTS = 200_000  # of a morphology that are drawn
_STEP = 0.5  # pixels between two samples of a segment
_MOST_STEPS = 256  # of a segment
_INK = (74, 134, 184)
_FULL = 3.0  # samples that make a pixel opaque
_WIDTH, _HEIGHT = 160, 60  # of curves and bars
_N_BARS = 40


def silhouette(morphology: Any) -> Image:
    """A morphology's axes in one colour, seen along the axis of its least extent: (SIDE, SIDE, 4) uint8.

    z is up, or y where z is the axis of the least extent. Of large morphologies, some of the segments are shown.
    """
    low, high = morphology.bounds()
    along = int(np.argmin(high - low))
    x, y = [axis for axis in range(3) if axis != along]
    points = morphology.points[:, [x, y]].astype(np.float64)
    scale = (SIDE - 4) / max(float((high - low)[[x, y]].max()), 1e-9)
    pixels = (points - (low + high)[[x, y]] / 2) * scale * [1, -1] + SIDE / 2
    starts = np.setdiff1d(np.arange(morphology.n_points - 1), morphology.section_offsets[1:-1] - 1)
    starts = starts[:: max(1, len(starts) // _MOST_POINTS)]
    begin, end = (pixels[starts], pixels[starts + 1]) if len(starts) else (pixels, pixels)
    counts = np.clip(np.hypot(*(end - begin).T) / _STEP, 1, _MOST_STEPS).astype(int)
    segment = np.repeat(np.arange(len(counts)), counts)
    fraction = (np.arange(len(segment)) - np.repeat(np.cumsum(counts) - counts, counts) + 0.5) / counts[segment]
    samples = begin[segment] + fraction[:, None] * (end - begin)[segment]
    column, row = np.clip(samples, 0, SIDE - 1).astype(int).T
    density = np.bincount(row * SIDE + column, minlength=SIDE**2).reshape(SIDE, SIDE)
    image = np.empty((SIDE, SIDE, 4), dtype=np.uint8)
    image[..., :3] = _INK
    image[..., 3] = np.rint(255 * np.minimum(1.0, density / _FULL))
    return image


def curves(times: npt.NDArray[np.float64], lines: Sequence[npt.NDArray[np.float64]], *, ink: str) -> str:
    """Values over time as an SVG: finite, (n_times,) each."""
    low, high = float(np.min(lines)), float(np.max(lines))
    span, length = max(high - low, 1e-12), max(float(times[-1] - times[0]), 1e-12)
    drawn = []
    for line in lines:
        x, y = (times - times[0]) / length * _WIDTH, (high - line) / span * (_HEIGHT - 2) + 1
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{ink}"/>')
    return _svg(drawn)


def bars(times: npt.NDArray[np.float64], *, ink: str) -> str:
    """How many times lie in equal intervals, as an SVG."""
    counts, _ = np.histogram(times, bins=_N_BARS)
    width = _WIDTH / _N_BARS
    return _svg(
        [
            f'<rect x="{k * width:.1f}" y="{_HEIGHT * (1 - count / counts.max()):.1f}" width="{0.8 * width:.1f}" '
            f'height="{_HEIGHT * count / counts.max():.1f}" fill="{ink}"/>'
            for k, count in enumerate(counts.tolist())
            if count
        ]
    )


def _svg(shapes: Sequence[str]) -> str:
    return f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="over time">{"".join(shapes)}</svg>'
