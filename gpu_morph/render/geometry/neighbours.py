"""Neighbours of segments: the vertices before and after each segment, also across branch points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from .joints import AT_END
from .vertices import Vertices


def neighbours(
    morphology: Morphology,
    linked: npt.NDArray[np.int64],
    vertices: Vertices,
    start: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The vertices before and after each segment.

    Parameters
    ----------
    morphology : Morphology
        One cell or many.
    linked : (n,) int64
        Sections that start away from their parent; they do not continue it.
    vertices : Vertices
        Of the morphology.
    start, end : (n_segments,) int64
        Vertices; ``start`` rises.

    Returns
    -------
    previous, following : (n_segments,) int64
        Vertices. Where the neurite ends, the segment's own ``start`` or ``end``. A section that starts at its parent's
        end continues the parent when, of all such children, it is the straightest.
    """
    section = vertices.section
    previous = np.where((start > 0) & (section[start - 1] == section[start]), start - 1, start)
    next_vertex = np.minimum(end + 1, len(section) - 1)
    following = np.where((next_vertex > end) & (section[next_vertex] == section[end]), next_vertex, end)
    child = continuing_sections(morphology, linked, vertices)
    if len(child):
        first_vertex, last_vertex = _ends(morphology, section)
        head, tail = first_vertex[child], last_vertex[morphology.section_parent[child]]
        previous[np.searchsorted(start, head)] = tail - 1
        following[np.searchsorted(start, tail - 1)] = head + 1
    return previous, following


def continuing_sections(
    morphology: Morphology, linked: npt.NDArray[np.int64], vertices: Vertices
) -> npt.NDArray[np.int64]:
    """Sections that continue their parent; see `neighbours`."""
    section, positions = vertices.section, vertices.positions
    attached = morphology.section_parent >= 0
    attached[linked] = False
    attached &= morphology.section_parent_x >= AT_END
    child = np.flatnonzero(attached)
    if not len(child):
        return child
    first_vertex, last_vertex = _ends(morphology, section)
    parent = morphology.section_parent[child]
    long = (last_vertex[child] > first_vertex[child]) & (last_vertex[parent] > first_vertex[parent])
    child, parent = child[long], parent[long]
    head, tail = first_vertex[child], last_vertex[parent]
    # Ends of sections may be left out where they are hidden.
    meets = (vertices.section_position[head] <= 1 - AT_END) & (vertices.section_position[tail] >= AT_END)
    child, parent, head, tail = child[meets], parent[meets], head[meets], tail[meets]
    straightness = np.sum(
        _unit(positions[head + 1] - positions[head]) * _unit(positions[tail] - positions[tail - 1]), axis=1
    )
    straightest = np.lexsort((-straightness, parent))
    straightest = straightest[np.unique(parent[straightest], return_index=True)[1]]
    chosen: npt.NDArray[np.int64] = child[straightest[straightness[straightest] > 0]]
    return chosen


def _ends(
    morphology: Morphology, section: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The first and the last vertex of each section."""
    numbers = np.arange(morphology.n_sections)
    return np.searchsorted(section, numbers, side="left"), np.searchsorted(section, numbers, side="right") - 1


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n, 3) vectors of length 1, or 0 where they were 0."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.zeros_like(vectors)
    np.divide(vectors, length, out=units, where=length > 0)
    return units
