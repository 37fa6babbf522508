"""The geometry of circuits, worked out some cells at a time: what that takes does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.derived_morphology import morphology_subset
from ..data.morphology import Morphology
from .tube_geometry import Breakpoints, TubeGeometry, tube_geometry

_POINTS = 1 << 15  # of the morphology that are looked at together, unless a cell has more
_VERTEX_FIELDS = ("start", "end", "previous", "following")  # fields that count vertices


def circuit_geometry(
    morphology: Morphology,
    *,
    breakpoints: Breakpoints | None = None,
    tolerance: float = 0.0,
    longest: float = np.inf,
    pixel: Callable[[Morphology], float | None] | None = None,
) -> TubeGeometry:
    """Vertices and segments of a morphology, as `tube_geometry` gives them.

    Parameters
    ----------
    morphology : Morphology
        Of one cell or of many. Where cells stand one after the other, each is worked out with a few others.
    breakpoints, tolerance, longest
        See `tube_geometry`.
    pixel : callable, optional
        What a pixel spans where some cells are seen from nearest, µm, as `Camera.nearest_pixel` tells: ``tolerance``
        and ``longest`` then count in pixels, and what is far away has fewer segments. Cells for which it gives None are
        left out, as they are not seen; some are kept where none would be left.
    """
    spans = list(_spans(morphology))
    if len(spans) == 1:
        scale = (1.0 if pixel is None else pixel(morphology)) or 1.0
        return tube_geometry(morphology, breakpoints=breakpoints, tolerance=tolerance * scale, longest=longest * scale)
    if breakpoints is not None and len(breakpoints.section) and np.any(np.diff(breakpoints.section) < 0):
        order = np.argsort(breakpoints.section, kind="stable")
        breakpoints = Breakpoints(breakpoints.section[order], breakpoints.position[order])
    # What is not written into takes no memory: of parts that are put together later, the system would keep the pages.
    n_most = morphology.n_points + morphology.n_sections + (0 if breakpoints is None else len(breakpoints.section))
    whole: dict[str, npt.NDArray[Any]] = {}
    ends = dict.fromkeys((field.name for field in fields(TubeGeometry)), 0)
    for first, end in spans:
        part = morphology_subset(morphology, np.arange(first, end))
        seen = 1.0 if pixel is None else pixel(part)
        if seen is None and (whole or end < morphology.n_sections):
            continue
        scale, own = seen or 1.0, None if breakpoints is None else _breakpoints_of(breakpoints, first, end)
        geometry = tube_geometry(part, breakpoints=own, tolerance=tolerance * scale, longest=longest * scale)
        n_vertices = ends["radii"]
        for name, start in ends.items():
            values = getattr(geometry, name)
            if name not in whole:
                whole[name] = np.empty((n_most, *values.shape[1:]), dtype=values.dtype)
            ends[name] = start + len(values)
            whole[name][start : ends[name]] = values
            if name in _VERTEX_FIELDS or name == "section":
                whole[name][start : ends[name]] += np.int32(n_vertices if name in _VERTEX_FIELDS else first)
    return TubeGeometry(**{name: whole[name][:end] for name, end in ends.items()})


def _breakpoints_of(breakpoints: Breakpoints, first: int, end: int) -> Breakpoints:
    low, high = np.searchsorted(breakpoints.section, [first, end])
    return Breakpoints(breakpoints.section[low:high] - first, breakpoints.position[low:high])


def _spans(morphology: Morphology) -> Iterator[tuple[int, int]]:
    """Runs of sections that hang together, cells, put together up to `_POINTS`; first and end of each."""
    starts = np.flatnonzero(np.diff(morphology.section_cell, prepend=morphology.section_cell[0] - 1))
    parent, sections = morphology.section_parent, np.arange(morphology.n_sections)
    run = np.searchsorted(starts, sections, side="right")
    has_parent = parent >= 0
    if np.any(run[has_parent] != run[parent[has_parent]]):
        starts = starts[:1]
    offsets = morphology.section_offsets
    first = 0
    for start, end in zip(starts, [*starts[1:], morphology.n_sections], strict=True):
        if offsets[end] - offsets[first] > _POINTS and start > first:
            yield first, int(start)
            first = int(start)
    yield first, morphology.n_sections
