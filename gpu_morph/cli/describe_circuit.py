"""What SONATA configurations lead to: cells, edges, node sets, reports and spikes, and how large a circuit is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ..errors import GpuMorphError, MorphologyError, RecordingError
from ..readers.sonata.cells import MorphologyFolders
from ..readers.sonata.config import Config, EdgesFile, chosen_report, read_config
from ..readers.sonata.hdf5 import group_of, opened
from ..readers.sonata.nodes import Nodes, read_populations
from ..readers.sonata.report import read_reports, variable_and_unit

Lines = Iterator[tuple[str, str]]

_MOST_READ = 20  # morphologies, from which the size of all is estimated
_MOST_NAMED = 12
_SEGMENT_BYTES = 120  # of the host's memory; benchmarks/bench_circuit.py measures it
_PLACES = ("afferent_center_x", "afferent_section_id", "sec_id")


def is_configuration(path: Path) -> bool:
    """True for a file that holds a JSON object."""
    if path.suffix.lower() == ".json":
        return True
    with path.open("rb") as file:
        if not file.read(64).lstrip().startswith(b"{"):
            return False
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except ValueError:
        return False


def circuit_lines(path: Path) -> Lines:
    """A head and words for each line about a circuit's or a simulation's configuration.

    Raises
    ------
    MorphologyError
        Not such a file, or none that leads to a circuit.
    OSError
        It cannot be opened.
    """
    files, sizes = read_config(path), dict[str, float]()
    yield "circuit", f"SONATA, {files.circuit.path.name}"
    for entry in files.nodes_files:
        names = list(entry.populations) if entry.populations is not None else _populations(entry.path)
        if isinstance(names, str):
            yield "nodes", names
            continue
        for name in names:
            yield "nodes", _told(lambda name=name: _nodes_words(files, name, sizes))  # type: ignore[misc]
    if sizes:
        n_bytes = sum(sizes.values()) * _SEGMENT_BYTES
        yield "memory", f"about {_size(n_bytes)} for a picture of all of it at 1920x1080"
    for edges in files.edges_files:
        for words in _edges_words(edges):
            yield "edges", words
    sets = _told(lambda: _listed(list(files.node_sets)))
    if sets:
        yield "node sets", sets
    for name in files.reports:
        yield "report", f"{name}: {_told(lambda name=name: _report_words(files, name))}"  # type: ignore[misc]
    if files.simulation:
        found = files.spikes_path
        yield "spikes", "no file" if found is None else _told(lambda: _spikes_words(found))


def _told(words: Callable[[], str]) -> str:
    """Words, or why there are none: a circuit is described as far as its files are there."""
    try:
        return words()
    except OSError as error:
        return f"not there: {error.filename or error}"
    except GpuMorphError as error:
        return str(error)


def _populations(path: Path) -> list[str] | str:
    try:
        with opened(path, MorphologyError) as file:
            return list(group_of(file, "nodes", file=path.name, error=MorphologyError))
    except (OSError, GpuMorphError) as error:
        return str(error)


def _nodes_words(files: Config, name: str, sizes: dict[str, float]) -> str:
    """What is said of a population; how many segments it has is put into ``sizes``."""
    (nodes,) = read_populations(files, [name])
    kind = nodes.properties.get("type", "biophysical")
    words = f"{name}: {len(nodes.ids)} {kind}"
    column = nodes.column("morphology")
    names = [] if column is None else [str(one) for one in column.tolist() if one is not None]
    if not names:
        return f"{words}, without morphologies"
    different = list(dict.fromkeys(names))
    return f"{words}, {len(different)} morphologies{_size_words(files, nodes, names, different, sizes)}"


def _size_words(
    files: Config, nodes: Nodes, names: Sequence[str], different: Sequence[str], sizes: dict[str, float]
) -> str:
    """How many segments the cells have, from some of their morphologies."""
    source, folders = MorphologyFolders([]), files.morphology_folders(nodes.properties)
    chosen = different[:: -(-len(different) // _MOST_READ)]
    segments: dict[str, int] = {}
    problem = ""
    for name in chosen:
        try:
            morphology = source.read(name, folders, nodes.place).morphology
        except (GpuMorphError, OSError) as error:
            problem = problem or f"; {error}"
            continue
        segments[name] = morphology.n_points - morphology.n_sections
    if not segments:
        return problem
    mean = float(np.mean([segments[name] for name in names if name in segments]))
    sizes[nodes.population] = mean * len(names)
    about = "" if len(segments) == len(different) else "about "
    return f", {about}{_number(mean * len(names))} segments{problem}"


def _edges_words(entry: EdgesFile) -> Iterator[str]:
    try:
        with opened(entry.path, RecordingError) as file:
            edges = group_of(file, "edges", file=entry.path.name, error=RecordingError)
            for name in edges if entry.populations is None else entry.populations:
                group = group_of(edges, name, file=entry.path.name, error=RecordingError)
                stored = group.get("target_node_id")
                n_edges = 0 if stored is None else stored.shape[0]
                is_placed = any(place in group[own] for own in group if own.isdecimal() for place in _PLACES)
                yield f"{name}: {_number(n_edges)}, {'with' if is_placed else 'without'} places of synapses"
    except OSError as error:
        yield f"{', '.join(entry.populations or ())}{': ' if entry.populations else ''}not there: {error.filename}"
    except GpuMorphError as error:
        yield str(error)


def _report_words(files: Config, name: str) -> str:
    path, said = chosen_report(files, name)
    parts = []
    for report in read_reports(path, None):
        variable, unit = variable_and_unit(report, said)
        times = report.times
        step = f", every {times[1] - times[0]:.6g} ms" if len(times) > 1 else ""
        parts.append(
            f"{variable}{f' ({unit})' if unit else ''} of {len(report.node_ids)} {report.population}, "
            f"{report.n_values} values x {len(times)} times from {times[0]:g} to {times[-1]:g} ms{step}"
        )
    return "; ".join(parts)


def _spikes_words(path: Path) -> str:
    with opened(path, RecordingError) as file:
        spikes = group_of(file, "spikes", file=path.name, error=RecordingError)
        if "timestamps" in spikes:
            return f"{path.name}: {spikes['timestamps'].shape[0]}"
        counts = {name: group["timestamps"].shape[0] for name, group in spikes.items() if "timestamps" in group}
    return f"{path.name}: " + (", ".join(f"{count} of {name}" for name, count in counts.items()) or "none")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (
        f", and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    )


def _size(n_bytes: float) -> str:
    return f"{n_bytes / 1e6:.3g} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.3g} GB"


def _number(count: float) -> str:
    """A count for people."""
    if count < 1e5:
        return f"{count:.0f}"
    return f"{count / 1e6:.3g} million" if count < 1e9 else f"{count / 1e9:.3g} billion"
