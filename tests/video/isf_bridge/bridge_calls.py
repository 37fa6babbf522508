"""Calls through the bridge and without it: films of a cell of the In Silico Framework from its own Python."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from isf_cells import Section, isf_cell, synapse, tiny_cell

import gpu_morph as gm

REPOSITORY = Path(__file__).parents[3]
SOURCE = REPOSITORY / "gpu_morph" / "isf" / "bridge.py"
CELL = """
import numpy as np

class Section:
    def __init__(self, **fields):
        self.__dict__.update(fields)
    def __iter__(self):
        return iter([Section(x=(k + 0.5) / self.nseg) for k in range(self.nseg)])

times = np.arange(201) / 10
def section(label, pts, diam, parent, nseg):
    made = Section(label=label, pts=pts, diamList=diam, parent=parent, parentx=1.0, nseg=nseg)
    made.recVList = [-80 + k + 4 * times for k in range(nseg)]
    made.recordVars = {"hh.m": [np.cos(times + k) for k in range(nseg)]}
    return made

soma = section("Soma", [[0, 0, -20], [0, 0, 20]], [30, 30], None, 1)
tuft = section("ApicalDendrite", [[0, 0, 20], [30, 60, 120]], [12, 6], soma, 2)
def synapse(x, spikes):
    return Section(coordinates=np.array([x, 0, 0.0]), preCell=spikes and Section(spikeTimes=spikes), releaseSite=None)

cell = Section(sections=[soma, tuft], soma=soma, tVec=times)
cell.synapses = {"VPM_C2": [synapse(0, [3.0]), synapse(5, None)], "L4ss_C2": [synapse(9, [4.0, 8.0])], "L6_C2": []}
"""
FILM = """
viz = CellMorphologyVisualizer(cell, t_start=2, t_stop=6, t_step=1)
viz.dpi = 24
viz.scale_diameter(lambda diameters: np.maximum(diameters, 8))
viz.scale_diameter(1.5)
viz.set_cmap("viridis", vmin=np.float32(-80.1))
viz.camera_position["dist"] = 8
viz.synapse_group_function = lambda name: name.split("_")[0]
viz.population_to_color_dict = {"VPM": (1, 0, 0)}
report = viz.write_video(None, name, color="voltage", show_synapses=True, show_legend=True, codec="png")
"""


def direct(cell: Any = None) -> gm.CellMorphologyVisualizer:
    """The object of gpu_morph with the same attributes."""
    made = gm.CellMorphologyVisualizer(cell or tiny_cell(), False, t_start=2, t_stop=4, t_step=1)
    made.dpi = 8
    return made


def cell_of_everything() -> SimpleNamespace:
    """A cell that has, and lacks, whatever a cell can."""
    soma = Section("Soma", [[0, 0, -20], [0, 0, 20]], [30, 30])
    dendrite = Section("Dendrite", [[0, 0, 20], [30, 60, 120], [30, 60, 140]], [12, 6, 3], soma, 2)
    silent = Section("Myelin", [[0, 0, -20], [0, 0, -50]], [2, 2], soma, 1, x=0.0)
    cell = isf_cell(soma, dendrite, silent, times=np.arange(5) / 10)
    dendrite.recVList = [np.arange(5) / 3, np.arange(5) / 7]
    dendrite.recordVars = {"cai": [np.ones(5), np.zeros(5)], "empty": []}
    alone = synapse([1, 2, 3])
    alone.preCell = None
    cell.synapses = {"A": [synapse([0, 0, 1], 0.1, 0.2), alone], "none": [], "B": [synapse([0, 0, 2])]}
    cell.synapses["B"][0].secID = 1
    return cell


def run_alone(python: str | Path, folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code beside gpu_morph_isf.py by a Python that finds no gpu_morph."""
    (folder / "gpu_morph_isf.py").write_bytes(SOURCE.read_bytes())
    no_path = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    script = folder / "script.py"
    script.write_text(code)
    return subprocess.run([python, "-W", "error", script], cwd=folder, env=no_path, capture_output=True, text=True)


def same_film(folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The film of `CELL` and `FILM` made here, without the bridge."""
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"CellMorphologyVisualizer": gm.CellMorphologyVisualizer, "name": "direct.mov"}
    exec(CELL + FILM, names)
    return (folder / "direct.mov").read_bytes()
