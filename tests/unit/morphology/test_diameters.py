"""Diameters between points, and scaled ones."""

from __future__ import annotations

import numpy as np
import pytest
from small_morphologies import fork

from gpu_morph.data.derived_morphology import scaled_diameters
from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError


def test_diameters_between_points_are_linear_by_arc_length() -> None:
    cone = Morphology([[0, 0, 0], [1, 0, 0], [4, 0, 0]], [2, 3, 6], [0, 3], [-1], [0], ("dend",))
    np.testing.assert_allclose(cone.diameter_at([0] * 5, [0, 0.125, 0.25, 0.625, 1]), [2, 2.5, 3, 4.5, 6])


@pytest.mark.parametrize("scale", [2, 2.0, np.float32(2), lambda x: 2 * x, lambda x: (2 * x).tolist()])
def test_diameters_are_scaled_by_a_factor_or_a_function(scale):
    morphology = fork()
    scaled = scaled_diameters(morphology, scale)
    assert scaled.diameters.tolist() == [8, 4, 4, 2, 2, 2, 1]
    assert morphology.diameters.tolist() == [4, 2, 2, 1, 1, 1, 0.5]


def test_scaling_diameters_leaves_the_rest():
    morphology = fork(section_cell=[0, 0, 3])
    assert scaled_diameters(scaled_diameters(morphology, 4), 0.25) == morphology


@pytest.mark.parametrize("value", [3, 3.0, np.float64(3), np.array(3)])
def test_a_function_may_return_one_diameter_for_all(value):
    assert scaled_diameters(fork(), lambda _: value).diameters.tolist() == [3] * 7


def test_a_function_may_change_its_argument():
    def thicker(diameters):
        diameters += 1
        return diameters

    assert scaled_diameters(fork(), thicker).diameters.tolist() == [5, 3, 3, 2, 2, 2, 1.5]


@pytest.mark.parametrize("scale", [0, -1, np.nan, np.inf, "2", None, [2, 2]])
def test_a_factor_is_a_positive_number(scale):
    with pytest.raises(MorphologyError, match="scale must be a positive number or a function, got "):
        scaled_diameters(fork(), scale)


@pytest.mark.parametrize(
    ("result", "shape"), [(np.ones(6), r"\(6,\)"), (np.ones((7, 1)), r"\(7, 1\)"), ([], r"\(0,\)")]
)
def test_a_function_returns_a_diameter_per_point(result, shape):
    with pytest.raises(
        MorphologyError, match=f"for each of 7 points, or one for all; it returned an array of shape {shape}"
    ):
        scaled_diameters(fork(), lambda _: result)


@pytest.mark.parametrize("result", [None, "thick", [[1], [2, 3]], 1j])
def test_a_function_returns_numbers(result):
    with pytest.raises(MorphologyError, match=r"scale must return diameters in µm: |diameters must be finite"):
        scaled_diameters(fork(), lambda _: result)


@pytest.mark.parametrize(("scale", "got"), [(lambda x: x - 3, "point 1 has -1"), (lambda _: np.nan, "point 0 has nan")])
def test_scaled_diameters_are_finite_and_not_negative(scale, got):
    with pytest.raises(MorphologyError, match=f"diameters must be finite and not negative; {got}"):
        scaled_diameters(fork(), scale)


def test_diameters_that_overflow_are_refused():
    with pytest.raises(MorphologyError, match="diameters must be finite and not negative; point 0 has inf"):
        scaled_diameters(fork(), 1e39)
