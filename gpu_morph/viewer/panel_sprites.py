"""Panels of text over a picture: what is under the pointer, what a control does, notices, the keys."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..scene.annotations.base import Sprite
from ..scene.annotations.canvas import Canvas, text_width
from ..scene.camera import Box
from ..scene.colors import Rgba
from .controls import picture_box
from .keys import KeyRow
from .readout import Readout
from .state import ViewState
from .theme import LARGE, SMALL, TEXT, Theme, draw_panel

HINTS = {
    "play": "Play (space)",
    "speed": "Slower, faster (-, +)",
    "loop": "Loop (l)",
    "fit": "Fit the cell (double click)",
    "picture": "Save the picture (s)",
    "film": "Save the film (f)",
    "code": "Copy as code (c)",
    "help": "Keys (?)",
}


def tooltip_sprites(readout: Readout, state: ViewState, theme: Theme) -> list[Sprite]:
    """A ring at the pointer, and what is there beside it."""
    assert state.pointer is not None
    scale, (x, y) = state.pixel_ratio, state.pointer
    lines = [(readout.value, LARGE, theme.ink)] if readout.value else []
    lines += [(readout.name, TEXT, theme.ink), (readout.details, SMALL, theme.muted)]
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


def hint_sprite(name: str, box: Box, state: ViewState, theme: Theme) -> Sprite:
    """What a control does, above it."""
    scale = state.pixel_ratio
    text = "Pause (space)" if name == "play" and state.is_playing else HINTS[name]
    text = "Cancel the film (Esc)" if name == "film" and state.is_saving_film else text
    panel = _panel(((text, SMALL, theme.ink),), scale, theme)
    height, width = panel.image.shape[:2]
    x = round((box.x + box.width / 2) * scale - width / 2)
    whole = round(state.size[0] * scale)
    return Sprite(panel.image, min(max(x, 2), max(2, whole - width - 2)), round((box.y - 8) * scale) - height)


def notice_sprite(text: str, state: ViewState, theme: Theme) -> Sprite:
    """What has happened, at the foot of the picture."""
    scale, picture = state.pixel_ratio, picture_box(state.size)
    panel = _panel(tuple((line, TEXT, theme.ink) for line in text.split("\n")), scale, theme)
    height, width = panel.image.shape[:2]
    return Sprite(
        panel.image, round((picture.width * scale - width) / 2), round((picture.height - 12) * scale) - height
    )


@lru_cache(maxsize=4)
def help_sprite(size: tuple[int, int], scale: float, theme: Theme, rows: tuple[KeyRow, ...]) -> Sprite:
    """The keys and what they do, in the middle of the picture; smaller where there is less space."""
    picture = picture_box(size)
    widest = [
        max(text_width(text, TEXT) for text in column) for column in ([r.key for r in rows], [r.action for r in rows])
    ]
    wide, high = 2 * 20 + widest[0] + 24 + widest[1] + 8, 2 * 16 + 22 * len(rows)
    shrink = min(1.0, (picture.width - 8) / wide, (picture.height - 8) / high)
    unit = scale * max(shrink, 0.5)
    room = 4 * unit
    canvas = Canvas((round(wide * unit + 2 * room), round(high * unit + 2 * room)))
    draw_panel(canvas, room, room, wide * unit, high * unit, theme, unit)
    for k, row in enumerate(rows):
        y = room + (16 + 22 * k + 11) * unit
        canvas.text(room + (20 + widest[0]) * unit, y, row.key, TEXT * unit, theme.accent, "rm")
        canvas.text(room + (20 + widest[0] + 24) * unit, y, row.action, TEXT * unit, theme.ink, "lm")
    width, height = canvas.size
    return canvas.sprite(round((picture.width * scale - width) / 2), round((picture.height * scale - height) / 2))
