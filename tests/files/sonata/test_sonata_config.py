"""Configurations of circuits and simulations."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sonata_files import put_circuit, put_json, put_nodes, put_report, written

from gpu_morph.errors import MorphologyError, RecordingError
from gpu_morph.readers.sonata import read_sonata


def test_a_report_is_found_by_its_name(simulation):
    found = read_sonata(simulation, report="voltage")
    assert (found.recording.name, found.recording.n_compartments) == ("v", 51)


def test_a_report_can_have_another_file_name(simulation):
    recording = read_sonata(simulation, report="current").recording
    assert (recording.name, recording.unit) == ("i_membrane", "nA")


def test_the_variable_of_a_report_file_comes_from_the_configuration(simulation, folder):
    assert read_sonata(simulation, report=folder / "output" / "voltage.h5").recording.name == "v"


def test_a_report_of_synapses_raises_an_error(simulation):
    with pytest.raises(RecordingError, match=r"synapses\.h5: a report of synapses, whose.*read_sonata\(config, edges="):
        read_sonata(simulation, report="synapses")


def test_the_error_for_an_unknown_report_lists_the_reports(simulation):
    with pytest.raises(RecordingError, match=r"one of the run's reports \(voltage, current, synapses\), got 'vm'"):
        read_sonata(simulation, report="vm")


def test_a_file_can_name_circuit_and_simulation(folder, simulation):
    both = put_json(folder / "config.json", {"network": "circuit_config.json", "simulation": simulation.name})
    assert read_sonata(both, report="voltage").recording.n_compartments == 51


def test_circuit_and_simulation_can_be_one_file(folder, simulation, circuit):
    both = {**json.loads(simulation.read_text()), **json.loads(circuit.read_text())}
    del both["network"]
    assert read_sonata(put_json(folder / "all.json", both), report="voltage").recording.n_compartments == 51


def test_circuit_config_json_is_the_default_circuit(folder, circuit):
    assert len(read_sonata(put_json(folder / "run.json", {"run": {}})).node_ids) == 3


def test_the_circuit_can_be_given(folder, circuit):
    circuit = circuit.rename(folder / "another.json")
    run = put_json(folder / "run.json", {"run": {}})
    with pytest.raises(MorphologyError, match=r"run\.json: it names no circuit .* give .* by circuit="):
        read_sonata(run)
    assert len(read_sonata(run, circuit=circuit).node_ids) == 3


def test_without_a_report_the_simulations_node_set_is_read(folder, circuit):
    put_json(folder / "sets.json", {"pyramids": {"mtype": "PC"}})
    run = {"network": circuit.name, "node_set": "pyramids", "node_sets_file": "sets.json"}
    assert read_sonata(put_json(folder / "run.json", run)).node_ids.tolist() == [0, 2]


def test_cells_that_were_not_recorded_give_a_warning(folder, circuit):
    report = put_report(folder / "v.h5", nodes=[1])
    assert read_sonata(circuit, report=report).node_ids.tolist() == [1]
    with pytest.warns(UserWarning, match=r"v\.h5: 2 of the chosen cells were not recorded"):
        found = read_sonata(circuit, report=report, node_set=[0, 1, 2])
    assert np.unique(found.recording.section // 7).tolist() == [1]


def test_a_report_without_any_of_the_cells_raises_an_error(folder, circuit):
    report = put_report(folder / "v.h5", nodes=[1])
    with pytest.raises(RecordingError, match=r"v\.h5: it has no values of the chosen cells; choose others"):
        read_sonata(circuit, report=report, node_set=[2])


def test_a_report_of_another_circuit_raises_an_error(folder, circuit):
    report = put_report(folder / "v.h5", nodes=[7])
    with pytest.raises(
        RecordingError, match=r"v\.h5: node 7 of cells is not among the 3 of nodes\.h5; are they of the same"
    ):
        read_sonata(circuit, report=report)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", r"circuit_config\.json: not JSON \(.*line 1"),
        ("[1]", r"circuit_config\.json: expected a JSON object, found a list"),
        ('{"networks": {}}', r"expected a circuit configuration with networks/nodes"),
        ('{"networks": {"nodes": [{}]}}', r"each of networks/nodes needs a nodes_file"),
        (
            '{"networks": {"nodes": [{"nodes_file": "$X/a.h5"}]}}',
            r"'\$X/a\.h5' needs the variable \$X, .* defines nothing",
        ),
        (
            '{"manifest": {"$X": "$X"}, "networks": {"nodes": [{"nodes_file": "$X"}]}}',
            r"\$X of .* contains itself",
        ),
    ],
)
def test_the_error_for_a_configuration_gives_the_reason(tmp_path, content, words):
    with pytest.raises(MorphologyError, match=words):
        read_sonata(written(tmp_path / "circuit_config.json", content))


def test_a_file_without_nodes_raises_an_error(folder):
    put_report(folder / "nodes.h5")
    with pytest.raises(
        MorphologyError, match=r"nodes\.h5: expected a group /nodes, found report; is it the right file"
    ):
        read_sonata(put_circuit(folder))


def test_an_attribute_with_too_few_values_raises_an_error(folder):
    put_nodes(folder / "nodes.h5", morphology=["tree"] * 3, x=[0.0, 1.0])
    with pytest.raises(
        MorphologyError, match=r"nodes\.h5: /nodes/cells/0/x must hold a value for each of 3 nodes, .* \(2,\)"
    ):
        read_sonata(put_circuit(folder))


@pytest.mark.parametrize(("x", "words"), [([np.nan], "x of node 0 is not finite"), (["far"], "x must hold numbers")])
def test_a_position_must_be_finite_numbers(folder, x, words):
    put_nodes(folder / "nodes.h5", morphology=["tree"], x=x)
    with pytest.raises(MorphologyError, match=rf"nodes\.h5, population cells: {words}"):
        read_sonata(put_circuit(folder))
