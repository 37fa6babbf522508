"""Contents of SWC files, and measures of the morphologies that are read from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from gpu_morph.data.morphology import Morphology

Write = Callable[..., Path]
FORK = """\
1 1 0 0 0 5 -1
2 3 0 5 0 1 1
3 3 0 10 0 0.8 2
4 3 5 15 0 0.5 3
5 3 -5 15 0 0.5 3
"""


def section_points(morphology: Morphology, section: int) -> list[list[float]]:
    first, end = morphology.section_offsets[section : section + 2]
    return morphology.points[first:end].tolist()


def total_length(morphology: Morphology) -> float:
    """Arc length of all sections and of the links from their parents, µm."""
    child = np.flatnonzero(morphology.section_parent >= 0)
    sites = morphology.locate(morphology.section_parent[child], morphology.section_parent_x[child])
    links = sites - morphology.points[morphology.section_offsets[child]]
    return float(morphology.section_length.sum() + np.linalg.norm(links, axis=1).sum())
