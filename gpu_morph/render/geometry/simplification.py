"""Simplification of neurites: vertices that are too close to a straight line to be seen are left out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .vertices import Vertices

_LEAST_GAIN = 0.02  # rounds go on while they remove at least this fraction of the vertices

_Numbers = npt.NDArray[np.int64]


class Simplification:
    """Leaves vertices out: of each stretch between two that stay, those that a straight tube can replace.

    A stretch that is not straight is divided, at the same vertex for every tolerance. What has been measured of
    stretches is kept for the next tolerance: 25 bytes for each vertex. Use it in one thread at a time.

    Parameters
    ----------
    vertices : Vertices
        Breakpoints and the ends of sections stay.
    """

    def __init__(self, vertices: Vertices) -> None:
        # x, y, z and radius as rows: numpy takes several times as long along an axis of three.
        self._rows = np.stack([*vertices.positions.T, vertices.radii])
        self._stays = vertices.is_breakpoint | (np.diff(vertices.section, prepend=-1) != 0)
        self._stays |= np.diff(vertices.section, append=-1) != 0
        # Of the stretch that each vertex divides; NaN: not known yet.
        self._length, self._deviation = np.full((2, len(vertices.section)), np.nan, dtype=np.float32)

    def needed(self, *, tolerance: float, longest: float) -> _Numbers:
        """Indices of the vertices to keep.

        The others lie within the tolerance of the straight tube between those that are kept.

        Parameters
        ----------
        tolerance : float
            µm, for the distance from the axis plus the difference in radius.
        longest : float
            µm; a segment that replaces several is not longer.
        """
        is_needed, is_open = self._stays.copy(), np.zeros(len(self._stays), dtype=bool)
        ends = np.flatnonzero(is_needed)
        first, last = ends[:-1], ends[1:]
        while len(first):
            has_inner = last - first > 1
            first, last = first[has_inner], last[has_inner]
            middle = first + _half(last - first)
            is_divided = ~self._are_straight(first, middle, last, tolerance=tolerance, longest=longest)
            first, middle, last = first[is_divided], middle[is_divided], last[is_divided]
            is_needed[middle] = is_open[first] = is_open[last] = True
            first, last = np.column_stack([first, middle]).ravel(), np.column_stack([middle, last]).ravel()
        is_open &= ~self._stays
        return self._joined(np.flatnonzero(is_needed), is_open, tolerance=tolerance, longest=longest)

    def _are_straight(
        self, first: _Numbers, middle: _Numbers, last: _Numbers, *, tolerance: float, longest: float
    ) -> npt.NDArray[np.bool_]:
        """(n,) bool: whether a straight tube can replace what is between two vertices."""
        length = self._length.take(middle)
        new = np.flatnonzero(np.isnan(length))
        if len(new):
            length[new] = self._length[middle[new]] = _lengths(self._rows, first[new], last[new])
        is_near = length <= longest
        deviation = self._deviation.take(middle)
        new = np.flatnonzero(is_near & np.isnan(deviation))
        if len(new):
            deviation[new] = self._deviation[middle[new]] = _greatest_deviation(self._rows, first[new], last[new])
        return is_near & (deviation <= tolerance)

    def _joined(
        self, needed: _Numbers, is_open: npt.NDArray[np.bool_], *, tolerance: float, longest: float
    ) -> _Numbers:
        """Without those of the needed vertices that are open, if the tubes on both sides are straight together.

        Of neighbours one goes in each round; the next round tries those beside it.
        """
        while True:
            tried = np.flatnonzero(is_open.take(needed))
            is_open[needed[tried]] = False
            before, after = needed[tried - 1], needed[tried + 1]
            near = np.flatnonzero(_lengths(self._rows, before, after) <= longest)
            is_straight = _greatest_deviation(self._rows, before[near], after[near]) <= tolerance
            tried = tried[near[is_straight]]
            numbers = np.arange(len(tried))
            in_row = numbers - np.maximum.accumulate(np.where(np.diff(tried, prepend=-1) != 1, numbers, 0))
            goes = tried[in_row % 2 == 0]
            beside = needed[np.concatenate([goes - 1, goes + 1])]
            is_open[beside] = ~self._stays[beside]
            needed = np.delete(needed, goes)
            if len(goes) <= _LEAST_GAIN * len(needed):
                return needed


def _half(counts: _Numbers) -> _Numbers:
    """(n,) int64: the greatest power of two below each count, 2 or more: of equal steps, equally many are joined."""
    return 1 << (np.frexp((counts - 1).astype(np.float64))[1].astype(np.int64) - 1)


def _lengths(rows: npt.NDArray[np.float32], first: _Numbers, last: _Numbers) -> npt.NDArray[np.float32]:
    """(n,) µm: distances of vertices."""
    return _length(rows[:3].take(last, axis=1) - rows[:3].take(first, axis=1))


def _greatest_deviation(
    rows: npt.NDArray[np.float32], before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """How far the vertices between ``before`` and ``after`` deviate from the straight tube between these two, at most.

    Parameters
    ----------
    rows : (4, n_vertices) float32
        x, y, z and radius, µm.
    before, after : (n,) int64
        Vertices with at least one other between them.

    Returns
    -------
    (n,) float32
        µm: the distance from the axis plus the difference in radius.
    """
    if not len(before):
        return np.zeros(0, dtype=np.float32)
    start = rows.take(before, axis=1)
    chord = rows.take(after, axis=1) - start
    squared = np.maximum(_dot(chord[:3], chord[:3]), 1e-24)
    count = after - before - 1
    if count.max() == 1:
        return _deviation(rows.take(before + 1, axis=1), start, chord, squared)
    first = np.cumsum(count) - count
    pair = np.repeat(np.arange(len(count)), count)
    vertex = np.arange(len(pair)) + (before + 1 - first).take(pair)
    deviation = _deviation(
        rows.take(vertex, axis=1), start.take(pair, axis=1), chord.take(pair, axis=1), squared.take(pair)
    )
    greatest: npt.NDArray[np.float32] = np.maximum.reduceat(deviation, first)
    return greatest


def _deviation(
    vertices: npt.NDArray[np.float32],
    start: npt.NDArray[np.float32],
    chord: npt.NDArray[np.float32],
    squared: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """(n,) the same of single vertices: (4, n), chords' squared lengths (n,). Changes the first and third."""
    vertices -= start
    chord *= np.clip(_dot(vertices[:3], chord[:3]) / squared, 0, 1)
    vertices -= chord
    return np.asarray(_length(vertices[:3]) + np.abs(vertices[3]))


def _dot(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n,) products of (3, n) vectors."""
    product: npt.NDArray[np.float32] = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    return product


def _length(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n,) lengths of (3, n) vectors."""
    length: npt.NDArray[np.float32] = np.sqrt(_dot(vectors, vectors))
    return length
