"""From sections of points to vertices and segments; ribbons, templates and enclosing radii."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.render.geometry.enclosing_radius import enclosing_radius
from gpu_morph.render.geometry.ribbons import ribbons
from gpu_morph.render.geometry.tube_geometry import TubeGeometry, geometry_subset, tube_geometry
from gpu_morph.render.geometry.tube_template import tube_template


def cell(*sections: Any, parent: Any = None, parent_x: Any = None, diameters: Any = None) -> Morphology:
    """Sections through the given points, each of diameter 2 unless given."""
    counts = [len(s) for s in sections]
    n = len(sections)
    return Morphology(
        np.concatenate(sections),
        np.full(sum(counts), 2.0) if diameters is None else diameters,
        np.cumsum([0, *counts]),
        [-1] * n if parent is None else parent,
        [1] * n if parent_x is None else parent_x,
        ["dend"] * n,
    )


def ends(geometry: TubeGeometry) -> list[list[list[float]]]:
    """Of each segment: where it starts and where it ends."""
    return np.stack([geometry.positions[geometry.start], geometry.positions[geometry.end]], axis=1).tolist()


def neighbours(geometry: TubeGeometry) -> list[list[int]]:
    """Of each segment: the vertices before, at its start, at its end, and after."""
    return np.stack([geometry.previous, geometry.start, geometry.end, geometry.following], axis=1).tolist()


A, B, C, D = [0, 0, 0], [10, 0, 0], [10, 10, 0], [10, 10, 10]


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


# Ribbons


def line(n_points: int, *, start: float = 0.0) -> list[list[float]]:
    return [[10.0 * k + start, 0, 0] for k in range(n_points)]


@pytest.mark.parametrize(
    ("n_points", "expected"),
    [
        (2, [[0, 0, 1, 0, 0, 1, 1]]),
        (3, [[0, 0, 1, 1, 1, 2, 2]]),
        (4, [[0, 0, 1, 2, 2, 3, 3]]),
        (5, [[0, 0, 1, 2, 3, 4, 4]]),
        (6, [[0, 0, 1, 2, 3, 4, 5], [3, 4, 5, 4, 4, 5, 5]]),
        (9, [[0, 0, 1, 2, 3, 4, 5], [3, 4, 5, 6, 7, 8, 8]]),
    ],
)
def test_a_ribbon_is_up_to_four_segments_in_a_row(n_points, expected):
    geometry = tube_geometry(cell(line(n_points)))
    assert ribbons(geometry, np.arange(n_points - 1), longest=4).tolist() == expected


def test_ribbons_end_where_sections_do_and_where_segments_are_left_out():
    geometry = tube_geometry(cell(line(4), line(3, start=30.0), parent=[-1, 0]))
    assert ribbons(geometry, np.arange(geometry.n_segments), longest=4).tolist() == [
        [0, 0, 1, 2, 2, 3, 5],
        [2, 4, 5, 5, 5, 6, 6],
    ]
    assert ribbons(geometry, np.array([0, 2, 4]), longest=4).tolist() == [
        [0, 0, 1, 0, 0, 1, 2],
        [1, 2, 3, 2, 2, 3, 5],
        [4, 5, 6, 5, 5, 6, 6],
    ]


def test_a_sphere_is_a_ribbon_of_its_own():
    geometry = tube_geometry(cell([A], line(3, start=50.0)))
    assert ribbons(geometry, np.arange(geometry.n_segments), longest=4).tolist() == [
        [0, 0, 0, 0, 0, 0, 0],
        [1, 1, 2, 2, 2, 3, 3],
    ]
    assert ribbons(geometry, np.arange(0), longest=4).shape == (0, 7)


def test_every_segment_belongs_to_one_ribbon():
    rng = np.random.default_rng(5)
    geometry = tube_geometry(cell(*(rng.normal(size=(n, 3)) for n in rng.integers(2, 30, size=40))))
    found = ribbons(geometry, np.arange(geometry.n_segments), longest=4)[:, 1:-1]
    pairs = {pair for row in found.tolist() for pair in pairwise(row) if pair[1] - pair[0] == 1}
    assert pairs == set(zip(geometry.start.tolist(), geometry.end.tolist(), strict=True))


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


# Division of long thin segments


def test_long_thin_segments_are_divided():
    morphology = cell([A, B], [C, D], diameters=[2, 1, 8, 8])
    geometry = tube_geometry(morphology, longest_thin=4.0, thin=1.0)
    np.testing.assert_allclose(geometry.positions[:4, 0], [0, 10 / 3, 20 / 3, 10], rtol=1e-6)
    np.testing.assert_allclose(geometry.radii[:4], [1, 5 / 6, 4 / 6, 0.5], rtol=1e-6)
    np.testing.assert_allclose(geometry.section_position[:4], [0, 1 / 3, 2 / 3, 1], rtol=1e-6)
    assert geometry.section.tolist() == [0, 0, 0, 0, 1, 1]  # the thick one stays
    assert neighbours(geometry) == [[0, 0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 3], [4, 4, 5, 5]]


# Templates

COUNTS = (2, 3, 4, 8, 16)


def corners(n_strips: int) -> np.ndarray:
    """(n_triangles, 3, 2): along and across of each triangle's corners."""
    template = tube_template(n_strips)
    return template.coordinates[template.triangles].reshape(-1, 3, 2)


@pytest.mark.parametrize("n_strips", COUNTS)
def test_a_mesh_has_its_strips_its_caps_and_a_rim(n_strips):
    template = tube_template(n_strips)
    columns, rows = n_strips + 3, 2 * (n_strips // 2 + 1) + 2
    assert len(template.coordinates) == rows * columns
    assert len(template.triangles) == 3 * 2 * (rows - 1) * (columns - 1)


@pytest.mark.parametrize("n_strips", COUNTS)
def test_triangles_all_wind_the_same_way(n_strips):
    first, second, third = corners(n_strips).transpose(1, 0, 2)
    (a, b), (c, d) = (second - first).T, (third - first).T
    area = a * d - b * c
    assert np.all(area > 0) or np.all(area < 0)


@pytest.mark.parametrize("n_strips", COUNTS)
def test_triangles_cover_the_template_once(n_strips):
    first, second, third = corners(n_strips).transpose(1, 0, 2)
    (a, b), (c, d) = (second - first).T, (third - first).T
    assert np.abs(a * d - b * c).sum() / 2 == pytest.approx(5 * 4, rel=1e-5)


@pytest.mark.parametrize("n_strips", COUNTS)
def test_every_vertex_is_used(n_strips):
    template = tube_template(n_strips)
    assert set(template.triangles.tolist()) == set(range(len(template.coordinates)))


@pytest.mark.parametrize("n_strips", COUNTS)
def test_columns_are_equal_angles_and_symmetric(n_strips):
    across = np.unique(tube_template(n_strips).coordinates[:, 1])
    assert across[[0, -1]].tolist() == [-2, 2]
    np.testing.assert_allclose(np.degrees(np.diff(np.arcsin(across[1:-1].astype(float)))), 180 / n_strips, atol=0.1)
    np.testing.assert_allclose(across, -across[::-1], atol=1e-6)


@pytest.mark.parametrize("n_strips", COUNTS)
def test_rows_are_the_ends_and_a_cap_of_one_radius_beyond_each(n_strips):
    along = np.unique(tube_template(n_strips).coordinates[:, 0])
    assert along[[0, -1]].tolist() == [-2, 3]
    inner = along[1:-1]
    assert {-1, 0, 1, 2} <= set(inner.tolist())
    assert np.all((inner >= -1) & (inner <= 2))
    assert not np.any((inner > 0) & (inner < 1))
    np.testing.assert_allclose(inner, 1 - inner[::-1], atol=1e-6)


@pytest.mark.parametrize("n_strips", COUNTS)
def test_templates_have_the_types_that_are_uploaded(n_strips):
    template = tube_template(n_strips)
    assert template.coordinates.dtype == np.float32
    assert template.triangles.dtype == np.uint32


@pytest.mark.parametrize("n_strips", [1, 0, -3])
def test_a_tube_has_two_strips(n_strips):
    with pytest.raises(ValueError, match=f"a tube needs at least two strips, got {n_strips}"):
        tube_template(n_strips)


def wiggly_neurite(seed: int) -> Morphology:
    """600 points a third of a µm apart, with noise of about 0.05 µm and a changing width."""
    rng = np.random.default_rng(seed)
    heading = np.cumsum(rng.normal(scale=0.08, size=(600, 3)), axis=0) + np.array([1, 0, 0])
    points = np.cumsum(heading / np.linalg.norm(heading, axis=1, keepdims=True) / 3, axis=0)
    return Morphology(
        points=points + rng.normal(scale=0.05, size=points.shape),
        diameters=1 + 0.5 * np.sin(np.linspace(0, 12, 600)),
        section_offsets=[0, 600],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tolerance", [0.03, 0.15, 1.0])
def test_a_simplified_neurite_is_nowhere_farther_than_the_tolerance(seed: int, tolerance: float) -> None:
    neurite = wiggly_neurite(seed)
    simple = tube_geometry(neurite, tolerance=tolerance)
    assert simple.n_segments < tube_geometry(neurite).n_segments
    starts, chords = simple.positions[simple.start], simple.positions[simple.end] - simple.positions[simple.start]
    # For each point the nearest point on any segment, its distance and the difference in radius there.
    offset = neurite.points[:, None].astype(float) - starts
    fraction = np.clip(np.sum(offset * chords, axis=2) / np.sum(chords**2, axis=1), 0, 1)
    aside = np.linalg.norm(offset - fraction[..., None] * chords, axis=2)
    radii = simple.radii[simple.start] + fraction * (simple.radii[simple.end] - simple.radii[simple.start])
    wrong = aside + np.abs(radii - neurite.diameters[:, None] / 2)
    assert wrong.min(axis=1).max() <= tolerance * 1.001


def test_simplifying_keeps_ends_and_branchings() -> None:
    straight = [(0, 0, k) for k in range(20)]
    cell = Morphology(
        points=[*straight, (0, 0, 19), (5, 0, 25), (0, 0, 19), (-5, 0, 25)],
        diameters=np.ones(24),
        section_offsets=[0, 20, 22, 24],
        section_parent=[-1, 0, 0],
        section_parent_x=[0, 1, 1],
        section_labels=("dend",) * 3,
    )
    simple = tube_geometry(cell, tolerance=0.01)
    kept = {tuple(p) for p in simple.positions.tolist()}
    assert {(0, 0, 0), (0, 0, 19), (5, 0, 25), (-5, 0, 25)} <= kept
    assert simple.n_segments < 8


def test_simplified_segments_are_no_longer_than_asked() -> None:
    line = Morphology(
        points=[(0, 0, k / 2) for k in range(101)],
        diameters=np.ones(101),
        section_offsets=[0, 101],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )
    simple = tube_geometry(line, tolerance=0.1, longest=4.0)
    lengths = np.linalg.norm(simple.positions[simple.end] - simple.positions[simple.start], axis=1)
    assert lengths.max() <= 4.0
    assert simple.n_segments == 13  # 50 µm by halving: segments of 4 µm, and what is left
    assert simple.section_position[0] == 0
    assert simple.section_position[-1] == 1


# Enclosing radii


@pytest.mark.parametrize(
    ("position", "radius"),
    [
        ((5, 0, 0), 3),  # on the axis of a tube that tapers from 4 to 2 µm
        ((0, 3.9, 0), 4),
        ((0, 4.1, 0), 0),
        ((5, 0, -2.9), 3),
        ((5, 0, -3.1), 0),
        ((11, 0, 0), 2),  # in the round end
        ((13, 0, 0), 0),
        ((-5, 0, 0), 0),
    ],
)
def test_a_position_is_in_the_tube_around_it(position: Any, radius: float) -> None:
    geometry = tube_geometry(cell([A, B], diameters=[8, 4]))
    assert enclosing_radius(geometry, [position]).tolist() == [pytest.approx(radius)]


def test_of_several_tubes_the_thickest_counts() -> None:
    geometry = tube_geometry(
        cell([A, B], [[5, -9, 0], [5, 9, 0]], [[5, 0, -9], [5, 0, 9]], diameters=[1, 1, 6, 6, 2, 2])
    )
    assert enclosing_radius(geometry, [[5, 0, 0], [1, 0, 0], [5, 0, 8]]).tolist() == [3, 0.5, 1]


def test_a_sphere_contains_positions() -> None:
    geometry = tube_geometry(cell([A], diameters=[6]))
    assert enclosing_radius(geometry, [[0, 2, 2], [0, 2.2, 2.2]]).tolist() == [3, 0]


@pytest.mark.parametrize("pairs", [1, 50, 1 << 20])
def test_enclosing_radii_equal_those_of_a_loop_over_all_pairs(pairs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.render.geometry.enclosing_radius._PAIRS_AT_ONCE", pairs)
    rng = np.random.default_rng(7)
    geometry = tube_geometry(cell(*rng.uniform(0, 30, (20, 4, 3)), diameters=rng.uniform(1, 8, 80)))
    positions = rng.uniform(-5, 35, (200, 3))
    start, chord = (
        geometry.positions[geometry.start],
        geometry.positions[geometry.end] - geometry.positions[geometry.start],
    )
    offset = positions[:, None] - start
    fraction = np.clip(np.sum(offset * chord, axis=2) / np.sum(chord**2, axis=1), 0, 1)
    radii = geometry.radii[geometry.start] * (1 - fraction) + geometry.radii[geometry.end] * fraction
    is_inside = np.linalg.norm(offset - fraction[..., None] * chord, axis=2) <= radii
    expected = np.where(is_inside, radii, 0).max(axis=1)
    assert np.count_nonzero(expected) > 50
    np.testing.assert_allclose(enclosing_radius(geometry, positions), expected, rtol=1e-4)


def test_no_positions_have_no_radii() -> None:
    geometry = tube_geometry(cell([A, B]))
    assert enclosing_radius(geometry, np.zeros((0, 3))).shape == (0,)
