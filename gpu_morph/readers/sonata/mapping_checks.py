"""Checks of a numbering against the geometry of a cell.

Of the geometry, a report tells only the number of elements of each section. Simulators divide longer sections into more
elements, by length or by length over the root of the diameter (NEURON's d_lambda). With a wrong numbering, the numbers
of elements do not increase with the sizes of the sections.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from ..aliases import FloatArray, IntArray
from .elements import Elements
from .numbering import NO_SECTION, UNUSED, CellSections

_MIN_ORDERED_FRACTION = 0.98  # of the sections; a count at a threshold can be rounded in either direction
_MIN_SECTIONS_PER_TYPE = 10  # for comparing sections with those of their own type only


@dataclass(frozen=True)
class Objection:
    """The reason why a numbering does not fit a cell; ``is_final`` if it cannot be used at all."""

    reason: str
    is_final: bool = False


def objection(rule: str, cell: CellSections, elements: Elements) -> Objection | None:
    """The first objection to a rule for a cell, None where it fits."""
    numbering = cell.numberings.get(rule)
    if numbering is None:
        return Objection("the morphology has no such sections", is_final=True)
    ids, counts = elements.ids[elements.starts], elements.counts
    if len(np.unique(ids)) < len(ids) and not elements.selected_by:
        return Objection("elements with the same number are not next to each other", is_final=True)
    if ids.min() < 0 or ids.max() >= len(numbering.sections):
        found = f"{ids.min()} to {ids.max()}"
        return Objection(f"numbers are {found}, but by this rule 0 to {len(numbering.sections) - 1}", is_final=True)
    n_pieces = int(np.isin(numbering.stub, ids).sum())
    if not elements.selected_by and n_pieces != len(numbering.stub):
        return Objection(f"{n_pieces} of {len(numbering.stub)} pieces of a stub were recorded")
    sections = numbering.sections[ids]
    if (sections == UNUSED).any():
        return Objection(f"no section has number {ids[sections == UNUSED][0]} by this rule", is_final=True)
    if elements.selected_by:
        return None
    has_section = sections != NO_SECTION
    sections, counts = sections[has_section], counts[has_section]
    for kind in np.unique(cell.types[sections]).tolist():
        n_recorded, n_all = int((cell.types[sections] == kind).sum()), int((cell.types == kind).sum())
        if n_recorded < n_all:
            label = cell.morphology.section_labels[int((cell.types == kind).argmax())]
            return Objection(f"{n_recorded} of {n_all} sections of type {label!r} were recorded")
    is_neurite = ~np.isin(sections, cell.somata)
    n_ordered, n_neurites = _n_ordered_by_size(cell, sections[is_neurite], counts[is_neurite]), int(is_neurite.sum())
    if n_ordered < _MIN_ORDERED_FRACTION * n_neurites:
        return Objection(f"numbers of elements increase with the lengths in {n_ordered} of {n_neurites} sections")
    return None


def _n_ordered_by_size(cell: CellSections, sections: IntArray, counts: IntArray) -> int:
    """The number of sections whose counts increase with their sizes, by length or by length and diameter."""
    types, sizes = cell.types[sections], cell.electrotonic_sizes[sections]
    most = max(_n_rising(counts, cell.lengths[sections]), _n_rising(counts, sizes))
    kinds = np.unique(types).tolist()
    if len(sections) >= _MIN_SECTIONS_PER_TYPE * len(kinds):  # types can differ in their electrical resistances
        most = max(most, sum(_n_rising(counts[types == kind], sizes[types == kind]) for kind in kinds))
    return most


def _n_rising(counts: IntArray, sizes: FloatArray) -> int:
    """The size of the largest subset whose counts do not decrease with increasing sizes, by patience sorting."""
    tails: list[int] = []
    for count in counts[np.lexsort((counts, sizes.round(2)))].tolist():
        pile = bisect_right(tails, count)
        tails[pile : pile + 1] = [count]
    return len(tails)
