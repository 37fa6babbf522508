"""What events do to a view: known drags give known angles, and points stay under the pointer."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gpu_morph.data.frame_times import TimeRange
from gpu_morph.scene.camera import Box, Camera
from gpu_morph.scene.norm_parsing import parse_norm
from gpu_morph.viewer.controls import controls, picture_box, slider_track
from gpu_morph.viewer.events import Close, Key, Pointer, Resize, Wheel
from gpu_morph.viewer.interactions import react
from gpu_morph.viewer.keys import KEYS
from gpu_morph.viewer.playing import advanced
from gpu_morph.viewer.state import Bar, ViewContext, ViewState

CAMERA = Camera(azim=20, elev=10, center=(1.0, 2.0, 3.0), height=100.0, shift=(0.1, 0.0))
SIZE = (400, 344)  # the picture is 400 x 300
CONTEXT = ViewContext(home=CAMERA, times=TimeRange(0.0, 10.0, 0.5), n_cells=2)
START = ViewState(SIZE, 1.0, CAMERA, time=0.0, clim=(-80.0, 20.0))


def dragged(state: ViewState, start, stop, *, button: str = "left", modifiers=(), context=CONTEXT) -> ViewState:
    """The state after a drag in two steps."""
    middle = ((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2)
    events = [("down", start), ("move", middle), ("move", stop), ("up", stop)]
    for kind, (x, y) in events:
        state = react(state, Pointer(kind, x, y, {button}, modifiers), context)
    return state


def test_a_drag_over_the_pictures_shorter_side_turns_by_180_degrees() -> None:
    camera = dragged(START, (50, 100), (200, 100)).camera  # half of 300 pixels
    assert camera.azim == pytest.approx(20 - 90)
    assert camera.elev == 10
    assert dragged(START, (50, 100), (50, 150)).camera.elev == pytest.approx(10 + 30)


def test_what_is_in_front_moves_with_the_pointer_while_turning() -> None:
    for roll in (0.0, 90.0, 180.0):
        camera = replace(CAMERA, roll=roll)
        front = np.asarray(camera.center) + 40 * camera.axes[2]
        for way in ((9, 0), (0, 9)):
            after = dragged(replace(START, camera=camera), (100, 100), (100 + way[0], 100 + way[1])).camera
            moved = (after.project(front, (400, 300)) - camera.project(front, (400, 300)))[0]
            assert np.abs(moved) == pytest.approx(np.array(way) * np.pi * 40 / 100, abs=0.6)
            assert moved @ way > 0


def test_elevation_stops_at_the_pole() -> None:
    assert dragged(START, (50, 10), (50, 290)).camera.elev == 90


@pytest.mark.parametrize(("button", "modifiers"), [("right", ()), ("middle", ()), ("left", ("shift",))])
@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_panning_moves_the_center_with_the_pointer(button: str, modifiers, projection) -> None:
    camera = replace(CAMERA, roll=30.0, projection=projection)
    after = dragged(replace(START, camera=camera), (100, 100), (130, 80), button=button, modifiers=modifiers).camera
    moved = after.project(camera.center, (400, 300)) - camera.project(camera.center, (400, 300))
    assert moved[0] == pytest.approx([30, -20])


def test_the_wheel_keeps_the_point_under_the_pointer() -> None:
    x, y = 310.0, 60.0
    middle = np.array(CAMERA.middle((400, 300)))
    away = (np.array([x, y]) - middle) * CAMERA.height / 300
    point = np.asarray(CAMERA.center) + away[0] * CAMERA.axes[0] - away[1] * CAMERA.axes[1] + 17 * CAMERA.axes[2]
    for steps in (3, -2.5):
        camera = react(START, Wheel(x, y, steps), CONTEXT).camera
        assert camera.height == pytest.approx(100 / 1.15**steps)
        assert camera.project(point, (400, 300))[0] == pytest.approx([x, y], abs=1e-6)


def test_what_was_in_focus_and_is_behind_the_eye_leaves_the_middle_in_focus() -> None:
    lens = replace(CAMERA, projection="perspective", fov=60, aperture=5)
    near, far = (replace(lens, focus=tuple(np.asarray(lens.center) + 60 * lens.axes[2] * way)) for way in (1, -1))
    closer = [react(replace(START, camera=camera), Wheel(200, 150, 6), CONTEXT).camera for camera in (near, far)]
    assert closer[0].eye_distance < 60
    assert [camera.focus for camera in closer] == [None, far.focus]
    behind = replace(START, camera=replace(lens, focus=tuple(np.asarray(lens.center) - 100 * lens.axes[2])))
    half_turned = dragged(behind, (50, 100), (350, 100)).camera
    assert half_turned.focus is None


def test_a_double_click_fits() -> None:
    state = dragged(START, (50, 100), (200, 100))
    state = react(state, Pointer("double", 50, 50, {"left"}), CONTEXT)
    assert (state.camera, state.is_fitted) == (CAMERA, True)


def test_the_slider_follows_the_pointer_in_steps_of_the_recording() -> None:
    left, right = slider_track(controls(SIZE, has_times=True)["slider"])
    y = SIZE[1] - 20
    state = dragged(START, (left, y), (left + 0.26 * (right - left), y))
    assert state.time == pytest.approx(2.5)
    assert dragged(START, (left, y), (right + 500, y)).time == 10
    assert state.camera == CAMERA


def test_keys_step_play_and_change_the_speed() -> None:
    state = react(START, Key("ArrowRight"), CONTEXT)
    assert state.time == 0.5
    assert react(state, Key("left", {"shift"}), CONTEXT).time == 0
    playing = react(replace(START, speed=2.0), Key(" "), CONTEXT)
    assert advanced(playing, 1.5, CONTEXT).time == 3
    assert advanced(playing, 6, CONTEXT).time == pytest.approx(2)  # it loops
    stopped = advanced(react(playing, Key("l"), CONTEXT), 6, CONTEXT)
    assert (stopped.time, stopped.is_playing) == (10, False)
    assert react(stopped, Key("space"), CONTEXT).time == 0  # plays anew
    assert [react(replace(START, speed=2.0), Key(key), CONTEXT).speed for key in "+-"] == [5, 1]


@pytest.mark.parametrize(
    ("bar", "low", "high"),
    [
        (Bar(Box(300, 50, 10, 100), False), (305, 145), (305, 52)),
        (Bar(Box(50, 20, 100, 10), True), (52, 25), (148, 25)),
    ],
)
def test_dragging_the_ends_of_the_colour_bar_changes_the_range(bar: Bar, low, high) -> None:
    context = replace(CONTEXT, bar=bar)
    step = (20, 0) if bar.is_horizontal else (0, -20)  # towards higher values
    one = dragged(START, low, (low[0] + step[0], low[1] + step[1]), context=context)
    assert one.clim == pytest.approx((-80 + 19, 20), abs=1.5)
    other = dragged(START, high, (high[0] + step[0], high[1] + step[1]), context=context)
    assert other.clim == pytest.approx((-80, 41), abs=1.5)
    assert one.camera == other.camera == CAMERA


def test_a_click_asks_for_a_trace_and_a_drag_does_not() -> None:
    assert dragged(START, (50, 50), (51, 50)).requests == ("pin",)
    assert dragged(START, (50, 50), (80, 50)).requests == ()


def test_a_closed_view_says_so_and_a_resized_one_has_its_size() -> None:
    assert react(START, Close(), CONTEXT).is_closed
    state = react(START, Resize(640, 480, 2.0), CONTEXT)
    assert (state.size, state.pixel_ratio) == ((640, 480), 2.0)


@pytest.mark.parametrize("width", [60, 150, 300, 500, 1000])
@pytest.mark.parametrize("has_times", [True, False])
def test_controls_lie_beside_each_other_in_the_strip(width: int, has_times: bool) -> None:
    size = (width, 300)
    boxes = sorted(controls(size, has_times=has_times).values(), key=lambda box: box.x)
    assert all(a.x + a.width <= b.x for a, b in pairwise(boxes))
    assert all(box.x >= 0 and box.y >= picture_box(size).height for box in boxes)
    assert not boxes or boxes[-1].x + boxes[-1].width <= max(width, 120)


@pytest.mark.parametrize(
    ("norm", "clim", "low", "high"),
    [
        ("log", (1.0, 100.0), (10.0, 100.0), (1.0, 1000.0)),
        ("power:0.5", (0.0, 16.0), (4.0, 16.0), (0.0, 36.0)),
        ("centered:-65", (-85.0, -45.0), (-65 - 0.02, -65 + 0.02), (-105.0, -25.0)),
        ("twoslope:0", (-80.0, 20.0), (-0.16, 20.0), (-80.0, 40.0)),
        ("symlog:1", (-10.0, 10.0), (0.0, 10.0), (-10.0, 10**3.1111)),
    ],
)
def test_ends_of_a_norms_bar_move_by_steps_of_its_colours(norm: str, clim, low, high) -> None:
    bar = Bar(Box(300, 50, 10, 100), False, parse_norm(norm))
    context, start = replace(CONTEXT, bar=bar), replace(START, clim=clim)
    for y, expected in ((145, low), (52, high)):
        pressed = react(start, Pointer("down", 305, y, {"left"}), context)
        moved = react(pressed, Pointer("move", 305, y - 50, {"left"}), context)  # half of the bar's length
        assert moved.clim == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_the_ends_of_boundaries_stay_and_the_view_says_so() -> None:
    context = replace(CONTEXT, bar=Bar(Box(300, 50, 10, 100), False, parse_norm([-80, -60, 20])))
    state = dragged(START, (305, 145), (305, 95), context=context)
    assert (state.clim, state.requests) == (START.clim, ("fixed range",))


def test_q_closes_a_window_and_nothing_else() -> None:
    assert not react(START, Key("q"), CONTEXT).is_closed
    assert react(replace(START, is_window=True), Key("q"), CONTEXT).is_closed


def test_what_concerns_several_cells_is_not_listed_for_one() -> None:
    assert [row.key for row in KEYS if "cells" in row.action] == ["esc"]
    assert all(row.needs_cells for row in KEYS if "cells" in row.action)
    assert all(row.needs_times for row in KEYS if "film" in row.action)
