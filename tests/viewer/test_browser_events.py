"""Events of browsers, in the dialects of jupyter_rfb 0.4 and 1, as events of a view."""

from __future__ import annotations

from typing import Any

import pytest

from gpu_morph.viewer.browser_events import BrowserEvents
from gpu_morph.viewer.events import Close, Event, Key, Pointer, Resize, Wheel


def pointer(kind: str, x: float = 10, y: float = 20, button: int = 0, time: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"type": kind, "x": x, "y": y, "button": button, "buttons": (), "modifiers": (), "timestamp": time} | more


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (pointer("pointer_down", button=1), Pointer("down", 10, 20, {"left"})),
        (pointer("pointer_up", button=2, modifiers=("Shift",)), Pointer("up", 10, 20, {"right"}, {"shift"})),
        (pointer("pointer_move", buttons=(1, 3, 5)), Pointer("move", 10, 20, {"left", "middle"})),
        (pointer("pointer_leave"), Pointer("leave", 10, 20)),
        (pointer("pointer_enter"), None),
        (pointer("double_click", button=1), None),  # two presses say the same, and earlier
        (pointer("wheel", dy=-200.0), Wheel(10, 20, 2)),
        ({"type": "key_down", "key": "ArrowLeft", "modifiers": ("Alt",)}, Key("left", {"alt"})),
        ({"type": "key_down", "key": "Shift", "modifiers": ("Shift",)}, None),
        ({"type": "key_up", "key": "s", "modifiers": ()}, None),
        ({"type": "resize", "width": 398.5, "height": 298, "ratio": 2}, Resize(398, 298, 2.0)),
        ({"event_type": "resize", "width": 0, "height": 298, "pixel_ratio": 1.5}, Resize(1, 298, 1.5)),
        ({"event_type": "close"}, Close()),
        ({"type": "something new"}, None),
    ],
)
def test_an_event_of_a_browser_is_one_of_a_view(event: dict[str, Any], expected: Event | None) -> None:
    assert BrowserEvents().translated(event) == expected


def kinds(*events: dict[str, Any]) -> list[str]:
    translator = BrowserEvents()
    translated = [translator.translated(event) for event in events]
    return [event.kind for event in translated if isinstance(event, Pointer)]


def test_the_second_press_of_a_double_click_is_one() -> None:
    press, again = pointer("pointer_down", button=1, time=5.0), pointer("pointer_down", button=1, time=5.2)
    assert kinds(press, again) == ["down", "double"]
    assert kinds(press, again, pointer("pointer_down", button=1, time=5.4)) == ["down", "double", "down"]
    assert kinds(press, again | {"timestamp": 6.0}) == ["down", "down"]  # late
    assert kinds(press, again | {"x": 30}) == ["down", "down"]  # elsewhere
    assert kinds(press, again | {"button": 2}) == ["down", "down"]
