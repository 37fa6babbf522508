"""The scale bar is as long as it says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from annotation_parts import CAMERA, CELL, SIZE, sprites, view

from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import ScaleBar
from gpu_morph.scene.annotations.base import Moment, Sprite
from gpu_morph.scene.camera import Box, Camera


def bar_length(parts: Sequence[Sprite], side: int = -1) -> float:
    """Pixels that the lowest row of the bar covers."""
    alpha = parts[0].image[..., 3].astype(float) / 255
    return alpha[np.flatnonzero(alpha.any(axis=1))[side]].sum()


@pytest.mark.parametrize("place", ["lower right", "upper left", "lower"])
@pytest.mark.parametrize("height", [120.0, 333.0, 1000.0])
@pytest.mark.parametrize("length", [10.0, 37.5, None])
def test_the_bar_is_as_long_as_it_says(place, height, length, words):
    seen = view(camera=replace(CAMERA, height=height))
    parts = sprites(ScaleBar(place=place, length=length), seen, camera=replace(CAMERA, height=height))
    if length is None:
        number, unit = words[-1][1].split(" ")
        assert unit == "µm"
        length = float(number)
    assert bar_length(parts) == pytest.approx(length * SIZE[1] / height, abs=0.3)


def test_a_chosen_length_is_round_and_at_most_a_quarter_of_the_picture():
    for height in np.geomspace(1, 1e5, 40):
        length = bar_length(sprites(ScaleBar(), camera=replace(CAMERA, height=float(height))))
        assert 0.08 * SIZE[1] < length < 0.25 * SIZE[1]


@pytest.mark.parametrize(
    ("length", "label"), [(100, "100 µm"), (1000, "1 mm"), (1500, "1.5 mm"), (0.5, "500 nm"), (37.5, "37.5 µm")]
)
def test_the_label_is_in_usual_units(length, label, words):
    sprites(ScaleBar(length=length))
    assert words[-1][1] == label


def test_a_bar_without_label_is_only_a_bar(words):
    bar = ScaleBar(show_label=False, length=50)
    assert not words
    assert bar.room(view())[1] == len(sprites(bar)[0].image)
    assert (sprites(bar)[0].image[..., 3] == 255).mean() > 0.9


def test_its_room_is_enough_for_the_cell_at_its_largest():
    seen = view(camera=Camera())
    bar = ScaleBar(length=100.0)
    width, _ = bar.room(seen)
    for areas in ((), (Box(0, 0, 300, 480),), (Box(0, 0, 640, 200),)):
        camera = Camera().fitted(CELL, SIZE, areas)
        assert bar_length(sprites(bar, seen, camera=camera)) <= width


def test_a_bar_longer_than_its_room_is_not_cut():
    bar, seen = ScaleBar(length=100.0), view(camera=replace(CAMERA, height=2000.0))
    assert bar_length(sprites(bar, seen, camera=CAMERA)) == pytest.approx(200, abs=0.3)


def test_the_bar_stays_while_the_camera_turns():
    draw = ScaleBar().drawing(view(), Box(0, 0, 200, 40))
    images = {id(draw(Moment(0.0, replace(CAMERA, azim=float(azim))))[0].image) for azim in range(5)}
    assert len(images) == 1


@pytest.mark.parametrize("length", [0, -5, math.nan, "long"])
def test_a_wrong_length_is_an_error(length):
    with pytest.raises(SceneError, match="length must be positive µm or None"):
        ScaleBar(length=length)
