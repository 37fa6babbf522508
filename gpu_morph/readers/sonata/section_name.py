"""Names of sections, such as "dend[12]", and their numbers in NEURON's order."""

from __future__ import annotations

import re

import numpy as np

from ...data.section_kinds import MYELIN
from ...errors import RecordingError
from ..aliases import IntArray
from ..sections import label_of
from .numbering import CellSections

_NAME = re.compile(r"(?:.*\.)?([^.\[\]]+)(?:\[(\d{1,9})\])?$")


def numbers_of_label(cell: CellSections, label: str) -> IntArray:
    """(n,): the numbers of the sections with a label, such as "dend", by the numbering "neuron"."""
    labels = cell.morphology.section_labels
    has_label = {one: label_of(one) == label_of(label) for one in set(labels)}
    return np.flatnonzero([has_label[labels[section]] for section in cell.numberings["neuron"].sections.tolist()])


def number_of_section(cell: CellSections, name: str, *, location: str) -> int:
    """The number of a section by the numbering "neuron".

    Parameters
    ----------
    cell : CellSections
        The cell.
    name : str
        A name of its morphology; or a label and an index among the sections with this label, as NEURON names them:
        "dend[12]". The index can be left out where there is one such section.
    location : str
        Where the name is, for messages.

    Raises
    ------
    RecordingError
        There is no such section, or there are several.
    """
    names = cell.morphology.section_names or ()
    if names.count(name) == 1:
        return int(np.flatnonzero(cell.numberings["neuron"].sections == names.index(name))[0])
    found = _NAME.match(name)
    label, index = (found[1], found[2]) if found else (name, None)
    numbers = numbers_of_label(cell, label)
    if label_of(label) == MYELIN and not len(numbers):
        return len(names or cell.types)  # it has the number past the last section
    if index is None and len(numbers) > 1:
        raise RecordingError(
            f"{location}: the morphology has the sections {label}[0] to {label}[{len(numbers) - 1}], got {name!r}; add "
            "an index"
        )
    if int(index or 0) >= len(numbers):
        known = f"{label}[0] to {label}[{len(numbers) - 1}]" if len(numbers) else _labels(cell)
        raise RecordingError(f"{location}: the morphology has no section {name!r}, it has {known}")
    return int(numbers[int(index or 0)])


def _labels(cell: CellSections) -> str:
    return ", ".join(dict.fromkeys(cell.morphology.section_labels))
