"""Events of a browser, as jupyter_rfb hands them on, as events of a `ViewSession`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from .events import Close, Event, Key, Pointer, Resize, Wheel

_BUTTONS = {1: "left", 2: "right", 3: "middle"}
_MODIFIERS = {"Shift": "shift", "Control": "control", "Alt": "alt", "Meta": "meta"}
_NOTCH = 100.0  # logical pixels that a browser scrolls for a notch of the wheel
_DOUBLE_SECONDS, _DOUBLE_PIXELS = 0.4, 4.0  # two presses that are nearer are a double click


class BrowserEvents:
    """Translates events one after the other: a double click needs to know the press before."""

    def __init__(self) -> None:
        self._last_press: tuple[float, float, float] | None = None

    def translated(self, event: Mapping[str, Any]) -> Event | None:
        """An event of jupyter_rfb, of its version 1 or an older one; None for what a view does not need."""
        match event.get("type", event.get("event_type")):
            case "pointer_down":
                return Pointer(self._press(event), *_place(event), _button(event), _modifiers(event))
            case "pointer_up":
                return Pointer("up", *_place(event), _button(event), _modifiers(event))
            case "pointer_move":
                held = frozenset(_BUTTONS[button] for button in event["buttons"] if button in _BUTTONS)
                return Pointer("move", *_place(event), held, _modifiers(event))
            case "pointer_leave":
                return Pointer("leave", *_place(event))
            case "wheel":
                return Wheel(*_place(event), steps=-event["dy"] / _NOTCH, modifiers=_modifiers(event))
            case "key_down" if event["key"] not in _MODIFIERS:
                return Key(event["key"], _modifiers(event))
            case "resize":
                ratio = event.get("ratio", event.get("pixel_ratio", 1.0))
                return Resize(max(1, round(event["width"])), max(1, round(event["height"])), float(ratio))
            case "close":
                return Close()
        return None

    def _press(self, event: Mapping[str, Any]) -> Literal["down", "double"]:
        """The kind of a press: "double" for the second one of a double click, else "down"."""
        time, (x, y), last = event.get("timestamp", event.get("time_stamp", 0.0)), _place(event), self._last_press
        is_double = (
            last is not None
            and event["button"] == 1
            and time - last[0] < _DOUBLE_SECONDS
            and max(abs(x - last[1]), abs(y - last[2])) < _DOUBLE_PIXELS
        )
        self._last_press = None if is_double or event["button"] != 1 else (time, x, y)
        return "double" if is_double else "down"


def _place(event: Mapping[str, Any]) -> tuple[float, float]:
    return float(event["x"]), float(event["y"])


def _button(event: Mapping[str, Any]) -> frozenset[str]:
    name = _BUTTONS.get(event["button"])
    return frozenset() if name is None else frozenset({name})


def _modifiers(event: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(_MODIFIERS[name] for name in event["modifiers"] if name in _MODIFIERS)
