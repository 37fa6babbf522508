"""The clock shows the frame's time, and its digits do not move."""

from __future__ import annotations

import math

import numpy as np
import pytest
from annotation_parts import CAMERA, box_of, sprites, told, view

from gpu_morph.data.frame_times import TimeRange
from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import Clock
from gpu_morph.scene.annotations.base import Moment


@pytest.mark.parametrize(
    ("clock", "time", "expected"),
    [
        (Clock(), 12.3, "12.3 ms"),
        (Clock(), 3 * 0.1, "0.3 ms"),
        (Clock(offset=10), 3.7, "−6.3 ms"),
        (Clock(offset=10), 9.999999999, "0.0 ms"),
        (Clock(), -0.0, "0.0 ms"),
        (Clock(decimals=3), 1.5, "1.500 ms"),
        (Clock(decimals=0), 11.6, "12 ms"),
        (Clock(label="t = "), 2.0, "t = 2.0 ms"),
    ],
)
def test_the_clock_shows_the_frames_time(clock, time, expected, words):
    assert told(clock, time, words) == expected


@pytest.mark.parametrize(
    ("times", "offset", "expected"),
    [
        (TimeRange(0, 20, 1), 0, "2.0 ms"),
        (TimeRange(0, 20, 0.1), 0, "2.0 ms"),
        (TimeRange(0, 20, 0.25), 0, "2.00 ms"),
        (TimeRange(0, 20, 0.025), 0, "2.000 ms"),
        (TimeRange(0, 20, 1 / 3), 0, "2.000 ms"),
        (TimeRange(0.05, 20, 0.1), 0, "2.00 ms"),
        (TimeRange(0, 20, 0.1), 0.25, "1.75 ms"),
        (None, 0, "2.0 ms"),
        (TimeRange(0, 20e3, 1), 0, "0.002 s"),
        (TimeRange(0, 2.5, 0.001), 0, "2.000 ms"),
        (TimeRange(1.5, 2.2, 0.001), 1.5, "500.0 µs"),
        (TimeRange(0, 3600e3, 6e3), 0, "0.0 min"),
    ],
)
def test_it_has_as_many_decimals_as_the_times_need(times, offset, expected, words):
    assert told(Clock(offset=offset), 2.0, words, times=times) == expected


def test_no_time_is_not_shown():
    assert sprites(Clock(), time=None) == []


@pytest.mark.parametrize("clock", [Clock(), Clock(place="lower right", offset=5), Clock(label="t = ", decimals=2)])
@pytest.mark.parametrize("text", [7.0, 10.0, 22.7])
def test_digits_do_not_move(clock, text, words):
    seen = view(text=text, times=TimeRange(-3, 120, 0.1))
    box, places = box_of(clock, seen), set()
    draw = clock.drawing(seen, box)
    for time in np.arange(-3, 120, 0.7):
        words.clear()
        (sprite,) = draw(Moment(time, CAMERA))
        columns = sprite.x + np.flatnonzero(sprite.image[..., 3].any(axis=0))
        assert box.x <= columns[0]
        assert columns[-1] < box.x + box.width
        places.add(tuple(x for x, word in words if word in (".", " ms", "t = ")))
        digits = sorted(x for x, word in words if word.isdecimal())
        steps = np.diff(digits)
        assert len(set(steps)) <= 2  # one width for all, and one more across the point
    assert len(places) == 1


def test_only_digits_that_change_are_drawn_otherwise():
    seen = view(times=TimeRange(0, 99, 0.1))
    clock = Clock()
    draw = clock.drawing(seen, box_of(clock, seen))
    (one,), (eight,) = (draw(Moment(time, CAMERA)) for time in (71.4, 78.4))
    changed = np.flatnonzero((one.image != eight.image).any(axis=(0, 2)))
    assert 0 < len(changed) <= 14
    assert (one.x, one.y, one.image.shape) == (eight.x, eight.y, eight.image.shape)


@pytest.mark.parametrize("unit", ["ms", "us", "μs", "s", "min"])
def test_its_unit_can_be_given(unit, words):
    expected = {"ms": "2.0 ms", "us": "2000.0 µs", "μs": "2000.0 µs", "s": "0.002 s", "min": "0.000 min"}
    assert told(Clock(unit=unit), 2.0, words, times=TimeRange(0, 20, 1)) == expected[unit]


@pytest.mark.parametrize(
    "wrong", [{"decimals": 4}, {"decimals": 1.5}, {"offset": math.inf}, {"label": 3}, {"unit": "h"}, {"unit": []}]
)
def test_a_wrong_clock_is_an_error(wrong):
    with pytest.raises(SceneError, match=f"{next(iter(wrong))} must be"):
        Clock(**wrong)
