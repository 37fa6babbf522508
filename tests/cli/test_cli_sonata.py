"""gpu-morph on SONATA circuits: films and pictures of cells at their positions, with reports, synapses and spikes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu_morph.cli.main import main
from probe import probe

h5py = pytest.importorskip("h5py", reason="SONATA files are HDF5 (extra 'hdf5')")

SMALL = ("--size", "160x120")
CELL = "1 1 0 0 0 10 -1\n2 3 0 10 0 4 1\n3 3 0 110 0 4 2\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a run of two cells and a synapse on each."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GPU_MORPH_DEVICE", os.environ.get("GPU_MORPH_DEVICE", "cpu"))
    Path("cell.swc").write_text(CELL)
    with h5py.File("nodes.h5", "w") as file:
        file["nodes/cells/node_type_id"] = [-1, -1]
        for name, values in {"morphology": ["cell", "cell"], "x": [0.0, 150], "orientation_w": [1.0, 1]}.items():
            file[f"nodes/cells/0/{name}"] = values
    with h5py.File("edges.h5", "w") as file:
        for name in ("target_node_id", "source_node_id"):
            file[f"edges/local/{name}"] = [0, 1]
            file[f"edges/local/{name}"].attrs["node_population"] = "cells"
        for axis, values in {"x": [0.0, 150], "y": [60.0, 60], "z": [0.0, 0]}.items():
            file[f"edges/local/0/afferent_center_{axis}"] = values
    with h5py.File("v.h5", "w") as file:
        file["report/cells/data"] = np.linspace(-80, 30, 88).reshape(11, 8)
        for name, mapped in {
            "node_ids": [0, 1],
            "index_pointers": [0, 4, 8],
            "element_ids": [0, 1, 1, 1] * 2,
            "time": [0, 1.1, 0.1],
        }.items():
            file[f"report/cells/mapping/{name}"] = np.array(mapped)
    with h5py.File("spikes.h5", "w") as file:
        file["spikes/cells/node_ids"], file["spikes/cells/timestamps"] = [0, 1], [0.2, 0.5]
    networks = {"nodes": [{"nodes_file": "nodes.h5"}], "edges": [{"edges_file": "edges.h5"}]}
    put("circuit.json", {"components": {"morphologies_dir": "."}, "networks": networks})
    put(
        "run.json",
        {
            "run": {},
            "network": "circuit.json",
            "output": {"output_dir": "."},
            "reports": {"v": {"variable_name": "v"}},
            "node_sets_file": "sets.json",
        },
    )
    put("sets.json", {"first": [0]})
    return tmp_path


def put(name: str, content: dict[str, Any]) -> None:
    Path(name).write_text(json.dumps(content))


def picture(*arguments: str) -> np.ndarray:
    assert main(["snapshot", "--sonata", "run.json", "-o", "out.png", *SMALL, "--bare", *arguments]) == 0
    return np.asarray(Image.open("out.png").convert("RGB")).astype(int)


def test_a_film_of_a_report_is_made(folder):
    arguments = ["render", "--sonata", "run.json", "--report", "v", "--mapping", "neuron", "-o", "film.mp4"]
    assert main([*arguments, *SMALL]) == 0
    assert len(probe(Path("film.mp4")).durations) == 11


def test_a_circuit_alone_has_a_colour_for_each_cell(folder):
    image = picture()
    differs = np.ptp(image, axis=2) > 40
    colors = {tuple((image[y, x] // 64).tolist()) for y, x in np.argwhere(differs)}
    assert len(colors) > 1
    np.testing.assert_array_less(np.ptp(picture("--color", "grey"), axis=2), 40)


@pytest.mark.parametrize("which", ["first", "0"])
def test_cells_are_chosen(folder, which):
    assert not np.array_equal(picture("--node-set", which), picture())


@pytest.mark.parametrize("shown", [("--edges", "all"), ("--edges", "local"), ("--spikes",)])
def test_synapses_and_spikes_are_shown(folder, shown):
    assert not np.array_equal(picture(*shown, "--time", "0.6"), picture())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["snapshot", "--sonata", "run.json", "-o", "a.png", "--time", "1"], "--time needs something that changes"),
        (
            ["snapshot", "--sonata", "circuit.json", "-o", "a.png", "--spikes"],
            "the simulation has no spike file",
        ),
        (["snapshot", "--sonata", "run.json", "-o", "a.png", "--node-set", "no"], "'no' is not defined"),
    ],
)
def test_what_cannot_be_shown_is_an_error(folder, capsys, arguments, words):
    assert main([*arguments, *SMALL]) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["render", "--sonata", "run.json", "-o", "a.mp4"], "required: --report"),
        (["render", "cell.swc", "--sonata", "run.json", "-o", "a.mp4"], "--sonata replaces the files"),
        (["render", "-o", "a.mp4"], "required: morphology, recording"),
        (["snapshot", "-o", "a.png"], "required: morphology"),
        (["snapshot", "--sonata", "run.json", "-o", "a.png", "--spikes", "--edges", "all"], "not allowed with"),
        (["snapshot", "cell.swc", "-o", "a.png", "--spikes"], "--spikes is for --sonata only"),
        (["snapshot", "cell.swc", "-o", "a.png", "--node-set", "0"], "--node-set is for --sonata only"),
        (["render", "cell.swc", "rec.npz", "-o", "a.mp4", "--morphologies", "."], "--morphologies is for"),
        (["render", "--sonata", "run.json", "--report", "v", "-o", "a.mp4", "--scale", "2"], "not for --sonata"),
        (["snapshot", "--sonata", "run.json", "-o", "a.png", "--run"], "--run is for morphology files"),
    ],
)
def test_a_wrong_command_line_ends_with_2(folder, capsys, arguments, words):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert words in capsys.readouterr().err
