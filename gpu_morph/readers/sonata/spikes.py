"""Spikes: when cells fired, as events at their somata."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...errors import RecordingError
from ...synapses import SynapseEvents
from .hdf5 import group_of, numbers, opened, text


def read_spikes(
    path: Path,
    populations: Sequence[str],
    node_ids: Sequence[npt.NDArray[np.int64]],
    positions: npt.NDArray[np.float64],
    sections: npt.NDArray[np.int64],
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
                stamps = numbers(group, "timestamps", file=path.name, error=RecordingError)
                unit = text(group["timestamps"].attrs.get("units", "ms"))
                if unit != "ms":
                    raise RecordingError(f"{path.name}: {group.name}/timestamps must be in ms, got {unit!r}")
                key = "gids" if "node_ids" not in group and "gids" in group else "node_ids"
                cells = numbers(group, key, size=len(stamps), file=path.name, error=RecordingError).astype(np.int64)
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
