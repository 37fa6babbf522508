"""Attachment at ends: files say of a trunk that it is attached to the middle of a soma at whose end it begins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...data.morphology import Morphology
from ...data.morphology_links import SAME_POINT_DISTANCE
from .joints import AT_END


def attached_at_ends(morphology: Morphology) -> Morphology:
    """The morphology with sections that begin at their parent's last point attached there, as they are drawn."""
    offsets, parent = morphology.section_offsets, morphology.section_parent
    child = np.flatnonzero((parent >= 0) & (morphology.section_parent_x < AT_END))
    child = child[np.diff(offsets)[parent[child]] > 1]
    gap = morphology.points[offsets[parent[child] + 1] - 1] - morphology.points[offsets[child]]
    child = child[np.abs(gap).max(axis=1, initial=0.0) <= SAME_POINT_DISTANCE]
    if not len(child):
        return morphology
    position = morphology.section_parent_x.copy()
    position[child] = 1.0
    return replace(morphology, section_parent_x=position)
