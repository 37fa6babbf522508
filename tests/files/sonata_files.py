"""Small SONATA files for tests: reports in either dialect, nodes, spikes, configurations, and three cells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.recording import Recording

h5py = pytest.importorskip("h5py", reason="SONATA files are HDF5 (extra 'hdf5')")

# Dendrites of 100, 10 and 50 µm are before an axon of 80, 30 and 20 µm, so that NEURON's order differs from the file's.
# A Morphology has its sections in NEURON's.
TREE = """\
1 1 0 0 0 5 -1
2 3 0 5 0 1 1
3 3 0 105 0 1 2
4 3 10 105 0 1 3
5 3 0 155 0 1 3
6 2 0 -5 0 1 1
7 2 0 -85 0 1 6
8 2 30 -85 0 1 7
9 2 0 -105 0 1 7
"""
IN_FILE = [0, 4, 5, 6, 1, 2, 3]  # the sections in the order of the file
COUNTS = [1, 5, 1, 1, 5, 1, 3]  # elements of each number: 1 + 2 * int(length / 40)
IDS = np.repeat(np.arange(7), COUNTS)
EXPECTED = [(k, round((j + 0.5) / n, 4)) for k, n in enumerate(COUNTS) for j in range(n)]
# Two dendrites of equal length, whose depth-first order differs from the file's.
TWINS = """\
1 1 0 0 0 5 -1
2 3 0 5 0 1 1
3 3 0 35 0 1 2
4 3 5 0 0 1 1
5 3 45 0 0 1 4
6 3 0 45 0 1 3
7 3 10 35 0 1 3
8 3 45 10 0 1 5
9 3 55 0 0 1 5
"""
BARE = "1 3 0 0 0 1 -1\n2 3 0 50 0 1 1\n"


def positions_of(counts: Sequence[int]) -> np.ndarray:
    return np.concatenate([(np.arange(n) + 0.5) / n for n in counts])


def put_report(
    path: Path,
    *,
    ids: Sequence[np.ndarray] = (IDS,),
    nodes: Sequence[int] | None = None,
    population: str = "cells",
    values: np.ndarray | None = None,
    n_rows: int = 4,
    time: Sequence[float] | None = None,
    old: bool = False,
    positions: np.ndarray | None = None,
    attributes: dict[str, Any] | None = None,
    **storage: Any,
) -> Path:
    """Write a report of one population: ``ids`` hold the element numbers of each node."""
    together = np.concatenate(ids)
    if values is None:
        values = np.arange(n_rows * len(together), dtype=np.float32).reshape(n_rows, len(together))
    with h5py.File(path, "a") as file:
        group = file.create_group(f"report/{population}")
        data = group.create_dataset("data", data=values, **storage)
        data.attrs.update({"units": "mV"} if attributes is None else attributes)
        mapping = group.create_group("mapping")
        mapping["node_ids"] = np.arange(len(ids)) if nodes is None else np.array(nodes, dtype=np.uint64)
        pointers = np.cumsum([0, *map(len, ids)]).astype(np.uint64)
        mapping["index_pointer" if old else "index_pointers"] = pointers
        mapping["element_ids"] = together.astype(np.uint32)
        mapping["time"] = np.array([0, len(values), 1] if time is None else time, dtype=np.float64)
        if positions is not None:
            mapping["element_pos"] = positions
    return path


def put_nodes(path: Path, *, population: str = "cells", type_ids: Sequence[int] | None = None, **columns: Any) -> Path:
    """Write nodes; a ``library`` is a dict of words per column."""
    library = columns.pop("library", {})
    n_nodes = len(next(iter(columns.values()))) if columns else len(type_ids or ())
    with h5py.File(path, "a") as file:
        group = file.create_group(f"nodes/{population}")
        group["node_type_id"] = np.full(n_nodes, -1) if type_ids is None else np.array(type_ids)
        own = group.create_group("0")
        for name, column in columns.items():
            own[name] = column
        for name, words in library.items():
            own[f"@library/{name}"] = words
    return path


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def put_json(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content))
    return path


def put_circuit(folder: Path, *entries: dict[str, Any], **more: Any) -> Path:
    nodes = list(entries) or [{"nodes_file": "nodes.h5"}]
    content = {"components": {"morphologies_dir": "morphologies"}, "networks": {"nodes": nodes}, **more}
    return put_json(folder / "circuit_config.json", content)


def put_spikes(
    path: Path, ids: Sequence[int], times: Sequence[float], *, group: str = "spikes/cells", key: str = "node_ids"
) -> Path:
    with h5py.File(path, "a") as file:
        file.create_group(group)
        file[group][key] = np.array(ids)
        file[group]["timestamps"] = np.array(times, dtype=np.float64)
    return path


def sites(recording: Recording) -> list[tuple[int, float]]:
    return [(int(s), round(float(p), 4)) for s, p in zip(recording.section, recording.position, strict=True)]


def put_morphologies(folder: Path) -> Path:
    """A folder with the three cells in ``morphologies``."""
    (folder / "morphologies").mkdir()
    for name, text in {"tree": TREE, "twins": TWINS, "bare": BARE}.items():
        written(folder / "morphologies" / f"{name}.swc", text)
    return folder
