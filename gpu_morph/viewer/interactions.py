"""What events do to a ViewState. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from ..scene.camera import Box
from .camera_drags import panned, turned, zoomed
from .color_range import bar_end, stretched
from .controls import contains, control_at, controls, picture_box
from .events import Close, Event, Key, Pointer, Resize, Wheel
from .keys import asking, fit, key_pressed
from .playing import next_speed, played, slid
from .state import Drag, DragKind, ViewContext, ViewState

_ZOOM = 1.15  # of a step of the wheel
_CLICK = 3.0  # logical pixels; a pointer that moves less between press and release clicks
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
            return key_pressed(state, event, context)
        case Pointer():
            return _POINTERS[event.kind](state, event, context)


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
    if kind == "turn" and context.bar is not None and (end := bar_end(context.bar, event.x, event.y)) is not None:
        if not context.bar.norm.is_movable:
            return asking(state, "fixed range")
        kind = end
    return replace(state, drag=Drag(kind, event.x, event.y))


def _press(
    state: ViewState, name: str | None, event: Pointer, boxes: dict[str, Box], context: ViewContext
) -> ViewState:
    """A control is pressed."""
    match name:
        case "slider":
            return slid(replace(state, drag=Drag("time", event.x, event.y)), event.x, boxes["slider"], context)
        case "play":
            return played(state, context)
        case "loop":
            return replace(state, is_looping=not state.is_looping)
        case "speed":
            box = boxes["speed"]
            return replace(state, speed=next_speed(state.speed, 1 if event.x >= box.x + box.width / 2 else -1))
        case "fit":
            return fit(state, context)
        case "help":
            return replace(state, shows_help=not state.shows_help)
        case "film" if state.is_saving_film:
            return asking(state, "cancel film")
        case "picture" | "film" | "code":
            return asking(state, _CLICKS[name])
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
            return slid(state, event.x, boxes["slider"], context) if "slider" in boxes else state
        case "low" | "high":
            return stretched(state, drag.kind, dx, dy, context.bar)


def _up(state: ViewState, event: Pointer, context: ViewContext) -> ViewState:
    drag = state.drag
    if drag is None:
        return state
    state = replace(_move(state, event, context), drag=None)
    is_click = drag.kind == "turn" and not drag.has_moved and "left" in event.buttons
    return asking(state, "pin") if is_click and context.times is not None else state


def _double(state: ViewState, event: Pointer, context: ViewContext) -> ViewState:
    if not contains(picture_box(state.size), event.x, event.y):
        return _down(state, event, context)
    return fit(replace(state, drag=None), context)


def _leave(state: ViewState, event: Pointer, context: ViewContext) -> ViewState:  # noqa: ARG001 (all take them)
    return replace(state, pointer=None)


_POINTERS: dict[str, Callable[[ViewState, Pointer, ViewContext], ViewState]] = {
    "down": _down,
    "move": _move,
    "up": _up,
    "double": _double,
    "leave": _leave,
}
