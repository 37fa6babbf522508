"""Time of a view: playing, steps, the slider. Pure functions."""

from __future__ import annotations

import math
from dataclasses import replace

from ..scene.camera import Box
from .controls import slider_track
from .state import ViewContext, ViewState

_SPEEDS = (1.0, 2.0, 5.0)


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


def next_speed(speed: float, direction: int) -> float:
    """The next speed, ms per second, in steps of 1, 2, 5; slower for a negative direction."""
    return _rounded(_rounded(speed) * (2.2 if direction > 0 else 1 / 2.2))


def played(state: ViewState, context: ViewContext) -> ViewState:
    """Play, from the beginning if time is at the end; or pause."""
    assert context.times is not None
    is_at_end = state.time is not None and state.time >= context.times.stop
    time = context.times.start if not state.is_playing and is_at_end else state.time
    return replace(state, is_playing=not state.is_playing, time=time)


def at_time(state: ViewState, time: float, context: ViewContext) -> ViewState:
    """The state at a time, ms, or at the nearest one that there is."""
    assert context.times is not None
    return replace(state, time=min(max(time, context.times.start), context.times.stop))


def slid(state: ViewState, x: float, box: Box, context: ViewContext) -> ViewState:
    """Time follows the pointer, to whole steps of the recording."""
    times = context.times
    assert times is not None
    left, right = slider_track(box)
    fraction = min(max((x - left) / max(right - left, 1.0), 0.0), 1.0)
    steps = round(fraction * (times.stop - times.start) / times.step) if times.step > 0 else 0
    return at_time(state, times.start + steps * times.step, context)
