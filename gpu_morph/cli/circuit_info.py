"""What ``gpu-morph info CONFIG`` prints: a SONATA circuit's cells, edges, node sets, reports and spikes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ..errors import GpuMorphError, MorphologyError, RecordingError
from ..readers.sonata.cells import MorphologyFolders, joined_cells, read_cells
from ..readers.sonata.config import Config, EdgesFile, chosen_report, read_config
from ..readers.sonata.hdf5 import group_of, opened
from ..readers.sonata.nodes import Nodes, read_populations
from ..readers.sonata.report import read_reports
from ..readers.sonata.report_kinds import undrawn
from ..readers.sonata.report_recording import report_recording
from ..readers.sonata.reported_cells import reported_cells
from ..readers.sonata.variable import variable_and_unit
from ..system.regular_file import check_regular
from .byte_size import byte_size

Lines = Iterator[tuple[str, str]]  # heading and text

_MAX_READ = 20  # morphologies that are read to estimate the size of the circuit
_MAX_LISTED = 12  # node sets
_SEGMENT_BYTES = 120  # host memory per segment, as measured by benchmarks/bench_circuit.py
_SITE_ATTRIBUTES = ("afferent_center_x", "afferent_section_id", "sec_id")


def is_configuration(path: Path) -> bool:
    """True for a file that holds a JSON object."""
    if path.suffix.lower() == ".json":
        return True
    check_regular(path, MorphologyError)
    with path.open("rb") as file:
        if not file.read(64).lstrip().startswith(b"{"):
            return False
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except (ValueError, RecursionError):
        return False


def circuit_lines(path: Path) -> Lines:
    """Headings and texts about the configuration of a circuit or a simulation.

    Files that are missing or damaged are reported in the texts.

    Raises
    ------
    MorphologyError
        The file is no SONATA configuration, or it names no circuit.
    OSError
        It cannot be opened.
    """
    files, n_segments = read_config(path), dict[str, float]()
    yield "circuit", f"SONATA, {files.circuit.path.name}"
    for entry in files.nodes_files:
        names = list(entry.populations) if entry.populations is not None else _populations(entry.path)
        if isinstance(names, str):
            yield "nodes", names
            continue
        for name in names:
            yield "nodes", _text_or_error(partial(_nodes_text, files, name, n_segments))
    if n_segments:
        n_bytes = sum(n_segments.values()) * _SEGMENT_BYTES
        yield "memory", f"about {byte_size(n_bytes, smallest='MB')} for a picture of all of it at 1920x1080"
    for edges in files.edges_files:
        for text in _edges_texts(edges):
            yield "edges", text
    sets = _text_or_error(lambda: _listed(list(files.node_sets)))
    if sets:
        yield "node sets", sets
    for name in files.reports:
        yield "report", f"{name}: {_text_or_error(partial(_report_text, files, name))}"
        yield from _mapping_lines(files, name)
    if files.simulation:
        spikes = files.spikes_path
        yield "spikes", "no file" if spikes is None else _text_or_error(partial(_spikes_text, spikes))


def _text_or_error(text: Callable[[], str]) -> str:
    """The text, or the message of the error that reading its file raises."""
    try:
        return text()
    except OSError as error:
        return f"not there: {error.filename or error}"
    except GpuMorphError as error:
        return str(error)


def _populations(path: Path) -> list[str] | str:
    """Names of the populations in a nodes file, or an error message."""
    try:
        with opened(path, MorphologyError) as file:
            return list(group_of(file, "nodes", file=path.name, error=MorphologyError))
    except (OSError, GpuMorphError) as error:
        return str(error)


def _nodes_text(files: Config, name: str, n_segments: dict[str, float]) -> str:
    """The text about a population; its number of segments is added to ``n_segments``."""
    (nodes,) = read_populations(files, [name])
    kind = nodes.properties.get("type", "biophysical")
    text = f"{name}: {len(nodes.ids)} {kind}"
    column = nodes.column("morphology")
    names = [] if column is None else [str(name) for name in column.tolist() if name is not None]
    if not names:
        return f"{text}, without morphologies"
    different = list(dict.fromkeys(names))
    return f"{text}, {len(different)} morphologies{_segments_text(files, nodes, names, different, n_segments)}"


def _segments_text(
    files: Config, nodes: Nodes, names: Sequence[str], different: Sequence[str], n_segments: dict[str, float]
) -> str:
    """How many segments the cells have, estimated from some of their morphologies."""
    source, folders = MorphologyFolders([]), files.morphology_folders(nodes.properties)
    chosen = different[:: -(-len(different) // _MAX_READ)]
    counts: dict[str, int] = {}
    problem = ""
    for name in chosen:
        try:
            morphology = source.read(name, folders, nodes.location).morphology
        except (GpuMorphError, OSError) as error:
            problem = problem or f"; {error}"
            continue
        counts[name] = morphology.n_points - morphology.n_sections
    if not counts:
        return problem
    mean = float(np.mean([counts[name] for name in names if name in counts]))
    n_segments[nodes.population] = mean * len(names)
    about = "" if len(counts) == len(different) else "about "
    return f", {about}{_number(mean * len(names))} segments{problem}"


def _edges_texts(entry: EdgesFile) -> Iterator[str]:
    try:
        with opened(entry.path, RecordingError) as file:
            edges = group_of(file, "edges", file=entry.path.name, error=RecordingError)
            for name in edges if entry.populations is None else entry.populations:
                group = group_of(edges, name, file=entry.path.name, error=RecordingError)
                stored = group.get("target_node_id")
                n_edges = 0 if stored is None else stored.shape[0]
                has_sites = any(
                    name in group[number] for number in group if number.isdecimal() for name in _SITE_ATTRIBUTES
                )
                yield f"{name}: {_number(n_edges)}, {'with' if has_sites else 'without'} places of synapses"
    except OSError as error:
        yield f"{', '.join(entry.populations or ())}{': ' if entry.populations else ''}not there: {error.filename}"
    except GpuMorphError as error:
        yield str(error)


def _report_text(files: Config, name: str) -> str:
    path, block = chosen_report(files, name)
    if block.get("enabled") is False and not path.is_file():
        return "not enabled"
    parts = []
    for report in read_reports(path, None):
        variable, unit = variable_and_unit(report, block)
        times = report.times
        step = f", every {times[1] - times[0]:.6g} ms" if len(times) > 1 else ""
        parts.append(
            f"{variable}{f' ({unit})' if unit else ''} of {len(report.node_ids)} {report.population}, "
            f"{report.n_values} values x {len(times)} times from {times[0]:g} to {times[-1]:g} ms{step}"
        )
    return "; ".join(parts)


def _mapping_lines(files: Config, name: str) -> Lines:
    """How the elements of a report fit the morphologies of its cells, or why they do not."""
    try:
        path, entry = chosen_report(files, name)
        if not path.is_file():
            return
        reason = undrawn(entry, path)
        if reason is not None:
            yield "mapping", f"not drawn: {reason}"
            return
        reports = read_reports(path, None)
        populations, source, n_nodes = [], MorphologyFolders([]), 0
        for report, nodes in zip(reports, read_populations(files, [one.population for one in reports]), strict=True):
            is_checked = np.isin(nodes.ids, report.node_ids[:_MAX_READ])
            populations.append(read_cells(nodes, is_checked, source, files.morphology_folders(nodes.properties)))
            n_nodes += len(report.node_ids)
        n_cells = sum(len(one.cells) for one in populations)
        if not n_cells:
            yield "mapping", "does not fit: its nodes have no morphologies"
            return
        cells = reported_cells(populations, reports, files, entry, None)
        variable, unit = variable_and_unit(reports[0], entry)
        _, rule, notes = report_recording(cells, joined_cells(populations), None, variable, unit)
    except (OSError, GpuMorphError) as error:
        yield "mapping", f"does not fit: {error}"
        return
    yield "mapping", f"{rule}, held against {n_cells} of {n_nodes} cells" if n_cells < n_nodes else rule
    for note in notes:
        yield "", note


def _spikes_text(path: Path) -> str:
    with opened(path, RecordingError) as file:
        spikes = group_of(file, "spikes", file=path.name, error=RecordingError)
        if "timestamps" in spikes:
            return f"{path.name}: {spikes['timestamps'].shape[0]}"
        counts = {name: group["timestamps"].shape[0] for name, group in spikes.items() if "timestamps" in group}
    return f"{path.name}: " + (", ".join(f"{count} of {name}" for name, count in counts.items()) or "none")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MAX_LISTED]) + (
        f", and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    )


def _number(count: float) -> str:
    """A count, rounded when it is large."""
    if count < 1e5:
        return f"{count:.0f}"
    return f"{count / 1e6:.3g} million" if count < 1e9 else f"{count / 1e9:.3g} billion"
