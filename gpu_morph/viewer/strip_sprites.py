"""The strip of controls below a picture: its buttons, the slider and the time."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ..data.frame_times import TimeRange
from ..scene.annotations.base import Sprite
from ..scene.annotations.canvas import Canvas
from ..scene.annotations.number_format import decimals, formatted, formatted_all
from ..scene.annotations.units import MOST_DECIMALS, TIME_UNITS, time_unit
from ..scene.camera import Box
from .controls import picture_box, slider_track
from .icons import ICONS
from .theme import LARGE, SMALL, TEXT, Theme, rounded

_SPEED_UNITS = {"s": 1e4, "ms": 1e-2, "µs": 1e-5, "ns": 0.0}  # from how many ms per second each is used


def time_text(time: float, times: TimeRange) -> str:
    """The time that is shown, ms, in a unit that fits its steps."""
    step = times.step if times.step > 0 else 1.0
    unit = time_unit(max(abs(times.start), abs(times.stop)), step)
    one = TIME_UNITS[unit]
    return f"{formatted(time / one, min(MOST_DECIMALS, decimals([step / one, times.start / one])))} {unit}"


def speed_text(speed: float) -> str:
    """How fast time passes, ms per second, in a unit that fits it."""
    unit = next(unit for unit, least in _SPEED_UNITS.items() if speed >= least)
    return f"{formatted_all([speed / TIME_UNITS[unit]])[0]} {unit}/s"


class StripLook(NamedTuple):
    """What the strip shows besides the slider and the time."""

    is_playing: bool
    is_looping: bool
    is_saving_film: bool
    speed: str
    hovered: str | None


@lru_cache(maxsize=8)
def strip_sprite(
    size: tuple[int, int],
    scale: float,
    buttons: tuple[tuple[str, Box], ...],
    look: StripLook,
    theme: Theme,
) -> Sprite:
    """The strip without the slider and the time."""
    top = picture_box(size).height
    canvas = Canvas((round(size[0] * scale), round((size[1] - top) * scale)))
    canvas.rectangle(0, 0, size[0] * scale, max(1, round(scale)), theme.edge)
    for name, box in buttons:
        x, y = box.x * scale, (box.y - top) * scale
        width, height = box.width * scale, box.height * scale
        if name == look.hovered:
            canvas.polygon(rounded(x, y, width, height, 6 * scale), theme.hover)
        middle_x, middle_y = x + width / 2, y + height / 2
        if name == "speed":
            canvas.text(middle_x, middle_y, look.speed, SMALL * scale, theme.ink, "mm")
            ends = ((x + 7 * scale, "-"), (x + width - 7 * scale, "+"))
            for at, sign in ends:
                canvas.line([(at - 3 * scale, middle_y), (at + 3 * scale, middle_y)], theme.muted, 1.4 * scale)
                if sign == "+":
                    canvas.line([(at, middle_y - 3 * scale), (at, middle_y + 3 * scale)], theme.muted, 1.4 * scale)
        elif name == "help":
            canvas.text(middle_x, middle_y, "?", LARGE * scale, theme.ink, "mm")
        else:
            color = theme.muted if name == "loop" and not look.is_looping else theme.ink
            is_on = (name == "loop" and look.is_looping) or (name == "film" and look.is_saving_film)
            icon = "pause" if name == "play" and look.is_playing else name
            icon = "stop" if name == "film" and look.is_saving_film else icon
            ICONS[icon](canvas, middle_x, middle_y, scale, theme.accent if is_on else color)
    return canvas.sprite(0, round(top * scale))


@lru_cache(maxsize=64)
def slider_sprite(box: Box, scale: float, fraction: float, theme: Theme, *, is_held: bool) -> Sprite:
    """The track of the slider, with its thumb at a fraction of it."""
    canvas = Canvas((round(box.width * scale), round(box.height * scale)))
    left, right = ((x - box.x) * scale for x in slider_track(box))
    middle, at = box.height * scale / 2, left + fraction * (right - left)
    half = 2 * scale
    canvas.polygon(rounded(left - half, middle - half, right - left + 2 * half, 2 * half, half), theme.track)
    canvas.polygon(rounded(left - half, middle - half, at - left + 2 * half, 2 * half, half), theme.accent)
    radius = (8 if is_held else 6.5) * scale
    canvas.disc(at, middle, radius, theme.accent)
    canvas.disc(at, middle, radius - 2 * scale, theme.thumb)
    return canvas.sprite(round(box.x * scale), round(box.y * scale))


@lru_cache(maxsize=64)
def time_sprite(box: Box, scale: float, text: str, theme: Theme) -> Sprite:
    """The time beside the slider."""
    canvas = Canvas((round(box.width * scale), round(box.height * scale)))
    canvas.text((box.width - 8) * scale, box.height * scale / 2, text, TEXT * scale, theme.ink, "rm")
    return canvas.sprite(round(box.x * scale), round(box.y * scale))
