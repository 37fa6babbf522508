"""Round numbers are 1, 2 or 5 times a power of ten, and numbers are written as figures have them."""

from __future__ import annotations

import math

import pytest

from gpu_morph.scene.annotations.number_format import (
    decimals,
    exponent_of,
    formatted,
    formatted_all,
    offset_of,
    quantity,
    round_below,
    round_numbers,
    simplest_number,
    typeset,
)


@pytest.mark.parametrize(
    ("ends", "numbers"),
    [
        ((-90, 40), (-80, -60, -40, -20, 0, 20, 40)),
        ((0, 1), (0, 0.2, 0.4, 0.6, 0.8, 1)),
        ((-75.3, 31.2), (-60, -40, -20, 0, 20)),
        ((0, 3e-4), (0, 1e-4, 2e-4, 3e-4)),
        ((-1e7, 1e7), (-1e7, -5e6, 0, 5e6, 1e7)),
        ((-65, -64.9), (-65, -64.98, -64.96, -64.94, -64.92, -64.9)),
    ],
)
def test_about_five_round_numbers_lie_between_two_ends(ends, numbers):
    assert round_numbers(*ends, 5) == numbers


@pytest.mark.parametrize("width", [10.0**exponent * digit for exponent in range(-12, 9) for digit in (1, 1.7, 3.3, 8)])
def test_there_are_three_to_seven_of_them_at_every_scale(width):
    for low in (0.0, -0.3 * width, -1.7 * width):
        numbers = round_numbers(low, low + width, 5)
        assert 3 <= len(numbers) <= 7
        slack = 1e-6 * width
        assert all(low - slack <= number <= low + width + slack for number in numbers)


def test_there_are_no_more_than_there_is_room_for():
    assert round_numbers(-90, 40, 5, most=4) == (-50, 0)


@pytest.mark.parametrize(
    ("most", "number"), [(1, 1), (0.99, 0.5), (480, 200), (3e-5, 2e-5), (0.3, 0.2), (0.1999, 0.1), (99, 50)]
)
def test_the_round_number_below_is_the_greatest(most, number):
    assert round_below(most) == number


@pytest.mark.parametrize(
    ("numbers", "exponent", "words"),
    [
        ([-80, -40, 0], 0, ("−80", "−40", "0")),
        ([0, 0.25, 0.5], 0, ("0.00", "0.25", "0.50")),
        ([0, 5e-5, 1e-4], -4, ("0.0", "0.5", "1.0")),
        ([1e6, 3e6], 6, ("1", "3")),
        ([1000.0012, 1000.0014], 0, ("1000.0012", "1000.0014")),
    ],
)
def test_numbers_beside_each_other_have_the_same_decimals(numbers, exponent, words):
    assert formatted_all(numbers, exponent) == words


@pytest.mark.parametrize(("number", "words"), [(-0.04, "0.0"), (-0.0, "0.0"), (0.04, "0.0"), (-0.06, "−0.1")])
def test_zero_has_no_minus(number, words):
    assert formatted(number, 1) == words


@pytest.mark.parametrize(
    ("numbers", "count"), [((0.1, 0.3), 1), ((0.025,), 3), ((5, 10), 0), ((1 / 3,), 3), ((1e6 + 0.5,), 1)]
)
def test_decimals_are_as_many_as_are_needed(numbers, count):
    assert decimals(numbers, 3) == count


@pytest.mark.parametrize(
    ("greatest", "exponent"), [(90, 0), (0.01, 0), (1e-3, -3), (1.3e-4, -4), (99999, 0), (2e5, 5), (0, 0)]
)
def test_only_very_small_and_large_numbers_get_a_power_of_ten(greatest, exponent):
    assert exponent_of(greatest) == exponent


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        (100, "µm", "100 µm"),
        (1.5, "mm", "1.5 mm"),
        (20, "mV", "20 mV"),
        (5e-5, "mM", "5×10⁻⁵ mM"),
        (-0.5, "mA/cm2", "−0.5 mA/cm²"),
        (3, "", "3"),
    ],
)
def test_a_quantity_is_a_number_and_its_unit(number, unit, words):
    assert quantity(number, unit) == words


@pytest.mark.parametrize(
    ("unit", "printed"), [("um", "µm"), ("S/cm2", "S/cm²"), ("uS/cm^2", "µS/cm²"), ("s-1", "s⁻¹"), ("mV", "mV")]
)
def test_units_are_printed_as_in_figures(unit, printed):
    assert typeset(unit) == printed


def test_ends_of_any_size_give_finite_numbers():
    assert all(math.isfinite(number) for number in round_numbers(-1e300, 1e300, 5))


@pytest.mark.parametrize(
    ("low", "high", "number"), [(0.7, 1.3, 1), (-3, 2, 0), (64.3, 68, 65), (0.031, 0.038, 0.035), (-74, -60.5, -70)]
)
def test_the_simplest_number_has_the_fewest_digits(low, high, number):
    assert simplest_number(low, high) == pytest.approx(number)


@pytest.mark.parametrize(
    ("numbers", "offset"),
    [
        ((-80, 0, 40), 0),
        ((-65, -64.98), 0),
        ((1000.1, 1000.2), 0),
        ((1e6, 1e6 + 0.2, 1e6 + 1), 1e6),
        ((-65.00005, -64.99995), -65),
        ((5.0,), 0),
        ((-65, -64.99999, 40), 0),
    ],
)
def test_an_offset_is_taken_off_where_labels_would_have_many_digits(numbers, offset):
    assert offset_of(numbers) == offset


def test_numbers_that_differ_have_labels_that_differ():
    assert len(set(formatted_all([1e6, 1e6 + 0.2, 1e6 + 1], 6))) == 3
