"""Frame times never pass the stop, and a frame shows the recording at its time."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from gpu_morph.timeline import check_covered, frame_times, sample

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
def test_only_rounding_is_forgiven_at_the_stop(short_of, n_frames):
    assert len(frame_times(0, 10 - short_of, 1)) == n_frames


def test_a_stop_at_the_start_is_one_frame():
    assert frame_times(3.5, 3.5, 0.1).tolist() == [3.5]


def test_a_step_longer_than_the_range_is_one_frame():
    assert frame_times(3, 4, 10).tolist() == [3]


def test_times_before_zero_are_times():
    assert frame_times(-1, 1, 0.5).tolist() == [-1, -0.5, 0, 0.5, 1]


def test_steps_do_not_add_up_their_rounding():
    times = frame_times(0, 1000, 0.1)
    assert times[9999] == 9999 * 0.1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", range(3))
def test_times_must_be_finite(bad, place):
    arguments = [0.0, 1.0, 0.1]
    arguments[place] = bad
    given = "t_start={}, t_stop={}, t_step={}".format(*arguments)
    with pytest.raises(ValueError, match=f"times must be finite ms, got {given}"):
        frame_times(*arguments)


@pytest.mark.parametrize("step", [0, -0.1])
def test_a_step_must_go_forward(step):
    with pytest.raises(ValueError, match=f"t_step must be positive ms, got {step}"):
        frame_times(0, 1, step)


def test_the_stop_must_not_come_before_the_start():
    with pytest.raises(ValueError, match=r"t_stop must not come before t_start, got t_start=2 and t_stop=1 ms"):
        frame_times(2, 1, 0.1)


# Covered by the recording


@pytest.mark.parametrize("frames", [[0, 10], [-1e-7, 10 + 1e-7], [5], []])
def test_frames_within_the_recording_are_covered(frames):
    check_covered(np.array(frames, dtype=float), np.array([0.0, 10.0]))


@pytest.mark.parametrize(("frames", "first"), [([-0.1, 5], "-0.1"), ([5, 10.1, 11], "10.1")])
def test_the_first_frame_outside_the_recording_is_named(frames, first):
    expected = f"a frame at {first} ms was asked for, but the recording runs from 0 to 10 ms: change t_start or t_stop"
    with pytest.raises(ValueError, match=expected):
        check_covered(np.array(frames), np.array([0.0, 10.0]))


def test_rounding_of_late_times_is_forgiven():
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


def test_half_way_is_half_way_also_after_rounding():
    times = np.arange(101) * 0.1
    rows = [sample(times, k * 0.1 + 0.05, sampling="nearest")[0] for k in range(100)]
    assert rows == list(range(100))


@pytest.mark.parametrize(
    ("time", "rows", "share"), [(0.25, (0, 1), 0.25), (2.0, (1, 2), 0.5), (2.5, (1, 2), 0.75), (3.1, (2, 3), 0.1)]
)
def test_linear_shares_between_the_neighbours(time, rows, share):
    before, after, weight = sample(TIMES, time, sampling="linear")
    assert (before, after) == rows
    assert weight == pytest.approx(share)


@pytest.mark.parametrize("row", range(4))
def test_linear_at_a_recorded_time_is_that_row(row):
    before, after, weight = sample(TIMES, TIMES[row], sampling="linear")
    assert (after if weight == 1 else before) == row
    assert weight in (0, 1)


@pytest.mark.parametrize("sampling", ["nearest", "linear"])
@pytest.mark.parametrize(("time", "row"), [(-5, 0), (9, 3)])
def test_outside_the_outermost_row_holds(sampling, time, row):
    assert sample(TIMES, time, sampling=sampling) == (row, row, 0.0)


@pytest.mark.parametrize("sampling", ["nearest", "linear"])
@pytest.mark.parametrize("time", [-1.0, 2.0, 5.0])
def test_a_recording_of_one_row_shows_it_always(sampling, time):
    assert sample(np.array([2.0]), time, sampling=sampling) == (0, 0, 0.0)
