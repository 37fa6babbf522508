"""The controls of a view, drawn over its picture."""

from __future__ import annotations

import numpy as np

from ..image.image import Image
from ..scene.colors import is_light
from ..scene.scene import Scene
from .controls import controls, picture_box, slider_track
from .state import ViewContext, ViewState


def view_image(picture: Image, scene: Scene, state: ViewState, context: ViewContext) -> Image:
    """The whole view, (height, width, 3) uint8 pixels: the picture of the scene, and the strip with the controls."""
    width, height = (max(1, round(side * state.pixel_ratio)) for side in state.size)
    whole = np.full((height, width, 3), 244 if is_light(scene.background_rgba) else 30, dtype=np.uint8)
    box = picture_box(state.size)
    whole[: picture.shape[0]] = picture[:height, :width]
    boxes = controls(state.size, has_times=context.times is not None)
    if "slider" in boxes and context.times is not None and state.time is not None:
        left, right = slider_track(boxes["slider"])
        span = context.times.stop - context.times.start
        at = left + (right - left) * ((state.time - context.times.start) / span if span else 0.0)
        middle = box.height + (state.size[1] - box.height) / 2
        for a, b, level in ((left, right, 150), (left, at, 60)):
            rows = slice(round((middle - 1) * state.pixel_ratio), round((middle + 1) * state.pixel_ratio))
            whole[rows, round(a * state.pixel_ratio) : round(b * state.pixel_ratio)] = level
    return whole
