"""Links: sections that begin away from the point of the parent that they are attached to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .morphology import Morphology

SAME_POINT_DISTANCE = 1e-4  # µm: points nearer than this are one place


def linked_sections(morphology: Morphology) -> npt.NDArray[np.int64]:
    """Sections whose first point lies apart from the place on the parent they are attached to."""
    children = np.flatnonzero(morphology.section_parent >= 0)
    if not len(children):
        return children
    place = morphology.locate(morphology.section_parent[children], morphology.section_parent_x[children])
    gap = np.abs(place - morphology.points[morphology.section_offsets[children]]).max(axis=1)
    # Coordinates are float32: what looks like a gap far from the origin may be rounding.
    rounding = 4 * np.finfo(np.float32).eps * np.abs(place).max(axis=1)
    apart = gap > np.maximum(SAME_POINT_DISTANCE * 10, rounding)
    return children[np.flatnonzero(apart)]
