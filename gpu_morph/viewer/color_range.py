"""The colour bar of a view, whose ends are dragged. Pure functions."""

from __future__ import annotations

from dataclasses import replace

from .controls import contains
from .state import Bar, DragKind, ViewState

_GRIP = 10.0  # logical pixels around an end of the colour bar


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


def stretched(state: ViewState, end: DragKind, dx: float, dy: float, bar: Bar | None) -> ViewState:
    """An end of the range of colours follows the pointer, in the steps that the bar's colours have at that time."""
    if state.clim is None or bar is None:
        return state
    moved = dx / bar.box.width if bar.is_horizontal else -dy / bar.box.height
    clim = bar.norm.stretched(state.clim, moved, is_low=end == "low")
    return state if clim is None else replace(state, clim=clim)
