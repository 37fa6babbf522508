"""An arrow's tip is on its place, from wherever it is seen."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from annotation_parts import CAMERA, CELL, SIZE, has_color, inked, sprites, view

from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import Arrow
from gpu_morph.scene.annotations.base import Moment
from gpu_morph.scene.camera import Box
from gpu_morph.scene.picture_unit import picture_unit


@pytest.mark.parametrize("azim", range(0, 180, 20))
@pytest.mark.parametrize("direction", [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0.3, -0.5, -0.4)])
@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_its_tip_is_on_the_place(azim, direction, projection):
    camera = replace(CAMERA, azim=float(azim), elev=20.0, projection=projection)
    (arrow,) = sprites(Arrow(1, x=0.3, direction=direction), camera=camera)
    tip = camera.project(CELL.locate(1, 0.3), SIZE)[0]
    middle = inked(arrow).mean(axis=0)
    axis = (tip - middle) / np.linalg.norm(tip - middle)
    assert (inked(arrow) @ axis).max() == pytest.approx(tip @ axis, abs=1)
    assert np.linalg.norm(inked(arrow) - tip, axis=1).min() < 1


@pytest.mark.parametrize(("direction", "angle"), [((0, 0, 1), 90), ((0, 1, 0), 0), ((0, -1, 1), 135)])
def test_it_is_as_long_as_it_says_and_lies_as_its_direction(direction, angle):
    (arrow,) = sprites(Arrow(1, direction=direction, length=60))
    tip = CAMERA.project(CELL.locate(1, 0.5), SIZE)[0]
    along = np.array([math.cos(math.radians(angle)), -math.sin(math.radians(angle))])
    assert ((inked(arrow) - tip) @ along).max() == pytest.approx(120, abs=1.5)
    assert np.abs((inked(arrow) - tip) @ [-along[1], along[0]]).max() < 15


@pytest.mark.parametrize("elev", [-40, 0, 30, 80])
@pytest.mark.parametrize("pixels", [None, 15.0, 70.0])
def test_it_is_never_shorter_than_can_be_read(elev, pixels):
    for azim in range(0, 360, 15):
        camera = replace(CAMERA, azim=float(azim), elev=float(elev), height=5000.0)
        (arrow,) = sprites(
            Arrow(1, direction=(0, 1, 0), min_length=pixels and pixels / picture_unit(SIZE)), camera=camera
        )
        tip = camera.project(CELL.locate(1, 0.5), SIZE)[0]
        reach = np.linalg.norm(inked(arrow) - tip, axis=1).max()
        assert reach == pytest.approx(40 if pixels is None else pixels, abs=2.5)


@pytest.mark.parametrize(
    ("direction", "elev"),
    [((1, 0, 0), elev) for elev in (0, 0.5, 3, 30)]
    + [((1, 0, 0.02), elev) for elev in (-1, 0, 0.5)]
    + [((0.7, 0.7, -0.1), elev) for elev in (-1, 3)]
    + [((1, 0, 0.3), -60), ((0, 0, 1), 0)],
)
def test_it_does_not_spin_when_it_points_at_the_viewer(direction, elev):
    arrow, seen = Arrow(1, direction=direction), view()
    draw = arrow.drawing(seen, Box(0, 0, 0, 0))
    angles = []
    points_at_viewer = math.degrees(math.atan2(direction[1], direction[0]))
    for azim in points_at_viewer + np.array([*range(-30, 31), *range(150, 211)]):
        camera = replace(CAMERA, azim=float(azim), elev=float(elev))
        (sprite,) = draw(Moment(None, camera))
        x, y = inked(sprite).mean(axis=0) - camera.project(CELL.locate(1, 0.5), SIZE)[0]
        angles.append(math.degrees(math.atan2(y, x)))
    for part in np.split(np.array(angles), 2):
        turns = np.abs((np.diff(part) + 180) % 360 - 180)
        assert turns.max() < 15


def test_it_stands_out_from_whatever_lies_behind():
    parts = sprites(Arrow(1, length=60))
    assert has_color(parts, (255, 255, 255))
    assert has_color(parts, (0, 0, 0))
    parts = sprites(Arrow(1, length=60, facecolor="red", edgecolor="#00ff00", linewidth=3))
    assert has_color(parts, (255, 0, 0))
    assert has_color(parts, (0, 255, 0))


def test_it_is_drawn_once_while_the_camera_rests():
    draw = Arrow(1, label="here").drawing(view(), Box(0, 0, 0, 0))
    first, second = draw(Moment(1.0, CAMERA)), draw(Moment(2.0, CAMERA))
    assert [id(sprite.image) for sprite in first] == [id(sprite.image) for sprite in second]


def test_its_label_stays_the_same_image_beyond_its_tail():
    draw = Arrow(1, direction=(0, 1, 0), label="here").drawing(view(), Box(0, 0, 0, 0))
    first, turned = (draw(Moment(0.0, replace(CAMERA, azim=azim))) for azim in (0.0, 10.0))
    assert first[0].image is turned[0].image
    assert inked(first[0])[:, 0].min() > inked(first[1])[:, 0].max()


def test_nothing_is_drawn_behind_the_eye_or_outside_the_picture():
    behind = replace(CAMERA, projection="perspective", height=20.0, azim=90.0)
    assert sprites(Arrow(1, x=1.0), camera=behind) == []
    assert sprites(Arrow(1, x=1.0), camera=replace(CAMERA, center=(0, 900, 0))) == []


@pytest.mark.parametrize("shift", [(0.5, 0), (0, 0.5), (-0.68, 0), (0, -0.45), (0.45, 0.48)])
def test_at_the_picture_edge_it_is_cut_cleanly(shift):
    camera = replace(CAMERA, shift=shift)
    for sprite in sprites(Arrow(1, length=60), camera=camera):
        assert sprite.x >= 0
        assert sprite.y >= 0
        assert sprite.x + sprite.image.shape[1] <= SIZE[0]
        assert sprite.y + sprite.image.shape[0] <= SIZE[1]
        assert sprite.image[..., 3].any()


def test_an_enormous_arrow_is_drawn_as_far_as_it_is_seen():
    camera = replace(CAMERA, height=1e-3, center=tuple(CELL.locate(1, 0.5)[0]))
    (arrow,) = sprites(Arrow(1, length=1e6), camera=camera)
    assert arrow.image.shape[0] <= SIZE[1]
    assert inked(arrow)[:, 1].min() < 1


def test_numpy_integers_are_sections_too():
    assert Arrow(np.int32(1)) == Arrow(1)  # type: ignore[arg-type]


@pytest.mark.parametrize("section", [2, -1, 99])
def test_an_arrow_at_nothing_is_an_error(section):
    with pytest.raises(SceneError, match=f"Arrow names section {section}, but the morphology has 2 sections: 0 to 1"):
        Arrow(section).room(view())


@pytest.mark.parametrize(
    "wrong",
    [
        {"section": 1.0},
        {"section": "soma"},
        {"x": 2},
        {"direction": (0, 0, 0)},
        {"direction": (0, 1)},
        {"direction": 5},
        {"length": 0},
        {"min_length": -1},
        {"linewidth": 0},
        {"head_size": 0},
        {"facecolor": None},
        {"edgecolor": "nocolour"},
        {"label": 5},
    ],
)
def test_a_wrong_arrow_is_an_error(wrong):
    with pytest.raises(SceneError, match=next(iter(wrong))):
        Arrow(**{"section": 0} | wrong)
