"""Sections whose spheres do not reach beyond their ends."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_morph.readers.inscribed import inscribed


def cylinder(length: float, diameter: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([[0.0, 0, 0], [length, 0, 0]]), np.full(2, diameter)


def extent(points: np.ndarray, diameters: np.ndarray) -> tuple[float, float]:
    return float((points[:, 0] - diameters / 2).min()), float((points[:, 0] + diameters / 2).max())


@pytest.mark.parametrize("length", [20, 30, 200])
def test_a_cylinder_has_its_length_and_width(length: float) -> None:
    points, diameters = inscribed(*cylinder(length, 20))
    assert extent(points, diameters) == (0, length)
    assert diameters.max() == 20
    assert (points[0, 0], points[-1, 0]) == (0, length)


def test_a_cylinder_that_is_wider_than_long_is_a_sphere_of_the_same_lateral_area() -> None:
    points, diameters = inscribed(*cylinder(10, 40))
    assert diameters.max() ** 2 == pytest.approx(10 * 40)
    assert points[diameters > 0].tolist() == [[5, 0, 0]]


def test_a_cone_does_not_reach_beyond_its_ends() -> None:
    points, diameters = inscribed(np.array([[0.0, 0, 0], [40, 0, 0]]), np.array([20.0, 10.0]))
    low, high = extent(points, diameters)
    assert (low, high) == pytest.approx((0, 40))
    assert diameters.max() > 17


def test_an_end_that_is_continued_keeps_its_diameter() -> None:
    points, diameters = inscribed(*cylinder(60, 20), is_end_free=False)
    assert diameters[[0, -1]].tolist() == [0, 20]
    assert points[diameters == 20][0].tolist() == [10, 0, 0]


def test_the_path_and_its_length_stay() -> None:
    bent = np.array([[0.0, 0, 0], [10, 0, 0], [10, 30, 0]])
    points, _ = inscribed(bent, np.array([8.0, 8, 8]))
    assert np.linalg.norm(np.diff(points, axis=0), axis=1).sum() == pytest.approx(40)
    assert all(point in points.tolist() for point in bent.tolist())


def test_a_section_of_no_length_stays_a_sphere() -> None:
    points, diameters = inscribed(np.zeros((1, 3)), np.array([12.0]))
    assert diameters.tolist() == [12]
    assert points.shape == (1, 3)
