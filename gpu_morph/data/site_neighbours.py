"""Neighbours of sites: the two points of a section between which a site lies."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .arc_length import arc_lengths, section_blocks
from .arrays import Float32Array, IntArray, frozen_array


class SiteNeighbours(NamedTuple):
    """Points around sites: ``site = points[before] + fraction * (points[after] - points[before])``.

    ``before`` and ``after`` are (n,) int64 indices of points, ``fraction`` is (n,) float64, 0 to 1.
    """

    before: IntArray
    after: IntArray
    fraction: npt.NDArray[np.float64]


def site_neighbours(
    points: Float32Array, offsets: IntArray, section: npt.ArrayLike, position: npt.ArrayLike
) -> SiteNeighbours:
    """Find the points around sites.

    Parameters
    ----------
    points, offsets
        As in `Morphology`.
    section : (n,) int
        Section of each site.
    position : (n,) float
        Fraction of the section's arc length; clipped to 0 to 1.

    Raises
    ------
    IndexError
        A section does not exist.
    ValueError
        They are not numbers, or have other shapes.
    """
    section = np.atleast_1d(frozen_array(section, np.int64, name="section", error=ValueError))
    along = frozen_array(position, np.float64, name="position", error=ValueError)
    if section.ndim > 1 or along.shape not in ((), (1,), section.shape):
        raise ValueError(f"section and position must be (n,) arrays, got shapes {section.shape} and {along.shape}")
    along = np.clip(np.broadcast_to(along, section.shape), 0, 1)
    before, after, fraction = np.empty_like(section), np.empty_like(section), np.empty(len(section))
    n_sections = len(offsets) - 1
    order = np.argsort(section, kind="stable")
    wanted, starts = np.unique(section[order], return_index=True)
    if len(wanted) and not (0 <= wanted[0] and wanted[-1] < n_sections):
        raise IndexError(f"section: there are sections 0 to {n_sections - 1}, got {wanted[0]} to {wanted[-1]}")
    sizes = np.diff(offsets)[wanted]
    ends = np.append(starts, len(section))
    for first, end in section_blocks(sizes):
        sites = order[ends[first] : ends[end]]
        number = np.repeat(np.arange(end - first), np.diff(ends[first : end + 1]))
        block = slice(first, end)
        found = _neighbours_in_block(points, offsets[wanted[block]], sizes[block], number, along[sites])
        before[sites], after[sites], fraction[sites] = found
    return SiteNeighbours(before, after, fraction)


def _neighbours_in_block(
    points: Float32Array, starts: IntArray, sizes: IntArray, number: IntArray, position: npt.NDArray[np.float64]
) -> SiteNeighbours:
    """The same for a few sections with ``sizes`` points from ``starts``; ``number`` is each site's section of these."""
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    shift = starts - offsets[:-1]  # from indices within the block to indices of all points
    point_section = np.repeat(np.arange(len(sizes)), sizes)
    arc = arc_lengths(points[np.arange(offsets[-1]) + shift[point_section]], offsets)
    length = arc[offsets[1:] - 1][point_section]
    along = np.full(len(arc), 0.5)
    np.divide(arc, length, out=along, where=length > 0)
    # One sorted key over all sections: section + fraction of its arc length.
    first, last = offsets[:-1][number], offsets[1:][number] - 1
    key = point_section + np.clip(along, 0, 1) * (1 - 1e-9)
    after = np.searchsorted(key, number + position * (1 - 1e-9), side="left")
    after = np.clip(after, np.minimum(first + 1, last), last)
    before = np.maximum(after - 1, first)
    gap = along[after] - along[before]
    fraction = np.divide(position - along[before], gap, out=np.zeros(len(number)), where=gap > 0)
    return SiteNeighbours(before + shift[number], after + shift[number], np.clip(fraction, 0, 1))
