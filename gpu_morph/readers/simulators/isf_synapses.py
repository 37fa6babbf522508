"""Synapses of the In Silico Framework, from its files: where they are, and when they were active."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...data.synapse_events import SynapseEvents
from ...errors import MorphologyError, RecordingError
from ..text_source import Source, read_source

AnyPath = str | os.PathLike[str]

_ADVICE = "is it a file of the In Silico Framework?"


def read_isf_synapses(
    morphology: Morphology,
    *,
    syn: AnyPath | None = None,
    activations: AnyPath | None = None,
    con: AnyPath | None = None,
    spikes: AnyPath | None = None,
) -> SynapseEvents:
    """Read synapses and their activations as the In Silico Framework writes them, plain or gzipped.

    Parameters
    ----------
    morphology : Morphology
        Of the cell; its sections in the order of its .hoc file.
    syn : path, optional
        Where all synapses are: a ``.syn`` file.
    activations : path, optional
        When they were active: ``simulation_run0000_synapses.csv``. Without ``syn``, only the synapses in it are
        given, each at the point that it names.
    con : path, optional
        Whose they are: the ``.con`` file that belongs to ``syn``.
    spikes : path, optional
        When the presynaptic cells fired: ``simulation_run0000_presynaptic_cells.csv``. With ``syn`` and ``con``, in
        place of ``activations``: every synapse of a cell is active at each of its spikes.

    Returns
    -------
    SynapseEvents
        Populations are the types of presynaptic cells, such as "L5tt_C2", in the order of the file.

    Raises
    ------
    RecordingError
        Files that say something else, or of which another one is needed, too.
    MorphologyError
        A damaged gzip file.
    OSError
        A file cannot be opened.
    ValueError
        Files that do not make a whole: at least ``syn`` or ``activations``; ``con`` and ``spikes`` go together.
    """
    if (con is None) != (spikes is None) or (con is not None and (syn is None or activations is not None)):
        raise ValueError("con= and spikes= go together, with syn= and in place of activations=")
    if syn is None and activations is None:
        raise ValueError("give syn=, a .syn file, or activations=, a file ..._synapses.csv, or both")
    if syn is None:
        assert activations is not None
        return _only_active(read_source(activations), morphology)
    synapses = _read_syn(read_source(syn), morphology)
    if activations is not None:
        return synapses.events(_read_times(read_source(activations), n_columns=7), {})
    if con is None or spikes is None:
        return synapses.events([], {})
    return synapses.events(_read_times(read_source(spikes), n_columns=3), _read_con(read_source(con)))


Key = tuple[str, int]  # a type, and the number of a synapse or cell within it


@dataclass(frozen=True)
class _Activity:
    """A row of a file of times: of which synapse or cell, and when."""

    key: Key
    times: list[float]
    source: Source
    line: int
    words: list[str]


@dataclass(frozen=True, eq=False)
class _Synapses:
    """What a .syn file says: places, and which synapse has which name."""

    positions: npt.NDArray[np.float64]
    sections: list[int]
    keys: dict[Key, int]
    source: Source

    def events(self, activity: list[_Activity], of_cells: dict[Key, list[Key]]) -> SynapseEvents:
        """The synapses with these activations; of cells where it is said which synapses they have."""
        owners: list[int] = []
        times: list[float] = []
        for row in activity:
            for key in of_cells.get(row.key, []) if of_cells else [row.key]:
                if key not in self.keys:
                    raise _error(row.source, row.line, f"{self.source.name} has no synapse {key[1]} of {key[0]}")
                owners += [self.keys[key]] * len(row.times)
                times += row.times
        return _synapse_events([kind for kind, _ in self.keys], self.positions, self.sections, owners, times)


def _synapse_events(
    types: list[str],
    positions: npt.NDArray[np.float64],
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


def _read_syn(source: Source, morphology: Morphology) -> _Synapses:
    """Type, section and place along it; a synapse's number counts those of its type before it."""
    keys: dict[Key, int] = {}
    n_of_type: dict[str, int] = {}
    sections, places = [], []
    for line, (kind, section, place) in _rows(source, 3):
        keys[kind, n_of_type.get(kind, 0)] = len(keys)
        n_of_type[kind] = n_of_type.get(kind, 0) + 1
        sections.append(_index(source, line, section, morphology.n_sections, "section"))
        places.append(_number(source, line, place))
        if not 0 <= places[-1] <= 1:
            raise _error(source, line, f"section.x must be 0 to 1, got {place}")
    positions = morphology.locate(np.array(sections, dtype=np.int64), np.array(places))
    return _Synapses(positions, sections, keys, source)


def _read_con(source: Source) -> dict[Key, list[Key]]:
    """The synapses of each cell."""
    synapses: dict[Key, list[Key]] = {}
    for line, (kind, cell, synapse) in _rows(source, 3):
        key = kind, _index(source, line, cell, None, "cell ID")
        synapses.setdefault(key, []).append((kind, _index(source, line, synapse, None, "synapse ID")))
    if not synapses:
        raise RecordingError(f"{source.name}: no synapse in it; {_ADVICE}")
    return synapses


def _read_times(source: Source, *, n_columns: int) -> list[_Activity]:
    """Type and number in the first columns, times in the last."""
    found = []
    for line, words in _rows(source, n_columns):
        key = words[0], _index(source, line, words[1], None, "ID")
        times = [_number(source, line, word) for word in words[-1].split(",") if word.strip()]
        found.append(_Activity(key, times, source, line, words))
    return found


def _only_active(source: Source, morphology: Morphology) -> SynapseEvents:
    """The synapses that were active, at the points that are named."""
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


def _rows(source: Source, n_columns: int) -> Iterator[tuple[int, list[str]]]:
    """Number and words of each line that holds data; columns are parted by tabs, or by any space where none is one."""
    for line, text in enumerate(source.text.split("\n"), start=1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        words = [word.strip() for word in (text.split("\t") if "\t" in text else text.split())]
        if len(words) == n_columns - 1 and n_columns > 3:  # never active
            words.append("")
        if len(words) != n_columns:
            raise _error(source, line, f"expected {n_columns} columns, got {len(words)}; {_ADVICE}")
        yield line, words


def _index(source: Source, line: int, word: str, count: int | None, what: str) -> int:
    try:
        index = int(word)
    except ValueError as cause:
        raise _error(source, line, f"expected the number of a {what}, got {word!r}; {_ADVICE}") from cause
    if index < 0 or (count is not None and index >= count):
        limit = "0 or more" if count is None else f"0 to {count - 1}"
        raise _error(source, line, f"there is no {what} {index}, but {limit}; is it of this morphology?")
    return index


def _number(source: Source, line: int, word: str) -> float:
    try:
        return source.number(word, line)
    except MorphologyError as cause:
        raise RecordingError(str(cause)) from cause


def _error(source: Source, line: int, reason: str) -> RecordingError:
    return RecordingError(f"{source.name}, line {line}: {reason}")
