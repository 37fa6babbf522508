"""Edges: synapses on cells, and when the spikes of their sources reach them.

Format: https://sonata-extension.readthedocs.io (edges), and bmtk's older names of the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...data.synapse_events import SynapseEvents
from ...errors import RecordingError
from ..aliases import FloatArray, IntArray
from .cells import Cells
from .config import Config, EdgesFile
from .hdf5 import group_of, numbers, opened, text
from .nodes import type_table
from .numbering import CellSections
from .spikes import SpikesByNode

_BLOCK = 1 << 22  # edges that are looked at together
_CENTRE = ("afferent_center_x", "afferent_center_y", "afferent_center_z")
_SECTION, _POSITION = ("afferent_section_id", "sec_id"), ("afferent_section_pos", "sec_x")
_TOLERANCE = 1.0  # µm between a synapse's centre and its place on its section
_RULES = ("neuron", "neurites", "morphio", "file", "bmtk-stub")  # in this order where nothing else decides


@dataclass(frozen=True, eq=False)
class _Synapses:
    """Synapses of one population of edges, on cells that are counted over all populations.

    ``numbers`` and ``places`` say the section, as the file counts, and how far along it; NaN where that is not said.
    ``centres`` are µm, NaN where there are none, ``delays`` ms.
    """

    source: str
    cells: IntArray
    sources: IntArray
    centres: FloatArray
    numbers: FloatArray
    places: FloatArray
    delays: FloatArray


def read_edges(
    files: Config,
    cells: Sequence[Cells],
    wanted: Sequence[str] | None,
    spikes: Callable[[str], SpikesByNode],
    rule: str | None,
) -> tuple[SynapseEvents, list[str]]:
    """Synapses on cells, with an event for each spike that reaches them, and what a user should know.

    Parameters
    ----------
    files : Config
        Of the circuit.
    cells : sequence of Cells
        As in the joined Morphology.
    wanted : sequence of str, optional
        Populations of edges. None: all that end on these cells.
    spikes : callable
        The spikes of a population of nodes, by its name.
    rule : str, optional
        By which sections are numbered, where a report has shown it.

    Raises
    ------
    RecordingError
        No such edges, or none that says where its synapses are.
    """
    first = np.cumsum([0, *(len(some.shapes) for some in cells)])
    found: list[_Synapses] = []
    known: list[str] = []
    n_placeless = 0
    for entry in files.edges_files:
        if wanted is not None and entry.populations is not None and not set(entry.populations) & set(wanted):
            known += entry.populations  # its file need not be there
            continue
        with opened(entry.path, RecordingError) as file:
            edges = group_of(file, "edges", file=entry.path.name, error=RecordingError)
            for name in edges if entry.populations is None else entry.populations:
                known.append(name)
                if wanted is not None and name not in wanted:
                    continue
                group = group_of(edges, name, file=entry.path.name, error=RecordingError)
                target = _population(group, "target_node_id", entry.path, name)
                for some, start in zip(cells, first, strict=False):
                    if some.population == target:
                        synapses, n_without = _read(entry, name, group, some, int(start))
                        found += synapses
                        n_placeless += n_without
    missing = [name for name in wanted or () if name not in known]
    if missing:
        raise RecordingError(
            f"{files.circuit.path.name}: no population of edges {missing[0]!r}; it has {', '.join(known) or 'none'}"
        )
    if n_placeless and not found:
        raise RecordingError(
            f"{files.circuit.path.name}: none of {n_placeless} edges says where its synapse is (afferent_center_x, _y, "
            "_z or afferent_section_id and _pos); leave edges= out"
        )
    notes = [f"{n_placeless} edges do not say where their synapses are; they are left out"] if n_placeless else []
    return _events(found, cells, spikes, rule, notes), notes


def _population(group: Any, name: str, path: Path, edges: str) -> str:
    stored = group.get(name)
    if stored is None or "node_population" not in stored.attrs:
        raise RecordingError(
            f"{path.name}: /edges/{edges}/{name} must be there and have the attribute node_population; is the file "
            "complete?"
        )
    return text(stored.attrs["node_population"])


def _read(entry: EdgesFile, name: str, group: Any, some: Cells, first: int) -> tuple[list[_Synapses], int]:
    """The synapses on some cells, and how many edges do not say where theirs is."""
    order = np.argsort(some.node_ids)
    rising = some.node_ids[order]
    types = {} if entry.types is None else type_table(entry.types, "edge_type_id", name, RecordingError)
    source = _population(group, "source_node_id", entry.path, name)
    parts, n_placeless = [], 0
    n_edges = group["target_node_id"].shape[0]
    for start in range(0, n_edges, _BLOCK):
        block = slice(start, min(start + _BLOCK, n_edges))
        targets = group["target_node_id"][block].astype(np.int64)
        place = np.minimum(np.searchsorted(rising, targets), len(rising) - 1)
        rows = np.flatnonzero(rising[place] == targets)
        if not len(rows):
            continue
        attributes = _Attributes(entry.path.name, group, block, rows, types)
        centres = np.stack([attributes.floats((axis,)) for axis in _CENTRE], axis=1)
        numbered, along = attributes.floats(_SECTION), attributes.floats(_POSITION)
        is_placed = np.isfinite(centres).all(axis=1) | (np.isfinite(numbered) & np.isfinite(along))
        n_placeless += int((~is_placed).sum())
        sources = numbers(group, "source_node_id", file=entry.path.name, error=RecordingError, size=n_edges)[block][
            rows
        ]
        delays = np.nan_to_num(attributes.floats(("delay",)))
        parts.append(
            _Synapses(
                source,
                first + order[place[rows[is_placed]]],
                sources[is_placed].astype(np.int64),
                centres[is_placed],
                numbered[is_placed],
                along[is_placed],
                delays[is_placed],
            )
        )
    return [part for part in parts if len(part.cells)], n_placeless


class _Attributes:
    """Attributes of some edges of a block: their own, in one or more groups, else those of their types."""

    def __init__(
        self, file: str, group: Any, block: slice, rows: IntArray, types: Mapping[int, Mapping[str, str]]
    ) -> None:
        self._file, self._group, self._n, self._types = file, group, len(rows), types
        self._type_ids = group["edge_type_id"][block][rows] if types and "edge_type_id" in group else None
        if "edge_group_id" in group:
            self._group_ids = group["edge_group_id"][block][rows].astype(np.int64)
            self._rows = group["edge_group_index"][block][rows].astype(np.int64)
        else:
            self._group_ids, self._rows = np.zeros(len(rows), dtype=np.int64), rows + block.start

    def floats(self, names: Sequence[str]) -> FloatArray:
        """The first of these attributes that is there, NaN where there is none."""
        values = np.full(self._n, np.nan)
        for group_id in np.unique(self._group_ids).tolist():
            own, mine = self._group.get(str(group_id)), self._group_ids == group_id
            name = next((name for name in names if own is not None and name in own), None)
            if name is not None:
                rows = self._rows[mine]
                low, high = int(rows.min()), int(rows.max()) + 1
                if own[name].shape[0] < high:
                    raise RecordingError(
                        f"{self._file}: {own[name].name} must have {high} values, found {own[name].shape[0]}; is the "
                        "file complete?"
                    )
                values[mine] = own[name][low:high][rows - low]
        for type_id, attributes in self._types.items() if self._type_ids is not None else ():
            given = next((attributes[name] for name in names if name in attributes), None)
            lacking = np.isnan(values) & (self._type_ids == type_id)
            if given is not None and lacking.any():
                values[lacking] = _number(given)
        return values


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return np.nan


def _events(
    found: Sequence[_Synapses],
    cells: Sequence[Cells],
    spikes: Callable[[str], SpikesByNode],
    rule: str | None,
    notes: list[str],
) -> SynapseEvents:
    names = tuple(dict.fromkeys(some.source for some in found))
    populations, positions, sections, owners, times = [], [], [], [], []
    n_before = n_unplaced = 0
    rules: set[str] = set()
    for some in found:
        at, on, used = _placed(some, cells, rule)
        rules |= used
        kept = np.isfinite(at).all(axis=1)
        n_unplaced += int((~kept).sum())
        owner, time = spikes(some.source).of(some.sources[kept])
        populations.append(np.full(int(kept.sum()), names.index(some.source), dtype=np.int32))
        positions.append(at[kept])
        sections.append(on[kept])
        owners.append(owner + n_before)
        times.append(time + some.delays[kept][owner])
        n_before += int(kept.sum())
    if rules:
        notes.append(
            f"synapses are placed by the numbers of their sections (numbering {', '.join(sorted(rules))!r}), which "
            "nothing confirms"
        )
    if n_unplaced:
        notes.append(f"{n_unplaced} synapses are on sections that their morphology has not; they are left out")
    return SynapseEvents(
        positions=np.concatenate([np.zeros((0, 3)), *positions]).astype(np.float32),
        population=np.concatenate([np.zeros(0, dtype=np.int32), *populations]),
        population_names=names,
        event_synapse=np.concatenate([np.zeros(0, dtype=np.int64), *owners]).astype(np.int32),
        event_time=np.concatenate([np.zeros(0), *times]),
        section=np.concatenate([np.zeros(0, dtype=np.int64), *sections]).astype(np.int32),
    )


def _placed(synapses: _Synapses, cells: Sequence[Cells], rule: str | None) -> tuple[FloatArray, IntArray, set[str]]:
    """Where synapses are, µm, and on which sections (-1: not known), and the numberings that nothing confirms."""
    positions, sections = synapses.centres.copy(), np.full(len(synapses.cells), -1)
    unconfirmed: set[str] = set()
    is_numbered = np.isfinite(synapses.numbers) & np.isfinite(synapses.places)
    by_cell = np.argsort(synapses.cells, kind="stable")
    ends = np.cumsum(np.bincount(synapses.cells, minlength=sum(len(some.shapes) for some in cells)))
    for (shape, rotation, translation, first), mine in zip(_each(cells), np.split(by_cell, ends[:-1]), strict=True):
        mine = mine[is_numbered[mine]]
        if not len(mine):
            continue
        numbered, along = synapses.numbers[mine].astype(np.int64), synapses.places[mine]
        centres = synapses.centres[mine]
        is_known = np.isfinite(centres).all(axis=1)
        for name in _RULES if is_known.any() else (rule or _RULES[0],):
            on = _sections(shape, name, numbered)
            at = np.full((len(mine), 3), np.nan)
            at[on >= 0] = shape.morphology.locate(on[on >= 0], along[on >= 0]) @ rotation.T + translation
            if not is_known.any() or _near(at[is_known], centres[is_known]):
                sections[mine] = np.where(on >= 0, on + first, -1)
                positions[mine[~is_known]] = at[~is_known]
                if not is_known.any() and rule is None:
                    unconfirmed.add(name)
                break
    return positions, sections, unconfirmed


def _near(places: FloatArray, centres: FloatArray) -> bool:
    """True when the places are those of the centres, which are float32 and may be far from the origin."""
    slack = _TOLERANCE + 4 * np.finfo(np.float32).eps * np.abs(centres).max()
    return bool((np.linalg.norm(places - centres, axis=1) <= slack).all())  # NaN is not


def _sections(shape: CellSections, rule: str, numbered: IntArray) -> IntArray:
    numbering = shape.numberings.get(rule)
    if numbering is None:
        return np.full(len(numbered), -1)
    is_there = (numbered >= 0) & (numbered < len(numbering.sections))
    on = numbering.sections[np.where(is_there, numbered, 0)]
    return np.where(is_there & (on >= 0), on, -1)


def _each(cells: Sequence[Cells]) -> Iterator[tuple[CellSections, FloatArray, FloatArray, int]]:
    """Each cell, its turn, its place, and its first section."""
    first = 0
    for some in cells:
        for shape, rotation, translation in zip(some.shapes, some.rotations, some.translations, strict=True):
            yield shape, rotation, translation, first
            first += len(shape.types)
