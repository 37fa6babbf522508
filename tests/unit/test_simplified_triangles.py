"""Triangles in as few as a picture needs: what may be merged, and what stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph.render.geometry.simplified_triangles import simplified
from gpu_morph.render.geometry.triangles import Triangles, surface_triangles
from gpu_morph.scene.spheres import spheres

RADIUS = 100.0


def grid(n: int, wraps: bool = False) -> npt.NDArray[np.int32]:
    """Triangles of n x n vertices; of a tube, whose last column meets the first."""
    number = np.arange(n * n).reshape(n, n)
    number = np.column_stack([number, number[:, 0]]) if wraps else number
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    faces = [np.stack(each, axis=-1).reshape(-1, 3) for each in ((a, b, c), (a, c, d))]
    return np.concatenate(faces).astype(np.int32)


def square(n: int = 60) -> Triangles:
    """A flat square of 1 µm."""
    x, y = np.meshgrid(*2 * [np.linspace(0, 1, n)], indexing="ij")
    return surface_triangles(np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3).astype(np.float32), grid(n))


def ball(radius: float = RADIUS, level: int = 6) -> Triangles:
    vertices, faces, _ = spheres(np.zeros((1, 3), np.float32), np.float32([2 * radius]), level=level)
    return surface_triangles(vertices, faces)


def colors(triangles: Triangles, value: Any = 0.5) -> npt.NDArray[np.float32]:
    return np.broadcast_to(np.float32(value), (len(triangles.positions), 3))


def areas(triangles: Triangles) -> npt.NDArray[np.float64]:
    """(n, 3): twice the area of each triangle along its normal."""
    a, b, c = (triangles.positions[triangles.faces[:, k]].astype(float) for k in range(3))
    return np.cross(b - a, c - a)


@pytest.mark.parametrize("tolerance", [0.1, 0.4])
def test_a_sphere_stays_one_in_fewer_triangles(tolerance: float) -> None:
    fine = ball()
    few = simplified(fine, tolerance, longest=np.inf, colors=colors(fine))
    assert len(few.faces) < len(fine.faces) / 3
    middles = few.positions[few.faces].mean(axis=1)
    assert (RADIUS - np.linalg.norm(middles, axis=1)).max() < 2 * tolerance
    assert (np.einsum("fi,fi->f", areas(few), middles) > 0).all()  # none is folded over
    assert np.abs(areas(few).sum(axis=0)).max() < 1e-2  # and it is closed
    np.testing.assert_array_equal(few.positions, fine.positions[few.source])


def error(triangles: Triangles, radius: float) -> float:
    """The greatest distance of triangles from a sphere."""
    corners = triangles.positions[triangles.faces]
    middles = np.column_stack([(corners + np.roll(corners, 1, axis=1)) / 2, corners.mean(axis=1, keepdims=True)])
    return float((radius - np.linalg.norm(middles, axis=-1)).max())


@pytest.mark.parametrize("level", [4, 5, 6])
@pytest.mark.parametrize("tolerance", [0.15, 0.5])
def test_a_sphere_of_few_triangles_is_no_farther_from_one(level: int, tolerance: float) -> None:
    given = ball(600.0, level)
    few = simplified(given, tolerance, longest=np.inf, colors=colors(given))
    assert error(few, 600.0) < error(given, 600.0) + 2 * tolerance  # half a pixel where the tolerance is a quarter


def test_where_triangles_are_small_a_sphere_needs_few_of_them() -> None:
    given = ball(300.0, 7)
    few = simplified(given, 0.366, longest=np.inf, colors=colors(given))
    assert len(few.faces) < 20_000
    assert error(few, 300.0) < 0.366


def test_a_flat_square_keeps_its_border_and_its_area() -> None:
    fine = square()
    few = simplified(fine, 0.005, longest=0.2, colors=colors(fine))
    assert len(few.faces) < len(fine.faces) / 3
    np.testing.assert_allclose(areas(few)[:, 2].sum(), 2.0, rtol=1e-4)
    assert (areas(few)[:, 2] > 0).all()
    assert {(0, 0), (0, 1), (1, 0), (1, 1)} <= {(round(x), round(y)) for x, y, _ in few.positions.tolist()}


def test_borders_between_colours_stay() -> None:
    fine = square()
    halves = np.repeat(fine.positions[:, :1] > 0.5, 3, axis=1).astype(np.float32)
    few = simplified(fine, 0.005, longest=0.2, colors=halves)
    given = few.spread(halves)
    assert len(few.faces) < len(fine.faces) / 2
    across = given[few.faces][:, :, 0].astype(bool)
    mixed = few.positions[few.faces[across.any(axis=1) & ~across.all(axis=1)]][:, :, 0]
    assert mixed.size and np.abs(mixed - 0.5).max() < 0.2


def test_a_tube_thinner_than_the_tolerance_does_not_vanish() -> None:
    along, around = np.meshgrid(np.linspace(0, 50, 60), np.linspace(0, 2 * np.pi, 60, endpoint=False), indexing="ij")
    points = np.stack([along, 0.05 * np.cos(around), 0.05 * np.sin(around)], axis=-1).reshape(-1, 3)
    fine = surface_triangles(points.astype(np.float32), grid(60, wraps=True))
    few = simplified(fine, 0.25, longest=np.inf, colors=colors(fine))
    area = np.linalg.norm(areas(few), axis=1).sum() / 2
    assert area > 0.8 * 2 * np.pi * 0.05 * 50


def test_few_triangles_and_finer_pictures_are_left_alone() -> None:
    few = square(20)
    assert simplified(few, 0.2, colors=colors(few)) is few
    fine = ball()
    assert simplified(fine, 1e-6, colors=colors(fine)) is fine


def test_values_that_change_are_merged_within_the_tolerance_only() -> None:
    fine = ball()
    few = simplified(fine, 0.5, colors=None)
    edges = np.linalg.norm(np.diff(few.positions[few.faces], axis=1), axis=-1)
    assert len(few.faces) > 0.5 * len(fine.faces)
    assert edges.max() < 6
