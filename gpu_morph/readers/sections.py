"""Sections one by one, as the readers find them, and the Morphology they make together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..errors import MorphologyError

FloatArray = npt.NDArray[np.float64]

_STANDARD = {
    "soma": "soma",
    "axon": "axon",
    "dend": "dend",
    "dendrite": "dend",
    "basal": "dend",
    "basaldendrite": "dend",
    "apic": "apic",
    "apical": "apic",
    "apicaldendrite": "apic",
}
STANDARD_LABELS = frozenset(_STANDARD.values())


@dataclass
class Section:
    """One section: ``points`` (n, 3) and ``diameters`` (n,) in the source's unit, and where it hangs."""

    points: FloatArray
    diameters: FloatArray
    label: str
    parent: int = -1
    parent_x: float = 0.0
    cell: int = 0


def label_of(name: str) -> str:
    """A section's label from its name.

    ``Cell[0].apic[1]``, ``apical_1_0`` and ``apicalDendrite`` are "apic"; what is none of the standard
    types keeps its own word: ``myelin[3]`` is "myelin".
    """
    word = re.sub(r"[\d_\[\]]*$", "", name.rpartition(".")[2]) or name
    return _STANDARD.get(word.lower().replace("_", ""), word)


def morphology_of(sections: Sequence[Section], *, scale: float, name: str) -> Morphology:
    """The Morphology of these sections; what it does not accept is said with the ``name`` of the source."""
    if not sections:
        raise MorphologyError(f"{name}: no section in it; is it the right file?")
    try:
        return Morphology(
            points=(np.concatenate([section.points for section in sections]) * scale).astype(np.float32),
            diameters=(np.concatenate([section.diameters for section in sections]) * scale).astype(np.float32),
            section_offsets=np.cumsum([0, *(len(section.points) for section in sections)]),
            section_parent=np.array([section.parent for section in sections], dtype=np.int32),
            section_parent_x=np.array([section.parent_x for section in sections], dtype=np.float32),
            section_labels=tuple(section.label for section in sections),
            section_cell=np.array([section.cell for section in sections], dtype=np.int32),
        )
    except MorphologyError as cause:
        raise MorphologyError(f"{name}: {cause}") from cause


def place_along(points: FloatArray, index: int) -> float:
    """Relative arc length of one of a section's points, 0 to 1; 0.5 where there is no length."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    length = steps.sum()
    return min(1.0, float(steps[:index].sum() / length)) if length > 0 else 0.5
