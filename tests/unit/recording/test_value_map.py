"""Values are mapped to sites by arc length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_recordings import lines, placed, recording

from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.data.value_map import map_values


def row_values(source: Recording, section: Any, position: Any, **choice: Any) -> list[float]:
    return map_values(source, section, position, **choice)(source.row(0)).tolist()


@pytest.mark.parametrize(("position", "value"), [(0.25, 0), (0.5, 5), (0.35, 2), (0.75, 10)])
def test_between_two_compartments_values_change_linearly(position, value):
    assert row_values(placed([0, 0], [0.25, 0.75]), [0], [position]) == pytest.approx([value], abs=1e-5)


@pytest.mark.parametrize(("position", "value"), [(0, 0), (0.1, 0), (0.9, 10), (1, 10)])
@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
def test_beyond_the_outermost_compartment_its_value_holds(interpolation, position, value):
    source = placed([0, 0], [0.25, 0.75])
    assert row_values(source, [0], [position], interpolation=interpolation) == [value]


@pytest.mark.parametrize(("position", "value"), [(0, 0), (0.29, 0), (0.31, 10), (0.74, 10), (0.76, 20), (1, 20)])
def test_nearest_takes_the_closest_compartment(position, value):
    source = placed([0, 0, 0], [0.1, 0.5, 1.0])
    assert row_values(source, [0], [position], interpolation="nearest") == [value]


def test_values_reach_points_by_arc_length_and_not_by_index():
    # Points crowd at the start: by index the third of five would be in the middle.
    morphology = lines([[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0], [10, 0, 0]])
    source = placed([0, 0], [0.25, 0.75])
    section, position = morphology.point_section, morphology.point_position
    assert row_values(source, section, position, interpolation="nearest") == [0, 0, 0, 0, 10]
    assert row_values(source, section, position) == pytest.approx([0, 0, 0, 1, 10], abs=1e-5)


def test_a_compartment_gives_values_to_its_own_section_only():
    source = placed([0, 1], [1.0, 0.0])
    assert row_values(source, [0, 0, 1, 1], [0, 1, 0, 1]) == [0, 0, 10, 10]


def test_a_section_without_compartments_has_no_value():
    source = placed([0, 2], [0.5, 0.5])
    values = row_values(source, [0, 1, 2, 3], [0.5, 0.5, 0.5, 0.5])
    assert values == pytest.approx([0, np.nan, 10, np.nan], nan_ok=True)


def test_nothing_recorded_is_no_value_anywhere():
    source = Recording([0], np.zeros((1, 0)), section=[], position=[])
    assert map_values(source, [0, 1], [0, 1]).before.tolist() == [-1, -1]


@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
@pytest.mark.parametrize("seed", range(5))
def test_columns_may_come_in_any_order(seed, interpolation):
    random = np.random.default_rng(seed)
    section, position = random.integers(0, 4, 30), random.random(30)
    values = random.normal(size=(1, 30))
    sites = random.integers(0, 4, 100), random.random(100)
    shuffled = random.permutation(30)
    expected = Recording([0], values, section=section, position=position)
    mixed = Recording([0], values[:, shuffled], section=section[shuffled], position=position[shuffled])
    assert row_values(mixed, *sites, interpolation=interpolation) == row_values(
        expected, *sites, interpolation=interpolation
    )


@pytest.mark.parametrize("seed", range(3))
def test_linear_is_numpys_interpolation_in_each_section(seed):
    random = np.random.default_rng(seed)
    section, position = np.repeat([0, 1, 2], 5), np.sort(random.random((3, 5)), axis=1).ravel()
    values = random.normal(size=15)
    source = Recording([0], values[np.newaxis], section=section, position=position)
    asked = np.linspace(0, 1, 21)
    for s in range(3):
        expected = np.interp(asked, position[section == s], values[section == s])
        np.testing.assert_allclose(row_values(source, np.full(21, s), asked), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([np.nan, 10], [np.nan, np.nan, 10, 10]),
        ([0, np.nan], [0, 0, np.nan, np.nan]),
        ([np.nan, np.nan], [np.nan] * 4),
    ],
)
def test_beside_a_missing_value_the_closer_compartment_counts(values, expected):
    source = Recording([0], [values], section=[0, 0], position=[0, 1])
    assert row_values(source, [0] * 4, [0, 0.49, 0.51, 1]) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("sign", [1, -1])
def test_an_infinite_value_exceeds_all_others_and_leaves_its_neighbours_alone(sign):
    source = Recording([0], [[0, 1, sign * np.inf]], section=[0, 0, 0], position=[0, 0.5, 1])
    values = row_values(source, [0, 0, 0, 0], [0, 0.25, 0.5, 1])
    assert values[:3] == [0, 0.5, 1]
    assert sign * values[3] > 1e37


@pytest.mark.parametrize("huge", [1e9, np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("turn", [1, -1])
def test_nearest_gives_the_exact_value_of_a_compartment(huge, turn):
    source = Recording([0], [[huge, 0.1][::turn]], section=[0, 0], position=[0, 1], unit="nA")
    site = 0.75 if turn == 1 else 0.25
    assert row_values(source, [0], [site], interpolation="nearest") == [np.float32(0.1)]


@pytest.mark.parametrize("huge", [1e9, np.inf, -np.inf, np.nan])
def test_a_site_on_a_compartment_has_its_exact_value(huge):
    source = Recording([0], [[huge, 0.1, huge]], section=[0, 0, 0], position=[0, 0.5, 1], unit="nA")
    assert row_values(source, [0], [0.5]) == [np.float32(0.1)]


def test_the_map_serves_every_row():
    source = recording()
    at_middle = map_values(source, [0], [0.5])
    assert [at_middle(source.row(k)).tolist() for k in range(3)] == [[-65], [-17.5], [-77.5]]
    assert at_middle(source.row(0)).dtype == np.float32


def test_two_compartments_at_one_site_do_not_divide_by_zero():
    assert row_values(placed([0, 0], [0.5, 0.5]), [0, 0], [0.2, 0.8]) == [0, 10]


def test_only_linear_and_nearest_are_known():
    with pytest.raises(ValueError, match="interpolation must be 'linear' or 'nearest', got 'cubic'"):
        map_values(recording(), [0], [0.5], interpolation="cubic")  # type: ignore[arg-type]


def test_on_a_real_cell_nearest_is_the_segment_that_holds_the_point(shared_data: Path):
    path = shared_data / "isf_simulated" / "sim.npz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    with np.load(path) as sim:
        n_segments, offsets = sim["section_nseg"], sim["section_point_offset"]
        points, expected = sim["points"], sim["point_segment_arclength"]
    n_sections = len(n_segments)
    morphology = Morphology(
        points, np.ones(len(points)), offsets, np.full(n_sections, -1), np.zeros(n_sections), ["dend"] * n_sections
    )
    section = np.repeat(np.arange(n_sections), n_segments)
    local = np.concatenate([np.arange(n) for n in n_segments])
    source = placed(section, (local + 0.5) / n_segments[section])
    found = map_values(source, morphology.point_section, morphology.point_position, interpolation="nearest")
    column = found.before
    segment = morphology.point_position * n_segments[morphology.point_section]
    inside = np.abs(segment - np.round(segment)) > 1e-3  # on a border both segments are right
    assert inside.mean() > 0.9
    np.testing.assert_array_equal(local[column][inside], expected[inside])
    np.testing.assert_array_equal(section[column], morphology.point_section)
