"""What speaks against a numbering: elements in sections that a morphology has not, or that are too short for them.

All that a report tells of the geometry is how many elements each section has. Simulators divide longer cables
into more of them, by length alone or by length over the root of the diameter (NEURON's d_lambda): by a
wrong numbering the counts do not follow the sizes.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from ..aliases import FloatArray, IntArray
from .numbering import NOWHERE, UNUSED, CellSections
from .report import Elements

_LEAST_FIT = 0.98  # of the sections; a count at a threshold may be rounded the other way
_MANY = 10  # sections per type, so that they tell more than they are let off


@dataclass(frozen=True)
class Objection:
    """Why a numbering does not fit; ``is_final`` when it cannot be followed at all."""

    reason: str
    is_final: bool = False


def objection(rule: str, cell: CellSections, elements: Elements) -> Objection | None:
    """The first thing that speaks against a rule, None when nothing does."""
    numbering = cell.numberings.get(rule)
    if numbering is None:
        return Objection("the morphology has no such sections", is_final=True)
    ids, counts = elements.ids[elements.starts], elements.counts
    if len(np.unique(ids)) < len(ids) and not elements.is_chosen:
        return Objection("elements of one number are apart from each other", is_final=True)
    if ids.min() < 0 or ids.max() >= len(numbering.sections):
        found = f"{ids.min()} to {ids.max()}"
        return Objection(f"numbers are {found}, but by this rule 0 to {len(numbering.sections) - 1}", is_final=True)
    n_pieces = int(np.isin(numbering.stub, ids).sum())
    if not elements.is_chosen and n_pieces != len(numbering.stub):
        return Objection(f"{n_pieces} of {len(numbering.stub)} pieces of a stub were recorded")
    sections = numbering.sections[ids]
    if (sections == UNUSED).any():
        return Objection(f"no section has number {ids[sections == UNUSED][0]} by this rule", is_final=True)
    if elements.is_chosen:
        return None
    is_section = sections != NOWHERE
    sections, counts = sections[is_section], counts[is_section]
    for kind in np.unique(cell.types[sections]).tolist():
        n_recorded, n_all = int((cell.types[sections] == kind).sum()), int((cell.types == kind).sum())
        if n_recorded < n_all:
            label = cell.morphology.section_labels[int((cell.types == kind).argmax())]
            return Objection(f"{n_recorded} of {n_all} sections of type {label!r} were recorded")
    is_cable = ~np.isin(sections, cell.somata)
    n_fitting, n_cables = _n_following(cell, sections[is_cable], counts[is_cable]), int(is_cable.sum())
    if n_fitting < _LEAST_FIT * n_cables:
        return Objection(f"numbers of elements follow the lengths in {n_fitting} of {n_cables} sections")
    return None


def _n_following(cell: CellSections, sections: IntArray, counts: IntArray) -> int:
    """In how many sections the counts rise with the size: by length, or by length and diameter."""
    types, reach = cell.types[sections], cell.reach[sections]
    best = max(_longest_rise(counts, cell.lengths[sections]), _longest_rise(counts, reach))
    kinds = np.unique(types).tolist()
    if len(sections) >= _MANY * len(kinds):  # cables of one type may have an electrical resistance of their own
        best = max(best, sum(_longest_rise(counts[types == kind], reach[types == kind]) for kind in kinds))
    return best


def _longest_rise(counts: IntArray, sizes: FloatArray) -> int:
    """The size of the largest subset whose counts never fall as the sizes rise (patience sorting)."""
    tails: list[int] = []
    for count in counts[np.lexsort((counts, sizes.round(2)))].tolist():
        place = bisect_right(tails, count)
        tails[place : place + 1] = [count]
    return len(tails)
