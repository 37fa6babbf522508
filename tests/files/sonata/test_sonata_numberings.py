"""The geometry determines the sites of elements."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from sonata_files import (
    COUNTS,
    EXPECTED,
    IDS,
    IN_FILE,
    h5py,
    positions_of,
    put_circuit,
    put_nodes,
    put_report,
    sites,
    written,
)

from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import RecordingError
from gpu_morph.readers.files.swc import read_swc
from gpu_morph.readers.sonata import read_report, read_sonata


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
