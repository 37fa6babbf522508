"""What gpu-morph info prints about SONATA configurations."""

from __future__ import annotations

from pathlib import Path

import pytest
from sonata_files import h5py, put_circuit, put_json, put_morphologies, put_nodes, put_report, put_spikes, written

from gpu_morph.cli.file_info import file_lines
from gpu_morph.cli.main import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    put_morphologies(tmp_path)
    put_nodes(tmp_path / "nodes.h5", morphology=["tree", "twins", "tree"], x=[0.0, 100, 200])
    nodes, edges = [{"nodes_file": "nodes.h5"}], [{"edges_file": "edges.h5"}]
    put_circuit(tmp_path, networks={"nodes": nodes, "edges": edges}, node_sets_file="sets.json")
    put_json(tmp_path / "sets.json", {"pair": [0, 1], "last": [2]})
    with h5py.File(tmp_path / "edges.h5", "w") as file:
        file["edges/local/target_node_id"] = [0, 1]
        file["edges/local/0/afferent_section_id"] = [0, 1]
    put_json(
        tmp_path / "simulation_config.json",
        {"run": {}, "network": "circuit_config.json", "reports": {"v": {"variable_name": "v"}, "gone": {}}},
    )
    (tmp_path / "output").mkdir()
    put_report(tmp_path / "output/v.h5")
    put_spikes(tmp_path / "output/spikes.h5", [2, 0, 2], [5.0, 1.0, 3.0])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(path: str) -> list[tuple[str, str]]:
    return [(line[2:16].strip(), line[16:]) for line in file_lines([path]) if line.startswith("  ")]


def test_a_circuit_is_described(folder):
    assert printed("circuit_config.json") == [
        ("circuit", "SONATA, circuit_config.json"),
        ("nodes", "cells: 3 biophysical, 2 morphologies, 18 segments"),
        ("memory", "about 0.00216 MB for a picture of all of it at 1920x1080"),
        ("edges", "local: 2, with places of synapses"),
        ("node sets", "pair, last"),
    ]


def test_a_simulation_is_described_with_what_it_wrote(folder):
    assert printed("simulation_config.json")[5:] == [
        ("report", "v: v (mV) of 1 cells, 17 values x 4 times from 0 to 3 ms, every 1 ms"),
        ("mapping", "neuron"),
        ("report", f"gone: not there: {folder / 'output/gone.h5'}"),
        ("spikes", "spikes.h5: 3 of cells"),
    ]


def test_a_circuit_is_described_as_far_as_its_files_are_there(folder):
    (folder / "edges.h5").unlink()
    (folder / "sets.json").unlink()
    (folder / "morphologies/twins.swc").unlink()
    words = dict(printed("circuit_config.json"))
    assert words["nodes"].startswith(
        "cells: 3 biophysical, 2 morphologies, about 18 segments; nodes.h5, population cells: "
    )
    assert words["edges"] == f"not there: {folder / 'edges.h5'}"
    assert words["node sets"] == f"not there: {folder / 'sets.json'}"


def test_of_many_segments_about_how_many_are_printed(folder, monkeypatch):
    monkeypatch.setattr("gpu_morph.cli.circuit_info._MAX_READ", 1)
    names = ["tree"] * 30_000
    (folder / "nodes.h5").unlink()
    put_nodes(folder / "nodes.h5", morphology=names)
    nodes = dict(printed("circuit_config.json"))["nodes"]
    assert nodes == "cells: 30000 biophysical, 1 morphologies, 0.18 million segments"


def test_the_command_line_says_it_and_what_leads_nowhere(folder, capsys):
    assert main(["info", "simulation_config.json"]) == 0
    assert "  report        v: v (mV) of 1 cells" in capsys.readouterr().out
    written(folder / "other.json", '{"a": 1}')
    (folder / "circuit_config.json").unlink()
    assert main(["info", "other.json"]) == 1
    assert "other.json: it names no circuit" in capsys.readouterr().err
