"""Sites on sections are located by arc length."""

from __future__ import annotations

import numpy as np
import pytest
from small_morphologies import fork, line

from gpu_morph.data.morphology import Morphology

# Arc length


def test_each_point_knows_its_section():
    assert fork().point_section.tolist() == [0, 0, 0, 1, 1, 2, 2]


def test_arc_length_starts_anew_in_each_section():
    assert fork().point_arc_length.tolist() == [0, 1, 4, 0, 2, 0, 2]


def test_arc_length_follows_the_points():
    assert line([0, 0, 0], [3, 4, 0], [3, 4, 12]).section_length.tolist() == [17]


def test_sections_have_their_own_length():
    assert fork().section_length.tolist() == [4, 2, 2]


def test_position_is_a_fraction_of_the_arc_length():
    assert fork().point_position.tolist() == [0, 0.25, 1, 0, 1, 0, 1]


def test_a_section_of_no_length_is_at_its_middle():
    assert line([1, 2, 3]).point_position.tolist() == [0.5]
    assert line([1, 2, 3], [1, 2, 3]).point_position.tolist() == [0.5, 0.5]


def test_bounds_hold_the_radii():
    assert fork().bounds().tolist() == [[-2, -2.25, -2], [5, 2.5, 2]]


# Sites


@pytest.mark.parametrize(
    ("section", "position", "point"),
    [(0, 0, [0, 0, 0]), (0, 0.125, [0.5, 0, 0]), (0, 0.5, [2, 0, 0]), (0, 1, [4, 0, 0]), (2, 0.75, [4, -1.5, 0])],
)
def test_a_site_lies_at_its_fraction_of_the_arc_length(section, position, point):
    assert fork().locate(section, position) == pytest.approx(np.array([point]), abs=1e-6)


def test_one_position_serves_all_sections():
    expected = np.array([[2, 0, 0], [4, 1, 0], [4, -1, 0]])
    assert fork().locate([0, 1, 2], 0.5) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("position", "point"), [(-0.5, [0, 0, 0]), (1.5, [4, 0, 0])])
def test_a_position_beyond_the_ends_is_the_end(position, point):
    assert fork().locate([0], [position]) == pytest.approx(np.array([point]), abs=1e-6)


@pytest.mark.parametrize("position", [0, 0.3, 0.5, 1])
@pytest.mark.parametrize("n_points", [1, 2, 3])
def test_every_position_on_a_section_of_no_length_is_its_point(n_points, position):
    between = Morphology(
        np.concatenate([[[0, 0, 0], [9, 0, 0]], np.tile([1, 2, 3], (n_points, 1)), [[0, 5, 0], [0, 9, 0]]]),
        np.ones(n_points + 4),
        [0, 2, 2 + n_points, 4 + n_points],
        [-1, 0, 1],
        [0, 1, 1],
        ("dend",) * 3,
    )
    assert between.locate([1], [position]).tolist() == [[1, 2, 3]]


def test_a_repeated_point_is_passed_without_a_jump():
    morphology = line([0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0], [2, 0, 0])
    x = morphology.locate(np.zeros(9, int), np.linspace(0, 1, 9))[:, 0]
    np.testing.assert_allclose(x, np.linspace(0, 2, 9), atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_sites_on_random_sections_agree_with_linear_interpolation(seed):
    random = np.random.default_rng(seed)
    counts = random.integers(1, 8, size=20)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    points = random.normal(scale=50, size=(offsets[-1], 3))
    repeated = random.random(len(points)) < 0.2
    repeated[offsets[:-1]] = False
    points[repeated] = points[np.flatnonzero(repeated) - 1]
    morphology = Morphology(points, np.ones(len(points)), offsets, np.full(20, -1), np.zeros(20), ("dend",) * 20)
    section = random.integers(0, 20, size=200)
    position = np.where(random.random(200) < 0.2, random.integers(0, 2, 200), random.random(200))
    points = morphology.locate(section, position)
    for s, x, point in zip(section, position, points, strict=True):
        own = morphology.points[offsets[s] : offsets[s + 1]].astype(float)
        arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(own, axis=0), axis=1))])
        expected = [np.interp(x * arc[-1], arc, own[:, axis]) for axis in range(3)]
        np.testing.assert_allclose(point, expected, atol=1e-4)


def test_points_are_where_their_position_says():
    morphology = fork()
    points = morphology.locate(morphology.point_section, morphology.point_position)
    np.testing.assert_allclose(points, morphology.points, atol=1e-6)
