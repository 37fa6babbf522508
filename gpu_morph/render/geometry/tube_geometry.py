"""TubeGeometry: the vertices and segments that are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from .division import LongestThick, divided
from .fillets import NONE_GROWN, with_fillets
from .full_vertices import FullVertices
from .joints import joint_neighbours
from .neighbours import neighbours
from .spheres import spread, without_hidden_ends
from .vertices import Breakpoints, Indices


@dataclass(frozen=True, eq=False)
class TubeGeometry:
    """Vertices, and the segments between them.

    Vertices are a morphology's points without repeated ones; breakpoints; and, where a section does not start on its
    parent, the attachment site on the parent, which links the two. A section of one vertex is a segment of no
    length: a sphere.

    ``positions`` is (n_vertices, 3) float32 and ``radii`` (n_vertices,) float32, both µm. ``section`` (n_vertices,)
    int32 and ``section_position`` (n_vertices,) float64, 0 to 1, say where a vertex takes its value from.
    ``start`` and ``end`` are (n_segments,) int32 vertices. ``previous`` and ``following`` are the vertices before the
    start and after the end along the neurite, or the start and the end where the neurite ends there. ``before`` and
    ``after`` say how the segment's ends are drawn, see `joint_neighbours`. Where a section is beside its parent at a
    joint, ``before`` is a vertex with a radius below 0: the parent's, which no segment ends at. ``grown`` and
    ``parent_surfaces`` are those of `GrownSections`.
    """

    positions: npt.NDArray[np.float32]
    radii: npt.NDArray[np.float32]
    section: Indices
    section_position: npt.NDArray[np.float64]
    start: Indices
    end: Indices
    previous: Indices
    following: Indices
    before: Indices
    after: Indices
    grown: Indices
    parent_surfaces: npt.NDArray[np.float32]

    @property
    def segments(self) -> Indices:
        """(n_segments, 4) int32: the vertices of each: the one before, its start, its end, the one after."""
        return np.column_stack([self.before, self.start, self.end, self.after])

    @property
    def n_vertices(self) -> int:
        """Number of vertices."""
        return len(self.radii)

    @property
    def n_segments(self) -> int:
        """Number of segments."""
        return len(self.start)


def tube_geometry(
    morphology: Morphology,
    *,
    breakpoints: Breakpoints | None = None,
    full: FullVertices | None = None,
    tolerance: float = 0.0,
    longest: float = np.inf,
    least_fillet: float = np.inf,
    longest_thin: float = np.inf,
    longest_thick: LongestThick | None = None,
    thin: float = 0.0,
    least_radius: float = 0.0,
    equal: float = 0.0,
) -> TubeGeometry:
    """Vertices and segments of a morphology.

    A section that starts away from its parent (a neurite that leaves the soma at its surface) gets a segment from its
    attachment site, as wide as its own first point.

    Parameters
    ----------
    morphology : Morphology
        One cell or many.
    breakpoints : Breakpoints, optional
        Where the slope of values changes: vertices besides the morphology's points.
    full : FullVertices, optional
        Of the morphology with the breakpoints, if they have been made.
    tolerance : float
        µm: vertices are left out where this moves neither the axis nor the surface by more. 0 keeps all.
    longest : float
        µm: the greatest length of a segment that replaces several. None replaces a breakpoint.
    least_fillet : float
        µm: the least radius of fillets, see `with_fillets`. Infinity makes none.
    longest_thin, thin : float
        µm: segments of radius ``thin`` or less are divided into parts of the first length or less.
    longest_thick : callable, optional
        Others are divided into parts of this length or less, see `divided`.
    least_radius, equal : float
        µm, see `joint_neighbours`.
    """
    full = full or FullVertices.of(morphology, breakpoints)
    linked, vertices = full.linked, full.vertices
    if tolerance > 0:
        vertices = vertices[full.simplification.needed(tolerance=tolerance, longest=longest)]
    vertices = spread(morphology, vertices)
    if tolerance > 0:
        vertices = without_hidden_ends(vertices)
    grown = NONE_GROWN
    if least_fillet < np.inf:
        vertices, linked, grown = with_fillets(morphology, linked, vertices, least=least_fillet)
    vertices = divided(vertices, longest=longest_thin, thickest=thin, longest_thick=longest_thick)
    start, end = _segments(vertices.section)
    previous, following = neighbours(morphology, linked, vertices, start, end)
    before, after, beside, parents = joint_neighbours(
        morphology, full.attached, vertices, (start, end, previous, following), least_radius=least_radius, equal=equal
    )
    before[beside] = len(vertices.radii) + np.arange(len(beside))
    return TubeGeometry(
        np.concatenate([vertices.positions, vertices.positions[parents]]),
        np.concatenate([vertices.radii, -vertices.radii[parents]]),
        np.concatenate([vertices.section, vertices.section[parents]]),
        np.concatenate([vertices.section_position, vertices.section_position[parents]]),
        start.astype(np.int32),
        end.astype(np.int32),
        previous.astype(np.int32),
        following.astype(np.int32),
        before.astype(np.int32),
        after.astype(np.int32),
        *grown,
    )


def _segments(section: Indices) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The vertices at which segments start and end, in the order of their starts."""
    is_joined = section[1:] == section[:-1]
    joined = np.flatnonzero(is_joined)
    alone = np.flatnonzero(~np.append(is_joined, False) & ~np.insert(is_joined, 0, False))
    start = np.concatenate([joined, alone])
    end = np.concatenate([joined + 1, alone])
    order = np.argsort(start, kind="stable")
    return start[order], end[order]


def geometry_subset(geometry: TubeGeometry, sections: Sequence[int] | npt.NDArray[np.int64]) -> TubeGeometry:
    """The segments of some sections, with all vertices. A neurite ends where it leaves these sections."""
    chosen = np.flatnonzero(np.isin(geometry.section[geometry.end], sections))
    start, end = geometry.start[chosen], geometry.end[chosen]
    before, after = geometry.before[chosen], geometry.after[chosen]

    def kept(neighbour: Indices, joint: Indices) -> Indices:
        return np.where(np.isin(geometry.section[neighbour], sections), neighbour, joint)

    def flat_where_covered(neighbour: Indices, joint: Indices, other: Indices) -> Indices:
        is_beside = (geometry.radii[neighbour] < 0) & ~np.isin(geometry.section[neighbour], sections)
        neighbour = np.where(is_beside, other, neighbour)
        flat = np.flatnonzero((neighbour == other) & (joint != other))
        alone = flat[~_meets_others(geometry, start, end, joint[flat])]
        neighbour = kept(neighbour, joint)
        neighbour[alone] = joint[alone]
        return neighbour

    return replace(
        geometry,
        start=start,
        end=end,
        previous=kept(geometry.previous[chosen], start),
        following=kept(geometry.following[chosen], end),
        before=flat_where_covered(before, start, end),
        after=flat_where_covered(after, end, start),
    )


def _meets_others(geometry: TubeGeometry, start: Indices, end: Indices, joints: Indices) -> npt.NDArray[np.bool_]:
    """Whether segments of other sections have an end where these vertices are."""
    ends = np.unique(np.concatenate([start, end]))
    number = np.unique(geometry.positions[np.concatenate([ends, joints])], axis=0, return_inverse=True)[1].reshape(-1)
    at_ends, at_joints = number[: len(ends)], number[len(ends) :]
    sections = np.unique(np.stack([at_ends, geometry.section[ends]]), axis=1)[0]
    return np.asarray(np.bincount(sections, minlength=len(number))[at_joints] > 1)
