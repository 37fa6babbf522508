"""SONATA reports in both dialects: elements, times and nodes."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sonata_files import COUNTS, EXPECTED, IDS, h5py, positions_of, put_report, sites

from gpu_morph.data.audit import audit
from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.selection import select_sections
from gpu_morph.errors import RecordingError
from gpu_morph.readers.sonata import read_report, read_sonata


@pytest.mark.parametrize("old", [False, True], ids=["index_pointers", "index_pointer"])
@pytest.mark.parametrize("positions", [None, positions_of(COUNTS)], ids=["spread", "element_pos"])
def test_elements_have_the_sites_of_the_simulation(tmp_path, tree, old, positions):
    recording = read_report(put_report(tmp_path / "v.h5", old=old, positions=positions), tree)
    assert sites(recording) == EXPECTED
    assert audit(tree, recording).is_clean


def test_positions_are_those_of_the_file(tmp_path, tree):
    positions = positions_of(COUNTS) ** 2
    recording = read_report(put_report(tmp_path / "v.h5", positions=positions), tree)
    np.testing.assert_allclose(recording.position, positions, rtol=1e-6)


def test_times_begin_at_the_start_and_end_before_the_stop(tmp_path, tree):
    recording = read_report(put_report(tmp_path / "v.h5", time=[1000, 1002, 0.5]), tree)
    assert recording.times.tolist() == [1000, 1000.5, 1001, 1001.5]


@pytest.mark.parametrize("stop", [3, 5])
def test_the_stop_can_be_one_step_too_small_or_too_large(tmp_path, tree, stop):
    recording = read_report(put_report(tmp_path / "v.h5", time=[0, stop, 1]), tree)
    assert recording.times.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "storage",
    [
        {"values": np.arange(68.0).reshape(4, 17)},
        {"compression": "gzip"},
        {"chunks": (4, 1)},
        {"values": np.arange(68, dtype=np.int16).reshape(4, 17), "chunks": (2, 5), "shuffle": True},
    ],
    ids=["float64", "gzip", "columns", "integers"],
)
def test_values_are_read_from_every_storage(tmp_path, tree, storage):
    recording = read_report(put_report(tmp_path / "v.h5", **storage), tree)
    assert recording.row(2).tolist() == list(range(34, 51))


def test_nodes_can_be_in_any_order(folder, circuit):
    values = np.repeat([[10, 30, 20]], 17, axis=1).astype(np.float32)
    report = put_report(folder / "v.h5", ids=[IDS] * 3, nodes=[0, 2, 1], values=values)
    found = read_sonata(circuit, report=report)
    assert found.node_ids.tolist() == [0, 1, 2]
    cell = found.morphology.section_cell[found.recording.section]
    assert found.recording.row(0).tolist() == [[10, 20, 30][k] for k in cell]


def test_a_part_of_a_circuit_reads_its_own_columns(folder, circuit):
    values = np.arange(4 * 51, dtype=np.float32).reshape(4, 51)
    report = put_report(folder / "v.h5", ids=[IDS] * 3, nodes=[0, 2, 1], values=values)
    found = read_sonata(circuit, report=report)
    for asked in ({"cells": 1}, {"cells": [0, 2], "labels": "dend"}):
        part, recording, _ = select_sections(found.morphology, found.recording, **asked)
        cell, label = part.section_cell[recording.section], np.array(part.section_labels)[recording.section]
        whole = found.recording
        chosen = np.isin(found.morphology.section_cell[whole.section], np.unique(cell))
        chosen &= np.isin(np.array(found.morphology.section_labels)[whole.section], np.unique(label))
        np.testing.assert_array_equal(recording.row(2), whole.row(2)[chosen])
        assert recording.values.path == whole.values.path
        copy = pickle.loads(pickle.dumps(recording))
        np.testing.assert_array_equal(copy.row(3), whole.row(3)[chosen])


def test_the_last_pointer_can_be_missing(tmp_path, tree):
    path = put_report(tmp_path / "v.h5")
    with h5py.File(path, "a") as file:
        del file["report/cells/mapping/index_pointers"]
        file["report/cells/mapping/index_pointers"] = [0]
    assert read_report(path, tree).n_compartments == 17


@pytest.mark.parametrize(
    ("attributes", "asked", "expected"),
    [
        ({"variable": "v"}, {}, ("v", "mV")),
        ({"variable": "cai", "units": "mM"}, {}, ("cai", "mM")),
        ({"variable": "i_membrane", "units": "mV"}, {}, ("i_membrane", "")),
        ({"units": "nA"}, {}, ("currents", "nA")),
        ({"units": "mV"}, {"variable": "i_pas", "unit": "nA"}, ("i_pas", "nA")),
    ],
)
def test_variable_and_unit_are_read_where_the_file_has_them(tmp_path, tree, attributes, asked, expected):
    recording = read_report(put_report(tmp_path / "currents.h5", attributes=attributes), tree, **asked)
    assert (recording.name, recording.unit) == expected


def test_one_node_of_many_can_be_read(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[IDS] * 3, nodes=[7, 5, 6])
    recording = read_report(path, tree, node_ids=5)
    assert recording.row(0).tolist() == list(range(17, 34))


def test_each_cell_of_a_morphology_has_its_node(tmp_path, tree):
    pair = join_morphologies([tree, tree])
    recording = read_report(put_report(tmp_path / "v.h5", ids=[IDS] * 2, nodes=[8, 9]), pair, node_ids=[9, 8])
    assert sites(recording) == EXPECTED + [(7 + section, x) for section, x in EXPECTED]
    assert recording.row(0).tolist() == [*range(17, 34), *range(17)]


def test_another_number_of_nodes_than_cells_raises_an_error(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[IDS] * 2)
    with pytest.raises(
        RecordingError, match=r"v\.h5, /report/cells: .* has 1 cells, but there are 2 nodes; .*node_ids="
    ):
        read_report(path, tree)


def test_one_of_several_populations_can_be_selected(tmp_path, tree):
    put_report(tmp_path / "v.h5", population="A")
    path = put_report(tmp_path / "v.h5", population="B", n_rows=2)
    assert len(read_report(path, tree, population="B").times) == 2
    with pytest.raises(RecordingError, match=r"several populations \(A, B\); choose one with population="):
        read_report(path, tree)
    with pytest.raises(
        RecordingError, match=r"v\.h5: expected population 'C' in /report, found A, B; choose one with population="
    ):
        read_report(path, tree, population="C")
