"""The radius of the tube around a position."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tube_cells import A, B, cell

from gpu_morph.render.geometry.enclosing_radius import enclosing_radius
from gpu_morph.render.geometry.tube_geometry import tube_geometry


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
