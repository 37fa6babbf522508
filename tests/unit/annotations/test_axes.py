"""Axes: the triad's usual colours."""

from __future__ import annotations

import numpy as np
import pytest
from annotation_parts import view

from gpu_morph import Axes, Camera
from gpu_morph.scene.annotations.base import Moment
from gpu_morph.scene.camera import Box
from gpu_morph.scene.colors import contrast, is_light, parse_color

SIDE = 112


@pytest.mark.parametrize("background", ["white", "black", "#0d1117", "#767676", "#2f7d32", "#1f4fa3", "#c62828"])
def test_each_axis_can_be_read_on_any_background(background: str) -> None:
    paper = parse_color(background)
    ink = (0.1, 0.1, 0.1, 1.0) if is_light(paper) else (0.94, 0.94, 0.94, 1.0)
    draw = Axes(labels=("", "", "")).drawing(view(paper=paper, ink=ink), Box(0, 0, SIDE, SIDE))
    for azim in (-45, 135):  # x and y point towards the viewer, and away from the viewer
        camera = Camera(azim=azim, elev=0, center=(0, 0, 0), height=20)
        (sprite,) = draw(Moment(None, camera))
        pixels = sprite.image / 255.0
        for direction in camera.axes.T:
            column, row = np.rint(SIDE / 2 + 25 * np.array([direction[0], -direction[1]])).astype(int)
            *rgb, alpha = pixels[row, column]
            shown = tuple(alpha * np.array(rgb) + (1 - alpha) * np.array(paper[:3]))
            assert contrast((*shown, 1.0), paper) > 2.8


def test_colours_that_were_given_are_kept() -> None:
    draw = Axes(colors=["#202020"] * 3, labels=("", "", "")).drawing(
        view(paper=(0, 0, 0, 1), ink=(1, 1, 1, 1)), Box(0, 0, SIDE, SIDE)
    )
    (sprite,) = draw(Moment(None, Camera(azim=-45, elev=0, center=(0, 0, 0), height=20)))
    assert (sprite.image[SIDE // 2 - 25, SIDE // 2, :3] == 0x20).all()
