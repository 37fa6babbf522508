"""Units follow the size of what is measured: on clocks, time bars and scale bars."""

from __future__ import annotations

import pytest

from gpu_morph.scene.annotations.units import length_label, round_length, round_time, time_unit


@pytest.mark.parametrize(
    ("greatest", "step", "unit"),
    [
        (0.0, 0.0, "ms"),
        (50.0, 0.1, "ms"),
        (1.0, 0.001, "ms"),
        (0.5, 0.001, "µs"),
        (5e-4, 1e-6, "ns"),
        (5e-7, 1e-8, "ns"),
        (9999.0, 1.0, "ms"),
        (10e3, 1.0, "s"),
        (10e3, 0.1, "ms"),  # three decimals of a second cannot show it
        (599e3, 100.0, "s"),
        (600e3, 6e3, "min"),
        (600e3, 100.0, "s"),  # no round part of a minute
        (3600e3, 0.5, "ms"),
    ],
)
def test_a_clock_takes_the_largest_unit_that_shows_each_step(greatest, step, unit):
    assert time_unit(greatest, step) == unit


@pytest.mark.parametrize(
    ("most", "length", "label"),
    [
        (0.4, 0.2, "200 nm"),
        (0.0032, 0.002, "2 nm"),
        (1.3, 1.0, "1 µm"),
        (480.0, 200.0, "200 µm"),
        (1000.0, 1000.0, "1 mm"),
        (9999.0, 5000.0, "5 mm"),
        (25e3, 20e3, "2 cm"),
    ],
)
def test_scale_bars_are_round_in_their_unit(most, length, label):
    assert round_length(most) == pytest.approx(length)
    assert length_label(length) == label


@pytest.mark.parametrize(("length", "label"), [(1500, "1.5 mm"), (0.25, "250 nm"), (12e3, "1.2 cm"), (75, "75 µm")])
def test_a_given_length_is_written_in_its_unit(length, label):
    assert length_label(length) == label


@pytest.mark.parametrize(
    ("most", "time", "label"),
    [(30, 20, "20 ms"), (0.03, 0.02, "20 µs"), (2e-5, 2e-5, "20 ns"), (6e3, 5e3, "5 s"), (150e3, 120e3, "2 min")],
)
def test_time_bars_are_round_in_their_unit(most, time, label):
    found, text = round_time(most)
    assert (found, text) == (pytest.approx(time), label)
