"""Ribbons: several thin segments that are drawn as one quad."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .tube_geometry import TubeGeometry
from .vertices import Indices


def ribbons(geometry: TubeGeometry, segments: npt.NDArray[np.int64], *, longest: int) -> Indices:
    """Group segments that follow each other.

    Parameters
    ----------
    geometry : TubeGeometry
        Vertices and segments.
    segments : (n,) int64
        The segments to group, rising.
    longest : int
        The greatest number of segments in a ribbon, 4 or more.

    Returns
    -------
    (n_ribbons, longest + 3) int32
        Vertices: the one before the ribbon, the ends of its segments, the one after it. A ribbon with fewer segments
        repeats an inner vertex. The first two ends are always those of the first segment, the last two those of the
        last.
    """
    start, end = geometry.start[segments], geometry.end[segments]
    is_continued = (start[1:] == end[:-1]) & (start[1:] != end[1:])
    chain_start = np.flatnonzero(np.insert(~is_continued, 0, True)[: len(start)])
    in_chain = np.arange(len(start)) - np.repeat(chain_start, np.diff(np.append(chain_start, len(start))))
    first = np.flatnonzero(in_chain % longest == 0)
    count = np.diff(np.append(first, len(start)))
    vertices = np.empty((len(first), longest + 3), dtype=np.int32)
    vertices[:, 0] = geometry.before[segments[first]]
    last = first + count - 1
    vertices[:, -1] = geometry.after[segments[last]]
    for slot in range(longest + 1):
        if slot < longest - 1:
            step = np.minimum(slot, np.maximum(count - 1, slot <= 1))
        else:
            step = count - longest + slot
        vertices[:, slot + 1] = np.where(step < count, start[first + np.minimum(step, count - 1)], end[last])
    return vertices
