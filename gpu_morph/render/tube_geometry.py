"""From sections of points to what a tube program draws: vertices, segments, unit templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..data.morphology_links import SAME_POINT_DISTANCE, linked_sections

Indices = npt.NDArray[np.int32]
_PAIRS = 1 << 20  # of segments and positions that are looked at together


@dataclass(frozen=True, eq=False)
class TubeGeometry:
    """Vertices (points that are drawn) and the segments between them.

    Vertices are a morphology's points without repeated ones; breakpoints between them, where values bend; and, where
    a section does not start on its parent, the vertex on the parent that links the two.

    ``positions`` (n_vertices, 3) float32 µm, ``radii`` (n_vertices,) float32 µm; ``section`` (n_vertices,)
    int32 and ``section_position`` (n_vertices,) float64 say where a vertex takes its value from.
    ``start``, ``end`` are (n_segments,) int32 vertices; ``previous`` and ``following`` are the vertices
    before the start and after the end along the neurite, or start and end again where it ends there.
    A section of one vertex is a segment of no length: a sphere.
    """

    positions: npt.NDArray[np.float32]
    radii: npt.NDArray[np.float32]
    section: Indices
    section_position: npt.NDArray[np.float64]
    start: Indices
    end: Indices
    previous: Indices
    following: Indices

    @property
    def n_segments(self) -> int:
        """Number of segments."""
        return len(self.start)


@dataclass(frozen=True, eq=False)
class Breakpoints:
    """Vertices where values change their slope along a neurite: no segment goes past one.

    ``section`` (n,) int, ``position`` (n,) float: relative arc length, 0 to 1.
    """

    section: npt.NDArray[np.int64]
    position: npt.NDArray[np.float64]


def tube_geometry(
    morphology: Morphology,
    *,
    breakpoints: Breakpoints | None = None,
    tolerance: float = 0.0,
    longest: float = np.inf,
) -> TubeGeometry:
    """Vertices and segments of a morphology.

    A section linked to its parent from afar (a neurite that leaves the soma at its surface) gets a
    segment from its place of attachment on the parent, as wide as its own first point. A section that starts at its
    parent's end goes on smoothly from there when, of all such children, it is the straightest.

    Parameters
    ----------
    morphology : Morphology
        Of one cell or of many.
    breakpoints : Breakpoints, optional
        Where values change their slope: vertices of their own, beside the morphology's points.
    tolerance : float
        µm: vertices are left out where neither the axis nor the radius then errs by more. 0 keeps all.
    longest : float
        µm: segments that take the place of several are no longer than that. None goes past a breakpoint.
    """
    linked = linked_sections(morphology)
    vertices = _vertices(morphology, linked, breakpoints)
    if tolerance > 0:
        vertices = vertices[_needed_vertices(vertices, tolerance=tolerance, longest=longest)]
    section, positions = vertices.section, vertices.positions

    same = section[1:] == section[:-1]
    joined = np.flatnonzero(same)
    alone = np.flatnonzero(~np.append(same, False) & ~np.insert(same, 0, False))
    start = np.concatenate([joined, alone])
    end = np.concatenate([joined + 1, alone])
    in_order = np.argsort(start, kind="stable")
    start, end = start[in_order], end[in_order]
    previous = np.where((start > 0) & (section[start - 1] == section[start]), start - 1, start)
    beyond = np.minimum(end + 1, len(section) - 1)
    following = np.where((beyond > end) & (section[beyond] == section[end]), beyond, end)
    _continue_through_branchings(morphology, linked, section, positions, start, previous, following)
    return TubeGeometry(
        positions,
        vertices.radii,
        section,
        vertices.section_position,
        start.astype(np.int32),
        end.astype(np.int32),
        previous.astype(np.int32),
        following.astype(np.int32),
    )


@dataclass(frozen=True, eq=False)
class _Vertices:
    """Vertices in the order of their sections and along them; fields as in TubeGeometry."""

    section: Indices
    positions: npt.NDArray[np.float32]
    radii: npt.NDArray[np.float32]
    section_position: npt.NDArray[np.float64]
    is_breakpoint: npt.NDArray[np.bool_]

    def __getitem__(self, chosen: npt.NDArray[np.int64]) -> _Vertices:
        return _Vertices(*(getattr(self, field.name).take(chosen, axis=0) for field in fields(self)))


def _vertices(morphology: Morphology, linked: npt.NDArray[np.int64], breakpoints: Breakpoints | None) -> _Vertices:
    """All vertices: links, points, and breakpoints between points."""
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
    # A link stands at its section's head; points at one position stay in their order.
    along = np.concatenate([np.full(len(linked), -1.0), position[len(linked) :]])
    order = np.argsort(section + 1j * along, kind="stable")  # as np.lexsort, but quick where much is in order
    return _without_doubled_breakpoints(
        _Vertices(
            section.astype(np.int32),
            positions.astype(np.float32),
            (diameters / 2).astype(np.float32),
            position,
            is_breakpoint,
        )[order]
    )


def _without_doubled_breakpoints(vertices: _Vertices) -> _Vertices:
    """One vertex instead of several breakpoints at one position; a point at that position serves as the breakpoint."""
    apart = _largest(np.diff(vertices.positions, axis=0)) > SAME_POINT_DISTANCE
    is_first = np.insert(apart | (vertices.section[1:] != vertices.section[:-1]), 0, True)
    group = np.cumsum(is_first) - 1
    has_point = np.bincount(group, weights=~vertices.is_breakpoint) > 0
    has_breakpoint = np.bincount(group, weights=vertices.is_breakpoint) > 0
    kept = ~vertices.is_breakpoint | (is_first & ~has_point[group])
    return replace(vertices, is_breakpoint=has_breakpoint[group])[np.flatnonzero(kept)]


def geometry_subset(geometry: TubeGeometry, sections: Sequence[int] | npt.NDArray[np.int64]) -> TubeGeometry:
    """The segments of some sections; a neurite ends where the next section is none of them."""
    chosen = np.flatnonzero(np.isin(geometry.section[geometry.end], sections))
    start, end = geometry.start[chosen], geometry.end[chosen]
    previous, following = geometry.previous[chosen], geometry.following[chosen]
    return replace(
        geometry,
        start=start,
        end=end,
        previous=np.where(np.isin(geometry.section[previous], sections), previous, start),
        following=np.where(np.isin(geometry.section[following], sections), following, end),
    )


def ribbons(geometry: TubeGeometry, segments: npt.NDArray[np.int64], *, longest: int) -> Indices:
    """Groups of segments that follow each other, to be drawn as one.

    Parameters
    ----------
    geometry : TubeGeometry
        Tubes.
    segments : (n,) int64
        Of its segments, rising.
    longest : int
        How many segments a group has at most, 4 or more.

    Returns
    -------
    (n_ribbons, longest + 3) int32
        Vertices: the one before the group; those between its segments and at its ends; the one after. Groups with
        fewer segments repeat some inner vertex; the first two and the last two are always ends of the first and
        the last segment.
    """
    start, end = geometry.start[segments], geometry.end[segments]
    goes_on = (start[1:] == end[:-1]) & (start[1:] != end[1:])
    head = np.flatnonzero(np.insert(~goes_on, 0, True)[: len(start)])
    in_chain = np.arange(len(start)) - np.repeat(head, np.diff(np.append(head, len(start))))
    first = np.flatnonzero(in_chain % longest == 0)
    count = np.diff(np.append(first, len(start)))
    vertices = np.empty((len(first), longest + 3), dtype=np.int32)
    vertices[:, 0] = geometry.previous[segments[first]]
    last = first + count - 1
    vertices[:, -1] = geometry.following[segments[last]]
    for slot in range(longest + 1):
        if slot < longest - 1:
            step = np.minimum(slot, np.maximum(count - 1, slot <= 1))
        else:
            step = count - longest + slot
        vertices[:, slot + 1] = np.where(step < count, start[first + np.minimum(step, count - 1)], end[last])
    return vertices


def resolution(morphology: Morphology) -> float:
    """µm: vertices of a morphology that are nearer to each other than this may be taken for one."""
    spacing = float(np.finfo(np.float32).eps) * float(np.abs(morphology.points).max())
    return max(4 * SAME_POINT_DISTANCE, 8 * spacing)


def _distinct_points(morphology: Morphology) -> npt.NDArray[np.int64]:
    """Indices of points whose position or diameter differs from that of the point before them in their section."""
    steps = np.diff(morphology.points, axis=0, prepend=morphology.points[:1] - 1)
    distinct = _largest(steps) > SAME_POINT_DISTANCE
    distinct |= np.diff(morphology.diameters, prepend=morphology.diameters[:1]) != 0  # a step in width stays one
    distinct[morphology.section_offsets[:-1]] = True
    return np.flatnonzero(distinct)


def _needed_vertices(vertices: _Vertices, *, tolerance: float, longest: float) -> npt.NDArray[np.int64]:
    """Indices of the vertices that a chain needs to stay within ``tolerance`` of itself.

    Halves the chains again and again: each round leaves out every other vertex, where all that were between
    its neighbours lie near the line between these.
    """
    # One column after the other: numpy takes several times as long along an axis of three.
    columns = np.stack([*vertices.positions.T, vertices.radii])
    needed = np.arange(len(vertices.section))
    while len(needed) > 2:
        before, vertex, after = needed[:-2:2], needed[1:-1:2], needed[2::2]
        may_go = (vertices.section[before] == vertices.section[after]) & ~vertices.is_breakpoint[vertex]
        before, after = before[may_go], after[may_go]
        chord = columns[:3].take(after, axis=1) - columns[:3].take(before, axis=1)
        near = _length(chord) <= longest
        may_go[may_go] = near
        may_go[may_go] = _farthest_between(columns, before[near], after[near]) <= tolerance
        n_before = len(needed)
        needed = np.delete(needed, 2 * np.flatnonzero(may_go) + 1)
        if n_before - len(needed) < 0.02 * len(needed):
            break
    return needed


def _farthest_between(
    columns: npt.NDArray[np.float32], before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """µm: how far the vertices between two of a chain lie from the line between these, at most, in position and radius.

    ``columns`` (4, n_vertices) are x, y, z and radius.
    """
    if not len(before):
        return np.zeros(0, dtype=np.float32)
    start = columns.take(before, axis=1)
    chord = columns.take(after, axis=1) - start
    squared = np.maximum(_dot(chord[:3], chord[:3]), 1e-24)
    count = after - before - 1
    first = np.cumsum(count) - count
    pair = np.repeat(np.arange(len(count)), count)
    vertex = np.arange(len(pair)) + (before + 1 - first).take(pair)
    offset = columns.take(vertex, axis=1)
    offset -= start.take(pair, axis=1)
    chord = chord.take(pair, axis=1)
    chord *= np.clip(_dot(offset[:3], chord[:3]) / squared.take(pair), 0, 1)
    offset -= chord
    farthest: npt.NDArray[np.float32] = np.maximum.reduceat(_length(offset[:3]) + np.abs(offset[3]), first)
    return farthest


def _dot(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Of vectors in columns."""
    product: npt.NDArray[np.float32] = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    return product


def _length(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    length: npt.NDArray[np.float32] = np.sqrt(_dot(vectors, vectors))
    return length


def _largest(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The largest component's size."""
    x, y, z = np.abs(vectors.T)
    size: npt.NDArray[np.float32] = np.maximum(np.maximum(x, y, out=x), z, out=x)
    return size


def _continue_through_branchings(
    morphology: Morphology,
    linked: npt.NDArray[np.int64],
    section: Indices,
    positions: npt.NDArray[np.float32],
    start: npt.NDArray[np.int64],
    previous: npt.NDArray[np.int64],
    following: npt.NDArray[np.int64],
) -> None:
    """Let each section's end and its straightest child know each other, in place."""
    attached = morphology.section_parent >= 0
    attached[linked] = False
    attached &= morphology.section_parent_x >= 1 - 1e-6
    child = np.flatnonzero(attached)
    if not len(child):
        return
    first_place = np.searchsorted(section, np.arange(morphology.n_sections), side="left")
    last_place = np.searchsorted(section, np.arange(morphology.n_sections), side="right") - 1
    parent = morphology.section_parent[child]
    long = (last_place[child] > first_place[child]) & (last_place[parent] > first_place[parent])
    child, parent = child[long], parent[long]
    head, tail = first_place[child], last_place[parent]
    straightness = np.sum(
        _unit(positions[head + 1] - positions[head]) * _unit(positions[tail] - positions[tail - 1]), axis=1
    )
    best = np.lexsort((-straightness, parent))
    best = best[np.unique(parent[best], return_index=True)[1]]
    best = best[straightness[best] > 0]
    first_segment = np.searchsorted(start, head[best])
    last_segment = np.searchsorted(start, tail[best] - 1)
    previous[first_segment] = tail[best] - 1
    following[last_segment] = head[best] + 1


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.zeros_like(vectors)
    np.divide(vectors, length, out=units, where=length > 0)
    return units


def enclosing_radius(geometry: TubeGeometry, positions: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Radius of the thickest tube that holds each position, where it does.

    Parameters
    ----------
    geometry : TubeGeometry
        Tubes.
    positions : (n, 3) float
        µm, in the geometry's coordinates.

    Returns
    -------
    (n,) float32
        µm; 0 where there is no tube. A position is in a tube when it is no farther from the axis than the
        radius at the axis's nearest point.
    """
    given = np.asarray(positions, dtype=np.float32).reshape(-1, 3)
    found = np.zeros(len(given), dtype=np.float32)
    if not len(given):
        return found
    ends = geometry.positions[np.stack([geometry.start, geometry.end])]
    radii = geometry.radii[np.stack([geometry.start, geometry.end])]
    low, high = (ends - radii[..., None]).min(axis=0), (ends + radii[..., None]).max(axis=0)
    # Along the axis on which positions spread most, each segment meets few.
    axis = int(np.argmax(np.ptp(given, axis=0)))
    order = np.argsort(given[:, axis])
    given = given[order]
    first = np.searchsorted(given[:, axis], low[:, axis], side="left")
    count = np.searchsorted(given[:, axis], high[:, axis], side="right") - first
    chunk = np.cumsum(count) // _PAIRS
    for segments in np.split(np.arange(len(count)), np.flatnonzero(np.diff(chunk)) + 1):
        segment = np.repeat(segments, count[segments])
        before = np.cumsum(count[segments]) - count[segments]
        index = np.arange(len(segment)) + np.repeat(first[segments] - before, count[segments])
        for across in {0, 1, 2} - {axis}:
            value = given[index, across]
            near = (value >= low[segment, across]) & (value <= high[segment, across])
            segment, index = segment[near], index[near]
        start, chord = ends[0, segment], ends[1, segment] - ends[0, segment]
        offset = given[index] - start
        fraction = np.sum(offset * chord, axis=1) / np.maximum(np.sum(chord * chord, axis=1), 1e-12)
        fraction = np.clip(fraction, 0, 1)
        radius = radii[0, segment] + fraction * (radii[1, segment] - radii[0, segment])
        inside = np.linalg.norm(offset - fraction[:, None] * chord, axis=1) <= radius
        np.maximum.at(found, order[index[inside]], radius[inside])
    return found


@dataclass(frozen=True, eq=False)
class TubeTemplate:
    """A unit tube as a grid: rows along the axis, columns across; the front half, as seen by the viewer.

    ``coordinates`` (n_vertices, 2) float32: along, then across. Along: 0 and 1 are the segment's
    ends, below 0 and above 1 count in radii of that end (the cap). Across: -1 and 1 are the
    silhouette. Beyond them, -2/3 along and -2/2 across, lies the rim in which edges are smoothed.
    ``triangles`` (3 * n_triangles,) uint32.
    """

    coordinates: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.uint32]


def tube_template(n_strips: int) -> TubeTemplate:
    """A half tube of ``n_strips`` strips.

    Drawn facing the camera, half a tube of n strips shows what a full tube of 2 n sides shows.
    """
    if n_strips < 2:
        raise ValueError(f"a tube needs at least two strips, got {n_strips}")
    columns = np.sin(np.linspace(-np.pi / 2, np.pi / 2, n_strips + 1))
    columns = np.concatenate([[-2.0], columns, [2.0]])
    cap = np.sin(np.linspace(np.pi / 2, 0, n_strips // 2 + 1))
    rows = np.concatenate([[-2.0], -cap, 1 + cap[::-1], [3.0]])
    along, across = np.meshgrid(rows, columns, indexing="ij")
    corner = np.arange(along.size, dtype=np.uint32).reshape(along.shape)
    a, b, c, d = corner[:-1, :-1], corner[1:, :-1], corner[:-1, 1:], corner[1:, 1:]
    triangles = np.stack([a, b, c, c, b, d], axis=-1).reshape(-1)
    coordinates = np.stack([along.ravel(), across.ravel()], axis=1).astype(np.float32)
    return TubeTemplate(coordinates, triangles.astype(np.uint32))
