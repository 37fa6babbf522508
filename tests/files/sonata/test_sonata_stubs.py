"""Stubs in place of axons, and reports of one value per cell."""

from __future__ import annotations

import numpy as np
import pytest
from sonata_files import EXPECTED, TREE, put_report, sites, written

from gpu_morph.data.audit import audit
from gpu_morph.errors import RecordingError
from gpu_morph.readers.files.swc import read_swc
from gpu_morph.readers.sonata import read_report

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
