"""A fork of three sections, lines and chains."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpu_morph.data.morphology import Morphology

# A stem of 1 + 3 µm along x, and two branches from its end: 2 µm along y, 2 µm along -y.
POINTS = [[0, 0, 0], [1, 0, 0], [4, 0, 0], [4, 0, 0], [4, 2, 0], [4, 0, 0], [4, -2, 0]]
FORK: dict[str, Any] = {
    "points": POINTS,
    "diameters": [4, 2, 2, 1, 1, 1, 0.5],
    "section_offsets": [0, 3, 5, 7],
    "section_parent": [-1, 0, 0],
    "section_parent_x": [0, 1, 1],
    "section_labels": ("dend", "dend", "apic"),
}


def fork(**changes: Any) -> Morphology:
    return Morphology(**FORK | changes)


def line(*points: Any) -> Morphology:
    """One section through the given points."""
    return Morphology(points, np.ones(len(points)), [0, len(points)], [-1], [0], ("dend",))
