"""Links: straight pieces from a parent to a section whose first point lies away from the parent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .morphology import Morphology

SAME_POINT_DISTANCE = 1e-4  # µm; points that are closer count as one


def linked_sections(morphology: Morphology) -> npt.NDArray[np.int64]:
    """(n,) int64: sections whose first point lies away from the site on the parent to which they are attached."""
    children = np.flatnonzero(morphology.section_parent >= 0)
    if not len(children):
        return children
    attachment = morphology.locate(morphology.section_parent[children], morphology.section_parent_x[children])
    gap = np.abs(attachment - morphology.points[morphology.section_offsets[children]]).max(axis=1)
    # Coordinates are float32: far from the origin rounding errors are as large as gaps.
    rounding = 4 * np.finfo(np.float32).eps * np.abs(attachment).max(axis=1)
    has_link = gap > np.maximum(SAME_POINT_DISTANCE * 10, rounding)
    return children[np.flatnonzero(has_link)]
