"""Simplification of neurites: vertices that are too close to a straight line to be seen are left out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .vertices import Vertices

_LEAST_GAIN = 0.02  # rounds go on while they remove at least this fraction of the vertices


def needed_vertices(vertices: Vertices, *, tolerance: float, longest: float) -> npt.NDArray[np.int64]:
    """Indices of the vertices to keep.

    Each round visits every other vertex. It removes a vertex when all original vertices between its two neighbours lie
    within the tolerance of the straight tube between these neighbours.

    Parameters
    ----------
    vertices : Vertices
        Breakpoints and the ends of sections are kept.
    tolerance : float
        µm, for the distance from the axis plus the difference in radius.
    longest : float
        µm; a segment that replaces several is not longer.
    """
    # x, y, z and radius as rows: numpy takes several times as long along an axis of three.
    rows = np.stack([*vertices.positions.T, vertices.radii])
    needed = np.arange(len(vertices.section))
    while len(needed) > 2:
        before, vertex, after = needed[:-2:2], needed[1:-1:2], needed[2::2]
        may_go = (vertices.section[before] == vertices.section[after]) & ~vertices.is_breakpoint[vertex]
        before, after = before[may_go], after[may_go]
        chord = rows[:3].take(after, axis=1) - rows[:3].take(before, axis=1)
        near = _length(chord) <= longest
        may_go[may_go] = near
        may_go[may_go] = _greatest_deviation(rows, before[near], after[near]) <= tolerance
        stays = np.ones(len(needed), dtype=bool)
        stays[1:-1:2] = ~may_go
        n_before, needed = len(needed), needed[stays]
        if n_before - len(needed) < _LEAST_GAIN * len(needed):
            break
    return needed


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
