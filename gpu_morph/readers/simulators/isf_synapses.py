"""Synapses in the files of the In Silico Framework: their positions and activation times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...data.morphology import Morphology
from ...data.synapse_events import SynapseEvents
from ...errors import MorphologyError, RecordingError
from ...system.arguments import check_type, checked_path
from ..aliases import AnyPath, FloatArray
from ..text_source import TextSource, read_text

_ADVICE = "is it a file of the In Silico Framework?"


def read_isf_synapses(
    morphology: Morphology,
    *,
    syn: AnyPath | None = None,
    activations: AnyPath | None = None,
    con: AnyPath | None = None,
    spikes: AnyPath | None = None,
) -> SynapseEvents:
    """Read synapses and their activations from files of the In Silico Framework, plain or gzipped.

    Parameters
    ----------
    morphology : Morphology
        The cell, with its sections in the order of its .hoc file.
    syn : path, optional
        The sites of all synapses: a ``.syn`` file.
    activations : path, optional
        The activation times: ``simulation_run0000_synapses.csv``. Without ``syn``, only the synapses in this file are
        returned, each at the point that the file names.
    con : path, optional
        The presynaptic cell of each synapse: the ``.con`` file that belongs to ``syn``.
    spikes : path, optional
        The spikes of the presynaptic cells: ``simulation_run0000_presynaptic_cells.csv``. It needs ``syn`` and ``con``
        and replaces ``activations``: each spike of a cell activates all its synapses.

    Returns
    -------
    SynapseEvents
        Populations are the types of presynaptic cells, such as "L5tt_C2", in file order.

    Raises
    ------
    RecordingError
        A file has another format, or the files do not belong together.
    MorphologyError
        Damaged gzip data.
    OSError
        A file cannot be opened.
    ValueError
        The combination of files is not one of those above.

    Examples
    --------
    >>> np.savetxt("cell.syn", [("VPM", 0, 0.5), ("VPM", 1, 0.25)], fmt="%s", header="Type - section - section.x")
    >>> morphology, _ = gm.demo_cell()
    >>> synapses = gm.read_isf_synapses(morphology, syn="cell.syn")
    >>> synapses.population_names, synapses.section.tolist()
    (('VPM',), [0, 1])
    """
    check_type(morphology, Morphology, "morphology")
    given = {"syn": syn, "activations": activations, "con": con, "spikes": spikes}
    syn, activations, con, spikes = (
        None if value is None else checked_path(value, name) for name, value in given.items()
    )
    if (con is None) != (spikes is None) or (con is not None and (syn is None or activations is not None)):
        raise ValueError("con= and spikes= must be given together, with syn= and without activations=")
    if syn is None and activations is None:
        raise ValueError("got neither syn= nor activations=; give a .syn file, a ..._synapses.csv file, or both")
    if syn is None:
        assert activations is not None
        return _only_active(read_text(activations), morphology)
    synapses = _read_syn(read_text(syn), morphology)
    if activations is not None:
        return synapses.events(_read_times(read_text(activations), n_columns=7), {})
    if con is None or spikes is None:
        return synapses.events([], {})
    return synapses.events(_read_times(read_text(spikes), n_columns=3), _read_con(read_text(con)))


Key = tuple[str, int]  # a type of presynaptic cells, and the number of a synapse or cell of that type


@dataclass(frozen=True)
class _Activity:
    """A row of a file of times: a synapse or cell, and its activation times, ms."""

    key: Key
    times: list[float]
    source: TextSource
    line: int
    words: list[str]


@dataclass(frozen=True, eq=False)
class _Synapses:
    """The content of a .syn file."""

    positions: FloatArray  # (n_synapses, 3), µm
    sections: list[int]
    keys: dict[Key, int]  # the index of each synapse
    source: TextSource

    def events(self, activity: list[_Activity], synapses_of_cell: dict[Key, list[Key]]) -> SynapseEvents:
        """The synapses with their activations; ``activity`` is of cells if ``synapses_of_cell`` has any."""
        owners: list[int] = []
        times: list[float] = []
        for row in activity:
            for key in synapses_of_cell.get(row.key, []) if synapses_of_cell else [row.key]:
                if key not in self.keys:
                    raise _error(row.source, row.line, f"{self.source.name} has no synapse {key[1]} of {key[0]}")
                owners += [self.keys[key]] * len(row.times)
                times += row.times
        return _synapse_events([kind for kind, _ in self.keys], self.positions, self.sections, owners, times)


def _synapse_events(
    types: list[str],
    positions: FloatArray,
    sections: list[int],
    owners: list[int],
    times: list[float],
) -> SynapseEvents:
    number = {kind: k for k, kind in enumerate(dict.fromkeys(types))}
    return SynapseEvents(
        positions=positions.reshape(-1, 3).astype(np.float32),
        population=np.array([number[kind] for kind in types], dtype=np.int32),
        population_names=tuple(number),
        event_synapse=np.array(owners, dtype=np.int32),
        event_time=np.array(times, dtype=np.float64),
        section=np.array(sections, dtype=np.int32),
    )


def _read_syn(source: TextSource, morphology: Morphology) -> _Synapses:
    """Rows of type, section and position. The number of a synapse counts those of its type before it."""
    keys: dict[Key, int] = {}
    n_of_type: dict[str, int] = {}
    sections, positions = [], []
    for line, (kind, section, position) in _rows(source, 3):
        keys[kind, n_of_type.get(kind, 0)] = len(keys)
        n_of_type[kind] = n_of_type.get(kind, 0) + 1
        sections.append(_index(source, line, section, morphology.n_sections, "section"))
        positions.append(_number(source, line, position))
        if not 0 <= positions[-1] <= 1:
            raise _error(source, line, f"section.x must be 0 to 1, got {position}; correct it")
    located = morphology.locate(np.array(sections, dtype=np.int64), np.array(positions))
    return _Synapses(located, sections, keys, source)


def _read_con(source: TextSource) -> dict[Key, list[Key]]:
    """The synapses of each presynaptic cell."""
    synapses: dict[Key, list[Key]] = {}
    for line, (kind, cell, synapse) in _rows(source, 3):
        key = kind, _index(source, line, cell, None, "cell ID")
        synapses.setdefault(key, []).append((kind, _index(source, line, synapse, None, "synapse ID")))
    if not synapses:
        raise RecordingError(f"{source.name}: no synapse in it; {_ADVICE}")
    return synapses


def _read_times(source: TextSource, *, n_columns: int) -> list[_Activity]:
    """Rows with the type and the number in the first columns and the times in the last."""
    found = []
    for line, words in _rows(source, n_columns):
        key = words[0], _index(source, line, words[1], None, "ID")
        times = [_number(source, line, word) for word in words[-1].split(",") if word.strip()]
        found.append(_Activity(key, times, source, line, words))
    return found


def _only_active(source: TextSource, morphology: Morphology) -> SynapseEvents:
    """The synapses of a file of activations, at the points that it names."""
    keys: dict[Key, int] = {}
    points: list[int] = []
    sections: list[int] = []
    owners: list[int] = []
    times: list[float] = []
    for row in _read_times(source, n_columns=7):
        section = _index(source, row.line, row.words[3], morphology.n_sections, "section")
        first, end = morphology.section_offsets[section : section + 2].tolist()
        point = first + _index(source, row.line, row.words[4], end - first, f"point of section {section}")
        number = keys.setdefault(row.key, len(keys))
        if number == len(points):
            points.append(point)
            sections.append(section)
        owners += [number] * len(row.times)
        times += row.times
    positions = morphology.points[np.array(points, dtype=np.int64)].astype(np.float64)
    return _synapse_events([kind for kind, _ in keys], positions, sections, owners, times)


def _rows(source: TextSource, n_columns: int) -> Iterator[tuple[int, list[str]]]:
    """Number and words of each line of data. Tabs separate columns; without tabs, spaces do."""
    for line, text in enumerate(source.text.split("\n"), start=1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        words = [word.strip() for word in (text.split("\t") if "\t" in text else text.split())]
        if len(words) == n_columns - 1 and n_columns > 3:  # a synapse without activations
            words.append("")
        if len(words) != n_columns:
            raise _error(source, line, f"expected {n_columns} columns, got {len(words)}; {_ADVICE}")
        yield line, words


def _index(source: TextSource, line: int, word: str, count: int | None, what: str) -> int:
    try:
        index = int(word)
    except ValueError as cause:
        raise _error(source, line, f"expected the number of a {what}, got {word!r}; {_ADVICE}") from cause
    if index < 0 or (count is not None and index >= count):
        limit = "0 or more" if count is None else f"0 to {count - 1}"
        raise _error(source, line, f"{what} is {index}, expected {limit}; is the file of this morphology?")
    return index


def _number(source: TextSource, line: int, word: str) -> float:
    try:
        return source.number(word, line)
    except MorphologyError as cause:
        raise RecordingError(str(cause)) from cause


def _error(source: TextSource, line: int, reason: str) -> RecordingError:
    return RecordingError(f"{source.name}, line {line}: {reason}")
