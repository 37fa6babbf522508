"""ABuffer: all fragments that a static camera sees, by pixel and from far to near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ..fragments import DrawnFragments

_DEPTH_STEPS = 2**24 - 1  # of the depth buffer


@dataclass(frozen=True, eq=False)
class ABuffer:
    """Visible fragments, by pixel and within a pixel from far to near.

    All arrays are (n_fragments,). ``pixel`` int64 counts along rows and rises. ``start`` and ``end`` int32 are the
    vertices of the fragment's segment, ``fraction`` the way from one to the other. ``coverage``, ``shade``,
    ``highlight``, ``lit`` and ``depth_cue`` are as in `FRAGMENT`, float32.
    """

    pixel: npt.NDArray[np.int64]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    fraction: npt.NDArray[np.float32]
    coverage: npt.NDArray[np.float32]
    shade: npt.NDArray[np.float32]
    highlight: npt.NDArray[np.float32]
    lit: npt.NDArray[np.float32]
    depth_cue: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.pixel)

    def __getitem__(self, fragments: slice) -> ABuffer:
        return ABuffer(**{field.name: getattr(self, field.name)[fragments] for field in fields(self)})


def visible_fragments(draws: Sequence[DrawnFragments]) -> ABuffer:
    """The fragments that pass the depth test and are not hidden by an opaque one.

    Parameters
    ----------
    draws : sequence of DrawnFragments
        Draw calls, in order.
    """

    def column(name: str) -> npt.NDArray[Any]:
        return np.concatenate([draw.fragments[name] for draw in draws])

    n_segments = np.array([len(draw.ends) for draw in draws])
    n_earlier = np.repeat(np.cumsum(n_segments) - n_segments, [len(draw.fragments) for draw in draws])
    segment = column("segment") + n_earlier.astype(np.uint32)  # counted through all draw calls
    order = _order(segment, column("pixel"))
    segment, pixel, coverage = (values.take(order) for values in (segment, column("pixel"), column("coverage")))
    first, count = runs(pixel)
    # In float32, as Mesa computes it: surfaces touch where neurites branch, and rounding decides which one is visible.
    depth = np.rint(np.fmin(np.fmax(column("depth").take(order), 0), 1) * np.float32(_DEPTH_STEPS)).astype(np.int64)
    # An offset per pixel puts each pixel nearer than the one before, so that a single running minimum gives the
    # nearest depth so far. Fragments that fail the test do not change it: they are farther.
    depth += np.repeat(np.arange(len(first))[::-1] * (_DEPTH_STEPS + 1), count)
    writes_depth = np.repeat([draw.writes_depth for draw in draws], n_segments).take(segment)
    nearest = np.minimum.accumulate(np.where(writes_depth, depth, depth | _DEPTH_STEPS))
    is_visible = np.ones(len(pixel), dtype=bool)
    np.less_equal(depth[1:], nearest[:-1], out=is_visible[1:])
    # Fragments below an opaque one are hidden.
    opaque = np.where(is_visible & (unit_to_byte(coverage) == 255), np.arange(len(pixel)), -1)
    last_opaque = np.maximum.reduceat(opaque, first) if len(first) else opaque
    is_visible &= np.arange(len(pixel)) >= np.repeat(last_opaque, count)
    visible, order = np.flatnonzero(is_visible), order[is_visible]
    start, end = np.concatenate([draw.ends for draw in draws]).take(segment[visible], axis=0).T
    return ABuffer(
        pixel[visible].astype(np.int64),
        start.copy(),
        end.copy(),
        coverage=coverage[visible],
        **{name: column(name).take(order) for name in ("fraction", "shade", "highlight", "lit", "depth_cue")},
    )


def _order(*keys: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """As np.lexsort, but faster: it sorts 16-bit numbers by their digits."""
    halves = [half for key in keys for half in (key.astype(np.uint16), (key >> np.uint32(16)).astype(np.uint16))]
    return np.lexsort(halves)


def joined(parts: Sequence[ABuffer]) -> ABuffer:
    """One A-buffer from those of parts of an image, which follow each other along rows."""
    if len(parts) == 1:
        return parts[0]
    return ABuffer(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(ABuffer)}
    )


def unit_to_byte(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint16]:
    """0 to 1 as 0 to 255, rounded as Mesa does."""
    scaled = values * np.float32(255)
    rounded: npt.NDArray[np.uint16] = np.rint(scaled, out=scaled).astype(np.uint16)
    return rounded


def runs(numbers: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The first index and the length of each run of equal numbers."""
    first = np.flatnonzero(np.insert(numbers[1:] != numbers[:-1], 0, True)[: len(numbers)])
    return first, np.diff(np.append(first, len(numbers)))
