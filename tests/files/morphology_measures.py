"""Points and lengths of morphologies that were read."""

from __future__ import annotations

import numpy as np

from gpu_morph.data.morphology import Morphology


def section_points(morphology: Morphology, section: int) -> list[list[float]]:
    first, end = morphology.section_offsets[section : section + 2]
    return morphology.points[first:end].tolist()


def total_length(morphology: Morphology) -> float:
    """Arc length of all sections and of the links from their parents, µm."""
    child = np.flatnonzero(morphology.section_parent >= 0)
    sites = morphology.locate(morphology.section_parent[child], morphology.section_parent_x[child])
    links = sites - morphology.points[morphology.section_offsets[child]]
    return float(morphology.section_length.sum() + np.linalg.norm(links, axis=1).sum())
