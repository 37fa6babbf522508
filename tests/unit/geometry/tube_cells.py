"""Cells of a few sections, and what is read of their geometry."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpu_morph.data.morphology import Morphology
from gpu_morph.render.geometry.tube_geometry import TubeGeometry


def cell(*sections: Any, parent: Any = None, parent_x: Any = None, diameters: Any = None) -> Morphology:
    """Sections through the given points, each of diameter 2 unless given."""
    counts = [len(s) for s in sections]
    n = len(sections)
    return Morphology(
        np.concatenate(sections),
        np.full(sum(counts), 2.0) if diameters is None else diameters,
        np.cumsum([0, *counts]),
        [-1] * n if parent is None else parent,
        [1] * n if parent_x is None else parent_x,
        ["dend"] * n,
    )


def neighbours(geometry: TubeGeometry) -> list[list[int]]:
    """Of each segment: the vertices before, at its start, at its end, and after."""
    return np.stack([geometry.previous, geometry.start, geometry.end, geometry.following], axis=1).tolist()


A, B, C, D = [0, 0, 0], [10, 0, 0], [10, 10, 0], [10, 10, 10]


def line(n_points: int, *, start: float = 0.0) -> list[list[float]]:
    return [[10.0 * k + start, 0, 0] for k in range(n_points)]
