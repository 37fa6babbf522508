"""The controls of a view, drawn below and over its picture by the library's own canvas."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..data.frame_times import TimeRange
from ..image.alpha import lay_over
from ..image.image import Image
from ..scene.annotations.base import Sprite
from ..scene.annotations.canvas import Canvas, text_width
from ..scene.annotations.number_format import decimals, formatted, formatted_all
from ..scene.annotations.units import MOST_DECIMALS, TIME_UNITS, time_unit
from ..scene.camera import Box
from ..scene.colors import Rgba, to_bytes
from .color_range import bar_end
from .controls import contains, control_at, controls, picture_box, slider_track
from .icons import ICONS
from .keys import KEYS, KeyRow
from .readout import Readout
from .state import Bar, ViewContext, ViewState
from .theme import DARK, LIGHT, Theme, draw_panel, rounded

_SPEED_UNITS = {"s": 1e4, "ms": 1e-2, "µs": 1e-5, "ns": 0.0}  # from how many ms per second each is used
_TEXT = 13  # height of text, logical pixels
_SMALL = 12
_LARGE = 16
_HINTS = {
    "play": "Play (space)",
    "speed": "Slower, faster (-, +)",
    "loop": "Loop (l)",
    "fit": "Fit the cell (double click)",
    "picture": "Save the picture (s)",
    "film": "Save the film (f)",
    "code": "Copy as code (c)",
    "help": "Keys (?)",
}


def view_image(
    picture: Image, state: ViewState, context: ViewContext, *, readout: Readout | None, notice: str, is_light: bool
) -> Image:
    """The whole view: the picture of the scene with the controls.

    Parameters
    ----------
    picture : (height, width, 3) uint8
        Of the scene.
    state, context
        Of the view.
    readout : Readout, optional
        Of the site under the pointer.
    notice : str
        What has happened: "saved picture-1.png".
    is_light : bool
        The scene's background is.

    Returns
    -------
    (height, width, 3) uint8
    """
    theme, scale = LIGHT if is_light else DARK, state.pixel_ratio
    width, height = (max(1, round(side * scale)) for side in state.size)
    whole = np.empty((height, width, 3), dtype=np.uint8)
    shown = picture[:height, :width]
    whole[: shown.shape[0], : shown.shape[1]] = shown
    whole[shown.shape[0] :] = to_bytes(np.array(theme.strip[:3]))
    for sprite in _sprites(state, context, readout, notice, theme):
        lay_over(whole, sprite.image, sprite.x, sprite.y)
    return whole


def _sprites(
    state: ViewState, context: ViewContext, readout: Readout | None, notice: str, theme: Theme
) -> list[Sprite]:
    scale, times = state.pixel_ratio, context.times
    boxes = controls(state.size, has_times=times is not None)
    hovered = None if state.pointer is None or state.drag is not None else control_at(boxes, *state.pointer)
    sprites = []
    if boxes:
        buttons = tuple((name, box) for name, box in boxes.items() if name not in ("slider", "time"))
        speed = _speed_text(state.speed)
        look = _Look(
            state.is_playing, state.is_looping, state.is_saving_film, speed, hovered if hovered != "slider" else None
        )
        sprites.append(_strip(state.size, scale, buttons, look, theme))
    if times is not None and state.time is not None:
        span = times.stop - times.start
        if "slider" in boxes:
            fraction = (state.time - times.start) / span if span > 0 else 0.0
            is_held = hovered == "slider" or (state.drag is not None and state.drag.kind == "time")
            sprites.append(_slider(boxes["slider"], scale, min(max(fraction, 0.0), 1.0), theme, is_held=is_held))
        if "time" in boxes:
            text = _time_text(state.time, times)
            sprites.append(_time(boxes["time"], scale, text, theme))
    if state.pointer is not None and context.bar is not None:
        drag = state.drag.kind if state.drag is not None else None
        end = drag if drag in ("low", "high") else None if drag else bar_end(context.bar, *state.pointer)
        if end or (drag is None and contains(context.bar.box, *state.pointer, margin=12)):
            sprites.append(_handles(context.bar, scale, end, theme))
    if readout is not None and state.pointer is not None:
        sprites += _tooltip(readout, state, theme)
    if hovered in _HINTS:
        sprites.append(_hint(hovered, boxes[hovered], state, theme))
    if notice:
        sprites.append(_notice(notice, state, theme))
    if state.shows_help:
        rows = tuple(
            row
            for row in KEYS
            if (times is not None or not row.needs_times)
            and (context.n_cells > 1 or not row.needs_cells)
            and (state.is_window or not row.needs_window)
        )
        sprites.append(_help(state.size, scale, theme, rows))
    return sprites


def _time_text(time: float, times: TimeRange) -> str:
    step = times.step if times.step > 0 else 1.0
    unit = time_unit(max(abs(times.start), abs(times.stop)), step)
    one = TIME_UNITS[unit]
    return f"{formatted(time / one, min(MOST_DECIMALS, decimals([step / one, times.start / one])))} {unit}"


def _speed_text(speed: float) -> str:
    unit = next(unit for unit, least in _SPEED_UNITS.items() if speed >= least)
    return f"{formatted_all([speed / TIME_UNITS[unit]])[0]} {unit}/s"


class _Look(NamedTuple):
    """What the strip shows besides the slider and the time."""

    is_playing: bool
    is_looping: bool
    is_saving_film: bool
    speed: str
    hovered: str | None


@lru_cache(maxsize=8)
def _strip(
    size: tuple[int, int],
    scale: float,
    buttons: tuple[tuple[str, Box], ...],
    look: _Look,
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
            canvas.text(middle_x, middle_y, look.speed, _SMALL * scale, theme.ink, "mm")
            ends = ((x + 7 * scale, "-"), (x + width - 7 * scale, "+"))
            for at, sign in ends:
                canvas.line([(at - 3 * scale, middle_y), (at + 3 * scale, middle_y)], theme.muted, 1.4 * scale)
                if sign == "+":
                    canvas.line([(at, middle_y - 3 * scale), (at, middle_y + 3 * scale)], theme.muted, 1.4 * scale)
        elif name == "help":
            canvas.text(middle_x, middle_y, "?", _LARGE * scale, theme.ink, "mm")
        else:
            color = theme.muted if name == "loop" and not look.is_looping else theme.ink
            is_on = (name == "loop" and look.is_looping) or (name == "film" and look.is_saving_film)
            icon = "pause" if name == "play" and look.is_playing else name
            icon = "stop" if name == "film" and look.is_saving_film else icon
            ICONS[icon](canvas, middle_x, middle_y, scale, theme.accent if is_on else color)
    return canvas.sprite(0, round(top * scale))


@lru_cache(maxsize=64)
def _slider(box: Box, scale: float, fraction: float, theme: Theme, *, is_held: bool) -> Sprite:
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
def _time(box: Box, scale: float, text: str, theme: Theme) -> Sprite:
    canvas = Canvas((round(box.width * scale), round(box.height * scale)))
    canvas.text((box.width - 8) * scale, box.height * scale / 2, text, _TEXT * scale, theme.ink, "rm")
    return canvas.sprite(round(box.x * scale), round(box.y * scale))


def _handles(bar: Bar, scale: float, end: str | None, theme: Theme) -> Sprite:
    """Grips at the ends of the colour bar."""
    reach = 9
    box = Box(bar.box.x - reach, bar.box.y - reach, bar.box.width + 2 * reach, bar.box.height + 2 * reach)
    canvas = Canvas((round(box.width * scale), round(box.height * scale)))
    for name in ("low", "high"):
        if bar.is_horizontal:
            x, y = float(reach if name == "low" else reach + bar.box.width), reach + bar.box.height / 2
            width, height = 6.0, bar.box.height + 8.0
        else:
            x, y = reach + bar.box.width / 2, float(reach + bar.box.height if name == "low" else reach)
            width, height = bar.box.width + 8.0, 6.0
        color: Rgba = theme.accent if name == end else theme.ink
        corner = ((x - width / 2) * scale, (y - height / 2) * scale)
        canvas.polygon(rounded(*corner, width * scale, height * scale, 3 * scale), theme.thumb)
        corner = (corner[0] + scale, corner[1] + scale)
        canvas.polygon(rounded(*corner, (width - 2) * scale, (height - 2) * scale, 2 * scale), color)
    return canvas.sprite(round(box.x * scale), round(box.y * scale))


def _tooltip(readout: Readout, state: ViewState, theme: Theme) -> list[Sprite]:
    """A ring at the pointer, and what is there beside it."""
    assert state.pointer is not None
    scale, (x, y) = state.pixel_ratio, state.pointer
    lines = [(readout.value, _LARGE, theme.ink)] if readout.value else []
    lines += [(readout.name, _TEXT, theme.ink), (readout.details, _SMALL, theme.muted)]
    panel = _panel(tuple(line for line in lines if line[0]), scale, theme)
    height, width = panel.image.shape[:2]
    picture = picture_box(state.size)
    left = x + 14 if (x + 14) * scale + width <= picture.width * scale else x - 14 - width / scale
    top = y + 14 if (y + 14) * scale + height <= picture.height * scale else y - 14 - height / scale
    return [
        _ring(scale, theme, round(x * scale), round(y * scale)),
        Sprite(panel.image, round(max(left, 0) * scale), round(max(top, 0) * scale)),
    ]


@lru_cache(maxsize=4)
def _ring_image(scale: float, theme: Theme) -> Sprite:
    side = round(18 * scale)
    canvas, middle = Canvas((side, side)), side / 2
    circle = [(middle + a, middle + b) for a, b in _circle(6 * scale)]
    canvas.line(circle, (*theme.panel[:3], 0.9), 4 * scale)
    canvas.line(circle, theme.accent, 2 * scale)
    return canvas.sprite(-(side // 2), -(side // 2))


def _circle(radius: float) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, 33)
    return [(radius * float(np.cos(angle)), radius * float(np.sin(angle))) for angle in angles]


def _ring(scale: float, theme: Theme, x: int, y: int) -> Sprite:
    ring = _ring_image(scale, theme)
    return Sprite(ring.image, ring.x + x, ring.y + y)


@lru_cache(maxsize=32)
def _panel(lines: tuple[tuple[str, int, Rgba], ...], scale: float, theme: Theme) -> Sprite:
    """A panel with lines of text, each with its height and colour."""
    margin, gap, room = 10 * scale, 5 * scale, 4 * scale
    width = max(text_width(text, height * scale) for text, height, _ in lines) + 2 * margin
    height = sum(height * scale for _, height, _ in lines) + gap * (len(lines) - 1) + 2 * margin * 0.85
    canvas = Canvas((round(width + 2 * room), round(height + 2 * room)))
    draw_panel(canvas, room, room, width, height, theme, scale)
    y = room + margin * 0.85
    for text, size, color in lines:
        canvas.text(room + margin, y + size * scale / 2, text, size * scale, color, "lm")
        y += size * scale + gap
    return canvas.sprite(0, 0)


def _hint(name: str, box: Box, state: ViewState, theme: Theme) -> Sprite:
    """What a control does, above it."""
    scale = state.pixel_ratio
    text = "Pause (space)" if name == "play" and state.is_playing else _HINTS[name]
    text = "Cancel the film (Esc)" if name == "film" and state.is_saving_film else text
    panel = _panel(((text, _SMALL, theme.ink),), scale, theme)
    height, width = panel.image.shape[:2]
    x = round((box.x + box.width / 2) * scale - width / 2)
    whole = round(state.size[0] * scale)
    return Sprite(panel.image, min(max(x, 2), max(2, whole - width - 2)), round((box.y - 8) * scale) - height)


def _notice(text: str, state: ViewState, theme: Theme) -> Sprite:
    scale, picture = state.pixel_ratio, picture_box(state.size)
    panel = _panel(tuple((line, _TEXT, theme.ink) for line in text.split("\n")), scale, theme)
    height, width = panel.image.shape[:2]
    return Sprite(
        panel.image, round((picture.width * scale - width) / 2), round((picture.height - 12) * scale) - height
    )


@lru_cache(maxsize=4)
def _help(size: tuple[int, int], scale: float, theme: Theme, rows: tuple[KeyRow, ...]) -> Sprite:
    """The keys and what they do, in the middle of the picture; smaller where there is less space."""
    picture = picture_box(size)
    widest = [
        max(text_width(text, _TEXT) for text in column) for column in ([r.key for r in rows], [r.action for r in rows])
    ]
    wide, high = 2 * 20 + widest[0] + 24 + widest[1] + 8, 2 * 16 + 22 * len(rows)
    shrink = min(1.0, (picture.width - 8) / wide, (picture.height - 8) / high)
    unit = scale * max(shrink, 0.5)
    room = 4 * unit
    canvas = Canvas((round(wide * unit + 2 * room), round(high * unit + 2 * room)))
    draw_panel(canvas, room, room, wide * unit, high * unit, theme, unit)
    for k, row in enumerate(rows):
        y = room + (16 + 22 * k + 11) * unit
        canvas.text(room + (20 + widest[0]) * unit, y, row.key, _TEXT * unit, theme.accent, "rm")
        canvas.text(room + (20 + widest[0] + 24) * unit, y, row.action, _TEXT * unit, theme.ink, "lm")
    width, height = canvas.size
    return canvas.sprite(round((picture.width * scale - width) / 2), round((picture.height * scale - height) / 2))
