"""SONATA reports: the geometry determines the sites of elements, and values stay in the file."""

from __future__ import annotations

import pickle
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sonata_files import (
    COUNTS,
    EXPECTED,
    IDS,
    IN_FILE,
    TREE,
    h5py,
    positions_of,
    put_circuit,
    put_morphologies,
    put_nodes,
    put_report,
    sites,
    written,
)

from gpu_morph.data.audit import audit
from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.data.selection import select_sections
from gpu_morph.errors import RecordingError
from gpu_morph.readers.files.swc import read_swc
from gpu_morph.readers.sonata import read_report, read_sonata


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


# Reports in both dialects


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


# The values stay in the file


@pytest.fixture
def far_apart(tmp_path: Path) -> tuple[Recording, np.ndarray]:
    """A recording of two columns in swapped order, 3000 columns apart, and all of its values."""
    morphology = read_swc(written(tmp_path / "bare.swc", "1 1 0 0 0 5 -1\n"))
    values = np.random.default_rng(0).normal(size=(6, 3002)).astype(np.float32)
    path = put_report(tmp_path / "v.h5", ids=[np.zeros(1)] * 3002, values=values, chunks=(2, 100))
    with pytest.warns(UserWarning, match="one value per cell"):
        recording = read_report(path, join_morphologies([morphology] * 2), node_ids=[3001, 1])
    return recording, values[:, [3001, 1]]


@pytest.mark.parametrize(
    "rows",
    [
        0,
        5,
        -1,
        np.int64(2),
        slice(None),
        slice(1, 4),
        slice(0, 6, 2),
        slice(4, 1, -1),
        slice(None, None, -2),
        slice(3, 3),
    ],
    ids=str,
)
def test_rows_are_indexed_like_an_array(far_apart, rows):
    recording, expected = far_apart
    np.testing.assert_array_equal(recording.values[rows], expected[rows])


@pytest.mark.parametrize("column", [0, 1, -1])
def test_a_column_can_be_read(far_apart, column):
    recording, expected = far_apart
    np.testing.assert_array_equal(recording.values[1:5, column], expected[1:5, column])
    np.testing.assert_array_equal(recording.columns([1, 0], 2, 6), expected[2:6, ::-1])


def test_a_row_out_of_range_raises_an_index_error(far_apart):
    with pytest.raises(IndexError):
        far_apart[0].values[6]


def test_values_have_shape_type_and_chunks(far_apart):
    values = far_apart[0].values
    assert (values.shape, values.dtype, values.chunks) == ((6, 2), np.float32, (2, 100))


def test_the_pickle_of_values_is_a_reference_to_the_file(far_apart, tmp_path, monkeypatch):
    recording, expected = far_apart
    pickled = pickle.dumps(recording)
    assert len(pickled) < 4000  # and the values are 72 kB
    monkeypatch.chdir("/")
    np.testing.assert_array_equal(pickle.loads(pickled).values[:], expected)


def test_a_deleted_file_raises_an_error_when_rows_are_read(far_apart):
    recording, _ = far_apart
    recording.values.path.unlink()
    with pytest.raises(FileNotFoundError):
        recording.row(0)


def test_a_changed_file_raises_an_error_when_rows_are_read(far_apart):
    recording, _ = far_apart
    recording.values.path.unlink()
    put_report(recording.values.path, ids=[np.zeros(1)] * 3002, n_rows=5)
    with pytest.raises(RecordingError, match=r"v\.h5: /report/cells/data had 6 rows, now 5; read the report again"):
        recording.row(0)


@pytest.mark.parametrize("storage", [{}, {"chunks": (100, 17)}, {"chunks": (100, 1), "compression": "gzip"}], ids=str)
def test_a_report_is_not_read_as_a_whole(tmp_path, tree, monkeypatch, storage):
    path = put_report(tmp_path / "run.h5", n_rows=1000, **storage)
    sizes = []
    read = h5py.Dataset.__getitem__

    def counted(stored: Any, key: Any) -> Any:
        found = read(stored, key)
        if stored.name.endswith("/data"):
            sizes.append(np.size(found))
        return found

    monkeypatch.setattr(h5py.Dataset, "__getitem__", counted)
    recording = read_report(path, tree)
    assert max(sizes, default=0) <= 17
    assert recording.row(500).tolist() == list(range(8500, 8517))
    assert max(sizes) == 17


def test_only_the_selected_cells_have_columns(folder, circuit):
    report = put_report(folder / "v.h5", ids=[IDS] * 3)
    found = read_sonata(circuit, report=report, node_set=[2, 1])
    assert found.node_ids.tolist() == [1, 2]
    assert found.recording.row(0).tolist() == list(range(17, 51))


# Numberings


def test_the_name_of_the_fitting_numbering_is_returned(folder, circuit):
    assert read_sonata(circuit, report=put_report(folder / "v.h5", ids=[IDS] * 3)).mapping == "neuron"


@pytest.mark.parametrize(
    ("rule", "sections"),
    [("file", IN_FILE), ("neurites", IN_FILE[1:]), ("neuron", range(7))],
)
def test_each_rule_is_recognised_by_the_geometry(tmp_path, tree, rule, sections):
    by_length = [1 + 2 * int(tree.section_length[k] / 40) for k in sections]
    path = put_report(tmp_path / "v.h5", ids=[np.repeat(np.arange(len(sections)), by_length)])
    recording = read_report(path, tree)
    assert recording.section.tolist() == np.repeat(sections, by_length).tolist()


def test_counts_can_depend_on_length_and_diameter(tmp_path):
    # As by NEURON's d_lambda: a thick section of 60 µm has fewer segments than a thin one of 40 µm.
    text = "1 1 0 0 0 5 -1\n2 3 0 5 0 8 1\n3 3 0 65 0 8 2\n4 3 5 0 0 .1 1\n5 3 45 0 0 .1 4\n"
    cell = read_swc(written(tmp_path / "cell.swc", text))
    recording = read_report(put_report(tmp_path / "v.h5", ids=[np.array([0, 1, 2, 2, 2])]), cell)
    assert recording.section.tolist() == [0, 1, 2, 2, 2]


def test_fewer_elements_in_a_longer_and_thinner_section_are_an_objection(tmp_path):
    text = "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 25 0 1 2\n4 3 5 0 0 .5 1\n5 3 95 0 0 .5 4\n"
    cell = read_swc(written(tmp_path / "cell.swc", text))
    path = put_report(tmp_path / "v.h5", ids=[np.array([0, 1, 1, 1, 2])])
    with pytest.raises(
        RecordingError, match="neuron: node 0, numbers of elements increase with the lengths in 1 of 2 sections"
    ):
        read_report(path, cell)


def test_few_sections_of_several_types_are_compared_with_each_other(tmp_path):
    axon, dendrite = "2 2 0 -5 0 1 1\n3 2 0 -25 0 1 2\n", "4 3 0 5 0 1 1\n5 3 0 105 0 1 4\n"
    cell = read_swc(written(tmp_path / "cell.swc", f"1 1 0 0 0 5 -1\n{axon}{dendrite}"))
    with pytest.raises(RecordingError, match="increase with the lengths in 1 of 2 sections"):
        read_report(put_report(tmp_path / "v.h5", ids=[np.array([0, 1, 1, 1, 1, 1, 2])]), cell)


def test_the_error_without_a_fitting_numbering_has_all_reasons_and_advice(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.repeat(np.arange(7), COUNTS[::-1])])
    with pytest.raises(RecordingError) as caught:
        read_report(path, tree)
    words = str(caught.value)
    assert words.startswith("v.h5, /report/cells: its elements fit the morphologies by no rule (neuron: node 0, ")
    for rule in ("neuron", "neuron-stub", "bmtk-stub", "morphio", "neurites", "file"):
        assert f"{rule}: node 0, " in words
    assert "give their sites by mapping=: a rule that you know to be right, such as " in words


def test_the_ways_of_mapping_that_the_error_shows_work(tmp_path, tree):
    counts = COUNTS[::-1]
    path = put_report(tmp_path / "v.h5", ids=[np.repeat(np.arange(7), counts)])
    with pytest.raises(RecordingError) as caught:
        read_report(path, tree)
    order = np.array([6, 5, 4, 3, 2, 1, 0])
    rule, function = re.findall(r"mapping=(\".*?\"|lambda .*?\(order\[ids\], positions\))", str(caught.value))
    with pytest.warns(UserWarning, match="no geometry confirms"):
        recording = read_report(path, tree, mapping=eval(rule))
    assert recording.section.tolist() == np.repeat(np.arange(7), counts).tolist()
    recording = read_report(path, tree, mapping=eval(function, {"order": order}))
    assert recording.section.tolist() == np.repeat(order, counts).tolist()
    np.testing.assert_allclose(recording.position, positions_of(counts), rtol=1e-6)


@pytest.fixture
def twins(folder: Path) -> Morphology:
    return read_swc(folder / "morphologies" / "twins.swc")


ONE_EACH = np.arange(7)


def test_two_fitting_rules_that_disagree_raise_an_error(tmp_path, twins):
    path = put_report(tmp_path / "v.h5", ids=[ONE_EACH])
    words = "by the rules neuron, morphio, file, but 3 of them have other sites by 'morphio' than by 'neuron'"
    with pytest.raises(RecordingError, match=words):
        read_report(path, twins)


@pytest.mark.parametrize(("rule", "sections"), [("neuron", [0, 1, 2, 3, 4, 5, 6]), ("morphio", [0, 1, 3, 4, 2, 5, 6])])
def test_the_caller_can_select_one_of_two_fitting_rules(tmp_path, twins, rule, sections):
    path = put_report(tmp_path / "v.h5", ids=[ONE_EACH])
    assert read_report(path, twins, mapping=rule).section.tolist() == sections


def test_another_cell_can_decide_between_two_rules(folder):
    by_length = np.repeat(ONE_EACH, [1, 5, 7, 1, 1, 1, 1])
    put_nodes(folder / "nodes.h5", morphology=["twins"] * 2)
    found = read_sonata(put_circuit(folder), report=put_report(folder / "v.h5", ids=[ONE_EACH, by_length]))
    assert found.mapping == "neuron"


def test_a_numbering_that_geometry_cannot_confirm_gives_a_warning(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.array([0, 1, 1])])
    cell = read_swc(written(tmp_path / "cell.swc", "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 25 0 1 2\n"))
    assert sites(read_report(path, cell)) == [(0, 0.5), (1, 0.25), (1, 0.75)]  # one section needs no confirmation
    equal = put_report(tmp_path / "w.h5", ids=[np.repeat(np.arange(3), [1, 2, 2])])
    fork = read_swc(
        written(tmp_path / "fork.swc", "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 25 0 1 2\n4 4 5 0 0 1 1\n5 4 9 0 0 1 4\n")
    )
    with pytest.warns(
        UserWarning,
        match=r"w\.h5: all sections have the same number of elements, .* no geometry confirms mapping='neuron'",
    ):
        assert read_report(equal, fork).section.tolist() == [0, 1, 1, 2, 2]


def test_types_of_sections_can_be_recorded_alone(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[IDS[IDS >= 4]])
    assert sites(read_report(path, tree)) == EXPECTED[8:]


def test_some_sections_of_a_type_need_a_mapping(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.array([0, 4, 4])])
    with pytest.raises(RecordingError, match="neuron: node 0, 1 of 3 sections of type 'dend' were recorded"):
        read_report(path, tree)
    with pytest.warns(
        UserWarning, match="no geometry confirms mapping='neuron': node 0, 1 of 3 sections of type 'dend'"
    ):
        assert sites(read_report(path, tree, mapping="neuron")) == [(0, 0.5), (4, 0.25), (4, 0.75)]


def test_negative_numbers_of_elements_raise_an_error(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.array([0, 0])])
    with h5py.File(path, "a") as file:
        del file["report/cells/mapping/element_ids"]
        file["report/cells/mapping/element_ids"] = np.array([-1, 4])
    with pytest.raises(RecordingError, match=r"numbers are -1 to 4, but by this rule 0 to 6"):
        read_report(path, tree)


def test_an_impossible_rule_raises_an_error(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.array([0, 7])])
    with pytest.raises(
        RecordingError, match=r"mapping='neuron' is impossible \(node 0, numbers are 0 to 7, .* 0 to 6\)"
    ):
        read_report(path, tree, mapping="neuron")


def test_a_rule_must_be_possible_for_every_cell(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.array([0, 4]), np.array([0, 7])])
    with pytest.raises(RecordingError, match=r"is impossible \(node 1, numbers are 0 to 7"):
        read_report(path, join_morphologies([tree] * 2), mapping="neuron")


def test_the_error_for_an_unknown_rule_lists_the_rules(tmp_path, tree):
    with pytest.raises(
        RecordingError,
        match='mapping must be one of "neuron", .* or an array, got "arbor"'.replace('"arbor"', "'arbor'"),
    ):
        read_report(put_report(tmp_path / "v.h5"), tree, mapping="arbor")


def test_separated_elements_of_a_section_raise_an_error(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.array([0, 1, 4, 1])])
    with pytest.raises(
        RecordingError, match="neuron: node 0, elements with the same number are not next to each other"
    ):
        read_report(path, tree)


@pytest.mark.parametrize("wrong", [1.5, -0.1, np.nan])
def test_positions_must_be_0_to_1(tmp_path, tree, wrong):
    positions = positions_of(COUNTS)
    positions[5] = wrong
    path = put_report(tmp_path / "v.h5", positions=positions)
    with pytest.raises(
        RecordingError, match=r"v\.h5, .*: element_pos of node 0 must increase within 0 to 1 in each section"
    ):
        read_report(path, tree)


def test_positions_must_increase_along_their_sections(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", positions=positions_of(COUNTS)[::-1])
    with pytest.raises(RecordingError, match="element_pos of node 0 must increase"):
        read_report(path, tree)


# Stubs in place of axons


def test_neurodamus_stub_is_shown_on_the_axons_first_60_micrometres(tmp_path, tree):
    dendrites = np.repeat([4, 5, 6], [5, 1, 3])
    path = put_report(tmp_path / "v.h5", ids=[np.concatenate([[0], dendrites, [1, 2]])])
    with pytest.warns(UserWarning, match="two pieces of 30 µm in place of an axon: 1; the axon's beginning shows them"):
        recording = read_report(path, tree)
    assert sites(recording)[-2:] == [(1, round(15 / 80, 4)), (1, round(45 / 80, 4))]
    assert sites(recording)[1:-2] == EXPECTED[8:]


def test_bmtk_stub_has_the_last_numbers(tmp_path, tree):
    dendrites = np.repeat([1, 2, 3], [5, 1, 3])
    path = put_report(tmp_path / "v.h5", ids=[np.concatenate([[0], dendrites, [4, 5]])])
    with pytest.warns(UserWarning, match="two pieces of 30 µm"):
        recording = read_report(path, tree)
    assert sites(recording)[-2:] == [(1, round(15 / 80, 4)), (1, round(45 / 80, 4))]
    assert sites(recording)[1:-2] == EXPECTED[8:]


def test_a_stub_continues_in_the_axons_first_branch(tmp_path):
    text = TREE.replace("7 2 0 -85", "7 2 0 -25")  # now its first section is 20 µm long
    cell = read_swc(written(tmp_path / "cell.swc", text))
    path = put_report(tmp_path / "v.h5", ids=[np.concatenate([[0], np.repeat([4, 5, 6], [5, 1, 3]), [1, 2]])])
    with pytest.warns(UserWarning, match="two pieces"):
        at = cell.locate(*zip(*sites(read_report(path, cell))[-2:], strict=True))
    assert np.linalg.norm(at[0] - [0, -20, 0]) < 0.01
    assert np.linalg.norm(at[1] - [0, -25, 0]) == pytest.approx(25, abs=0.01)  # 20 + 25 = 45 µm along


def test_an_axon_shorter_than_its_stub_shows_both_pieces(tmp_path):
    axon = "2 2 0 -5 0 1 1\n3 2 0 -15 0 1 2\n4 2 0 -20 0 1 3\n5 2 9 -15 0 1 3\n"  # 10 µm, and 5 of its first branch
    text = f"1 1 0 0 0 5 -1\n{axon}6 3 0 5 0 1 1\n7 3 0 95 0 1 6\n"
    cell = read_swc(written(tmp_path / "cell.swc", text))
    path = put_report(tmp_path / "v.h5", ids=[np.array([0, 4, 4, 4, 1, 2])])
    with pytest.warns(UserWarning, match="two pieces"):
        assert sites(read_report(path, cell))[-2:] == [(1, 0.375), (2, 0.25)]  # 15 µm of 60, in quarters


def test_myelin_is_left_out(tmp_path, tree):
    dendrites = np.repeat([4, 5, 6], [5, 1, 3])
    path = put_report(tmp_path / "v.h5", ids=[np.concatenate([[0], dendrites, [1, 2], np.full(25, 7)])])
    myelin = "25 elements are in no section of their morphology \\(myelin, for example\\); left out"
    with pytest.warns(UserWarning, match=myelin), pytest.warns(UserWarning, match="two pieces"):
        recording = read_report(path, tree)
    assert recording.n_compartments == 12
    assert recording.row(0).tolist() == list(range(12))


# One value per cell


def test_a_report_of_somata_colours_them_alone(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.zeros(1)])
    with pytest.warns(UserWarning, match=r"v\.h5: one value per cell was recorded: somata show it, everything else"):
        recording = read_report(path, tree)
    assert sites(recording) == [(0, 0.5)]
    assert audit(tree, recording).unmapped_sections == (1, 2, 3, 4, 5, 6)


def test_a_report_of_somata_needs_somata(tmp_path, folder):
    bare = read_swc(folder / "morphologies" / "bare.swc")
    path = put_report(tmp_path / "v.h5", ids=[np.zeros(1)], nodes=[3])
    with pytest.raises(RecordingError, match=r"is the soma's, but the morphology of node 3 has no soma; .* mapping="):
        read_report(path, bare)
    assert sites(read_report(path, bare, mapping="file")) == [(0, 0.5)]


# Sites given by the caller


def test_a_function_can_give_the_sites_of_a_cells_elements(folder, circuit):
    def mapping(cell: Morphology, ids: np.ndarray, positions: np.ndarray | None) -> tuple[Any, Any]:
        assert cell.n_sections == 7
        assert positions is None
        return np.where(ids == 3, -1, 6 - ids), np.linspace(0, 1, len(ids))

    report = put_report(folder / "v.h5", ids=[np.arange(7)] * 3)
    found = read_sonata(circuit, report=report, mapping=mapping, node_set=[0, 2])
    assert found.mapping == "given"
    assert found.recording.section.tolist() == [6, 5, 4, 2, 1, 0, 13, 12, 11, 9, 8, 7]
    assert found.recording.row(0).tolist() == [0, 1, 2, 4, 5, 6, 14, 15, 16, 18, 19, 20]


def test_a_function_gets_the_positions_of_the_file(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.array([3, 2])], positions=np.array([0.2, 0.7]))
    assert sites(read_report(path, tree, mapping=lambda cell, ids, positions: (ids, positions))) == [
        (3, 0.2),
        (2, 0.7),
    ]


def test_an_array_can_give_the_sites_of_the_reports_elements(folder, circuit):
    rows = np.array([[6, 0.1], [5, 0.2], [4, 0.3], [3, 0.4], [2, 0.5], [1, 0.6]])
    report = put_report(folder / "v.h5", ids=[np.arange(2)] * 3)
    found = read_sonata(circuit, report=report, mapping=rows, node_set=[0, 2])
    assert sites(found.recording) == [(6, 0.1), (5, 0.2), (9, 0.5), (8, 0.6)]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (lambda cell, ids, positions: (ids, [0.5]), "of each of the 2 elements of node 0, got arrays of shape"),
        (lambda cell, ids, positions: ids, "mapping must give sections? and positions?"),
        (
            lambda cell, ids, positions: (ids + 6, ids / 9),
            "element 1 of node 0 the site 0.111111 of section 7; .* 0 to 6",
        ),
        (
            lambda cell, ids, positions: (ids, ids * 2.0),
            "element 1 of node 0 the site 2 of section 1; .* positions 0 to 1",
        ),
        (lambda cell, ids, positions: (ids + 0.5, ids), "element 0 of node 0 the site 0 of section 0.5"),
        (
            lambda cell, ids, positions: (ids * 0, ids * 0),
            "1 elements have the site of another one by the mapping 'given'",
        ),
        ([[0, 0.5]], r"an array as mapping must .*, shape \(2, 2\); got float64 of shape \(1, 2\)"),
        ([["a", "b"], ["c", "d"]], "an array as mapping must hold section and position of each element"),
    ],
)
def test_invalid_sites_raise_an_error(tmp_path, tree, mapping, words):
    with pytest.raises(RecordingError, match=words):
        read_report(put_report(tmp_path / "v.h5", ids=[np.arange(2)]), tree, mapping=mapping)


# Invalid reports


def without(name: str) -> Callable[[Any], None]:
    def change(group: Any) -> None:
        del group[name]

    return change


def replaced(name: str, values: Any) -> Callable[[Any], None]:
    def change(group: Any) -> None:
        del group[name]
        group[name] = values

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("data"), r"/report/cells/data must be a dataset of numbers with 2 dimensions, found mapping"),
        (without("mapping"), r"expected a group /report/cells/mapping, found data"),
        (
            without("mapping/node_ids"),
            r"mapping/node_ids must be a dataset of numbers with 1 dimension, found element_ids",
        ),
        (without("mapping/element_ids"), r"mapping/element_ids must be a dataset of numbers"),
        (without("mapping/index_pointers"), r"mapping/index_pointers must be a dataset of numbers"),
        (without("mapping/time"), r"mapping/time must be a dataset of numbers"),
        (replaced("data", np.zeros(4)), r"/report/cells/data must be .* 2 dimensions, found float64 of shape \(4,\)"),
        (replaced("data", np.full((4, 17), b"x")), r"/report/cells/data must be a dataset of numbers"),
        (replaced("data", np.zeros((9, 17))), r"data must have 4 rows for the times 0 to 4 ms by 1, found 9"),
        (replaced("data", np.zeros((0, 17))), r"data must have 4 rows for the times 0 to 4 ms by 1, found 0"),
        (
            replaced("mapping/element_ids", np.arange(3)),
            r"mapping/element_ids must hold 17 numbers, found 3; is the file",
        ),
        (
            replaced("mapping/index_pointers", [0, 17, 18]),
            r"index_pointers must hold 2 increasing numbers for 1 nodes, 17 at",
        ),
        (replaced("mapping/index_pointers", [0, 18]), r"index_pointers must hold 2 increasing numbers"),
        (replaced("mapping/index_pointers", [5, 2]), r"index_pointers must hold 2 increasing numbers"),
        (replaced("mapping/time", [0, 4]), r"mapping/time must hold 3 numbers, found 2"),
        (replaced("mapping/time", [0, 4, 0]), r"mapping/time must hold start, stop and step in ms, got 0, 4, 0 in ms"),
        (replaced("mapping/time", [0, np.nan, 1]), r"mapping/time must hold start, stop and step in ms"),
        (lambda group: group["mapping/time"].attrs.update(units="s"), r"start, stop and step in ms, got 0, 4, 1 in s"),
        (
            lambda group: group.create_dataset("mapping/element_pos", data=[0.5]),
            r"element_pos must hold 17 numbers, found 1",
        ),
    ],
)
def test_the_error_for_an_invalid_report_gives_the_reason(tmp_path, tree, change, words):
    path = put_report(tmp_path / "v.h5")
    with h5py.File(path, "a") as file:
        change(file["report/cells"])
    with pytest.raises(RecordingError, match=rf"^v\.h5: .*{words}"):
        read_report(path, tree)


def test_a_file_of_another_format_raises_an_error(tmp_path, tree):
    with pytest.raises(RecordingError, match=r"tree\.txt: not a readable HDF5 file"):
        read_report(written(tmp_path / "tree.txt", TREE), tree)


def test_another_hdf5_file_raises_an_error(tmp_path, tree):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["data"] = [1]
    with pytest.raises(RecordingError, match=r"other\.h5: expected a group /report, found data; is it the right file"):
        read_report(tmp_path / "other.h5", tree)


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("ecp", r"potentials at electrodes, as bmtk writes them.*h5py or libsonata"),
        ("spikes", r"spikes of SONATA; read_sonata\(config, spikes=\.\.\.\)"),
        ("nodes", "nodes of SONATA; read_sonata and info take"),
    ],
)
def test_another_file_of_a_simulation_is_named(tmp_path, tree, group, words):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file[f"{group}/data"] = [1]
    with pytest.raises(RecordingError, match=rf"other\.h5: {words}"):
        read_report(tmp_path / "other.h5", tree)


def test_a_report_of_electrodes_is_refused_unless_its_sites_are_given(tmp_path, tree):
    path = put_report(tmp_path / "lfp_report.h5", ids=[np.zeros(1, dtype=int)])
    with pytest.raises(RecordingError, match=r"lfp_report\.h5: a report of potentials at electrodes"):
        read_report(path, tree)
    assert read_report(path, tree, mapping=[[0, 0.5]]).n_compartments == 1


def test_a_missing_file_raises_the_systems_error(tmp_path, tree):
    with pytest.raises(FileNotFoundError):
        read_report(tmp_path / "v.h5", tree)


def test_without_h5py_the_error_says_how_to_install_it(tmp_path, tree, monkeypatch):
    path = put_report(tmp_path / "v.h5")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(RecordingError, match=r'v\.h5: HDF5 needs h5py; pip install "gpu_morph\[hdf5\]"'):
        read_report(path, tree)
