"""Morphologies in SWC files, and circuits of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sonata_files import IDS, put_circuit, put_json, put_morphologies, put_nodes, put_report

from gpu_morph.data.morphology import Morphology
from gpu_morph.readers.files.swc import read_swc


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return put_morphologies(tmp_path)


@pytest.fixture
def tree(folder: Path) -> Morphology:
    return read_swc(folder / "morphologies" / "tree.swc")


@pytest.fixture
def circuit(folder: Path) -> Path:
    """The configuration of a circuit of three trees."""
    columns = {"x": [0.0, 100, 200], "mtype": ["PC", "SP", "PC"], "layer": [4, 5, 5]}
    put_nodes(folder / "nodes.h5", morphology=["tree"] * 3, **columns)
    return put_circuit(folder)


@pytest.fixture
def two_populations(folder: Path) -> Path:
    put_nodes(folder / "a.h5", population="A", morphology=["tree"] * 2)
    put_nodes(folder / "b.h5", population="B", morphology=["tree"])
    put_report(folder / "v.h5", population="A", ids=[IDS] * 2)
    put_report(folder / "v.h5", population="B", values=np.full((4, 17), 99, dtype=np.float64))
    entries = [{"nodes_file": f"{name.lower()}.h5", "populations": {name: {}}} for name in "AB"]
    return put_circuit(folder, *entries)


@pytest.fixture
def simulation(folder: Path, circuit: Path) -> Path:
    """The configuration of a run with a report of voltages and one of synapses."""
    (folder / "output").mkdir()
    put_report(folder / "output" / "voltage.h5", ids=[IDS] * 3)
    return put_json(
        folder / "simulation_config.json",
        {
            "manifest": {"$OUT": "$BASE/output", "$BASE": "."},
            "network": "${BASE}/circuit_config.json",
            "run": {"tstop": 4, "dt": 1},
            "output": {"output_dir": "$OUT", "spikes_file": "fired.h5"},
            "reports": {
                "voltage": {"variable_name": "v", "type": "compartment"},
                "current": {"variable_name": "i_membrane", "unit": "nA", "file_name": "voltage"},
                "synapses": {"variable_name": "g", "type": "synapse"},
            },
        },
    )
