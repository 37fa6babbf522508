"""SONATA circuits: cells in their places, with what was recorded of them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...data.recording import Recording
from ...data.synapse_events import SynapseEvents
from ...errors import MorphologyError, RecordingError
from ..aliases import AnyPath, IntArray
from .cells import Cells, MorphologyFolders, joined, read_cells
from .compartment_sets import set_of_report, with_places_of_set
from .config import Config, chosen_report, read_config
from .edges import read_edges
from .element_mapping import ElementMapping
from .node_sets import NodeSet, chosen_nodes
from .nodes import Nodes, read_populations
from .numbering import RULES
from .recorded import ReportedCell, recorded
from .report import Report, read_reports, variable_and_unit
from .spikes import read_spikes, spikes_of

_OF_CELLS = ("compartment", "summation", "compartment_set", "membrane_report", "soma_report")


@dataclass(frozen=True, eq=False)
class SonataCircuit:
    """What `read_sonata` found.

    Parameters
    ----------
    morphology : Morphology
        All cells; ``section_cell`` counts them.
    recording : Recording or None
        None when no report was asked for.
    spikes : SynapseEvents or None
        A place at each soma, active when its cell fires. None when there are no spikes.
    synapses : SynapseEvents or None
        Those of the edges that were asked for. None when none were.
    populations : tuple of str
        The population of each cell.
    node_ids : (n_cells,) int64
        The node of each cell.
    mapping : str or None
        By which rule the report's elements were placed; "soma" for one value per cell, "given" for the
        caller's own places.
    """

    morphology: Morphology
    recording: Recording | None
    spikes: SynapseEvents | None
    synapses: SynapseEvents | None
    populations: tuple[str, ...]
    node_ids: IntArray
    mapping: str | None

    def __repr__(self) -> str:
        parts = [
            repr(part) for part in (self.morphology, self.recording, self.spikes, self.synapses) if part is not None
        ]
        return f"SonataCircuit({', '.join(dict.fromkeys(self.populations))}: {', '.join(parts)})"


def read_sonata(
    config: AnyPath,
    *,
    report: AnyPath | None = None,
    node_set: NodeSet | None = None,
    population: str | Sequence[str] | None = None,
    mapping: ElementMapping = None,
    circuit: AnyPath | None = None,
    morphologies: AnyPath | Sequence[AnyPath] = (),
    spikes: AnyPath | None = None,
    edges: str | Sequence[str] | None = None,
) -> SonataCircuit:
    """Read cells of a SONATA circuit, and what a simulation recorded of them.

    Parameters
    ----------
    config : path
        A simulation's configuration, or a circuit's.
    report : str or path, optional
        The name of one of the simulation's reports, or a file. One of a compartment set has its places from there.
    node_set : optional
        Which cells: the name of a node set; a list of node ids; attributes and their values, such as
        ``{"mtype": ["L4_PC", "L4_SP"], "x": {"$gt": 0}}``. None: those in the report; without one, the
        simulation's; else all.
    population : str or list of str, optional
        Of which populations. None: all that the report has, or that have morphologies.
    mapping : optional
        Which element of the report sits where. None: the numbering that the geometry confirms, and an error
        where none is, or two are. Else the name of one: "neuron" (soma, axon, dend, apic, each in the order
        of the morphology's file), "neuron-stub" and "bmtk-stub" (two pieces of 30 µm in place of the axon),
        "morphio" (depth first), "neurites" (no soma), "file". Or a function of a cell's Morphology, its element_ids and
        its element_pos (None where the file has none) that gives section and position (0 to 1) of each
        element. Or an array (n_values, 2) of both, a row for each column of the report's data. Sections count within
        the cell's own morphology; -1 leaves an element out.
    circuit : path, optional
        The circuit's configuration, where the simulation's does not lead to it.
    morphologies : path or list of paths, optional
        Folders, or containers, in which morphologies are looked for first.
    spikes : path, optional
        A file of spikes. None: the simulation's, where there is one.
    edges : str or list of str, optional
        Populations of edges whose synapses are wanted, or "all": of all that end on the chosen cells. A synapse is
        active when a spike of its source, from the simulation or from what it was given, reaches it, its delay
        after the spike. Only edges that say where they end count.

    Returns
    -------
    SonataCircuit
        ``morphology``, ``recording`` (its values stay in the file), ``spikes`` and ``synapses``, for a Scene;
        populations and nodes of the cells, in the order of the circuit's populations and of their nodes.

    Raises
    ------
    MorphologyError
        A configuration, nodes or morphologies that are not there or make no sense.
    RecordingError
        A report or spikes that make no sense or do not fit; the message says what to do.
    OSError
        A file cannot be opened.

    Warns
    -----
    UserWarning
        Only somata were recorded; cells were not recorded or have no morphology; stubs stand for axons; a ``mapping``
        is in doubt, as that of a compartment set always is, and the sections of synapses without centres.

    Notes
    -----
    A cell is turned by its quaternion (normalised), or by its angles about the fixed axes z, y and x, in
    this order, and then moved. Its soma is brought to the origin before that when there are no quaternions, as the
    format's first text has it; the attribute ``recenter`` says otherwise.
    """
    files = read_config(config, circuit=circuit)
    asked = [population] if isinstance(population, str) else None if population is None else list(population)
    reports: list[Report] = []
    said: Mapping[str, Any] = {}
    if report is not None:
        path, said = chosen_report(files, report)
        _check_kind(said, path)
        reports = _at_their_places(read_reports(path, asked), files, said)
        asked = [one.population for one in reports]
    populations = read_populations(files, asked)
    chosen = _chosen(files, node_set, populations, reports)
    given = [morphologies] if isinstance(morphologies, str | os.PathLike) else list(morphologies)
    source = MorphologyFolders([Path(folder) for folder in given])
    cells = [
        read_cells(nodes, mask, source, files.morphology_folders(nodes.properties))
        for nodes, mask in zip(populations, chosen, strict=True)
    ]
    notes = [
        f"{some.n_without} chosen nodes of {some.population} have no morphology; they are left out"
        for some in cells
        if some.n_without
    ]
    cells = [some for some in cells if some.shapes]
    if not cells:
        raise MorphologyError(f"{files.circuit.path.name}: none of the chosen nodes has a morphology; choose others")
    morphology = joined(cells)
    recording, rule = None, None
    if reports:
        reported = _reported(cells, reports)
        recording, rule, doubts = recorded(reported, morphology, mapping, *variable_and_unit(reports[0], said))
        notes += [f"{reports[0].path.name}: {doubt}" for doubt in doubts]
    spikes_path = files.spikes_path if spikes is None else Path(spikes)
    synapses = None
    if edges is not None:
        paths = [*([] if spikes_path is None else [spikes_path]), *files.input_spikes_paths]
        wanted = None if edges == "all" else [edges] if isinstance(edges, str) else list(edges)
        known_rule = rule if rule in RULES else None
        synapses, doubts = read_edges(files, cells, wanted, partial(spikes_of, paths), known_rule)
        notes += doubts
    for note in notes:
        warnings.warn(note, UserWarning, stacklevel=2)
    return SonataCircuit(
        morphology,
        recording,
        None if spikes_path is None else _spikes(spikes_path, cells),
        synapses,
        tuple(some.population for some in cells for _ in some.shapes),
        np.concatenate([some.node_ids for some in cells]),
        rule,
    )


def _check_kind(said: Mapping[str, Any], path: Path) -> None:
    kind = said.get("type", said.get("module"))
    if kind is not None and kind not in _OF_CELLS:
        raise RecordingError(
            f"{path.name}: a report of type {kind!r}; those of compartments, summations and somata can be drawn"
        )


def _at_their_places(reports: list[Report], files: Config, said: Mapping[str, Any]) -> list[Report]:
    """The reports; that of a compartment set with the places which the set names."""
    found = set_of_report(files, said)
    return reports if found is None else [with_places_of_set(report, *found) for report in reports]


def _chosen(
    files: Config, node_set: NodeSet | None, populations: Sequence[Nodes], reports: Sequence[Report]
) -> list[npt.NDArray[np.bool_]]:
    """Which nodes of each population are wanted."""
    if node_set is not None:
        return chosen_nodes(node_set, lambda: files.node_sets, populations)
    if reports:
        recorded_ids = {one.population: one.node_ids for one in reports}
        for nodes in populations:
            unknown = np.setdiff1d(recorded_ids[nodes.population], nodes.ids)
            if len(unknown):
                raise RecordingError(
                    f"{reports[0].path.name}: node {unknown[0]} of {nodes.population} is not among the "
                    f"{len(nodes.ids)} of {nodes.path.name}; do they belong together?"
                )
        return [np.isin(nodes.ids, recorded_ids[nodes.population]) for nodes in populations]
    of_the_run = files.simulation.content.get("node_set") if files.simulation else None
    if isinstance(of_the_run, str):
        return chosen_nodes(of_the_run, lambda: files.node_sets, populations)
    return [np.ones(len(nodes.ids), dtype=bool) for nodes in populations]


def _reported(cells: Sequence[Cells], reports: Sequence[Report]) -> list[ReportedCell]:
    by_population = {report.population: report for report in reports}
    reported, first = [], 0
    for some in cells:
        for node, shape in zip(some.node_ids.tolist(), some.shapes, strict=True):
            sections = np.arange(first, first + len(shape.types))
            reported.append(ReportedCell(by_population[some.population], node, shape, sections))
            first += len(shape.types)
    return reported


def _spikes(path: Path, cells: Sequence[Cells]) -> SynapseEvents:
    places, sections, first = [], [], 0
    for some in cells:
        for shape, rotation, translation in zip(some.shapes, some.rotations, some.translations, strict=True):
            places.append(rotation @ shape.soma_centre + translation)
            sections.append(first + int(shape.somata[0]) if len(shape.somata) else first)
            first += len(shape.types)
    return read_spikes(
        path,
        [some.population for some in cells],
        [some.node_ids for some in cells],
        np.array(places).reshape(-1, 3),
        np.array(sections, dtype=np.int64),
    )
