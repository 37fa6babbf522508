"""The straightest child continues its parent; sections meet in one round end."""

from __future__ import annotations

import numpy as np
import pytest
from tube_cells import A, B, C, cell, neighbours

from gpu_morph.render.geometry.tube_geometry import TubeGeometry, geometry_subset, tube_geometry

# Branchings


def test_a_single_child_continues_its_parent():
    geometry = tube_geometry(cell([A, B], [B, [20, 1, 0]], parent=[-1, 0]))
    assert neighbours(geometry) == [[0, 0, 1, 3], [0, 2, 3, 3]]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [1, 2, 0]])
def test_of_several_children_the_straightest_continues(order):
    tips = np.array([[20, 3, 0], [20, 20, 0], [12, -9, 0]])[order]
    geometry = tube_geometry(cell([A, B], *([B, tip] for tip in tips), parent=[-1, 0, 0, 0]))
    straightest = order.index(0)
    head = 2 + 2 * straightest
    expected = [[2 + 2 * k, 2 + 2 * k, 3 + 2 * k, 3 + 2 * k] for k in range(3)]
    expected[straightest][0] = 0  # it comes from the parent's start
    assert neighbours(geometry) == [[0, 0, 1, head + 1], *expected]


def test_each_parent_has_its_own_straightest_child():
    geometry = tube_geometry(
        cell(
            [A, B], [B, [20, 1, 0]], [B, C], [[20, 1, 0], [30, 2, 0]], [[20, 1, 0], [20, 9, 0]], parent=[-1, 0, 0, 1, 1]
        )
    )
    assert geometry.previous.tolist() == [0, 0, 4, 2, 8]
    assert geometry.following.tolist() == [3, 7, 5, 7, 9]


def test_a_child_that_turns_back_does_not_continue():
    geometry = tube_geometry(cell([A, B], [B, [1, 3, 0]], parent=[-1, 0]))
    assert neighbours(geometry) == [[0, 0, 1, 1], [2, 2, 3, 3]]


def test_a_child_in_the_middle_of_its_parent_does_not_continue_it():
    geometry = tube_geometry(cell([A, B], [[5, 0, 0], [9, 1, 0]], parent=[-1, 0], parent_x=[0, 0.5]))
    assert neighbours(geometry) == [[0, 0, 1, 1], [2, 2, 3, 3]]


def test_a_linked_child_does_not_continue_its_parent():
    geometry = tube_geometry(cell([A, B], [[12, 0, 0], [20, 0, 0]], parent=[-1, 0]))
    assert neighbours(geometry) == [[0, 0, 1, 1], [2, 2, 3, 4], [2, 3, 4, 4]]


@pytest.mark.parametrize("sections", [([A, B], [B]), ([B], [B, C])])
def test_a_sphere_neither_continues_nor_is_continued(sections):
    geometry = tube_geometry(cell(*sections, parent=[-1, 0]))
    np.testing.assert_array_equal(geometry.previous, geometry.start)
    np.testing.assert_array_equal(geometry.following, geometry.end)


def test_children_may_come_before_their_parent():
    geometry = tube_geometry(cell([B, [20, 1, 0]], [A, B], parent=[1, -1]))
    assert neighbours(geometry) == [[2, 0, 1, 1], [2, 2, 3, 1]]


# How the ends of sections are drawn


def joints(geometry: TubeGeometry) -> list[list[int]]:
    """Of each segment: the vertex before, its start, its end, and the vertex after."""
    return np.stack([geometry.before, geometry.start, geometry.end, geometry.after], axis=1).tolist()


E0 = [20, 0, 0]


def test_sections_of_one_width_are_drawn_as_one():
    geometry = tube_geometry(cell([A, B], [B, E0], parent=[-1, 0]))
    assert joints(geometry) == [[0, 0, 1, 3], [0, 2, 3, 3]]


@pytest.mark.parametrize(
    ("widths", "expected"),
    [
        ((4, 2), [[0, 0, 1, 1], [3, 2, 3, 3]]),  # the child has a flat start, the parent a round end
        ((2, 4), [[0, 0, 1, 0], [2, 2, 3, 3]]),  # the other way round
    ],
)
def test_of_two_widths_the_wider_one_has_the_round_end(widths, expected):
    geometry = tube_geometry(cell([A, B], [B, E0], parent=[-1, 0], diameters=np.repeat(widths, 2)))
    assert joints(geometry) == expected
    assert neighbours(geometry) == [[0, 0, 1, 3], [0, 2, 3, 3]]  # the neurite goes on


def test_a_second_branch_has_a_flat_start():
    geometry = tube_geometry(cell([A, B], [B, E0], [B, C], parent=[-1, 0, 0]))
    assert joints(geometry) == [[0, 0, 1, 3], [0, 2, 3, 3], [5, 4, 5, 5]]


def test_the_widest_of_several_branches_has_the_round_end():
    widths = np.repeat([2, 4, 6], 2)
    geometry = tube_geometry(cell([A, B], [B, E0], [B, C], parent=[-1, 0, 0], diameters=widths))
    assert joints(geometry) == [[0, 0, 1, 0], [3, 2, 3, 3], [4, 4, 5, 5]]


@pytest.mark.parametrize(("width", "before"), [(1.0, 3), (2.0, 3), (3.0, 2)])
def test_a_branch_from_the_middle_is_flat_where_its_parent_is_as_wide(width, before):
    widths = np.repeat([2, width], 2)
    geometry = tube_geometry(cell([A, E0], [B, C], parent=[-1, 0], parent_x=[0, 0.5], diameters=widths))
    assert joints(geometry) == [[0, 0, 1, 1], [before, 2, 3, 3]]


def test_sections_as_thin_as_lines_have_one_width():
    morphology = cell([A, B], [B, E0], parent=[-1, 0], diameters=[0.2, 0.2, 0.1, 0.1])
    assert joints(tube_geometry(morphology, least_radius=0.1)) == [[0, 0, 1, 3], [0, 2, 3, 3]]


def test_a_flat_end_is_round_where_what_covers_it_is_left_out():
    geometry = tube_geometry(cell([A, B], [B, E0], [B, C], parent=[-1, 0, 0]))
    assert joints(geometry_subset(geometry, [0, 2])) == [[0, 0, 1, 1], [5, 4, 5, 5]]
    assert joints(geometry_subset(geometry, [1])) == [[2, 2, 3, 3]]
    assert joints(geometry_subset(geometry, [2])) == [[4, 4, 5, 5]]


def test_a_second_branch_as_wide_as_its_parent_is_beside_it_in_pictures():
    widths = [2, 2, 2, 2, 1.98, 1]
    geometry = tube_geometry(cell([A, B], [B, E0], [B, C], parent=[-1, 0, 0], diameters=widths), equal=0.01)
    assert joints(geometry) == [[0, 0, 1, 3], [0, 2, 3, 3], [6, 4, 5, 5]]
    np.testing.assert_array_equal(geometry.positions[6], A)  # the parent, by a vertex of its own
    assert geometry.radii.tolist() == pytest.approx([1, 1, 1, 1, 0.99, 0.5, -1])
    assert joints(geometry_subset(geometry, [0, 2])) == [[0, 0, 1, 1], [6, 4, 5, 5]]
    assert joints(geometry_subset(geometry, [1, 2])) == [[2, 2, 3, 3], [5, 4, 5, 5]]  # flat: both begin there
    assert joints(geometry_subset(geometry, [2])) == [[4, 4, 5, 5]]
