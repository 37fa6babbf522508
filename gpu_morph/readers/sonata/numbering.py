"""Numberings: the section of a morphology that an element id stands for. Each simulator has its own rule.

================ ===================================================================================================
"neuron"         0 is the soma; then axon, dend, apic, each in the order of the file: NEURON's Import3d, neurodamus,
                 the text of the format
"neuron-stub"    the same numbers, but the first two of the axon are pieces of 30 µm that replace it (neurodamus); a
                 number past the last section is myelin, which no morphology has
"bmtk-stub"      soma, dend and apic, then two pieces of 30 µm that replace the axon (bmtk)
"morphio"        0 is the soma; then neurites depth first, with trees sorted by type (MorphIO's ``nrn_order``)
"neurites"       the neurites in the order of the file, from 0, without the soma (MorphIO)
"file"           all sections in the order of the file; in a Morphology that was joined or cut, in its order
================ ===================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...data.morphology import Morphology
from ..aliases import FloatArray, IntArray
from ..sections import label_of

NO_SECTION = -1  # for an element that is in no section of the morphology
UNUSED = -2  # for a number that no element has by the rule
STUB_PIECE_LENGTH = 30.0  # µm

_SOMA, _AXON = 1, 2
_TYPES = {"undefined": 0, "soma": _SOMA, "axon": _AXON, "dend": 3, "apic": 4}  # SWC's, by which NEURON sorts
_LAST_TYPE = 99


@dataclass(frozen=True, eq=False)
class Numbering:
    """The section of each number.

    Parameters
    ----------
    sections : (n_numbers,) int64
        The section of each number, or `NO_SECTION` or `UNUSED`.
    stub : tuple of int
        The numbers of the pieces of a stub, from the soma outwards.
    """

    sections: IntArray
    stub: tuple[int, ...] = ()


class CellSections:
    """The types, parents and sizes of a cell's sections, by which numberings are defined and checked."""

    def __init__(self, morphology: Morphology) -> None:
        self.morphology = morphology
        types = {label: _type_of(label) for label in set(morphology.section_labels)}
        self.types = np.array([types[label] for label in morphology.section_labels])
        self.parents = morphology.section_parent
        self.lengths = morphology.section_length
        # Sections of SWC are sorted by type; numberings count them as the file has them.
        self.file_order: IntArray = getattr(morphology, "file_order", np.arange(morphology.n_sections))

    @cached_property
    def electrotonic_sizes(self) -> FloatArray:
        """(n_sections,): the integral of 1/sqrt(diameter) along each section; NEURON's d_lambda rule depends on it."""
        steps = np.diff(self.morphology.point_arc_length)
        steps[self.morphology.section_offsets[1:-1] - 1] = 0
        diameters = (self.morphology.diameters[1:] + self.morphology.diameters[:-1]).astype(np.float64) / 2
        weights = steps / np.sqrt(np.maximum(diameters, 1e-3))
        sums = np.bincount(self.morphology.point_section[1:], weights, minlength=self.morphology.n_sections)
        return sums.astype(np.float64)

    @cached_property
    def somata(self) -> IntArray:
        """The sections of the soma."""
        return np.flatnonzero(self.types == _SOMA)

    @cached_property
    def soma_centre(self) -> FloatArray:
        """(3,): the mean of the soma's points, µm; the origin where there is no soma."""
        is_soma = np.isin(self.morphology.point_section, self.somata)
        points = self.morphology.points[is_soma] if is_soma.any() else np.zeros((1, 3))
        return np.asarray(points.mean(axis=0, dtype=np.float64))

    @cached_property
    def numberings(self) -> dict[str, Numbering]:
        """The numberings that are possible for the cell, by name."""
        found = {name: rule(self) for name, rule in RULES.items()}
        return {name: numbering for name, numbering in found.items() if numbering is not None}

    def sorted_by_type(self) -> IntArray:
        """All sections by type; those of one type are in the order of the file."""
        return self.file_order[np.argsort(self.types[self.file_order], kind="stable")]

    def depth_first(self) -> IntArray:
        """The soma's sections, then those of the neurites: trees by type, each depth first."""
        is_soma = self.types == _SOMA
        is_root = ~is_soma & ((self.parents < 0) | is_soma[self.parents])
        children: dict[int, list[int]] = {}
        for section in self.file_order[(~is_soma & ~is_root)[self.file_order]].tolist():
            children.setdefault(int(self.parents[section]), []).append(section)
        roots = self.file_order[is_root[self.file_order]]
        waiting = roots[np.argsort(self.types[roots], kind="stable")][::-1].tolist()
        order = self.somata.tolist()
        while waiting:
            order.append(waiting.pop())
            waiting += children.get(order[-1], [])[::-1]
        return np.array(order, dtype=np.int64)

    def axon_sites(self, distances: FloatArray) -> tuple[IntArray, FloatArray]:
        """Sites on the axon at distances from its beginning, along the first branch at each branch point.

        If the axon is shorter than the stub, distances are scaled down so that the stub ends where the axon does.

        Parameters
        ----------
        distances : (n,) float64
            µm along the stub.

        Returns
        -------
        sections, positions : (n,) int64, (n,) float64
            `NO_SECTION` where the cell has no axon.
        """
        path: list[int] = []
        is_axon = self.types == _AXON
        following = np.flatnonzero(is_axon & ((self.parents < 0) | ~is_axon[self.parents]))
        ends = [0.0]
        while len(following) and ends[-1] < 2 * STUB_PIECE_LENGTH:
            path.append(int(following[0]))
            ends.append(ends[-1] + float(self.lengths[path[-1]]))
            following = np.flatnonzero(is_axon & (self.parents == path[-1]))
        if ends[-1] == 0:
            return np.full(len(distances), NO_SECTION), np.full(len(distances), 0.5)
        distances = distances * min(1.0, ends[-1] / (2 * STUB_PIECE_LENGTH))
        step = np.clip(np.searchsorted(ends, distances, side="right") - 1, 0, len(path) - 1)
        sections, starts = np.array(path)[step], np.array(ends)[step]
        return sections, np.clip((distances - starts) / np.maximum(self.lengths[sections], 1e-9), 0, 1)


def _type_of(label: str) -> int:
    custom = re.fullmatch(r"custom(\d+)", label)
    return int(custom[1]) if custom else _TYPES.get(label_of(label), _LAST_TYPE)


def _neuron(cell: CellSections) -> Numbering:
    return Numbering(cell.sorted_by_type())


def _neuron_stub(cell: CellSections) -> Numbering | None:
    order = cell.sorted_by_type()
    axon = np.flatnonzero(cell.types[order] == _AXON)
    if len(axon) < 2:  # the second piece would have the number of a dendrite
        return None
    sections = np.append(order, NO_SECTION)  # the last number is myelin
    sections[axon[:2]], sections[axon[2:]] = NO_SECTION, UNUSED
    return Numbering(sections, (int(axon[0]), int(axon[1])))


def _bmtk_stub(cell: CellSections) -> Numbering:
    order = cell.sorted_by_type()
    order = order[cell.types[order] != _AXON]
    return Numbering(np.append(order, [NO_SECTION, NO_SECTION]), (len(order), len(order) + 1))


def _morphio(cell: CellSections) -> Numbering:
    return Numbering(cell.depth_first())


def _neurites(cell: CellSections) -> Numbering | None:
    order = cell.file_order
    return Numbering(order[cell.types[order] != _SOMA]) if len(cell.somata) else None


def _file(cell: CellSections) -> Numbering:
    return Numbering(cell.file_order)


RULES: dict[str, Callable[[CellSections], Numbering | None]] = {
    "neuron": _neuron,
    "neuron-stub": _neuron_stub,
    "bmtk-stub": _bmtk_stub,
    "morphio": _morphio,
    "neurites": _neurites,
    "file": _file,
}
