"""Spikes of cells, as events at their somata."""

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
    """The spikes of a population.

    Parameters
    ----------
    node_ids : (n_spikes,) int64
        The node of each spike, in increasing order.
    times : (n_spikes,) float64
        ms.
    """

    node_ids: IntArray
    times: FloatArray

    def of(self, nodes: IntArray) -> tuple[IntArray, FloatArray]:
        """All spikes of some nodes.

        Parameters
        ----------
        nodes : (n,) int64
            The nodes, in any order; one can occur several times.

        Returns
        -------
        owners : (n_spikes,) int64
            The index in ``nodes`` of each spike's node, in increasing order.
        times : (n_spikes,) float64
            ms.
        """
        first, end = (np.searchsorted(self.node_ids, nodes, side=side) for side in ("left", "right"))
        counts = end - first
        owners = np.repeat(np.arange(len(nodes)), counts)
        within = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        return owners, self.times[first[owners] + within]


def spikes_of(paths: Sequence[Path], population: str) -> SpikesByNode:
    """Read the spikes of a population from ``/spikes/<population>`` of several files.

    Raises
    ------
    RecordingError
        A file has no spikes.
    """
    nodes, times = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for path in paths:
        with opened(path, RecordingError) as file:
            spikes = group_of(file, "spikes", file=path.name, error=RecordingError)
            if population in spikes:
                file_nodes, file_times = _read(spikes[population], path)
                nodes.append(file_nodes)
                times.append(file_times)
    all_nodes, all_times = np.concatenate(nodes), np.concatenate(times)
    order = np.lexsort((all_times, all_nodes))
    return SpikesByNode(all_nodes[order], all_times[order])


def _read(group: Any, path: Path) -> tuple[IntArray, FloatArray]:
    """Node and time (ms) of each spike."""
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
    """Read the spikes of cells, as events of one synapse at each cell's soma.

    Parameters
    ----------
    path : Path
        A file with ``/spikes/<population>``, or the older form with ``/spikes`` of a single population.
    populations, node_ids
        The populations, and the nodes of their cells.
    positions : (n_cells, 3) float64
        The position of each cell's soma, µm.
    sections : (n_cells,) int64
        The section of that position.

    Raises
    ------
    RecordingError
        The file has no spikes.
    """
    index, times, first = [], [], 0
    with opened(path, RecordingError) as file:
        spikes = group_of(file, "spikes", file=path.name, error=RecordingError)
        for population, ids in zip(populations, node_ids, strict=True):
            is_old = "timestamps" in spikes and len(populations) == 1
            group = spikes if is_old else spikes.get(population)
            if group is not None:
                nodes, spike_times = _read(group, path)
                order = np.argsort(ids)
                found = np.minimum(np.searchsorted(ids[order], nodes), max(len(ids) - 1, 0))
                is_chosen = ids[order][found] == nodes if len(ids) else np.zeros(len(nodes), dtype=bool)
                index.append(first + order[found[is_chosen]])
                times.append(spike_times[is_chosen])
            first += len(ids)
    return SynapseEvents(
        positions=positions.astype(np.float32),
        population=np.repeat(np.arange(len(populations)), [len(ids) for ids in node_ids]).astype(np.int32),
        population_names=tuple(populations),
        event_synapse=np.concatenate([np.zeros(0, dtype=np.int32), *index]).astype(np.int32),
        event_time=np.concatenate([np.zeros(0), *times]),
        section=sections.astype(np.int32),
    )
