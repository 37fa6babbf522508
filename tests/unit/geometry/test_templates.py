"""Templates of tubes cover all that is seen, once."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_morph.render.geometry.tube_template import tube_template

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
