"""Spikes: when cells fired, as events at their somata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...data.synapse_events import SynapseEvents
from ...errors import RecordingError
from ..aliases import FloatArray, IntArray
from .hdf5 import group_of, numbers, opened, text


@dataclass(frozen=True, eq=False)
class SpikesByNode:
    """The spikes of a population: ``node_ids`` (n_spikes,) rising, and ``times`` (n_spikes,) of these, ms."""

    node_ids: IntArray
    times: FloatArray

    def of(self, nodes: IntArray) -> tuple[IntArray, FloatArray]:
        """All spikes of these nodes, one after the other: which of ``nodes`` each is of, and its time."""
        first, end = (np.searchsorted(self.node_ids, nodes, side=side) for side in ("left", "right"))
        counts = end - first
        owner = np.repeat(np.arange(len(nodes)), counts)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        return owner, self.times[first[owner] + within]


def spikes_of(paths: Sequence[Path], population: str) -> SpikesByNode:
    """The spikes of a population in several files, ``/spikes/<population>`` of each.

    Raises
    ------
    RecordingError
        A file that holds no spikes.
    """
    nodes, times = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for path in paths:
        with opened(path, RecordingError) as file:
            spikes = group_of(file, "spikes", file=path.name, error=RecordingError)
            if population in spikes:
                cells, stamps = _read(spikes[population], path)
                nodes.append(cells)
                times.append(stamps)
    together, stamped = np.concatenate(nodes), np.concatenate(times)
    order = np.lexsort((stamped, together))
    return SpikesByNode(together[order], stamped[order])


def _read(group: Any, path: Path) -> tuple[IntArray, FloatArray]:
    """Node and time of each spike."""
    times = numbers(group, "timestamps", file=path.name, error=RecordingError)
    unit = text(group["timestamps"].attrs.get("units", "ms"))
    if unit != "ms":
        raise RecordingError(f"{path.name}: {group.name}/timestamps must be in ms, got {unit!r}")
    key = "gids" if "node_ids" not in group and "gids" in group else "node_ids"
    nodes = numbers(group, key, size=len(times), file=path.name, error=RecordingError)
    return nodes.astype(np.int64), times.astype(np.float64)


def read_spikes(
    path: Path,
    populations: Sequence[str],
    node_ids: Sequence[IntArray],
    positions: FloatArray,
    sections: IntArray,
) -> SynapseEvents:
    """The spikes of cells, each cell a place with its population's name.

    Parameters
    ----------
    path : Path
        A file with ``/spikes/<population>``; the older ``/spikes`` of a single population is read too.
    populations, node_ids
        The populations, and which of their cells count.
    positions : (n_cells, 3) float
        µm: where each of them is shown.
    sections : (n_cells,) int
        On which section that is.

    Raises
    ------
    RecordingError
        A file that holds no spikes.
    """
    index, times, first = [], [], 0
    with opened(path, RecordingError) as file:
        spikes = group_of(file, "spikes", file=path.name, error=RecordingError)
        for population, ids in zip(populations, node_ids, strict=True):
            is_old = "timestamps" in spikes and len(populations) == 1
            group = spikes if is_old else spikes.get(population)
            if group is not None:
                cells, stamps = _read(group, path)
                order = np.argsort(ids)
                place = np.minimum(np.searchsorted(ids[order], cells), max(len(ids) - 1, 0))
                is_chosen = ids[order][place] == cells if len(ids) else np.zeros(len(cells), dtype=bool)
                index.append(first + order[place[is_chosen]])
                times.append(stamps[is_chosen])
            first += len(ids)
    return SynapseEvents(
        positions=positions.astype(np.float32),
        population=np.repeat(np.arange(len(populations)), [len(ids) for ids in node_ids]).astype(np.int32),
        population_names=tuple(populations),
        event_synapse=np.concatenate([np.zeros(0, dtype=np.int32), *index]).astype(np.int32),
        event_time=np.concatenate([np.zeros(0), *times]),
        section=sections.astype(np.int32),
    )
