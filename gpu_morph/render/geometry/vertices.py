"""Vertices: the ends of drawn segments, in the order of their sections."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...data.morphology_links import SAME_POINT_DISTANCE

Indices = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Breakpoints:
    """Sites where the slope of values along a neurite changes. Every breakpoint is a vertex.

    ``section`` is (n,) int, ``position`` (n,) float: relative arc length, 0 to 1.
    """

    section: npt.NDArray[np.int64]
    position: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Vertices:
    """Vertices by section, and along each section from its start; fields as in `TubeGeometry`.

    ``is_breakpoint`` is (n_vertices,) bool: simplification keeps these vertices.
    """

    section: Indices
    positions: npt.NDArray[np.float32]
    radii: npt.NDArray[np.float32]
    section_position: npt.NDArray[np.float64]
    is_breakpoint: npt.NDArray[np.bool_]

    def __getitem__(self, indices: npt.NDArray[np.int64]) -> Vertices:
        return Vertices(*(getattr(self, field.name).take(indices, axis=0) for field in fields(self)))


def all_vertices(
    morphology: Morphology, linked: npt.NDArray[np.int64], breakpoints: Breakpoints | None = None
) -> Vertices:
    """The links, points and breakpoints of a morphology as vertices.

    Parameters
    ----------
    morphology : Morphology
        One cell or many.
    linked : (n,) int64
        Sections that start away from their parent. Each gets a vertex at its attachment site on the parent, as
        wide as its own first point.
    breakpoints : Breakpoints, optional
        In any order.
    """
    kept = _distinct_points(morphology)
    first = morphology.section_offsets[:-1][linked]
    breakpoints = breakpoints or Breakpoints(np.zeros(0, dtype=np.int64), np.zeros(0))
    section = np.concatenate([linked, morphology.point_section[kept], breakpoints.section])
    position = np.concatenate([morphology.point_position[first], morphology.point_position[kept], breakpoints.position])
    breakpoint_positions, breakpoint_diameters = morphology.located(breakpoints.section, breakpoints.position)
    diameters = np.concatenate([morphology.diameters[first], morphology.diameters[kept], breakpoint_diameters])
    positions = np.concatenate(
        [
            morphology.locate(morphology.section_parent[linked], morphology.section_parent_x[linked]),
            morphology.points[kept],
            breakpoint_positions,
        ]
    )
    is_breakpoint = np.repeat([False, True], [len(linked) + len(kept), len(breakpoints.section)])
    # A link is the first vertex of its section; points at the same arc length keep their order.
    along = np.concatenate([np.full(len(linked), -1.0), position[len(linked) :]])
    order = np.argsort(section + 1j * along, kind="stable")  # as np.lexsort, but fast where much is in order
    return _without_repeated_breakpoints(
        Vertices(
            section.astype(np.int32),
            positions.astype(np.float32),
            (diameters / 2).astype(np.float32),
            position,
            is_breakpoint,
        )[order]
    )


def resolution(morphology: Morphology) -> float:
    """The distance, µm, below which two vertices of a morphology may be merged."""
    spacing = float(np.finfo(np.float32).eps) * float(np.abs(morphology.points).max())
    return max(4 * SAME_POINT_DISTANCE, 8 * spacing)


def _without_repeated_breakpoints(vertices: Vertices) -> Vertices:
    """Keep one of the breakpoints at the same position. A point there replaces them and is marked as a breakpoint."""
    apart = _greatest_component(np.diff(vertices.positions, axis=0)) > SAME_POINT_DISTANCE
    is_first = np.insert(apart | (vertices.section[1:] != vertices.section[:-1]), 0, True)
    group = np.cumsum(is_first) - 1
    has_point = np.bincount(group, weights=~vertices.is_breakpoint) > 0
    has_breakpoint = np.bincount(group, weights=vertices.is_breakpoint) > 0
    kept = ~vertices.is_breakpoint | (is_first & ~has_point[group])
    return replace(vertices, is_breakpoint=has_breakpoint[group])[np.flatnonzero(kept)]


def _distinct_points(morphology: Morphology) -> npt.NDArray[np.int64]:
    """Indices of the points that differ, in position or diameter, from the point before them in their section."""
    steps = np.diff(morphology.points, axis=0, prepend=morphology.points[:1] - 1)
    distinct = _greatest_component(steps) > SAME_POINT_DISTANCE
    distinct |= np.diff(morphology.diameters, prepend=morphology.diameters[:1]) != 0
    distinct[morphology.section_offsets[:-1]] = True
    return np.flatnonzero(distinct)


def _greatest_component(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n,): the greatest absolute component of (n, 3) vectors."""
    x, y, z = np.abs(vectors.T)
    greatest: npt.NDArray[np.float32] = np.maximum(np.maximum(x, y, out=x), z, out=x)
    return greatest
