"""Frame times never pass the stop, and a frame shows the recording at its time."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from gpu_morph.data.frame_times import check_covered, frame_times
from gpu_morph.data.sampling import Sample, frame_values, needed_rows, sample

STARTS = ("0", "8", "245", "0.1", "0.7", "100.3", "1000")
LENGTHS = ("0", "1", "5", "10", "50", "0.3", "0.75", "12.5", "99.9")
STEPS = ("0.025", "0.1", "0.2", "0.5", "1", "0.3")
ROUND = list(itertools.product(STARTS, LENGTHS, STEPS))  # 378 of them


def decimal_sum(a: str, b: str) -> str:
    return format(float(Fraction(a) + Fraction(b)), ".10g")


# Frame times


def test_eight_to_eighteen_by_tenths_are_101_frames():
    times = frame_times(8, 18, 0.1)
    assert len(times) == 101
    assert times[[0, 1, -1]] == pytest.approx([8, 8.1, 18], abs=1e-12)


def test_there_are_378_round_combinations():
    assert len(set(ROUND)) == 378


@pytest.mark.parametrize("start", STARTS)
def test_round_numbers_give_what_exact_arithmetic_gives(start):
    for length, step in itertools.product(LENGTHS, STEPS):
        stop = decimal_sum(start, length)
        exact = [Fraction(start) + k * Fraction(step) for k in range(math.floor(Fraction(length) / Fraction(step)) + 1)]
        times = frame_times(float(start), float(stop), float(step))
        assert len(times) == len(exact), (start, stop, step)
        np.testing.assert_allclose(times, [float(t) for t in exact], rtol=0, atol=1e-9)
        assert exact[-1] <= Fraction(stop) < exact[-1] + Fraction(step)


def test_a_stop_between_two_frames_is_not_reached():
    assert frame_times(0, 0.99, 0.25).tolist() == [0, 0.25, 0.5, 0.75]


@pytest.mark.parametrize(("short_of", "n_frames"), [(1e-10, 11), (1e-6, 10)])
def test_only_rounding_errors_are_tolerated_at_the_stop(short_of, n_frames):
    assert len(frame_times(0, 10 - short_of, 1)) == n_frames


def test_a_stop_at_the_start_is_one_frame():
    assert frame_times(3.5, 3.5, 0.1).tolist() == [3.5]


def test_a_step_longer_than_the_range_is_one_frame():
    assert frame_times(3, 4, 10).tolist() == [3]


def test_times_before_zero_are_times():
    assert frame_times(-1, 1, 0.5).tolist() == [-1, -0.5, 0, 0.5, 1]


def test_rounding_errors_of_steps_do_not_accumulate():
    times = frame_times(0, 1000, 0.1)
    assert times[9999] == 9999 * 0.1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("index", range(3))
def test_times_must_be_finite(bad, index):
    arguments = [0.0, 1.0, 0.1]
    arguments[index] = bad
    given = "t_start={}, t_stop={}, t_step={}".format(*arguments)
    with pytest.raises(ValueError, match=f"times must be finite ms, got {given}"):
        frame_times(*arguments)


@pytest.mark.parametrize("step", [0, -0.1])
def test_a_step_must_be_positive(step):
    with pytest.raises(ValueError, match=f"t_step must be positive ms, got {step}"):
        frame_times(0, 1, step)


def test_the_stop_must_not_come_before_the_start():
    with pytest.raises(ValueError, match=r"t_stop must not come before t_start, got t_start=2 and t_stop=1 ms"):
        frame_times(2, 1, 0.1)


# Covered by the recording


@pytest.mark.parametrize("frames", [[0, 10], [-1e-7, 10 + 1e-7], [5], []])
def test_frames_within_the_recording_are_covered(frames):
    check_covered(np.array(frames, dtype=float), np.array([0.0, 10.0]))


@pytest.mark.parametrize(
    ("frames", "first", "changed"), [([-0.1, 5], "-0.1", "t_start"), ([5, 10.1, 11], "10.1", "t_stop")]
)
def test_the_first_frame_outside_the_recording_is_named(frames, first, changed):
    expected = f"a frame at {first} ms was asked for, but the recording runs from 0 to 10 ms: change {changed} or times"
    with pytest.raises(ValueError, match=expected):
        check_covered(np.array(frames), np.array([0.0, 10.0]))


def test_rounding_errors_of_late_times_are_tolerated():
    check_covered(np.array([1e6 + 0.5]), np.array([0.0, 1e6]))


# Sampling

TIMES = np.array([0.0, 1.0, 3.0, 4.0])  # ms, unevenly spaced


@pytest.mark.parametrize(
    ("time", "row"), [(0, 0), (0.49, 0), (0.51, 1), (1, 1), (1.9, 1), (2.1, 2), (3, 2), (3.6, 3), (4, 3)]
)
def test_nearest_takes_the_closest_row(time, row):
    assert sample(TIMES, time, sampling="nearest") == (row, row, 0.0)


@pytest.mark.parametrize(("time", "row"), [(0.5, 0), (2.0, 1), (3.5, 2)])
def test_half_way_takes_the_earlier_row(time, row):
    assert sample(TIMES, time, sampling="nearest") == (row, row, 0.0)


def test_half_way_is_found_despite_rounding_errors():
    times = np.arange(101) * 0.1
    rows = [sample(times, k * 0.1 + 0.05, sampling="nearest")[0] for k in range(100)]
    assert rows == list(range(100))


@pytest.mark.parametrize(
    ("time", "rows", "share"), [(0.25, (0, 1), 0.25), (2.0, (1, 2), 0.5), (2.5, (1, 2), 0.75), (3.1, (2, 3), 0.1)]
)
def test_linear_is_a_mean_of_the_neighbours(time, rows, share):
    before, after, weight = sample(TIMES, time, sampling="linear")
    assert (before, after) == rows
    assert weight == pytest.approx(share)


@pytest.mark.parametrize("row", range(4))
def test_linear_at_a_recorded_time_is_that_row(row):
    before, after, weight = sample(TIMES, TIMES[row], sampling="linear")
    assert (after if weight == 1 else before) == row
    assert weight in (0, 1)


@pytest.mark.parametrize("sampling", ["nearest", "linear", "peak"])
@pytest.mark.parametrize(("time", "row"), [(-5, 0), (9, 3)])
def test_outside_the_outermost_row_holds(sampling, time, row):
    assert sample(TIMES, time, sampling=sampling) == (row, row, 0.0)


@pytest.mark.parametrize("sampling", ["nearest", "linear", "peak"])
@pytest.mark.parametrize("time", [-1.0, 2.0, 5.0])
def test_a_recording_of_one_row_shows_it_always(sampling, time):
    assert sample(np.array([2.0]), time, sampling=sampling) == (0, 0, 0.0)


# The peak of a window


@pytest.mark.parametrize(
    ("time", "step", "rows"), [(1.0, 2.0, (0, 1)), (1.0, 2.1, (0, 1)), (3.0, 4.0, (1, 3)), (2.0, 9.0, (0, 3))]
)
def test_a_peak_is_that_of_all_rows_from_half_a_step_before_to_half_a_step_after(time, step, rows):
    assert sample(TIMES, time, sampling="peak", step=step) == (*rows, 0.0)


@pytest.mark.parametrize("time", np.linspace(-0.5, 4.5, 41))
def test_a_window_of_no_or_one_row_is_nearest(time):
    few = sample(TIMES, time, sampling="peak", step=0.9)
    assert few == sample(TIMES, time, sampling="nearest")
    assert sample(TIMES, time, sampling="peak") == few


@pytest.mark.parametrize(("start", "step", "per_frame"), [(0, 0.1, 4), (100.3, 0.3, 12), (1000, 1, 40), (0, 0.025, 1)])
def test_each_row_belongs_to_one_frame_despite_rounding_errors(start, step, per_frame):
    times = start + 0.025 * np.arange(100 * per_frame)
    shown = [sample(times, t, sampling="peak", step=step).rows for t in frame_times(start, start + 99 * step, step)]
    assert all(a.stop == b.start for a, b in itertools.pairwise(shown))
    assert {len(rows) for rows in shown[1:-1]} == {per_frame}


def test_a_frames_window_is_the_same_however_the_film_is_split():
    times, frames = np.sort(np.random.default_rng(0).random(1000)) * 50, frame_times(0.3, 49.7, 0.7)
    whole = [sample(times, t, sampling="peak", step=0.7) for t in frames]
    assert whole[30:] == [sample(times, t, sampling="peak", step=0.7) for t in frames[30:]]
    assert sorted({row for one in whole for row in one.rows}) == list(range(whole[0].first, whole[-1].last + 1))


@pytest.mark.parametrize(
    ("sampling", "rows"), [("nearest", [0, 2, 3]), ("linear", [0, 1, 2, 3]), ("peak", [0, 1, 2, 3])]
)
def test_the_rows_of_a_film_are_each_named_once(sampling, rows):
    assert needed_rows(TIMES, [0, 2.1, 4], sampling=sampling, step=2.1).tolist() == rows


def values_of(rows: list[list[float]], shown: Sample, variable: str = "v") -> list[float]:
    return frame_values(shown, lambda k: np.array(rows[k], dtype=np.float32), variable=variable).tolist()


def test_a_mean_is_that_of_its_two_rows():
    assert values_of([[0, 8], [4, 0]], Sample(0, 1, 0.25)) == [1, 6]


def test_the_peak_of_a_voltage_is_its_greatest_value():
    rows = [[-70, -65, -90], [30, -66, -80], [-95, -64, -85]]
    assert values_of(rows, Sample(0, 2, 0)) == [30, -64, -80]


def test_the_peak_of_a_current_is_farthest_from_zero_with_its_sign_and_the_earlier_of_equals():
    rows = [[0, 1, 2, 5], [-3, 1.5, 0, -5], [2, -1, 1, 0]]
    assert values_of(rows, Sample(0, 2, 0), "i_membrane") == [-3, 1.5, 2, 5]


@pytest.mark.parametrize("variable", ["v", "cai"])
def test_a_missing_value_is_no_peak_beside_a_recorded_one(variable):
    rows = [[np.nan, 1, np.nan], [2, np.nan, np.nan]]
    assert values_of(rows, Sample(0, 1, 0), variable) == pytest.approx([2, 1, np.nan], nan_ok=True)


def test_rows_are_read_once_and_in_order():
    asked: list[int] = []
    frame_values(Sample(3, 6, 0), lambda k: asked.append(k) or np.zeros(1, dtype=np.float32), variable="v")
    assert asked == [3, 4, 5, 6]
