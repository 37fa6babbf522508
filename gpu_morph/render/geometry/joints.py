"""Joints of sections: which segment draws the round end that several have in common."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...data.morphology_links import Attachments
from .vertices import Vertices

AT_END = 1 - 1e-6  # positions on the parent from which a child is attached to its end

_SAME = 1e-3  # µm; rounding
_ALIKE = 5  # times ``equal``: difference of radii up to which edges of two sections may lie over each other

_Numbers = npt.NDArray[np.int64]


def joint_neighbours(
    morphology: Morphology,
    attached: Attachments,
    vertices: Vertices,
    segments: tuple[_Numbers, _Numbers, _Numbers, _Numbers],
    *,
    least_radius: float,
    equal: float,
) -> tuple[_Numbers, _Numbers, _Numbers, _Numbers]:
    """How the ends of segments are drawn.

    Edges are smoothed by blending, so a pixel of an edge should be drawn once. Where sections meet, one of them draws
    its round end: the widest, which covers those of the others. Those have flat ends at the joint. Two sections of one
    width that continue each other are drawn as one. Edges of a further section that is as wide as its parent lie over
    those of the parent: it adds what the parent does not cover, as three edges over each other would be far too dark.

    Parameters
    ----------
    morphology : Morphology
        One cell or many.
    attached : Attachments
        Of its sections.
    vertices : Vertices
        Of the morphology.
    segments : four arrays (n_segments,) int64
        Vertices: ``start``, which rises, ``end``, ``previous`` and ``following``, see `TubeGeometry`.
    least_radius : float
        µm; thinner tubes are drawn with this radius.
    equal : float
        µm; radii that differ by less are equal. 0: sections are not beside each other.

    Returns
    -------
    before, after : (n_segments,) int64
        Vertices: the other end of the neighbour that continues the segment there; or the segment's own ``start``
        (``end``), where it has a round end; or its ``end`` (``start``), where it has a flat one.
    beside : (n,) int64
        Segments with a flat start, of such sections.
    parents : (n,) int64
        The start of the parent's last segment, for each of these.
    """
    start, end, previous, following = segments
    before, after = previous.copy(), following.copy()
    first = np.searchsorted(vertices.section, np.arange(morphology.n_sections), side="left")
    last = np.searchsorted(vertices.section, np.arange(morphology.n_sections), side="right") - 1
    child, site, site_diameter = attached
    if not len(child):
        return before, after, child, child
    parent, position = morphology.section_parent[child], morphology.section_parent_x[child]
    is_at_end = position >= AT_END
    is_at_end &= vertices.section_position[last[parent]] >= AT_END  # hidden ends are left out
    site_radius = site_diameter / 2
    site_radius[is_at_end] = vertices.radii[last[parent[is_at_end]]]
    site_radius = np.maximum(site_radius, least_radius)
    radius = np.maximum(vertices.radii[first[child]], least_radius)
    away = np.linalg.norm(vertices.positions[first[child]] - site, axis=1)
    is_at_end &= away <= equal + _SAME
    child_segment = np.searchsorted(start, first[child])
    parent_segment = np.searchsorted(start, np.maximum(last[parent] - 1, first[parent]))

    is_next = is_at_end & (previous[child_segment] != start[child_segment])
    is_one = is_next & (np.abs(radius - site_radius) <= equal)
    is_apart = is_next & ~is_one
    before[child_segment[is_apart]] = start[child_segment[is_apart]]
    after[parent_segment[is_apart]] = end[parent_segment[is_apart]]

    widest = np.zeros(morphology.n_sections)
    np.maximum.at(widest, parent[is_at_end], radius[is_at_end])
    is_continued = np.zeros(morphology.n_sections, dtype=bool)
    is_continued[parent[is_one]] = True
    is_parents = ~is_at_end | is_continued[parent] | (site_radius >= widest[parent] - equal)
    is_flat = ~is_one & is_parents & (away + radius <= site_radius + equal + _SAME)
    is_wide = ~is_parents & (radius == widest[parent])
    is_first = np.zeros(len(child), dtype=bool)
    wide = np.flatnonzero(is_wide)
    is_first[wide[np.unique(parent[wide], return_index=True)[1]]] = True
    is_flat |= ~is_parents & ~is_first
    before[child_segment[is_flat]] = end[child_segment[is_flat]]
    after[parent_segment[is_first]] = start[parent_segment[is_first]]
    is_alike = is_flat & is_at_end & is_parents & (radius >= site_radius - _ALIKE * equal)
    is_alike &= (start[parent_segment] != end[parent_segment]) & (equal > 0)
    return before, after, child_segment[is_alike], start[parent_segment[is_alike]]
