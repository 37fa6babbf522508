"""Times of films: timelines, the windows of peaks, and the speed that a clock shows."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.data.frame_times import ListedTimes, PeakWindows, checked_times
from gpu_morph.data.sampling import needed_rows, sample
from gpu_morph.scene.annotations.film_speed import film_speeds

SLOW = gm.Timeline([(0, 0), (1, 10), (3, 10.2), (4, 10.2), (5, 8), (5, 50), (6, 60)])


def test_a_timeline_has_slow_motion_pauses_jumps_and_goes_backwards() -> None:
    times = SLOW.frame_times(10)
    assert len(times) == 61
    np.testing.assert_allclose(times[:11], np.arange(11))
    np.testing.assert_allclose(np.diff(times[10:31]), 0.01)
    assert (times[30:41] == 10.2).all()
    assert times[49] == pytest.approx(8.22)  # backwards, and at 5 s it has jumped
    assert times[50] == 50
    assert times[60] == 60
    assert [SLOW.at(second) for second in (-1, 0.5, 99)] == [0, 5, 60]


def test_a_loop_repeats_all_of_it_and_ends_at_the_end() -> None:
    times = gm.Timeline([(0, 5), (1, 6)], loop=3).frame_times(4)
    np.testing.assert_allclose(times, [5, 5.25, 5.5, 5.75] * 3 + [6])
    assert gm.Timeline([(2, 7)]).frame_times(2).tolist() == [7] * 5
    assert gm.Timeline([(0.5, 3), (1, 4)]).frame_times(2).tolist() == [3, 3, 4]


@pytest.mark.parametrize(
    ("points", "kind", "message"),
    [
        (3, TypeError, "points must be"),
        ([], ValueError, "got none"),
        ([(0, 1, 2)], TypeError, "points must be"),
        ([(0, 1), (-1, 2)], ValueError, "seconds that do not decrease; got -1 s"),
        ([(0, float("nan"))], ValueError, "points must be finite"),
    ],
)
def test_wrong_timelines_say_what_is_wrong(points: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        gm.Timeline(points)
    with pytest.raises(ValueError, match="loop must be a whole number"):
        gm.Timeline([(0, 1)], loop=0)


def test_even_times_are_a_plain_range() -> None:
    assert ListedTimes.of(np.array([1.0, 1.5, 2.0])) == gm.TimeRange(1, 2, 0.5)
    uneven = ListedTimes.of(SLOW.frame_times(10))
    assert (uneven.start, uneven.stop) == (0, 60)
    again = pickle.loads(pickle.dumps(uneven))
    np.testing.assert_array_equal(again.times, uneven.times)
    for wrong in ([], [[1.0]], [np.inf], "soon"):
        with pytest.raises(ValueError, match="times"):
            checked_times(wrong)


def test_every_recorded_row_is_in_the_window_of_one_frame() -> None:
    recorded = np.round(np.arange(0, 30, 0.025), 6)
    times = gm.Timeline([(0, 1), (1, 9), (3, 10), (3.5, 10), (4, 20)]).frame_times(25)
    windows = ListedTimes.of(times).windows
    seen: dict[int, float] = {}
    for time in np.unique(times):
        for row in sample(recorded, float(time), sampling="peak", step=windows).rows:
            assert seen.setdefault(row, time) == time or np.diff(times).min() < 0.025
    rows = needed_rows(recorded, times.tolist(), sampling="peak", step=windows)
    assert np.diff(rows).max() == 1  # none is left out
    assert (rows[0], rows[-1]) == pytest.approx((1 / 0.025, 20 / 0.025), abs=20)


def test_windows_are_those_of_even_steps_and_do_not_depend_on_direction_or_pauses() -> None:
    times = np.array([0.0, 1, 2, 3])
    recorded = np.arange(-4, 8, 0.125)
    for given in (times, times[::-1], np.repeat(times, 3), np.concatenate([times, times])):
        for time in times:
            even = sample(recorded, time, sampling="peak", step=1.0)
            assert sample(recorded, time, sampling="peak", step=PeakWindows(given)) == even
    assert PeakWindows(np.array([0.0, 1, 1.5]))(1.0) == pytest.approx((0.5, 1.25))
    assert PeakWindows(np.array([0.0, 2, 1, 2, 2.1]))(2.0) == pytest.approx((1.5, 2.05))  # the narrowest
    assert PeakWindows(np.array([5.0]))(5.0) == pytest.approx((5.0, 5.0))


def test_the_speed_is_that_of_the_step_which_goes_on() -> None:
    times = gm.Timeline([(0, 0), (1, 50), (2, 51), (3, 51), (4, 26)]).frame_times(50)
    speeds = film_speeds(ListedTimes.of(times), 50)
    assert [speeds[k] for k in (0, 49, 50, 51, 99, 101, 149, 151, 200)] == [
        *("×0.05", "×0.05", "×0.001", "×0.001", "×0.001", "×0", "×0", "×−0.025", "×−0.025")
    ]
    assert len({*speeds}) == 4
    assert film_speeds(gm.TimeRange(0, 5, 0.1), 25) == ["×0.0025"]
    assert film_speeds(gm.TimeRange(0, 5000, 250), 100) == ["×25"]
    assert film_speeds(None, 25) == []


@pytest.mark.parametrize("fps", [1e308, 1e6])
def test_a_timeline_has_no_more_frames_than_films_have(fps: float) -> None:
    with pytest.raises(ValueError, match=r"would be .* frames, more than 1,000,000: make it shorter"):
        gm.Timeline([(0, 0), (10, 1)]).frame_times(fps)
    assert len(gm.Timeline([(0, 0), (1, 1)]).frame_times(999_999)) == 1_000_000
