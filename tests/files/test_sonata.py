"""SONATA circuits: cells at their positions, selected by node sets, with reports and spikes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sonata_files import (
    EXPECTED,
    IDS,
    h5py,
    put_circuit,
    put_json,
    put_morphologies,
    put_nodes,
    put_report,
    put_spikes,
    written,
)

from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError, RecordingError
from gpu_morph.readers.files.swc import read_swc
from gpu_morph.readers.sonata import SonataCircuit, read_sonata


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


# Positions of cells


def cell_points(found: SonataCircuit, cell: int) -> np.ndarray:
    return found.morphology.points[found.morphology.section_cell[found.morphology.point_section] == cell]


def test_cells_are_translated_to_their_positions(circuit, tree):
    found = read_sonata(circuit)
    assert found.morphology.n_cells == 3
    assert found.populations == ("cells",) * 3
    assert (found.recording, found.spikes, found.mapping) == (None, None, None)
    np.testing.assert_allclose(cell_points(found, 2), tree.points + np.array([200, 0, 0]))


def test_the_repr_of_a_circuit_is_short(circuit):
    assert repr(read_sonata(circuit)) == "SonataCircuit(cells: Morphology(n_points=39, n_sections=21, n_cells=3))"


@pytest.mark.parametrize("length", [1, 0.2, 3])
def test_quaternions_of_any_length_rotate_cells(folder, tree, length):
    half = np.sqrt(0.5) * length  # a quarter turn about z
    put_nodes(folder / "nodes.h5", morphology=["tree"], x=[10.0], y=[0.0], z=[5.0], **_quaternion(half, 0, 0, half))
    x, y, z = tree.points.T
    expected = np.stack([10 - y, x, 5 + z], axis=1)
    np.testing.assert_allclose(cell_points(read_sonata(put_circuit(folder)), 0), expected, atol=1e-4)


def _quaternion(w: float, x: float, y: float, z: float) -> dict[str, Any]:
    return {f"orientation_{axis}": [value] for axis, value in zip("wxyz", (w, x, y, z), strict=True)}


def test_a_quaternion_of_no_length_raises_an_error(folder):
    put_nodes(folder / "nodes.h5", morphology=["tree"], **_quaternion(0, 0, 0, 0))
    with pytest.raises(MorphologyError, match=r"nodes\.h5, population cells: .*node 0 .*0 0 0 0"):
        read_sonata(put_circuit(folder))


def test_angles_rotate_about_z_then_y_then_x(folder, tree):
    angles = {f"rotation_angle_{axis}axis": [np.pi / 2] for axis in "xyz"}
    put_nodes(folder / "nodes.h5", morphology=["tree"], **angles)
    x, y, z = tree.points.T
    x, y = -y, x  # about z
    x, z = z, -x  # about y
    y, z = -z, y  # about x
    np.testing.assert_allclose(cell_points(read_sonata(put_circuit(folder)), 0), np.stack([x, y, z], 1), atol=1e-4)


@pytest.mark.parametrize(
    ("columns", "is_recentred"),
    [
        ({}, True),
        ({"recenter": [0]}, False),
        (_quaternion(1, 0, 0, 0), False),
        ({"recenter": [1], **_quaternion(1, 0, 0, 0)}, True),
    ],
)
def test_somata_are_moved_to_the_origin_before_the_rotation_unless_recenter_is_0(folder, columns, is_recentred):
    (folder / "morphologies" / "far.swc").write_text("1 1 50 60 70 5 -1\n2 3 55 60 70 1 1\n3 3 99 60 70 1 2\n")
    put_nodes(folder / "nodes.h5", morphology=["far"], x=[1.0], **columns)
    soma = cell_points(read_sonata(put_circuit(folder)), 0)[0]
    np.testing.assert_allclose(soma, [1, 0, 0] if is_recentred else [51, 60, 70], atol=1e-4)


def test_a_node_is_one_cell_also_if_its_file_has_several_roots(folder):
    (folder / "morphologies" / "two.swc").write_text("1 3 0 0 0 1 -1\n2 3 9 0 0 1 1\n3 3 0 9 0 1 -1\n4 3 9 9 0 1 3\n")
    put_nodes(folder / "nodes.h5", morphology=["two", "two"])
    assert read_sonata(put_circuit(folder)).morphology.section_cell.tolist() == [0, 0, 1, 1]


def test_each_morphology_is_read_once(circuit, monkeypatch):
    from gpu_morph.readers.sonata import cells

    read = []
    monkeypatch.setattr(cells, "read_any", lambda path: read.append(path) or read_swc(path))
    read_sonata(circuit)
    assert len(read) == 1


def test_enumerated_attributes_are_read_from_the_library(folder):
    library = {"morphology": ["bare", "tree"], "mtype": ["PC", "SP"]}
    put_nodes(
        folder / "nodes.h5", morphology=np.array([1, 0], dtype=np.uint32), mtype=np.array([1, 1]), library=library
    )
    found = read_sonata(put_circuit(folder), node_set={"mtype": "SP"})
    assert np.bincount(found.morphology.section_cell).tolist() == [7, 1]


def test_a_value_outside_the_library_raises_an_error(folder):
    put_nodes(folder / "nodes.h5", morphology=np.array([2]), library={"morphology": ["bare", "tree"]})
    with pytest.raises(
        MorphologyError, match=r"/nodes/cells/0/morphology has the value 2, but its @library has 2 words"
    ):
        read_sonata(put_circuit(folder))


def test_node_types_have_the_attributes_that_nodes_lack(folder):
    written(
        folder / "types.csv",
        'node_type_id morphology x ei comment\n100 tree 50.0 e "in layer 4"\n101 bare NULL i NULL\n',
    )
    put_nodes(folder / "nodes.h5", type_ids=[101, 100], y=[1.0, 2.0])
    circuit = put_circuit(folder, {"nodes_file": "nodes.h5", "node_types_file": "types.csv"})
    found = read_sonata(circuit)
    assert np.bincount(found.morphology.section_cell).tolist() == [1, 7]
    assert cell_points(found, 0)[0].tolist() == [0, 1, 0]
    assert cell_points(found, 1)[0].tolist() == [50, 2, 0]
    assert read_sonata(circuit, node_set={"ei": "e"}).node_ids.tolist() == [1]
    assert read_sonata(circuit, node_set={"comment": "in layer 4"}).node_ids.tolist() == [1]


def test_node_types_of_another_population_are_ignored(folder):
    written(folder / "types.csv", "node_type_id population morphology\n1 others bare\n1 cells tree\n")
    put_nodes(folder / "nodes.h5", type_ids=[1], x=[0.0])
    found = read_sonata(put_circuit(folder, {"nodes_file": "nodes.h5", "node_types_file": "types.csv"}))
    assert found.morphology.n_sections == 7


def test_a_table_of_types_without_numbers_raises_an_error(folder):
    written(folder / "types.csv", "node_type_id,morphology\n1,tree\n")
    put_nodes(folder / "nodes.h5", type_ids=[1], x=[0.0])
    with pytest.raises(MorphologyError, match=r"types\.csv, line 2: expected columns separated by spaces"):
        read_sonata(put_circuit(folder, {"nodes_file": "nodes.h5", "node_types_file": "types.csv"}))


def test_nodes_can_be_in_several_groups_and_have_ids(folder):
    put_nodes(folder / "nodes.h5", morphology=["tree", "bare"], type_ids=[0, 0])
    with h5py.File(folder / "nodes.h5", "a") as file:
        group = file["nodes/cells"]
        del group["node_type_id"]
        group["node_type_id"] = np.zeros(3, dtype=int)
        group["node_id"] = [30, 10, 20]
        group["node_group_id"] = [0, 1, 0]
        group["node_group_index"] = [1, 0, 0]
        group["1/morphology"] = ["twins"]
        group["1/x"] = [5.0]
    found = read_sonata(put_circuit(folder))
    assert found.node_ids.tolist() == [30, 10, 20]
    labels = [found.morphology.section_labels[k] for k in (0, 1, 8)]
    assert labels == ["dend", "soma", "soma"]
    assert cell_points(found, 1)[0].tolist() == [5, 0, 0]


def test_nodes_without_a_morphology_are_left_out(folder):
    written(folder / "types.csv", "node_type_id morphology\n1 tree\n2 NULL\n")
    put_nodes(folder / "nodes.h5", type_ids=[2, 1], x=[0.0, 0.0])
    with pytest.warns(UserWarning, match="1 chosen nodes of cells have no morphology; left out"):
        found = read_sonata(put_circuit(folder, {"nodes_file": "nodes.h5", "node_types_file": "types.csv"}))
    assert found.node_ids.tolist() == [1]


def test_a_circuit_of_point_neurons_raises_an_error(folder):
    put_nodes(folder / "nodes.h5", x=[0.0])
    with pytest.raises(MorphologyError, match="none of the chosen nodes has a morphology"):
        read_sonata(put_circuit(folder))


def test_the_error_for_a_missing_morphology_lists_the_folders(folder):
    put_nodes(folder / "nodes.h5", morphology=["unknown"])
    with pytest.raises(
        MorphologyError, match=r"no morphology 'unknown' \(.*\) in .*morphologies; give its folder by morph"
    ):
        read_sonata(put_circuit(folder))


def test_morphologies_can_be_in_other_folders(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.move(folder / "morphologies" / "tree.swc", elsewhere / "tree.swc")
    put_nodes(folder / "nodes.h5", morphology=["tree", "bare"])
    assert read_sonata(put_circuit(folder), morphologies=elsewhere).morphology.n_sections == 8
    assert read_sonata(put_circuit(folder), morphologies=[elsewhere]).morphology.n_sections == 8


def test_a_population_can_have_its_own_folders(folder):
    (folder / "asc").mkdir()
    written(folder / "asc" / "other.asc", "((CellBody) (0 0 0 2))\n((Dendrite) (1 0 0 1) (9 0 0 1))\n")
    put_nodes(folder / "nodes.h5", morphology=["other"])
    properties = {"morphologies_dir": "nowhere", "alternate_morphologies": {"neurolucida-asc": "asc"}}
    circuit = put_circuit(folder, {"nodes_file": "nodes.h5", "populations": {"cells": properties}})
    assert "dend" in read_sonata(circuit).morphology.section_labels


def test_populations_that_are_not_biophysical_are_left_out(folder):
    put_nodes(folder / "nodes.h5", morphology=["tree"])
    circuit = put_circuit(
        folder,
        {"nodes_file": "nodes.h5", "populations": {"cells": {"type": "biophysical"}}},
        {"nodes_file": "not_there.h5", "populations": {"thalamus": {"type": "virtual"}}},
    )
    assert read_sonata(circuit).populations == ("cells",)


# Node sets


@pytest.mark.parametrize(
    ("node_set", "expected"),
    [
        ("pyramids", [0, 2]),
        ("deep", [1, 2]),
        ("any", [0, 1, 2]),
        (["first", "deep"], [0, 1, 2]),
        ([1], [1]),
        ((2, 0, 0), [0, 2]),
        (np.array([1, 2]), [1, 2]),
        ({"mtype": "PC", "layer": 5}, [2]),
        ({"mtype": ["PC", "SP"]}, [0, 1, 2]),
        ({"x": {"$gt": 50}}, [1, 2]),
        ({"x": {"$gte": 100, "$lt": 200}}, [1]),
        ({"x": {"$lte": 0}}, [0]),
        ({"mtype": {"$regex": "S.*"}}, [1]),
        ({"node_id": [2, 99]}, [2]),
        ({"population": "cells", "node_id": 1}, [1]),
    ],
    ids=str,
)
def test_a_node_set_selects_its_cells(folder, circuit, node_set, expected):
    sets = {
        "pyramids": {"mtype": "PC"},
        "deep": {"layer": [5, 6]},
        "first": {"node_id": [0]},
        "any": ["pyramids", "deep"],
    }
    put_json(folder / "sets.json", sets)
    put_circuit(folder, node_sets_file="sets.json")
    assert read_sonata(circuit, node_set=node_set).node_ids.tolist() == expected


@pytest.mark.parametrize(
    ("node_set", "words"),
    [
        ("unknown", "the node set 'unknown' is not defined; defined are round, empty"),
        ("round", "the node set 'round' contains itself"),
        ("empty", "the node set 'empty' has no node of cells with 3 nodes"),
        ([0, 3], r"there is no node 3 in nodes\.h5, population cells"),
        ({"etype": "cAC"}, "no node of .* has the attribute 'etype'"),
        ({"mtype": {"$gt": 3}}, r"has the condition mtype \{'\$gt': 3\}; expected \$regex"),
        ({"x": {"$near": 3}}, r"expected \$regex for text"),
        (3.5, "node_set must be a name, a list of names or of node ids, or attributes"),
        ([], "node_set must be"),
    ],
    ids=str,
)
def test_the_error_for_a_node_set_gives_the_reason(folder, circuit, node_set, words):
    put_json(folder / "sets.json", {"round": ["round"], "empty": {"layer": 1}})
    put_circuit(folder, node_sets_file="sets.json")
    with pytest.raises(MorphologyError, match=words):
        read_sonata(circuit, node_set=node_set)


def test_the_file_of_node_sets_is_read_only_if_a_name_is_given(folder, circuit):
    put_circuit(folder, node_sets_file="gone.json")
    assert read_sonata(circuit, node_set=[0]).node_ids.tolist() == [0]
    with pytest.raises(FileNotFoundError, match=r"gone\.json"):
        read_sonata(circuit, node_set="any")


def test_a_population_without_the_attribute_has_no_cells_of_the_set(folder):
    put_nodes(folder / "nodes.h5", morphology=["tree"], mtype=["PC"])
    put_nodes(folder / "nodes.h5", population="others", morphology=["tree"])
    assert read_sonata(put_circuit(folder), node_set={"mtype": "PC"}).populations == ("cells",)


# Several populations


@pytest.fixture
def two_populations(folder: Path) -> Path:
    put_nodes(folder / "a.h5", population="A", morphology=["tree"] * 2)
    put_nodes(folder / "b.h5", population="B", morphology=["tree"])
    put_report(folder / "v.h5", population="A", ids=[IDS] * 2)
    put_report(folder / "v.h5", population="B", values=np.full((4, 17), 99, dtype=np.float64))
    entries = [{"nodes_file": f"{name.lower()}.h5", "populations": {name: {}}} for name in "AB"]
    return put_circuit(folder, *entries)


def test_populations_are_joined(folder, two_populations):
    found = read_sonata(two_populations, report=folder / "v.h5")
    assert (found.populations, found.node_ids.tolist()) == (("A", "A", "B"), [0, 1, 0])
    assert found.recording.row(1).tolist() == [*range(34, 68), *[99] * 17]
    assert found.recording.section.tolist()[-17:] == [14 + section for section, _ in EXPECTED]


@pytest.mark.parametrize(("population", "n_cells"), [("A", 2), (["B"], 1), (("A", "B"), 3)])
def test_populations_can_be_selected(folder, two_populations, population, n_cells):
    assert len(read_sonata(two_populations, population=population, report=folder / "v.h5").node_ids) == n_cells
    assert len(read_sonata(two_populations, population=population).node_ids) == n_cells


def test_an_unknown_population_raises_an_error(two_populations):
    with pytest.raises(MorphologyError, match=r"circuit_config\.json: no population 'C'; it has A, B"):
        read_sonata(two_populations, population="C")


def test_populations_with_different_times_raise_an_error(folder, two_populations):
    with h5py.File(folder / "v.h5", "a") as file:
        file["report/B/mapping/time"][:] = [0, 2, 0.5]
    with pytest.raises(
        RecordingError, match=r"v\.h5, /report/B: its times differ from those of A; choose one with population="
    ):
        read_sonata(two_populations, report=folder / "v.h5")


# Configurations


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


# Spikes


def test_spikes_are_events_at_the_somata(simulation, folder):
    put_spikes(folder / "output" / "fired.h5", [2, 0, 2, 1], [1.0, 2, 3, 4])
    spikes = read_sonata(simulation, node_set=[0, 2]).spikes
    assert spikes.population_names == ("cells",)
    assert spikes.positions.tolist() == [[0, 0, 0], [200, 0, 0]]
    assert spikes.section.tolist() == [0, 7]
    assert sorted(zip(spikes.event_time.tolist(), spikes.event_synapse.tolist(), strict=True)) == [
        (1, 1),
        (2, 0),
        (3, 1),
    ]


def test_a_run_without_spikes_has_none(simulation):
    assert read_sonata(simulation).spikes is None


def test_a_file_of_spikes_can_be_given(circuit, folder):
    path = put_spikes(folder / "s.h5", [1], [7.5])
    assert read_sonata(circuit, spikes=path).spikes.event_time.tolist() == [7.5]


def test_spikes_of_populations_do_not_mix(two_populations, folder):
    put_spikes(folder / "s.h5", [0, 1], [1, 2], group="spikes/A")
    path = put_spikes(folder / "s.h5", [0], [3], group="spikes/B")
    spikes = read_sonata(two_populations, spikes=path).spikes
    assert spikes.population_names == ("A", "B")
    assert spikes.population.tolist() == [0, 0, 1]
    assert spikes.event_synapse.tolist() == [0, 1, 2]


def test_the_older_layout_of_spikes_is_read(circuit, folder):
    path = put_spikes(folder / "s.h5", [2], [1.5], group="spikes", key="gids")
    assert read_sonata(circuit, spikes=path).spikes.event_synapse.tolist() == [2]


def test_spikes_in_another_unit_raise_an_error(circuit, folder):
    path = put_spikes(folder / "s.h5", [1], [7.5])
    with h5py.File(path, "a") as file:
        file["spikes/cells/timestamps"].attrs["units"] = "s"
    with pytest.raises(RecordingError, match=r"s\.h5: /spikes/cells/timestamps must be in ms, got 's'"):
        read_sonata(circuit, spikes=path)


def test_a_missing_file_of_spikes_raises_the_systems_error(circuit, folder):
    with pytest.raises(FileNotFoundError):
        read_sonata(circuit, spikes=folder / "s.h5")
