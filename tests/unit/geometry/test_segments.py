"""Sections of points become vertices and segments, with links to their parents."""

from __future__ import annotations

import numpy as np
import pytest
from tube_cells import A, B, C, D, cell, neighbours

from gpu_morph.render.geometry.tube_geometry import TubeGeometry, tube_geometry


def ends(geometry: TubeGeometry) -> list[list[list[float]]]:
    """Of each segment: where it starts and where it ends."""
    return np.stack([geometry.positions[geometry.start], geometry.positions[geometry.end]], axis=1).tolist()


# One section


def test_a_section_is_a_segment_between_each_two_points():
    geometry = tube_geometry(cell([A, B, C, D], diameters=[4, 3, 2, 1]))
    assert ends(geometry) == [[A, B], [B, C], [C, D]]
    assert geometry.n_segments == 3
    assert geometry.radii.tolist() == [2, 1.5, 1, 0.5]


def test_segments_have_neighbours():
    assert neighbours(tube_geometry(cell([A, B, C, D]))) == [[0, 0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 3]]


def test_vertices_have_the_site_of_their_value():
    geometry = tube_geometry(cell([A, B, C, D], [A, [0, 0, 5], [0, 0, 20]]))
    assert geometry.section.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert geometry.section_position == pytest.approx([0, 1 / 3, 2 / 3, 1, 0, 0.25, 1])


def test_arrays_have_the_types_that_are_uploaded():
    geometry = tube_geometry(cell([A, B], [B, C], parent=[-1, 0]))
    assert geometry.positions.dtype == geometry.radii.dtype == np.float32
    for name in ("section", "start", "end", "previous", "following"):
        assert getattr(geometry, name).dtype == np.int32, name


@pytest.mark.parametrize("repeat", [[0, 0, 1, 2], [0, 1, 1, 1, 2], [0, 1, 2, 2]])
def test_repeated_points_are_dropped(repeat):
    geometry = tube_geometry(cell(np.array([A, B, C])[repeat]))
    assert ends(geometry) == [[A, B], [B, C]]
    assert geometry.section_position.tolist() == [0, 0.5, 1]
    assert neighbours(geometry) == [[0, 0, 1, 2], [0, 1, 2, 2]]


def test_points_that_come_back_later_are_kept():
    assert ends(tube_geometry(cell([A, B, A]))) == [[A, B], [B, A]]


@pytest.mark.parametrize("points", [[B], [B, B], [B, B, B]])
def test_a_section_without_length_is_a_sphere(points):
    geometry = tube_geometry(cell(points))
    assert neighbours(geometry) == [[0, 0, 0, 0]]
    assert geometry.positions.tolist() == [B]
    assert geometry.section_position.tolist() == [0.5]


def test_sections_are_not_connected_by_their_order():
    geometry = tube_geometry(cell([A, B], [C], [D, A]))
    assert ends(geometry) == [[A, B], [C, C], [D, A]]
    assert neighbours(geometry) == [[0, 0, 1, 1], [2, 2, 2, 2], [3, 3, 4, 4]]


def test_sections_that_start_where_another_ended_keep_their_first_point():
    assert ends(tube_geometry(cell([A, B], [B, C]))) == [[A, B], [B, C]]


# Links


def test_a_neurite_is_linked_to_the_center_of_the_soma_with_its_own_width():
    soma_and_neurite = cell([A], [[5, 0, 0], [20, 0, 0]], parent=[-1, 0], parent_x=[0, 0.5], diameters=[10, 3, 1])
    geometry = tube_geometry(soma_and_neurite)
    assert ends(geometry) == [[A, A], [A, [5, 0, 0]], [[5, 0, 0], [20, 0, 0]]]
    assert geometry.radii[geometry.start].tolist() == [5, 1.5, 1.5]
    assert geometry.radii[geometry.end].tolist() == [5, 1.5, 0.5]


def test_a_link_has_the_value_of_the_neurites_first_point():
    geometry = tube_geometry(cell([A], [[5, 0, 0], [20, 0, 0]], parent=[-1, 0], parent_x=[0, 0.5]))
    link = geometry.start[1]
    assert (geometry.section[link], geometry.section_position[link]) == (1, 0)


def test_a_link_belongs_to_its_neurite_alone():
    geometry = tube_geometry(cell([A], [[5, 0, 0], [20, 0, 0]], parent=[-1, 0], parent_x=[0, 0.5]))
    assert neighbours(geometry) == [[0, 0, 0, 0], [1, 1, 2, 3], [1, 2, 3, 3]]


def test_a_link_starts_where_on_the_parent_it_is_attached():
    geometry = tube_geometry(cell([A, B], [[2.5, 9, 0], [2.5, 19, 0]], parent=[-1, 0], parent_x=[0, 0.25]))
    assert ends(geometry)[1] == [[2.5, 0, 0], [2.5, 9, 0]]


def test_links_of_several_neurites_go_to_their_own():
    up, down = [[0, 5, 0], [0, 9, 0]], [[0, -5, 0], [0, -9, 0]]
    geometry = tube_geometry(cell(up, [A], down, parent=[1, -1, 1], parent_x=[0.5, 0, 0.5]))
    assert ends(geometry) == [[A, up[0]], up, [A, A], [A, down[0]], down]
    assert geometry.section.tolist() == [0, 0, 0, 1, 2, 2, 2]


def test_a_linked_sphere_is_a_segment():
    assert ends(tube_geometry(cell([A], [B], parent=[-1, 0]))) == [[A, A], [A, B]]


@pytest.mark.parametrize("x", [0, 0.5, 1])
def test_a_section_that_starts_on_its_parent_has_no_link(x):
    site = [10 * x, 0, 0]
    geometry = tube_geometry(cell([A, B], [site, C], parent=[-1, 0], parent_x=[0, x]))
    assert ends(geometry) == [[A, B], [site, C]]


def test_a_gap_by_rounding_far_from_the_origin_is_no_link():
    far = np.array([80_000, -90_000, 70_000])
    points = np.array([[0, 0, 0], [3.3, 1.7, 0.9], [10.1, 2.3, 8.7]])
    x = 0.37  # which no float32 point there meets exactly
    arc = np.linalg.norm(points[1])
    middle = points[0] + (points[1] - points[0]) * x
    geometry = tube_geometry(
        cell(points[:2] + far, np.array([middle, [0, 30, 0]]) + far, parent=[-1, 0], parent_x=[0, x])
    )
    assert arc > 1
    assert geometry.n_segments == 2


@pytest.mark.parametrize(("gap", "n_segments"), [(0.0005, 2), (0.01, 3)])
def test_a_link_bridges_only_what_can_be_seen(gap, n_segments):
    geometry = tube_geometry(cell([A, B], [[10 + gap, 0, 0], [20, 0, 0]], parent=[-1, 0]))
    assert geometry.n_segments == n_segments


# Division of long thin segments


def test_long_thin_segments_are_divided():
    morphology = cell([A, B], [C, D], diameters=[2, 1, 8, 8])
    geometry = tube_geometry(morphology, longest_thin=4.0, thin=1.0)
    np.testing.assert_allclose(geometry.positions[:4, 0], [0, 10 / 3, 20 / 3, 10], rtol=1e-6)
    np.testing.assert_allclose(geometry.radii[:4], [1, 5 / 6, 4 / 6, 0.5], rtol=1e-6)
    np.testing.assert_allclose(geometry.section_position[:4], [0, 1 / 3, 2 / 3, 1], rtol=1e-6)
    assert geometry.section.tolist() == [0, 0, 0, 0, 1, 1]  # the thick one stays
    assert neighbours(geometry) == [[0, 0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 3], [4, 4, 5, 5]]
