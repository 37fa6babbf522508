"""The controls of a view, drawn below and over its picture by the library's own canvas."""

from __future__ import annotations

import numpy as np

from ..image.alpha import lay_over
from ..image.image import Image
from ..scene.annotations.base import Sprite
from ..scene.annotations.canvas import Canvas
from ..scene.camera import Box
from ..scene.colors import Rgba, to_bytes
from .color_range import bar_end
from .controls import contains, control_at, controls
from .keys import KEYS
from .panel_sprites import HINTS, help_sprite, hint_sprite, notice_sprite, tooltip_sprites
from .readout import Readout
from .state import Bar, ViewContext, ViewState
from .strip_sprites import StripLook, slider_sprite, speed_text, strip_sprite, time_sprite, time_text
from .theme import DARK, LIGHT, Theme, rounded


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
        speed = speed_text(state.speed)
        look = StripLook(
            state.is_playing, state.is_looping, state.is_saving_film, speed, hovered if hovered != "slider" else None
        )
        sprites.append(strip_sprite(state.size, scale, buttons, look, theme))
    if times is not None and state.time is not None:
        span = times.stop - times.start
        if "slider" in boxes:
            fraction = (state.time - times.start) / span if span > 0 else 0.0
            is_held = hovered == "slider" or (state.drag is not None and state.drag.kind == "time")
            sprites.append(slider_sprite(boxes["slider"], scale, min(max(fraction, 0.0), 1.0), theme, is_held=is_held))
        if "time" in boxes:
            text = time_text(state.time, times)
            sprites.append(time_sprite(boxes["time"], scale, text, theme))
    if state.pointer is not None and context.bar is not None:
        drag = state.drag.kind if state.drag is not None else None
        end = drag if drag in ("low", "high") else None if drag else bar_end(context.bar, *state.pointer)
        if end or (drag is None and contains(context.bar.box, *state.pointer, margin=12)):
            sprites.append(_handles(context.bar, scale, end, theme))
    if readout is not None and state.pointer is not None:
        sprites += tooltip_sprites(readout, state, theme)
    if hovered in HINTS:
        sprites.append(hint_sprite(hovered, boxes[hovered], state, theme))
    if notice:
        sprites.append(notice_sprite(notice, state, theme))
    if state.shows_help:
        rows = tuple(
            row
            for row in KEYS
            if (times is not None or not row.needs_times)
            and (context.n_cells > 1 or not row.needs_cells)
            and (state.is_window or not row.needs_window)
        )
        sprites.append(help_sprite(state.size, scale, theme, rows))
    return sprites


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
