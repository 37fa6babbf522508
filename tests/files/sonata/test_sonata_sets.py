"""SONATA compartment sets: elements have the sites of the set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sonata_files import h5py, put_circuit, put_json, put_morphologies, put_nodes, put_report, sites

from gpu_morph.errors import RecordingError
from gpu_morph.readers.sonata import SonataCircuit, read_sonata

CHOSEN = {"report": "some", "type": "compartment_set", "compartment_set": "tips"}
SECTIONED = {"report": "some", "type": "compartment", "sections": "compartment_set", "compartments": "tips"}
# Number 4 is the first dendrite (section 1), 6 the last (section 3).
ROWS = [[0, 0, 0.5], [0, 4, 0.9], [2, 6, 0.1], [0, 4, 0.25]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put_morphologies(tmp_path)
    put_nodes(tmp_path / "nodes.h5", morphology=["tree"] * 3, x=[0.0, 100, 200])
    put_circuit(tmp_path)
    (tmp_path / "output").mkdir()
    return tmp_path


def run_of(
    folder: Path,
    *,
    entry: dict[str, Any] = CHOSEN,
    rows: Any = ROWS,
    population: str = "cells",
    name: str = "some",
    **more: Any,
) -> Path:
    put_json(folder / "sets.json", {"tips": {"population": population, "compartment_set": rows}})
    report = {key: value for key, value in entry.items() if key != "report"}
    content = {"run": {}, "network": "circuit_config.json", "compartment_sets_file": "sets.json", **more}
    return put_json(folder / "simulation_config.json", {**content, "reports": {name: report}})


def read(config: Path, report: str | Path = "some", **given: Any) -> SonataCircuit:
    with pytest.warns(UserWarning, match="a compartment set; no geometry confirms its numbering"):
        return read_sonata(config, report=report, **given)


@pytest.mark.parametrize("entry", [CHOSEN, SECTIONED], ids=["neurodamus", "the format's text"])
def test_elements_have_the_sites_of_the_set(folder, entry):
    put_report(folder / "output/some.h5", ids=[np.array([0, 4, 4]), np.array([6])], nodes=[0, 2])
    found = read(run_of(folder, entry=entry))
    assert found.node_ids.tolist() == [0, 2]
    assert sites(found.recording) == [(0, 0.5), (4, 0.9), (4, 0.25), (7 + 6, 0.1)]
    assert found.recording.row(0).tolist() == [0, 1, 2, 3]


def test_a_repeated_site_is_read_once(folder):
    put_report(folder / "output/some.h5", ids=[np.array([4, 4])])
    found = read(run_of(folder, rows=[[0, 4, 0.9], [0, 4, 0.9]]))
    assert sites(found.recording) == [(4, 0.9)]


def test_numbers_of_an_axon_can_mean_a_stub(folder):
    put_report(folder / "output/some.h5", ids=[np.array([1])])
    config = run_of(folder, rows=[[0, 1, 0.5]])
    with pytest.raises(RecordingError, match="fit the morphologies by the rules neuron, neuron-stub, but 1 of them"):
        read_sonata(config, report="some")
    found = read_sonata(config, report="some", mapping="neuron")
    assert sites(found.recording) == [(1, 0.5)]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"rows": [[0, 4, 0.9]]},
            "node 0 has elements in the sections 0, 4, but the compartment set 'tips' has 4;",
        ),
        ({"rows": [[0, 0, 10**400]]}, r"has the offset 10+\.\.\.0+, expected 0 to 1"),
        ({"rows": [[0, 0, 0.5], [0, 4, 1.2]]}, "has the offset 1.2, expected 0 to 1"),
        (
            {"rows": [[0, None, 0.5]]},
            r"must hold \[node, section, offset\] in each row.* got \[0, None, 0.5\]",
        ),
        ({"rows": [[0, 1.5, 0.5]]}, r"must hold \[node, section, offset\] in each row"),
        ({"rows": [[0, 10**30, 0.5]]}, r"must hold \[node, section, offset\] in each row"),
        ({"rows": [[0, -1, 0.5]]}, r"must hold \[node, section, offset\] in each row"),
        ({"rows": [[0, 0]]}, r"must hold \[node, section, offset\] in each row"),
        ({"rows": 5}, r"must hold \[node, section, offset\] in each row"),
        ({"rows": [[0, "dend", 0.5]]}, r"has the sections dend\[0\] to dend\[2\], got 'dend'; add an index"),
        ({"rows": [[0, "dend[3]", 0.5]]}, r"node 0 .*has no section 'dend\[3\]', it has dend\[0\] to dend\[2\]"),
        ({"rows": [[0, "spine[0]", 0.5]]}, r"has no section 'spine\[0\]', it has soma, axon, dend"),
        ({"population": "others"}, "'tips' is of population 'others'"),
        ({"entry": {**CHOSEN, "compartment_set": "roots"}}, "sets.json: no compartment set 'roots'; it has tips"),
    ],
)
def test_sets_that_do_not_fit_raise_an_error(folder, changed, words):
    put_report(folder / "output/some.h5", ids=[np.array([0, 4])])
    with pytest.raises(RecordingError, match=words):
        read_sonata(run_of(folder, **changed), report="some")


def test_a_simulation_without_sets_raises_an_error(folder):
    put_report(folder / "output/some.h5", ids=[np.array([0])])
    config = put_json(
        folder / "simulation_config.json", {"run": {}, "network": "circuit_config.json", "reports": {"some": CHOSEN}}
    )
    with pytest.raises(RecordingError, match="'tips' needs compartment_sets_file; add its path"):
        read_sonata(config, report="some")


def test_the_compartment_set_of_neurodamus_has_the_values_of_its_compartments(shared_data, tmp_path):
    source = shared_data / "sonata_neurodamus_ringtest"
    if not source.exists():
        pytest.skip(f"no {source}")
    rows = [[1, 0, 0.4], [1, 2, 0.25], [1, 2, 0.5]]  # as its simulation had them
    name, network = "compartment_set_A_v", str(source / "circuit_config.json")
    config = run_of(tmp_path, rows=rows, population="RingA", name=name, network=network)
    reports = source / "reference/reports"
    chosen = read(config, reports / f"{name}.h5").recording
    with pytest.warns(UserWarning, match="all sections have the same number of elements"):
        found = read_sonata(config, report=reports / "compartment_v.h5", population="RingA")
    assert sites(chosen) == [(0, 0.4), (2, 0.25), (2, 0.5)]
    of_node_1 = [(3 + section, x) for section, x in [(0, 0.5), (2, 0.25), (2, 0.75)]]  # a site is in one of two parts
    columns = [sites(found.recording).index(site) for site in of_node_1]
    np.testing.assert_array_equal(chosen.values[:], found.recording.values[:][:, columns])


@pytest.mark.parametrize("name", ["scnn1a", "five"])
def test_selected_sites_of_generated_simulations_are_drawn_where_they_were_simulated(shared_data, tmp_path, name):
    source = shared_data / "sim_generated"
    if not (source / f"{name}_bbp_report.h5").exists():
        pytest.skip(f"no generated runs in {source}")
    with h5py.File(source / f"{name}_nodes.h5") as file:
        ((population, nodes),) = file["nodes"].items()
        translations = np.stack([nodes["0"][axis][:] for axis in "xyz"], axis=1)
    with h5py.File(source / f"{name}_bbp_report.h5") as file:
        group = file["report"][population]
        ids, pointers = group["mapping/element_ids"][:].astype(int), group["mapping/index_pointers"][:].astype(int)
        values = group["data"][:]
    truth = np.load(source / f"{name}_truth.npz")
    node = np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))
    is_axon = np.char.startswith(truth["section"], "axon")
    rng = np.random.default_rng(0)
    chosen = np.sort(rng.choice(np.flatnonzero(~is_axon), 60, replace=False))
    (tmp_path / "output").mkdir()
    put_report(
        tmp_path / "output/some.h5",
        ids=[ids[chosen[node[chosen] == k]] for k in range(len(translations))],
        population=population,
        values=values[:, chosen],
    )
    rows = np.stack([node[chosen], ids[chosen], truth["x"][chosen].astype(float)], axis=1)
    put_circuit(
        tmp_path,
        {"nodes_file": str(source / f"{name}_nodes.h5")},
        components={
            "morphologies_dir": str(shared_data / "swc_real"),
            "alternate_morphologies": {"neurolucida-asc": str(shared_data / "asc")},
        },
    )
    found = read(run_of(tmp_path, rows=rows.tolist(), population=population))
    recording, morphology = found.recording, found.morphology
    drawn = morphology.locate(recording.section, recording.position)
    cell = morphology.section_cell[recording.section]
    distances = np.linalg.norm(drawn - translations[cell] - truth["xyzd"][chosen, :3], axis=1)
    assert distances.max() < 1
    np.testing.assert_array_equal(recording.row(50), values[50, chosen])
