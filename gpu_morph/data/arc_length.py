"""Arc lengths along sections, in µm and as fractions.

Functions take ``points``, (n_points, 3) float µm, and ``offsets``, (n_sections + 1,) int64, as `Morphology` has them.
They work on blocks of sections, so that intermediate float64 arrays stay small for millions of points.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .arrays import FloatArray, IntArray

BLOCK_POINTS = 1 << 16

Points: TypeAlias = npt.NDArray[np.floating[Any]]


def point_arc_lengths(points: Points, offsets: IntArray) -> FloatArray:
    """(n_points,) float64 µm: arc length from the first point of the section."""
    lengths = np.empty(len(points))
    for first, end in section_blocks(np.diff(offsets)):
        block = slice(offsets[first], offsets[end])
        lengths[block] = arc_lengths(points[block], offsets[first : end + 1])
    return lengths


def section_lengths(points: Points, offsets: IntArray) -> FloatArray:
    """(n_sections,) float64 µm: arc length of each section."""
    lengths = np.empty(len(offsets) - 1)
    for first, end in section_blocks(np.diff(offsets)):
        bounds = offsets[first : end + 1]
        lengths[first:end] = arc_lengths(points[bounds[0] : bounds[-1]], bounds)[bounds[1:] - bounds[0] - 1]
    return lengths


def point_positions(points: Points, offsets: IntArray, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """(n_points,) of ``dtype``: fraction of the section's arc length, 0 to 1; 0.5 in sections of length 0."""
    position = np.full(len(points), 0.5, dtype=dtype)
    for first, end in section_blocks(np.diff(offsets)):
        bounds = offsets[first : end + 1]
        block = slice(bounds[0], bounds[-1])
        arc = arc_lengths(points[block], bounds)
        length = np.repeat(arc[bounds[1:] - bounds[0] - 1], np.diff(bounds))
        np.divide(arc, length, out=position[block], where=length > 0, casting="same_kind")
    return position


def arc_lengths(points: Points, offsets: IntArray) -> FloatArray:
    """(n_points,) float64 µm: the same as `point_arc_lengths`, in one block; ``offsets`` may start at any number."""
    vectors = np.diff(points.astype(np.float64), axis=0, prepend=points[:1])
    steps = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))  # several times as fast as np.linalg.norm
    starts = offsets[:-1] - offsets[0]
    steps[starts] = 0.0
    total: npt.NDArray[np.float64] = np.cumsum(steps)
    total -= np.repeat(total[starts], np.diff(offsets))
    return total


def section_blocks(sizes: IntArray) -> Iterator[tuple[int, int]]:
    """Divide sections of ``sizes`` points into blocks of about 65,000 points: (first, end) sections of each."""
    ends, first = np.cumsum(sizes), 0
    while first < len(sizes):
        before = int(ends[first - 1]) if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + BLOCK_POINTS, side="right")))
        yield first, end
        first = end
