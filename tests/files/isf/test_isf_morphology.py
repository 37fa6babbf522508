"""Sections of cells of the In Silico Framework."""

from __future__ import annotations

import pytest
from isf_objects import cell, section

from gpu_morph.errors import MorphologyError
from gpu_morph.readers.simulators.isf import from_isf, isf_morphology


def test_sections_keep_their_order_points_and_labels():
    morphology = isf_morphology(cell())
    assert morphology.section_labels == ("Soma", "Dendrite", "Myelin")
    assert morphology.section_offsets.tolist() == [0, 2, 5, 7]
    assert morphology.points[2:5].tolist() == [[5, 0, 0], [5, 9, 0], [5, 20, 0]]
    assert morphology.diameters.tolist() == [2.0] * 7


def test_sections_know_their_parents():
    morphology = isf_morphology(cell())
    assert morphology.section_parent.tolist() == [-1, 0, 0]
    assert morphology.section_parent_x[1:].tolist() == [0.5, 0.5]


def test_a_parent_may_come_later():
    stand_in = cell()
    stand_in.sections.reverse()
    assert isf_morphology(stand_in).section_parent.tolist() == [2, 2, -1]


def test_parents_are_compared_by_identity():
    first, second = section([[0, 0, 0]]), section([[0, 0, 0]])
    child = section([[1, 1, 1]], parent=second)
    assert isf_morphology(cell(sections=[first, second, child])).section_parent.tolist() == [-1, -1, 1]


def test_a_cell_without_sections_raises_an_error():
    with pytest.raises(MorphologyError, match=r"cell\.sections is empty; read the morphology before drawing the cell"):
        isf_morphology(cell(sections=[]))


def test_another_object_raises_an_error():
    with pytest.raises(
        MorphologyError, match="expected a cell of the In Silico Framework; str has no attribute 'sections'"
    ):
        from_isf("cell.hoc")


@pytest.mark.parametrize("name", ["pts", "diamList", "label"])
def test_a_section_must_have_its_attributes(name):
    stand_in = cell()
    delattr(stand_in.sections[0], name)
    with pytest.raises(MorphologyError, match=f"Section has no attribute '{name}'"):
        isf_morphology(stand_in)


def test_a_child_must_say_where_it_is_attached():
    stand_in = cell()
    del stand_in.sections[1].parentx
    with pytest.raises(MorphologyError, match="Section has no attribute 'parentx'"):
        isf_morphology(stand_in)


@pytest.mark.parametrize(("points", "widths"), [([[0, 0, 0], [1, 0, 0]], [1.0]), ([], [])])
def test_each_point_has_a_diameter(points, widths):
    stand_in = cell()
    stand_in.sections[1].pts, stand_in.sections[1].diamList = points, widths
    expected = (
        "section 1 must have as many diameters as points, at least one; "
        f"got {len(points)} points and {len(widths)} diameters"
    )
    with pytest.raises(MorphologyError, match=expected):
        isf_morphology(stand_in)


def test_a_parent_must_be_of_the_cell():
    stand_in = cell()
    stand_in.sections[2].parent = section([[0, 0, 0]])
    with pytest.raises(MorphologyError, match=r"the parent of section 2 is not in cell\.sections"):
        isf_morphology(stand_in)
