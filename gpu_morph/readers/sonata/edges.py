"""Edges: synapses on cells, with an event for each presynaptic spike.

Format: https://sonata-extension.readthedocs.io (edges), and bmtk's older names of the same attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...data.synapse_events import SynapseEvents
from ...errors import RecordingError
from .cells import CellPopulation
from .config import Config, EdgesFile
from .edge_attributes import EdgeAttributes
from .hdf5 import dataset, group_of, numbers, opened, text
from .nodes import type_table
from .spikes import SpikesByNode
from .synapse_sites import EdgeSynapses, synapse_sites

_BLOCK_SIZE = 1 << 22  # edges read at once
_CENTRE = ("afferent_center_x", "afferent_center_y", "afferent_center_z")
_SECTION, _POSITION = ("afferent_section_id", "sec_id"), ("afferent_section_pos", "sec_x")


def read_edges(
    files: Config,
    populations: Sequence[CellPopulation],
    wanted: Sequence[str] | None,
    spikes: Callable[[str], SpikesByNode],
    rule: str | None,
) -> tuple[SynapseEvents, list[str]]:
    """Read the synapses on cells, with an event for each spike that reaches them.

    Parameters
    ----------
    files : Config
        The circuit.
    populations : sequence of CellPopulation
        The cells, in the order of the joined Morphology.
    wanted : sequence of str, optional
        Populations of edges. None: all that end on these cells.
    spikes : callable
        Returns the spikes of a population of nodes, by its name.
    rule : str, optional
        The numbering of sections, if a report has confirmed one.

    Returns
    -------
    synapses : SynapseEvents
        The synapses.
    notes : list of str
        Warnings for the user.

    Raises
    ------
    RecordingError
        There are no such edges, or no edge has a site.
    """
    first_cell = np.cumsum([0, *(len(population.cells) for population in populations)])
    found: list[EdgeSynapses] = []
    known: list[str] = []
    n_without_site = 0
    for entry in files.edges_files:
        if wanted is not None and entry.populations is not None and not set(entry.populations) & set(wanted):
            known += entry.populations  # a file that is not needed can be missing
            continue
        with opened(entry.path, RecordingError) as file:
            edges = group_of(file, "edges", file=entry.path.name, error=RecordingError)
            for name in edges if entry.populations is None else entry.populations:
                known.append(name)
                if wanted is not None and name not in wanted:
                    continue
                group = group_of(edges, name, file=entry.path.name, error=RecordingError)
                target = _node_population(group, "target_node_id", entry.path, name)
                for population, start in zip(populations, first_cell, strict=False):
                    if population.name == target:
                        synapses, n_without = _read(entry, name, group, population, int(start))
                        found += synapses
                        n_without_site += n_without
    missing = [name for name in wanted or () if name not in known]
    if missing:
        raise RecordingError(
            f"{files.circuit.path.name}: no population of edges {missing[0]!r}; it has {', '.join(known) or 'none'}"
        )
    if n_without_site and not found:
        raise RecordingError(
            f"{files.circuit.path.name}: none of {n_without_site} edges has the site of its synapse "
            "(afferent_center_x, _y, _z or afferent_section_id and _pos); leave out edges="
        )
    notes = [f"{n_without_site} edges do not have the sites of their synapses; left out"] if n_without_site else []
    return _events(found, populations, spikes, rule, notes), notes


def _node_population(group: Any, name: str, path: Path, edges: str) -> str:
    """The attribute node_population of a dataset of node ids."""
    stored = group.get(name)
    if stored is None or "node_population" not in stored.attrs:
        raise RecordingError(
            f"{path.name}: expected /edges/{edges}/{name} with the attribute node_population; is the file complete?"
        )
    return text(stored.attrs["node_population"])


def _read(
    entry: EdgesFile, name: str, group: Any, population: CellPopulation, first_cell: int
) -> tuple[list[EdgeSynapses], int]:
    """The synapses on the cells of a population, and the number of edges without a site."""
    order = np.argsort(population.node_ids)
    sorted_ids = population.node_ids[order]
    types = {} if entry.types is None else type_table(entry.types, "edge_type_id", name, RecordingError)
    source = _node_population(group, "source_node_id", entry.path, name)
    parts, n_without_site = [], 0
    stored = dataset(group, "target_node_id", n_dimensions=1, file=entry.path.name, error=RecordingError)
    n_edges = stored.shape[0]
    for start in range(0, n_edges, _BLOCK_SIZE):
        block = slice(start, min(start + _BLOCK_SIZE, n_edges))
        targets = stored[block].astype(np.int64)
        index = np.minimum(np.searchsorted(sorted_ids, targets), len(sorted_ids) - 1)
        rows = np.flatnonzero(sorted_ids[index] == targets)
        if not len(rows):
            continue
        attributes = EdgeAttributes(entry.path.name, group, block, rows, types)
        centres = np.stack([attributes.floats((axis,)) for axis in _CENTRE], axis=1)
        section_numbers, section_positions = attributes.floats(_SECTION), attributes.floats(_POSITION)
        has_site = np.isfinite(centres).all(axis=1) | (np.isfinite(section_numbers) & np.isfinite(section_positions))
        n_without_site += int((~has_site).sum())
        source_nodes = numbers(group, "source_node_id", file=entry.path.name, error=RecordingError, size=n_edges)
        delays = np.nan_to_num(attributes.floats(("delay",)))
        parts.append(
            EdgeSynapses(
                source,
                first_cell + order[index[rows[has_site]]],
                source_nodes[block][rows][has_site].astype(np.int64),
                centres[has_site],
                section_numbers[has_site],
                section_positions[has_site],
                delays[has_site],
            )
        )
    return [part for part in parts if len(part.cells)], n_without_site


def _events(
    found: Sequence[EdgeSynapses],
    populations: Sequence[CellPopulation],
    spikes: Callable[[str], SpikesByNode],
    rule: str | None,
    notes: list[str],
) -> SynapseEvents:
    """All synapses with their events; warnings are appended to ``notes``."""
    names = tuple(dict.fromkeys(synapses.source_population for synapses in found))
    population_of, positions, sections, owners, times = [], [], [], [], []
    n_synapses = n_without_section = 0
    unconfirmed: set[str] = set()
    for synapses in found:
        sites = synapse_sites(synapses, populations, rule)
        unconfirmed |= sites.unconfirmed_rules
        is_kept = np.isfinite(sites.positions).all(axis=1)
        n_without_section += int((~is_kept).sum())
        owner, time = spikes(synapses.source_population).of(synapses.source_nodes[is_kept])
        n_kept = int(is_kept.sum())
        population_of.append(np.full(n_kept, names.index(synapses.source_population), dtype=np.int32))
        positions.append(sites.positions[is_kept])
        sections.append(sites.sections[is_kept])
        owners.append(owner + n_synapses)
        times.append(time + synapses.delays[is_kept][owner])
        n_synapses += n_kept
    if unconfirmed:
        notes.append(
            f"synapses are placed by the numbers of their sections (numbering {', '.join(sorted(unconfirmed))!r}), "
            "which no geometry confirms"
        )
    if n_without_section:
        notes.append(f"{n_without_section} synapses are on sections that their morphology does not have; left out")
    return SynapseEvents(
        positions=np.concatenate([np.zeros((0, 3)), *positions]).astype(np.float32),
        population=np.concatenate([np.zeros(0, dtype=np.int32), *population_of]),
        population_names=names,
        event_synapse=np.concatenate([np.zeros(0, dtype=np.int64), *owners]).astype(np.int32),
        event_time=np.concatenate([np.zeros(0), *times]),
        section=np.concatenate([np.zeros(0, dtype=np.int64), *sections]).astype(np.int32),
    )
