"""The sites of a report's elements: by the numbering that geometry confirms, by a named one, or given by the caller.

Simulators number sections by different rules, and a report does not name its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...errors import RecordingError, brief
from ..aliases import FloatArray, IntArray
from .elements import Elements
from .mapping_checks import Objection, objection
from .numbering import NO_SECTION, RULES, STUB_PIECE_LENGTH, CellSections

SectionsAndPositions: TypeAlias = tuple[npt.ArrayLike, npt.ArrayLike]
MappingFunction: TypeAlias = Callable[[Morphology, IntArray, FloatArray | None], SectionsAndPositions]
ElementMapping: TypeAlias = str | MappingFunction | npt.ArrayLike | None

_RULE_NAMES = ", ".join(f'"{name}"' for name in RULES)
_ADVICE = (
    'give their sites by mapping=: a rule that you know to be right, such as mapping="neuron", or a function, such as '
    "mapping=lambda cell, ids, positions: (order[ids], positions), where the array order has the section of each number"
)


@dataclass(frozen=True, eq=False)
class ElementSites:
    """The sites of the elements of several cells.

    Parameters
    ----------
    sections : list of (n_elements,) int64
        For each cell, the section of each element within that cell; `NO_SECTION` for none.
    positions : list of (n_elements,) float64
        For each cell, the position of each element along its section, 0 to 1.
    rule : str
        The rule that was used.
    notes : tuple of str
        Warnings for the user.
    """

    sections: list[IntArray]
    positions: list[FloatArray]
    rule: str
    notes: tuple[str, ...] = ()

    def n_different(self, other: ElementSites) -> int:
        """The number of elements that have another site in ``other``."""
        both = zip(self.sections, self.positions, other.sections, other.positions, strict=True)
        return sum(int(((a != c) | (b != d)).sum()) for a, b, c, d in both)


def element_sites(cells: Sequence[CellSections], elements: Sequence[Elements], mapping: ElementMapping) -> ElementSites:
    """The sites of the elements of all cells.

    Parameters
    ----------
    cells, elements : sequences
        The cells, and the elements of each.
    mapping
        As in `read_sonata`; an array has one row for each element of these cells.

    Raises
    ------
    RecordingError
        No rule fits, several rules fit and disagree, or ``mapping`` is invalid.
    """
    if mapping is not None and not isinstance(mapping, str):
        return _given_sites(cells, elements, mapping)
    for one in elements:
        one.check()
    if mapping is not None:
        return _sites_by_named_rule(cells, elements, mapping)
    if all(one.ids.tolist() == [0] and not one.selected_by for one in elements):
        return _soma_sites(cells, elements)
    rules = [rule for rule in RULES if all(rule in (one.rules or RULES) for one in elements)]
    return _sites_by_fitting_rule(cells, elements, rules)


def check_rule(rule: str) -> None:
    """Raise RecordingError unless this is the name of a numbering."""
    if rule not in RULES:
        raise RecordingError(f"mapping must be one of {_RULE_NAMES}, a function or an array, got {brief(rule)}")


def _soma_sites(cells: Sequence[CellSections], elements: Sequence[Elements]) -> ElementSites:
    for cell, one in zip(cells, elements, strict=True):
        if not len(cell.somata):
            raise RecordingError(
                f"{one.location}: one value per cell is the soma's, but the morphology of node {one.node} has no soma; "
                f"{_ADVICE}"
            )
    note = "one value per cell was recorded: somata show it, everything else has the colour of missing values"
    return ElementSites([cell.somata[:1] for cell in cells], [np.full(1, 0.5) for _ in cells], "soma", (note,))


def _sites_by_fitting_rule(
    cells: Sequence[CellSections], elements: Sequence[Elements], rules: Sequence[str]
) -> ElementSites:
    """The sites by the only rule that fits all cells, or by several rules that agree."""
    objections = {rule: _objection(rule, cells, elements) for rule in rules}
    fitting = [rule for rule, found in objections.items() if found is None]
    if not fitting:
        reasons = "; ".join(f"{rule}: {found.reason}" for rule, found in objections.items() if found is not None)
        raise RecordingError(
            f"{elements[0].location}: its elements fit the morphologies by no rule ({reasons}); a "
            'report of synapses cannot be drawn, read_sonata(config, edges="all") shows synapses; if these are '
            f"compartments, {_ADVICE}"
        )
    sites = _sites_by_rule(fitting[0], cells, elements)
    for rule in fitting[1:]:
        n_different = sites.n_different(_sites_by_rule(rule, cells, elements))
        if n_different:
            raise RecordingError(
                f"{elements[0].location}: its elements fit the morphologies by the rules {', '.join(fitting)}, but "
                f"{n_different} of them have other sites by {rule!r} than by {fitting[0]!r}; {_ADVICE}"
            )
    if selected := max((one.selected_by for one in elements), key=len):  # the longest has the most advice
        note = f"{selected}; no geometry confirms its numbering of sections, mapping={fitting[0]!r}"
        return replace(sites, notes=(*sites.notes, note))
    if _has_equal_counts(elements):
        note = f"all sections have the same number of elements, so that no geometry confirms mapping={fitting[0]!r}"
        return replace(sites, notes=(*sites.notes, note))
    return sites


def _has_equal_counts(elements: Sequence[Elements]) -> bool:
    """True where all sections but the soma have the same number of elements."""
    counts = [one.counts[one.ids[one.starts] != 0] for one in elements]
    return any(len(of_cell) > 1 for of_cell in counts) and len(np.unique(np.concatenate(counts))) == 1


def _objection(rule: str, cells: Sequence[CellSections], elements: Sequence[Elements]) -> Objection | None:
    """The first final objection to a rule in any cell, else the first objection."""
    first: Objection | None = None
    seen: set[tuple[int, bytes]] = set()
    for cell, one in zip(cells, elements, strict=True):
        key = id(cell), one.ids.tobytes()
        found = None if key in seen else objection(rule, cell, one)
        seen.add(key)
        if found is not None and (first is None or found.is_final):
            first = Objection(f"node {one.node}, {found.reason}", found.is_final)
            if found.is_final:
                break
    return first


def _sites_by_rule(rule: str, cells: Sequence[CellSections], elements: Sequence[Elements]) -> ElementSites:
    all_sections, all_positions, n_stubs, n_without = [], [], 0, 0
    for cell, one in zip(cells, elements, strict=True):
        numbering = cell.numberings[rule]
        sections, positions = numbering.sections[one.ids], one.positions.copy()
        is_stub = np.isin(one.ids, numbering.stub)
        if is_stub.any():
            piece = np.searchsorted(numbering.stub, one.ids[is_stub])
            distances = STUB_PIECE_LENGTH * (piece + positions[is_stub])
            sections[is_stub], positions[is_stub] = cell.axon_sites(distances)
            n_stubs += 1
        n_without += int((sections == NO_SECTION).sum())
        all_sections.append(sections)
        all_positions.append(positions)
    notes = []
    if n_stubs:
        notes.append(
            f"cells with two pieces of {STUB_PIECE_LENGTH:g} µm in place of an axon: {n_stubs}; the axon's beginning "
            "shows them, its rest has the colour of missing values"
        )
    if n_without:
        notes.append(f"{n_without} elements are in no section of their morphology (myelin, for example); left out")
    return ElementSites(all_sections, all_positions, rule, tuple(notes))


def _sites_by_named_rule(cells: Sequence[CellSections], elements: Sequence[Elements], rule: str) -> ElementSites:
    check_rule(rule)
    found = _objection(rule, cells, elements)
    if found is not None and found.is_final:
        raise RecordingError(f"{elements[0].location}: mapping={rule!r} is impossible ({found.reason}); {_ADVICE}")
    sites = _sites_by_rule(rule, cells, elements)
    if found is None:
        return sites
    return replace(sites, notes=(*sites.notes, f"no geometry confirms mapping={rule!r}: {found.reason}"))


def _given_sites(cells: Sequence[CellSections], elements: Sequence[Elements], mapping: Any) -> ElementSites:
    """The sites that the caller's function or array gives."""
    all_sections, all_positions, end = [], [], 0
    for cell, one in zip(cells, elements, strict=True):
        end += len(one.ids)
        try:
            if callable(mapping):
                given_sections, given_positions = mapping(cell.morphology, one.ids, one.stored_positions)
            else:
                given_sections, given_positions = np.asarray(mapping)[end - len(one.ids) : end].T
            sections = np.asarray(given_sections, dtype=np.float64)
            positions = one.positions if given_positions is None else np.asarray(given_positions, dtype=np.float64)
        except (TypeError, ValueError) as cause:
            raise RecordingError(
                f"{one.location}: mapping must give section and position of each element: {cause}"
            ) from cause
        n_sections = cell.morphology.n_sections
        if sections.shape != one.ids.shape or positions.shape != one.ids.shape:
            raise RecordingError(
                f"{one.location}: mapping must give section and position of each of the {len(one.ids)} elements of "
                f"node {one.node}, got arrays of shape {sections.shape} and {positions.shape}"
            )
        is_valid = np.isin(sections, np.arange(NO_SECTION, n_sections)) & (positions >= 0) & (positions <= 1)
        if not is_valid.all():
            wrong = int((~is_valid).argmax())
            raise RecordingError(
                f"{one.location}: mapping gives element {wrong} of node {one.node} the site {positions[wrong]:g} of "
                f"section {sections[wrong]:g}; sections are 0 to {n_sections - 1} ({NO_SECTION}: left out), positions "
                "0 to 1"
            )
        all_sections.append(sections.astype(np.int64))
        all_positions.append(positions)
    return ElementSites(all_sections, all_positions, "given")
