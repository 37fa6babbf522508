"""What events do to a ViewState. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..scene.camera import Box, Camera
from .controls import contains, control_at, controls, picture_box, slider_track
from .events import Close, Event, Key, Pointer, Resize, Wheel
from .state import Bar, Drag, DragKind, ViewContext, ViewState


class KeyRow(NamedTuple):
    """A key or a movement of the mouse, and what it does; some need a recording, or several cells."""

    key: str
    action: str
    needs_times: bool = False
    needs_cells: bool = False


KEYS = (
    KeyRow("drag", "turn"),
    KeyRow("right or shift drag", "move"),
    KeyRow("wheel", "zoom at the pointer"),
    KeyRow("double click, r", "fit the cell"),
    KeyRow("click", "pin a trace of the place, or remove it", needs_times=True),
    KeyRow("drag an end of the colour bar", "change the range of colours", needs_times=True),
    KeyRow("space", "play, pause", needs_times=True),
    KeyRow("left, right", "a time step; with shift ten", needs_times=True),
    KeyRow("home, end", "first and last time", needs_times=True),
    KeyRow("+, -", "faster, slower", needs_times=True),
    KeyRow("l", "loop, or stop at the end", needs_times=True),
    KeyRow("i", "isolate the cell at the pointer, or show all", needs_cells=True),
    KeyRow("x", "remove the pinned traces", needs_times=True),
    KeyRow("s", "save the picture"),
    KeyRow("f", "save the film", needs_times=True),
    KeyRow("c", "copy as code"),
    KeyRow("?", "show or hide this list"),
)  # what `?` lists

_DEGREES = 180.0  # of a drag over the shorter side of the picture
_ZOOM = 1.15  # of a step of the wheel
_SPEEDS = (1.0, 2.0, 5.0)
_CLICK = 3.0  # logical pixels; a pointer that moves less between press and release clicks
_GRIP = 10.0  # logical pixels around an end of the colour bar
_LEAST_HEIGHT, _GREATEST_HEIGHT = 1e-3, 1e7  # µm, of the picture
_CLICKS = {
    "picture": "save picture",
    "film": "save film",
    "code": "copy code",
}


def react(state: ViewState, event: Event, context: ViewContext) -> ViewState:
    """The state after an event."""
    match event:
        case Resize(width, height, ratio):
            return replace(state, size=(max(1, int(width)), max(1, int(height))), pixel_ratio=ratio)
        case Close():
            return replace(state, is_closed=True, is_playing=False)
        case Wheel(x, y, steps):
            return _wheel(state, x, y, steps)
        case Key():
            return _key(state, event, context)
        case Pointer():
            return _POINTERS[event.kind](state, event, context)


def turned(camera: Camera, dx: float, dy: float, box: Box) -> Camera:
    """The camera after a drag by (dx, dy) logical pixels: what is in front moves with the pointer."""
    per_pixel = _DEGREES / min(box.width, box.height)
    roll = math.radians(camera.roll)  # the picture is turned by it
    right = dx * math.cos(roll) - dy * math.sin(roll)
    down = dx * math.sin(roll) + dy * math.cos(roll)
    azim, elev = camera.angles
    limit = max(90.0, abs(elev))
    azim = (azim - right * per_pixel + 180.0) % 360.0 - 180.0
    return replace(camera, azim=azim, elev=min(max(elev + down * per_pixel, -limit), limit))


def panned(camera: Camera, dx: float, dy: float, box: Box) -> Camera:
    """The camera after the picture was moved by (dx, dy) logical pixels to the right and down."""
    assert camera.center is not None and camera.height is not None
    step = camera.height / box.height * (dy * camera.axes[1] - dx * camera.axes[0])
    return replace(camera, center=_point(np.asarray(camera.center) + step))


def zoomed(camera: Camera, factor: float, x: float, y: float, box: Box) -> Camera:
    """The camera with a picture that is enlarged by a factor, in which what is at (x, y) stays there."""
    assert camera.center is not None and camera.height is not None
    height = min(max(camera.height / factor, _LEAST_HEIGHT), _GREATEST_HEIGHT)
    middle = camera.middle((box.width, box.height))
    away = (x - box.x - middle[0]) * camera.axes[0] - (y - box.y - middle[1]) * camera.axes[1]
    step = away * (camera.height - height) / box.height
    return replace(camera, height=height, center=_point(np.asarray(camera.center) + step))


def _point(point: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = point.tolist()
    return x, y, z


def _wheel(state: ViewState, x: float, y: float, steps: float) -> ViewState:
    box = picture_box(state.size)
    if not contains(box, x, y):
        return state
    return replace(state, camera=zoomed(state.camera, _ZOOM**steps, x, y, box), is_fitted=False, pointer=(x, y))


def _down(state: ViewState, event: Pointer, context: ViewContext) -> ViewState:
    state = replace(state, pointer=(event.x, event.y))
    boxes = controls(state.size, has_times=context.times is not None)
    name = control_at(boxes, event.x, event.y)
    if not contains(picture_box(state.size), event.x, event.y):
        return _press(state, name, event, boxes, context) if "left" in event.buttons else state
    if state.shows_help:
        return replace(state, shows_help=False)
    kind: DragKind = "turn" if "left" in event.buttons and "shift" not in event.modifiers else "pan"
    if kind == "turn" and (end := bar_end(context.bar, event.x, event.y)) is not None:
        kind = end
    return replace(state, drag=Drag(kind, event.x, event.y))


def _press(
    state: ViewState, name: str | None, event: Pointer, boxes: dict[str, Box], context: ViewContext
) -> ViewState:
    """A control is pressed."""
    match name:
        case "slider":
            return _slid(replace(state, drag=Drag("time", event.x, event.y)), event.x, boxes["slider"], context)
        case "play":
            return _played(state, context)
        case "loop":
            return replace(state, is_looping=not state.is_looping)
        case "speed":
            box = boxes["speed"]
            return replace(state, speed=_next_speed(state.speed, 1 if event.x >= box.x + box.width / 2 else -1))
        case "fit":
            return _fit(state, context)
        case "help":
            return replace(state, shows_help=not state.shows_help)
        case "picture" | "film" | "code":
            return _asking(state, _CLICKS[name])
    return state


def _move(state: ViewState, event: Pointer, context: ViewContext) -> ViewState:
    state, drag = replace(state, pointer=(event.x, event.y)), state.drag
    if drag is None:
        return state
    box, dx, dy = picture_box(state.size), event.x - drag.x, event.y - drag.y
    if not drag.has_moved and drag.kind in ("turn", "pan") and math.hypot(dx, dy) < _CLICK:
        return state
    state = replace(state, drag=Drag(drag.kind, event.x, event.y, True))
    match drag.kind:
        case "turn":
            return replace(state, camera=turned(state.camera, dx, dy, box), is_fitted=False)
        case "pan":
            return replace(state, camera=panned(state.camera, dx, dy, box), is_fitted=False)
        case "time":
            boxes = controls(state.size, has_times=True)
            return _slid(state, event.x, boxes["slider"], context) if "slider" in boxes else state
        case "low" | "high":
            return _stretched(state, drag.kind, dx, dy, context.bar)


def _up(state: ViewState, event: Pointer, context: ViewContext) -> ViewState:
    drag = state.drag
    if drag is None:
        return state
    state = replace(_move(state, event, context), drag=None)
    is_click = drag.kind == "turn" and not drag.has_moved and "left" in event.buttons
    return _asking(state, "pin") if is_click and context.times is not None else state


def _double(state: ViewState, event: Pointer, context: ViewContext) -> ViewState:
    if not contains(picture_box(state.size), event.x, event.y):
        return _down(state, event, context)
    return _fit(replace(state, drag=None), context)


def _leave(state: ViewState, event: Pointer, context: ViewContext) -> ViewState:  # noqa: ARG001 (all take them)
    return replace(state, pointer=None)


_POINTERS: dict[str, Callable[[ViewState, Pointer, ViewContext], ViewState]] = {
    "down": _down,
    "move": _move,
    "up": _up,
    "double": _double,
    "leave": _leave,
}


def _key(state: ViewState, key: Key, context: ViewContext) -> ViewState:
    if key.modifiers & {"control", "alt", "meta"}:  # the browser's or the window manager's
        return state
    times = context.times
    match key.name:
        case "?" | "h":
            return replace(state, shows_help=not state.shows_help)
        case "escape":
            return replace(state, shows_help=False, isolated=None, drag=None)
        case "s":
            return _asking(state, "save picture")
        case "c":
            return _asking(state, "copy code")
        case "i":
            if state.isolated is not None:
                return replace(state, isolated=None)
            return _asking(state, "isolate") if context.n_cells > 1 else state
        case "x":
            return replace(state, pins=())
        case "r" | "0":
            return _fit(state, context)
    if times is None:
        return state
    match key.name:
        case "space":
            return _played(state, context)
        case "left" | "right":
            steps = (1 if key.name == "right" else -1) * (10 if "shift" in key.modifiers else 1)
            return _at(replace(state, is_playing=False), (state.time or 0.0) + steps * times.step, context)
        case "home" | "end":
            return _at(state, times.start if key.name == "home" else times.stop, context)
        case "+" | "=" | "-":
            return replace(state, speed=_next_speed(state.speed, -1 if key.name == "-" else 1))
        case "l":
            return replace(state, is_looping=not state.is_looping)
        case "f":
            return _asking(state, "save film")
    return state


def advanced(state: ViewState, seconds: float, context: ViewContext) -> ViewState:
    """The state of a film that has played for some seconds more."""
    times = context.times
    if not state.is_playing or times is None or state.time is None:
        return state
    time, length = state.time + seconds * state.speed, times.stop - times.start
    if time <= times.stop:
        return replace(state, time=time)
    if not state.is_looping or length <= 0:
        return replace(state, time=times.stop, is_playing=False)
    return replace(state, time=times.start + (time - times.start) % length)


def usual_speed(seconds: float, length: float) -> float:
    """The speed, ms per second, at which a recording of ``length`` ms takes about so many seconds."""
    return _rounded(max(length, 1e-6) / seconds)


def _rounded(speed: float) -> float:
    """The nearest 1, 2 or 5 times a power of ten."""
    exponent = math.floor(math.log10(speed))
    choices = [step * 10.0**k for k in (exponent, exponent + 1) for step in _SPEEDS]
    return min(choices, key=lambda choice: abs(math.log(choice / speed)))


def _next_speed(speed: float, direction: int) -> float:
    return _rounded(_rounded(speed) * (2.2 if direction > 0 else 1 / 2.2))


def _fit(state: ViewState, context: ViewContext) -> ViewState:
    return replace(state, camera=context.home, is_fitted=True)


def _asking(state: ViewState, request: str) -> ViewState:
    return replace(state, requests=(*state.requests, request))


def _played(state: ViewState, context: ViewContext) -> ViewState:
    """Play, from the beginning if time is at the end; or pause."""
    assert context.times is not None
    is_at_end = state.time is not None and state.time >= context.times.stop
    time = context.times.start if not state.is_playing and is_at_end else state.time
    return replace(state, is_playing=not state.is_playing, time=time)


def _at(state: ViewState, time: float, context: ViewContext) -> ViewState:
    assert context.times is not None
    return replace(state, time=min(max(time, context.times.start), context.times.stop))


def _slid(state: ViewState, x: float, box: Box, context: ViewContext) -> ViewState:
    """Time follows the pointer, to whole steps of the recording."""
    times = context.times
    assert times is not None
    left, right = slider_track(box)
    fraction = min(max((x - left) / max(right - left, 1.0), 0.0), 1.0)
    steps = round(fraction * (times.stop - times.start) / times.step) if times.step > 0 else 0
    return _at(state, times.start + steps * times.step, context)


def bar_end(bar: Bar | None, x: float, y: float) -> DragKind | None:
    """The end of the colour bar near a point."""
    if bar is None or not contains(bar.box, x, y, margin=_GRIP):
        return None
    if bar.is_horizontal:
        from_low, length = x - bar.box.x, bar.box.width
    else:
        from_low, length = bar.box.y + bar.box.height - y, bar.box.height
    grip = min(_GRIP, length / 4)
    return "low" if from_low <= grip else "high" if from_low >= length - grip else None


def _stretched(state: ViewState, end: DragKind, dx: float, dy: float, bar: Bar | None) -> ViewState:
    """An end of the range of colours follows the pointer: the bar's length stands for the range at that time."""
    if state.clim is None or bar is None:
        return state
    moved = dx / bar.box.width if bar.is_horizontal else -dy / bar.box.height
    low, high = state.clim
    change, least = moved * (high - low), 1e-3 * (high - low)
    if end == "low":
        low = min(low + change, high - least)
    else:
        high = max(high + change, low + least)
    return replace(state, clim=(low, high))
