"""SONATA circuits: cells have their morphologies, positions and attributes."""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np
import pytest
from sonata_files import h5py, put_circuit, put_nodes, written

from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files.swc import read_swc
from gpu_morph.readers.sonata import SonataCircuit, read_sonata


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
