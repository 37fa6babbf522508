"""Where the controls of a view are: a strip below the picture."""

from __future__ import annotations

from ..scene.camera import Box

HEIGHT = 44  # of the strip, logical pixels
_LEAST_PICTURE = 80  # height below which there is no strip
_BUTTON = 28  # width and height
_GAP = 4
_EDGE = 10  # left and right of the controls
_TIME = 84  # width of the time
_SPEED = 76
_LEAST_SLIDER = 60
_BUTTONS = ("fit", "picture", "film", "code", "help")  # on the right, from the left
_LEFT_OUT = ("code", "film", "fit", "picture", "speed", "loop", "time", "help")  # in this order, where space is short

Point = tuple[float, float]


def picture_box(size: tuple[int, int]) -> Box:
    """The part of a view, logical pixels, that shows the scene."""
    width, height = size
    return Box(0, 0, width, height - HEIGHT if height - HEIGHT >= _LEAST_PICTURE else height)


def controls(size: tuple[int, int], *, has_times: bool) -> dict[str, Box]:
    """The boxes of controls by name, logical pixels.

    "play", "slider", "time", "speed" and "loop" are there for scenes with times; "film" too.
    """
    width, height = size
    if picture_box(size).height == height:
        return {}
    names = [name for name in _BUTTONS if has_times or name != "film"]
    names = ["play", "slider", "time", "speed", "loop", *names] if has_times else names
    widths = {"slider": _LEAST_SLIDER, "time": _TIME, "speed": _SPEED}
    for name in ("", *_LEFT_OUT):
        names = [other for other in names if other != name]
        taken = 2 * _EDGE + sum(widths.get(each, _BUTTON) + _GAP for each in names) - _GAP
        if taken <= width:
            break
    spare = max(0, width - taken)
    top = height - HEIGHT + (HEIGHT - _BUTTON) // 2
    boxes, x = {}, _EDGE + (0 if has_times else spare)
    for name in names:
        across = widths.get(name, _BUTTON) + (spare if name == "slider" else 0)
        boxes[name] = Box(x, top, across, _BUTTON)
        x += across + _GAP
    return boxes


def control_at(boxes: dict[str, Box], x: float, y: float) -> str | None:
    """The control at a point."""
    return next((name for name, box in boxes.items() if contains(box, x, y)), None)


def contains(box: Box, x: float, y: float, *, margin: float = 0.0) -> bool:
    """True for a point of a box, or within a margin around it."""
    return box.x - margin <= x < box.x + box.width + margin and box.y - margin <= y < box.y + box.height + margin


def slider_track(box: Box) -> tuple[float, float]:
    """x of the two ends of the slider's track."""
    return box.x + 10.0, box.x + box.width - 10.0
