"""The geometry of circuits, made a few cells at a time: the memory needed besides the result does not grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.derived_morphology import morphology_subset
from ...data.morphology import Morphology
from ...system.interruption import checkpoint
from .division import LongestThick
from .fillets import N_VERTICES
from .tube_geometry import TubeGeometry, tube_geometry
from .vertices import Breakpoints

_POINTS_AT_ONCE = 1 << 15  # of the morphology, unless a single cell has more
_VERTEX_FIELDS = (
    "start",
    "end",
    "previous",
    "following",
    "before",
    "after",
)  # of TubeGeometry; they hold numbers of vertices


def circuit_geometry(
    morphology: Morphology,
    *,
    breakpoints: Breakpoints | None = None,
    tolerance: float = 0.0,
    longest: float = np.inf,
    least_fillet: float = np.inf,
    longest_thin: float = np.inf,
    longest_thick: LongestThick | None = None,
    thin: float = 0.0,
    least_radius: float = 0.0,
    equal: float = 0.0,
    pixel_size: Callable[[Morphology], float | None] | None = None,
) -> TubeGeometry:
    """Vertices and segments of a morphology, as `tube_geometry` gives them.

    Parameters
    ----------
    morphology : Morphology
        One cell or many. Cells whose sections follow each other are processed in groups.
    breakpoints, tolerance, longest, least_fillet, longest_thin, longest_thick, thin, least_radius, equal
        See `tube_geometry`.
    pixel_size : callable, optional
        Gives the µm per pixel for a group of cells, at their point nearest to the camera. All lengths but
        ``longest_thick`` then count in pixels, so that distant cells have fewer segments. Groups for which it gives
        None are out of view and left out; one group is kept even so if none would be left.
    """
    lengths_in_pixels = {
        "tolerance": tolerance,
        "longest": longest,
        "least_fillet": least_fillet,
        "longest_thin": longest_thin,
        "thin": thin,
        "least_radius": least_radius,
        "equal": equal,
    }

    def part_geometry(part: Morphology, breakpoints: Breakpoints | None, scale: float) -> TubeGeometry:
        lengths = {name: length * scale for name, length in lengths_in_pixels.items()}
        return tube_geometry(part, breakpoints=breakpoints, longest_thick=longest_thick, **lengths)

    groups = list(cell_groups(morphology))
    if len(groups) == 1:
        return part_geometry(morphology, breakpoints, (1.0 if pixel_size is None else pixel_size(morphology)) or 1.0)
    if breakpoints is not None and len(breakpoints.section) and np.any(np.diff(breakpoints.section) < 0):
        order = np.argsort(breakpoints.section, kind="stable")
        breakpoints = Breakpoints(breakpoints.section[order], breakpoints.position[order])
    # Arrays of the greatest size, unless segments are divided: pages that are never written take no memory.
    # Concatenating parts at the end would hold everything twice.
    n_most = morphology.n_points + morphology.n_sections + (0 if breakpoints is None else len(breakpoints.section))
    n_most += N_VERTICES * morphology.n_sections if least_fillet < np.inf else 0
    arrays: dict[str, npt.NDArray[Any]] = {}
    lengths = dict.fromkeys((field.name for field in fields(TubeGeometry)), 0)
    for first, end in groups:
        checkpoint()
        part = morphology_subset(morphology, np.arange(first, end))
        size = 1.0 if pixel_size is None else pixel_size(part)
        if size is None and (arrays or end < morphology.n_sections):
            continue
        scale = size or 1.0
        part_breakpoints = None if breakpoints is None else _breakpoints_of(breakpoints, first, end)
        geometry = part_geometry(part, part_breakpoints, scale)
        n_vertices = lengths["radii"]
        for name, start in lengths.items():
            values = getattr(geometry, name)
            if name not in arrays:
                arrays[name] = np.empty((n_most, *values.shape[1:]), dtype=values.dtype)
            lengths[name] = start + len(values)
            if lengths[name] > len(arrays[name]):
                more = np.empty((lengths[name], *values.shape[1:]), dtype=values.dtype)
                arrays[name] = np.concatenate([arrays[name][:start], more])
            arrays[name][start : lengths[name]] = values
            if name in _VERTEX_FIELDS or name == "section":
                arrays[name][start : lengths[name]] += np.int32(n_vertices if name in _VERTEX_FIELDS else first)
    return TubeGeometry(**{name: arrays[name][:length] for name, length in lengths.items()})


def _breakpoints_of(breakpoints: Breakpoints, first: int, end: int) -> Breakpoints:
    """The breakpoints of the sections from ``first`` to before ``end``, counted from ``first``."""
    low, high = np.searchsorted(breakpoints.section, [first, end])
    return Breakpoints(breakpoints.section[low:high] - first, breakpoints.position[low:high])


def cell_groups(morphology: Morphology) -> Iterator[tuple[int, int]]:
    """Groups of cells: runs of sections, first and end, that have `_POINTS_AT_ONCE` points or fewer where possible.

    One group holds all if the sections of different cells are mixed.
    """
    starts = np.flatnonzero(np.diff(morphology.section_cell, prepend=morphology.section_cell[0] - 1))
    parent, sections = morphology.section_parent, np.arange(morphology.n_sections)
    run = np.searchsorted(starts, sections, side="right")
    has_parent = parent >= 0
    if np.any(run[has_parent] != run[parent[has_parent]]):
        starts = starts[:1]
    offsets = morphology.section_offsets
    first = 0
    for start, end in zip(starts, [*starts[1:], morphology.n_sections], strict=True):
        if offsets[end] - offsets[first] > _POINTS_AT_ONCE and start > first:
            yield first, int(start)
            first = int(start)
    yield first, morphology.n_sections
