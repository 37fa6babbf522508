"""A small network as NetPyNE saves it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

import gpu_morph as gm

SECS: dict[str, Any] = {
    "dend": {
        "geom": {"L": 100, "diam": 2, "nseg": 5},
        "topol": {"parentSec": "soma", "parentX": 1.0, "childX": 0},
    },
    "soma": {"geom": {"L": 20, "diam": 12}, "topol": {}},
}
WITH_POINTS: dict[str, Any] = {
    "dend": {
        "geom": {"nseg": 2, "pt3d": [[0, 20, 0, 3], [0, 120, 0, 3], [50, 120, 0, 1]]},
        "topol": {"parentSec": "soma", "parentX": 1.0, "childX": 0},
    },
    "soma": {"geom": {"pt3d": [[0, 0, 0, 12], [0, 20, 0, 12]]}, "topol": {}},
}


def cell(gid: int, pop: str, secs: dict[str, Any], *, x: float, y: float, z: float, **other: Any) -> dict[str, Any]:
    tags = {"pop": pop, "cellType": "PYR", "x": x, "y": y, "z": z}
    return {"gid": gid, "tags": tags, "secs": copy.deepcopy(secs), "conns": [], **other}


def network() -> dict[str, Any]:
    """What NetPyNE saves of two cells, a NetStim, their connections, spikes and traces."""
    one, two = cell(0, "A", SECS, x=10, y=200, z=5), cell(4, "B", WITH_POINTS, x=-30, y=100, z=0)
    two["conns"] = [
        {"preGid": 0, "sec": "dend", "loc": 0.5, "delay": 2.0, "synMech": "exc", "weight": 1},
        {"preGid": 7, "sec": "soma", "loc": 0.5, "delay": 1.0, "synMech": "exc", "weight": 1},
        {"preGid": "NetStim", "preLabel": "noise", "sec": "dend", "loc": 0.0, "delay": 0.5, "weight": 1},
    ]
    source = {"gid": 7, "tags": {"pop": "bkg", "cellModel": "NetStim", "x": 1, "y": 2, "z": 3}, "conns": []}
    traces = {"V_soma": {"sec": "soma", "loc": 0.5, "var": "v"}, "V_dend": {"sec": "dend", "loc": 0.75, "var": "v"}}
    return {
        "net": {"cells": [one, two, source], "params": {"cellParams": {}}},
        "simConfig": {"recordTraces": traces | {"gna": {"sec": "soma", "loc": 0.5, "mech": "hh", "var": "gna"}}},
        "simData": {
            "t": [0.0, 0.1, 0.2],
            "V_soma": {"cell_0": [-65, -60, 0], "cell_4": [-70, -69, -68]},
            "V_dend": {"cell_4": [-50, -40, -30]},
            "gna": {"cell_0": [1, 2, 3]},
            "spkt": [3.0, 1.0, 9.0, 20.0],
            "spkid": [0.0, 7.0, 0.0, 4.0],
            "stims": {"cell_4": {"noise": [6.0]}},
        },
    }


def ends(morphology: gm.Morphology, name: str) -> np.ndarray:
    assert morphology.section_names is not None
    section = morphology.section_names.index(name)
    return morphology.locate([section, section], [0, 1])
