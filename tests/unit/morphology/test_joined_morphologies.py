"""Morphologies are joined to circuits."""

from __future__ import annotations

import re

import numpy as np
import pytest
from small_morphologies import POINTS, fork, line

from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError

QUARTER = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])  # x becomes y


def test_a_cell_is_rotated_before_it_is_translated():
    joined = join_morphologies([line([1, 0, 0], [2, 0, 0])], rotations=[QUARTER], translations=[(10, 0, 5)])
    np.testing.assert_allclose(joined.points, [[10, 1, 5], [10, 2, 5]], atol=1e-6)


def test_each_cell_has_its_own_translation():
    joined = join_morphologies([fork(), fork()], translations=[(0, 0, 0), (300, 0, 0)])
    np.testing.assert_array_equal(joined.points[:7], POINTS)
    np.testing.assert_array_equal(joined.points[7:], np.add(POINTS, [300, 0, 0]))


def test_sections_keep_their_parents_within_their_cell():
    joined = join_morphologies([fork(), line([0, 0, 0]), fork(section_parent_x=[0, 0.5, 1])])
    assert joined.section_parent.tolist() == [-1, 0, 0, -1, -1, 4, 4]
    assert joined.section_parent_x[[5, 6]].tolist() == [0.5, 1]
    assert joined.section_offsets.tolist() == [0, 3, 5, 7, 8, 11, 13, 15]
    assert joined.section_labels == ("dend", "dend", "apic", "dend", "dend", "dend", "apic")
    assert joined.diameters[7:9].tolist() == [1, 4]


def test_the_same_morphology_twice_is_two_cells():
    cell = fork()
    joined = join_morphologies([cell, cell])
    assert joined.section_cell.tolist() == [0, 0, 0, 1, 1, 1]
    assert joined.n_cells == 2


def test_names_that_occur_once_are_kept():
    joined = join_morphologies([fork(section_names=("a", "b", "c")), line([0, 0, 0])])
    assert joined.section_names == ("a", "b", "c", "")
    assert join_morphologies([fork(), fork()]).section_names is None


def test_names_that_occur_twice_get_the_number_of_their_cell():
    cell = fork(section_names=("soma", "dend[0]", ""))
    assert join_morphologies([cell, cell]).section_names == ("0.soma", "0.dend[0]", "", "1.soma", "1.dend[0]", "")


def test_circuits_can_be_joined_again():
    circuit = fork(section_cell=[0, 0, 4])
    assert join_morphologies([circuit, fork()]).section_cell.tolist() == [0, 0, 4, 5, 5, 5]


def test_joining_one_cell_changes_nothing():
    assert join_morphologies([fork()]) == fork()


def test_rotating_keeps_lengths():
    turned = join_morphologies([fork()], rotations=[QUARTER])
    np.testing.assert_allclose(turned.section_length, fork().section_length, atol=1e-5)


def test_at_least_one_morphology_is_joined():
    with pytest.raises(MorphologyError, match="needs at least one morphology, got none"):
        join_morphologies([])


@pytest.mark.parametrize(
    ("arguments", "got"),
    [
        ({"rotations": np.eye(3)}, "got (3, 3) and (2, 3)"),
        ({"rotations": np.zeros((1, 3, 3))}, "got (1, 3, 3) and (2, 3)"),
        ({"translations": [0, 0, 300]}, "got (2, 3, 3) and (3,)"),
        ({"translations": np.zeros((3, 3))}, "got (2, 3, 3) and (3, 3)"),
    ],
)
def test_there_is_one_rotation_and_one_translation_per_cell(arguments, got):
    expected = "for 2 morphologies rotations must have shape (2, 3, 3) and translations (2, 3), " + got
    with pytest.raises(MorphologyError, match=re.escape(expected)):
        join_morphologies([fork(), fork()], **arguments)


@pytest.mark.parametrize(
    "matrix",
    [
        2 * np.eye(3),
        np.full((3, 3), np.nan),
        np.full((3, 3), np.inf),
        [[1, 1, 0], [0, 1, 0], [0, 0, 1]],
        np.zeros((3, 3)),
    ],
)
def test_a_matrix_that_stretches_is_no_rotation(matrix):
    with pytest.raises(MorphologyError, match="rotations must be orthonormal 3x3 matrices"):
        join_morphologies([fork(), fork()], rotations=[np.eye(3), matrix])


def test_a_matrix_that_mirrors_is_no_rotation():
    with pytest.raises(MorphologyError, match=r"rotations must have determinant 1; one of them mirrors its cell"):
        join_morphologies([fork(), fork()], rotations=[np.eye(3), np.diag([1, 1, -1])])


def test_a_translation_must_be_finite():
    with pytest.raises(MorphologyError, match="points must be finite; point 7 is"):
        join_morphologies([fork(), fork()], translations=[(0, 0, 0), (np.nan, 0, 0)])


@pytest.mark.parametrize("wrong", ["cell.swc", 3])
def test_joining_takes_a_list_of_morphologies(wrong: object) -> None:
    with pytest.raises(TypeError, match="join_morphologies takes a list of Morphology"):
        join_morphologies([wrong])  # type: ignore[list-item]


def test_joining_one_morphology_by_itself_is_an_error_that_says_how() -> None:
    with pytest.raises(TypeError, match=r"such as \[cell, cell\]"):
        join_morphologies(Morphology([[0, 0, 0]], [1], [0, 1], [-1], [0], ("soma",)))  # type: ignore[arg-type]
