"""Keys: what they do to a ViewState, and the list of them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from .events import Key
from .playing import at_time, next_speed, played
from .state import ViewContext, ViewState


class KeyRow(NamedTuple):
    """A key or a movement of the mouse, and what it does; some need a recording, several cells, or a window."""

    key: str
    action: str
    needs_times: bool = False
    needs_cells: bool = False
    needs_window: bool = False


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
    KeyRow("esc", "cancel the film that is saved", needs_times=True),
    KeyRow("esc", "show all cells", needs_cells=True),
    KeyRow("?", "show or hide this list"),
    KeyRow("q", "close the window", needs_window=True),
)  # what `?` lists


def key_pressed(state: ViewState, key: Key, context: ViewContext) -> ViewState:
    """The state after a key."""
    if key.modifiers & {"control", "alt", "meta"}:  # the browser's or the window manager's
        return state
    times = context.times
    match key.name:
        case "?" | "h":
            return replace(state, shows_help=not state.shows_help)
        case "escape":
            return asking(replace(state, shows_help=False, isolated=None, drag=None), "cancel film")
        case "q" if state.is_window:
            return replace(state, is_closed=True, is_playing=False)
        case "s":
            return asking(state, "save picture")
        case "c":
            return asking(state, "copy code")
        case "i":
            if state.isolated is not None:
                return replace(state, isolated=None)
            return asking(state, "isolate") if context.n_cells > 1 else state
        case "x":
            return replace(state, pins=())
        case "r" | "0":
            return fit(state, context)
    if times is None:
        return state
    match key.name:
        case "space":
            return played(state, context)
        case "left" | "right":
            steps = (1 if key.name == "right" else -1) * (10 if "shift" in key.modifiers else 1)
            return at_time(replace(state, is_playing=False), (state.time or 0.0) + steps * times.step, context)
        case "home" | "end":
            return at_time(state, times.start if key.name == "home" else times.stop, context)
        case "+" | "=" | "-":
            return replace(state, speed=next_speed(state.speed, -1 if key.name == "-" else 1))
        case "l":
            return replace(state, is_looping=not state.is_looping)
        case "f":
            return asking(state, "save film")
    return state


def fit(state: ViewState, context: ViewContext) -> ViewState:
    """The state with the camera that fits the cell."""
    return replace(state, camera=context.home, is_fitted=True)


def asking(state: ViewState, request: str) -> ViewState:
    """The state with something more that the session has to do."""
    return replace(state, requests=(*state.requests, request))
