"""Recordings of a few compartments, and rows that count how they are read."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording


def recording(**changes: Any) -> Recording:
    """Three times, two compartments in section 0."""
    fields: dict[str, Any] = {
        "times": [0, 1, 2.5],
        "values": np.array([[-70, -60], [-65, 30], [-80, -75]], dtype=np.float32),
        "section": [0, 0],
        "position": [0.25, 0.75],
    }
    fields |= changes
    return Recording(fields.pop("times"), fields.pop("values"), **fields)


def placed(section: Any, position: Any) -> Recording:
    """One row of values 0, 10, 20, ... at the given sites."""
    return Recording([0], 10.0 * np.arange(len(section))[np.newaxis], section=section, position=position)


def lines(*points: Any) -> Morphology:
    """Sections through the given points, unconnected."""
    counts = [len(p) for p in points]
    n = len(points)
    return Morphology(
        np.concatenate(points), np.ones(sum(counts)), np.cumsum([0, *counts]), [-1] * n, [0] * n, ["dend"] * n
    )


class CountedRows:
    """A source that records which rows were read."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.shape = values.shape
        self.asked: list[Any] = []

    def __getitem__(self, rows: Any) -> np.ndarray:
        self.asked.append(rows)
        return self.values[rows]

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise AssertionError("the whole recording was read")
