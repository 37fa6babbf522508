"""SONATA circuits: cells at their positions, with recordings, spikes and synapses."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...data.morphology import Morphology
from ...data.recording import Recording
from ...data.synapse_events import SynapseEvents
from ...errors import brief
from ...system.arguments import checked_path, is_sequence
from ..aliases import AnyPath, IntArray
from .cells import CellPopulation, joined_cells
from .chosen_cells import chosen_cells
from .config import chosen_report, read_config
from .edges import read_edges
from .element_mapping import ElementMapping, check_rule
from .node_sets import NodeSet
from .numbering import RULES
from .report import Report, read_reports
from .report_recording import report_recording
from .reported_cells import check_entry, reported_cells
from .spikes import read_spikes, spikes_of
from .variable import variable_and_unit


@dataclass(frozen=True, eq=False)
class SonataCircuit:
    """The result of `read_sonata`.

    Parameters
    ----------
    morphology : Morphology
        All cells; ``section_cell`` has the number of each section's cell.
    recording : Recording or None
        None without ``report``.
    spikes : SynapseEvents or None
        One synapse at the soma of each cell, with the cell's spikes as events. None without a file of spikes.
    synapses : SynapseEvents or None
        The synapses of ``edges``. None without ``edges``.
    populations : tuple of str
        The population of each cell.
    node_ids : (n_cells,) int64
        The node of each cell.
    mapping : str or None
        The rule that mapped the report's elements to sites; "soma" for one value per cell, "given" for sites given by
        the caller.

    Examples
    --------
    >>> circuit = gm.read_sonata("simulation_config.json", report="voltage")
    >>> circuit.morphology.n_cells, circuit.populations
    (3, ('cells', 'cells', 'cells'))
    >>> colors = gm.LabelColors(labels=gm.by_cell(circuit.morphology, circuit.populations))
    >>> scene = gm.Scene(circuit.morphology, color=colors)
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
    """Read cells of a SONATA circuit, and the results of a simulation.

    Parameters
    ----------
    config : path
        The configuration of a simulation or of a circuit.
    report : str or path, optional
        The name of one of the simulation's reports, or a file. The report of a compartment set has its sites from the
        file of sets; a report with a row for each site, as BlueCelluLab writes it, from ``sections`` and
        ``compartments`` of its entry in the configuration.
    node_set : optional
        The cells: the name of a node set; a list of node ids; or attributes and their values, such as
        ``{"mtype": ["L4_PC", "L4_SP"], "x": {"$gt": 0}}``. None: the cells of the report; without a report, those of
        the simulation's node set; else all.
    population : str or list of str, optional
        The populations. None: all of the report, or all that have morphologies.
    mapping : optional
        The sites of the report's elements. One of:

        - None: the numbering of sections that the geometry confirms; an error if there is none, or more than one.
        - The name of a numbering: "neuron" (soma, axon, dend, apic, each in the order of the morphology's file),
          "neuron-stub" and "bmtk-stub" (two pieces of 30 µm in place of the axon), "morphio" (depth first), "neurites"
          (without the soma), "file".
        - A function of a cell's Morphology, its element_ids and its element_pos (None where the file has none) that
          returns section and position (0 to 1) of each element; for positions None, elements are spread evenly:
          ``mapping=lambda cell, ids, positions: (order[ids], positions)``.
        - An array (n_values, 2) of section and position, a row for each column of the report's data.

        Sections are numbers within the cell's own morphology; -1 leaves out an element.
    circuit : path, optional
        The circuit's configuration, if the simulation's does not name it.
    morphologies : path or list of paths, optional
        Folders or containers that are searched for morphologies first.
    spikes : path, optional
        A file of spikes. None: the simulation's, if it exists.
    edges : str or list of str, optional
        Populations of edges whose synapses are read, or "all" for all that end on the chosen cells. The events of a
        synapse are the spikes of its presynaptic node, in the simulation's output or input, plus the synapse's delay.
        Edges without the site of their synapse are left out.

    Returns
    -------
    SonataCircuit
        ``morphology``, ``recording`` (its values stay in the file), ``spikes`` and ``synapses`` for a Scene, and the
        population and node of each cell. Cells are in the order of the circuit's populations, and within a population
        in the order of its file of nodes.

    Raises
    ------
    MorphologyError
        A configuration, nodes or morphologies are missing or invalid.
    RecordingError
        A report, spikes or edges are invalid or do not fit the circuit; the message says what to do.
    OSError
        A file cannot be opened.

    Warns
    -----
    UserWarning
        Only somata were recorded; cells were not recorded or have no morphology; stubs replace axons; or the geometry
        does not confirm the numbering of sections, as for compartment sets and for synapses without centres.

    Notes
    -----
    A cell is rotated by its quaternion (normalised), or by its angles about the fixed axes z, y and x, in this order,
    and then translated. If there are no quaternions, its soma is moved to the origin before the rotation, as in the
    format's first text; the attribute ``recenter`` overrides this.

    Examples
    --------
    >>> circuit = gm.read_sonata("simulation_config.json", report="voltage", node_set="Excitatory")
    >>> scene = gm.Scene(circuit.morphology, circuit.recording, synapses=circuit.spikes)
    >>> circuit.recording.name, circuit.recording.unit, circuit.mapping
    ('v', 'mV', 'neuron')
    """
    config = checked_path(config, "config")
    circuit = None if circuit is None else checked_path(circuit, "circuit")
    spikes = None if spikes is None else checked_path(spikes, "spikes")
    files = read_config(config, circuit=circuit)
    names = _names(population, "population")
    reports: list[Report] = []
    entry: Mapping[str, Any] = {}
    if isinstance(mapping, str):
        check_rule(mapping)
    if report is not None:
        path, entry = chosen_report(files, report)
        check_entry(entry, path)
        reports = read_reports(path, names)
        names = [one.population for one in reports]
    populations, notes = chosen_cells(files, names, node_set, reports, morphologies)
    morphology = joined_cells(populations)
    recording, rule = None, None
    if reports:
        cells = reported_cells(populations, reports, files, entry, mapping)
        recording, rule, new = report_recording(cells, morphology, mapping, *variable_and_unit(reports[0], entry))
        notes += [f"{reports[0].path.name}: {note}" for note in new]
    spikes_path = files.spikes_path if spikes is None else spikes
    synapses = None
    if edges is not None:
        paths = [*([] if spikes_path is None else [spikes_path]), *files.input_spikes_paths]
        wanted = None if isinstance(edges, str) and edges == "all" else _names(edges, "edges")
        confirmed_rule = rule if rule in RULES else None
        synapses, new = read_edges(files, populations, wanted, partial(spikes_of, paths), confirmed_rule)
        notes += new
    for note in notes:
        warnings.warn(note, UserWarning, stacklevel=2)
    return SonataCircuit(
        morphology,
        recording,
        None if spikes_path is None else _spikes(spikes_path, populations),
        synapses,
        tuple(one.name for one in populations for _ in one.cells),
        np.concatenate([one.node_ids for one in populations]),
        rule,
    )


def _names(given: str | Sequence[str] | None, argument: str) -> list[str] | None:
    """Names that are given as one text, a sequence of them, or None."""
    if given is None or isinstance(given, str):
        return None if given is None else [given]
    names: list[Any] = list(given) if is_sequence(given) and not isinstance(given, Mapping | Set) else [given]
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"{argument} must be a name or a list of names, got {brief(given)}")
    return names


def _spikes(path: Path, populations: Sequence[CellPopulation]) -> SynapseEvents:
    """The spikes of all cells, as events at their somata."""
    positions, sections, first = [], [], 0
    for one in populations:
        for cell, rotation, translation in zip(one.cells, one.rotations, one.translations, strict=True):
            positions.append(rotation @ cell.soma_centre + translation)
            sections.append(first + int(cell.somata[0]) if len(cell.somata) else first)
            first += len(cell.types)
    return read_spikes(
        path,
        [one.name for one in populations],
        [one.node_ids for one in populations],
        np.array(positions).reshape(-1, 3),
        np.array(sections, dtype=np.int64),
    )
