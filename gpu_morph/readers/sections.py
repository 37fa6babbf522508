"""Sections as readers collect them, and the Morphology made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.morphology import Morphology
from ..data.section_kinds import APICAL, AXON, DENDRITE, SOMA, section_kind
from ..errors import MorphologyError
from .aliases import FloatArray

TYPE_OF_LABEL = {SOMA: 1, AXON: 2, DENDRITE: 3, APICAL: 4}  # as SWC numbers them
_LABELS = {0: "undefined"} | {number: label for label, number in TYPE_OF_LABEL.items()}
_LABELS_OF_FAMILY = {1: {2: "process", 3: "endfoot"}, 2: {2: "head", 3: "neck"}}  # of cells in MorphIO's HDF5
STANDARD_LABELS = frozenset((SOMA, AXON, DENDRITE, APICAL))


@dataclass
class Section:
    """One section, with the arguments of a Morphology.

    Parameters
    ----------
    points : (n, 3) float64
        In the source's unit, from the end at the parent outwards.
    diameters : (n,) float64
        In the same unit.
    label : str
        Its label.
    parent : int
        The index of its parent, -1 for a root.
    parent_x : float
        Position on the parent, 0 to 1.
    cell : int
        The number of its cell.
    name : str
        Its name in the source, such as "dend[3]"; "" if it has none.
    """

    points: FloatArray
    diameters: FloatArray
    label: str
    parent: int = -1
    parent_x: float = 0.0
    cell: int = 0
    name: str = ""


def label_of(name: str) -> str:
    """The label for the name of a section in a simulator or a file.

    Cell and index are removed, and standard types get their standard label: ``Cell[0].apic[1]``, ``apical_1_0`` and
    ``apicalDendrite`` become "apic", ``myelin[3]`` becomes "myelin".
    """
    word = name.rpartition(".")[2].rstrip("0123456789_[]") or name
    kind = section_kind(word)
    return kind if kind in STANDARD_LABELS else word


def label_of_type(number: int, family: int = 0) -> str:
    """The label of a type as SWC and MorphIO number them; "custom{n}" for others.

    Parameters
    ----------
    number : int
        The type.
    family : int
        Of the cell: 0 neuron, 1 glia, 2 spine. Others are read as neurons.
    """
    labels = _LABELS | _LABELS_OF_FAMILY.get(family, {})
    return labels.get(number, f"custom{number}")


def morphology_of(sections: Sequence[Section], *, scale: float, name: str) -> Morphology:
    """The Morphology of these sections, in this order.

    Parameters
    ----------
    sections : sequence of Section
        At least one.
    scale : float
        µm per unit of the sections' points and diameters.
    name : str
        The file or simulator, for error messages.

    Raises
    ------
    MorphologyError
        There is no section, or `Morphology` rejects them; the message starts with ``name``.
    """
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
            section_names=tuple(section.name for section in sections) if any(s.name for s in sections) else None,
        )
    except MorphologyError as cause:
        raise MorphologyError(f"{name}: {cause}") from cause


def point_position(points: FloatArray, index: int) -> float:
    """Position, 0 to 1 by arc length, of point ``index`` of a section; 0.5 in a section of no length."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    length = steps.sum()
    return min(1.0, float(steps[:index].sum() / length)) if length > 0 else 0.5
