"""Where elements sit: by the numbering that geometry confirms, by one the caller names, or by the caller's own places.

Simulators number sections by different rules, and no report says by which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...errors import RecordingError
from ..aliases import FloatArray, IntArray
from .mapping_checks import Objection, objection
from .numbering import NOWHERE, PIECE, RULES, CellSections
from .report import Elements

Place: TypeAlias = tuple[npt.ArrayLike, npt.ArrayLike]
ElementMapping: TypeAlias = str | Callable[[Morphology, IntArray, FloatArray | None], Place] | npt.ArrayLike | None

_NAMES = ", ".join(f'"{name}"' for name in RULES)
_OF_SETS = ("neuron", "neuron-stub")  # by which numbers the format has compartment sets say their sections
_HOW_TO_SAY = "say where they are by mapping=: a rule, a function or an array, see read_sonata"


@dataclass(frozen=True, eq=False)
class Places:
    """Section and position, 0 to 1, of each cell's elements; sections count within the cell, `NOWHERE` for none."""

    sections: list[IntArray]
    positions: list[FloatArray]
    rule: str
    notes: tuple[str, ...] = ()

    def n_elsewhere(self, other: Places) -> int:
        """How many elements have another place there."""
        both = zip(self.sections, self.positions, other.sections, other.positions, strict=True)
        return sum(int(((a != c) | (b != d)).sum()) for a, b, c, d in both)


def places_of(cells: Sequence[CellSections], elements: Sequence[Elements], mapping: ElementMapping) -> Places:
    """The places of the elements of all cells; an array as ``mapping`` has a row for each of them.

    Raises
    ------
    RecordingError
        No rule fits, several do and disagree, or ``mapping`` leads nowhere.
    """
    if mapping is not None and not isinstance(mapping, str):
        return _given(cells, elements, mapping)
    for one in elements:
        one.check()
    if mapping is not None:
        return _named(cells, elements, mapping)
    if any(one.is_chosen for one in elements):
        return _confirmed(cells, elements, _OF_SETS)
    if all(len(one.ids) == 1 and one.ids[0] == 0 for one in elements):
        return _at_somata(cells, elements)
    return _confirmed(cells, elements, tuple(RULES))


def _at_somata(cells: Sequence[CellSections], elements: Sequence[Elements]) -> Places:
    for cell, one in zip(cells, elements, strict=True):
        if not len(cell.somata):
            raise RecordingError(
                f"{one.place}: a single value per cell is the soma's, but the morphology of node {one.node} has none; "
                f"{_HOW_TO_SAY}"
            )
    note = "one value per cell was recorded: somata show it, everything else has the colour of missing values"
    return Places([cell.somata[:1] for cell in cells], [np.full(1, 0.5) for _ in cells], "soma", (note,))


def _confirmed(cells: Sequence[CellSections], elements: Sequence[Elements], rules: Sequence[str]) -> Places:
    """By the only one of the rules that fits all cells, or by several that agree."""
    refused = {rule: _refusal(rule, cells, elements) for rule in rules}
    fitting = [rule for rule, refusal in refused.items() if refusal is None]
    if not fitting:
        reasons = "; ".join(f"{rule}: {refusal.reason}" for rule, refusal in refused.items() if refusal is not None)
        raise RecordingError(
            f"{elements[0].place}: its elements fit the morphologies by no rule ({reasons}); synapses "
            f"cannot be drawn; if these are compartments, {_HOW_TO_SAY}"
        )
    places = _by_rule(fitting[0], cells, elements)
    for rule in fitting[1:]:
        n_elsewhere = places.n_elsewhere(_by_rule(rule, cells, elements))
        if n_elsewhere:
            raise RecordingError(
                f"{elements[0].place}: its elements fit the morphologies by the rules {', '.join(fitting)}, but "
                f"{n_elsewhere} of them have other places by {rule!r} than by {fitting[0]!r}; {_HOW_TO_SAY}"
            )
    if any(one.is_chosen for one in elements):
        doubt = f"a compartment set; no geometry confirms its numbering of sections, mapping={fitting[0]!r}"
        return replace(places, notes=(*places.notes, doubt))
    if _says_nothing(elements):
        doubt = f"all sections have as many elements as any other, so that no geometry confirms mapping={fitting[0]!r}"
        return replace(places, notes=(*places.notes, doubt))
    return places


def _says_nothing(elements: Sequence[Elements]) -> bool:
    """True when the counts tell the sections, all but the soma, not from each other."""
    counts = [one.counts[one.ids[one.starts] != 0] for one in elements]
    return any(len(own) > 1 for own in counts) and len(np.unique(np.concatenate(counts))) == 1


def _refusal(rule: str, cells: Sequence[CellSections], elements: Sequence[Elements]) -> Objection | None:
    """The first thing in any cell that speaks against a rule; what makes it impossible comes before all else."""
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


def _by_rule(rule: str, cells: Sequence[CellSections], elements: Sequence[Elements]) -> Places:
    sections, positions, n_stubs, n_nowhere = [], [], 0, 0
    for cell, one in zip(cells, elements, strict=True):
        numbering = cell.numberings[rule]
        at, where = numbering.sections[one.ids], one.positions.copy()
        is_piece = np.isin(one.ids, numbering.stub)
        if is_piece.any():
            pieces = np.searchsorted(numbering.stub, one.ids[is_piece])
            at[is_piece], where[is_piece] = cell.along_axon(PIECE * (pieces + where[is_piece]))
            n_stubs += 1
        n_nowhere += int((at == NOWHERE).sum())
        sections.append(at)
        positions.append(where)
    notes = []
    if n_stubs:
        notes.append(
            f"cells that had two pieces of {PIECE:g} µm for an axon: {n_stubs}; the axon's beginning shows them, the "
            "rest has the colour of missing values"
        )
    if n_nowhere:
        notes.append(f"{n_nowhere} elements are in no section of their morphology, as myelin is; they are left out")
    return Places(sections, positions, rule, tuple(notes))


def _named(cells: Sequence[CellSections], elements: Sequence[Elements], rule: str) -> Places:
    if rule not in RULES:
        raise RecordingError(f"mapping must be one of {_NAMES}, a function or an array, got {rule!r}")
    refusal = _refusal(rule, cells, elements)
    if refusal is not None and refusal.is_final:
        raise RecordingError(f"{elements[0].place}: mapping={rule!r} leads nowhere ({refusal.reason}); {_HOW_TO_SAY}")
    places = _by_rule(rule, cells, elements)
    if refusal is None:
        return places
    return replace(places, notes=(*places.notes, f"no geometry confirms mapping={rule!r}: {refusal.reason}"))


def _given(cells: Sequence[CellSections], elements: Sequence[Elements], mapping: Any) -> Places:
    sections, positions, end = [], [], 0
    for cell, one in zip(cells, elements, strict=True):
        end += len(one.ids)
        try:
            if callable(mapping):
                given, where = mapping(cell.morphology, one.ids, one.given)
            else:
                given, where = np.asarray(mapping)[end - len(one.ids) : end].T
            at, place = np.asarray(given, dtype=np.float64), np.asarray(where, dtype=np.float64)
        except (TypeError, ValueError) as cause:
            raise RecordingError(
                f"{one.place}: mapping must give section and position of each element: {cause}"
            ) from cause
        n_sections = cell.morphology.n_sections
        if at.shape != one.ids.shape or place.shape != one.ids.shape:
            raise RecordingError(
                f"{one.place}: mapping must give section and position of each of the {len(one.ids)} elements of node "
                f"{one.node}, got arrays of shape {at.shape} and {place.shape}"
            )
        is_right = np.isin(at, np.arange(NOWHERE, n_sections)) & (place >= 0) & (place <= 1)
        if not is_right.all():
            wrong = int((~is_right).argmax())
            raise RecordingError(
                f"{one.place}: mapping puts element {wrong} of node {one.node} at {place[wrong]:g} of section "
                f"{at[wrong]:g}; its sections are 0 to {n_sections - 1} ({NOWHERE}: left out), positions 0 to 1"
            )
        sections.append(at.astype(np.int64))
        positions.append(place)
    return Places(sections, positions, "given")
