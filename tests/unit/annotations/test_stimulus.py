"""A stimulus is shown while it is on, and an electrode at its place."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from annotation_parts import CAMERA, CELL, SIZE, box_of, has_color, sprites, view

from gpu_morph.data.frame_times import TimeRange
from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import Stimulus
from gpu_morph.scene.annotations.base import Moment


def times_on(stimulus: Stimulus, step: float, stop: float = 20.0) -> list[float]:
    seen = view(times=TimeRange(0.0, stop, step))
    draw = stimulus.drawing(seen, box_of(stimulus, seen))
    return [float(time) for time in np.arange(0, stop + step / 2, step) if draw(Moment(float(time), CAMERA))]


def test_it_is_shown_while_it_is_on():
    assert times_on(Stimulus(times=((2, 4), (10, 11.5))), 0.5) == [2, 2.5, 3, 3.5, 10, 10.5, 11]


def test_a_short_one_is_shown_in_one_frame():
    for on in (3.0, 3.2, 3.7, 3.99):
        assert times_on(Stimulus(times=((on, on + 0.1),)), 1.0) == [math.ceil(on)]


def test_instants_are_shown_for_a_while():
    assert times_on(Stimulus(times=(2, 8), duration=1.5), 0.5) == [2, 2.5, 3, 8, 8.5, 9]


def test_rounding_does_not_delay_it():
    assert times_on(Stimulus(times=((0.3, 0.6),)), 0.1)[0] == pytest.approx(0.3)


def test_nothing_is_shown_without_a_time():
    assert sprites(Stimulus(times=((0, 20),)), time=None) == []


@pytest.mark.parametrize("azim", [0, 40, 77])
def test_an_electrode_points_at_its_place(azim):
    camera = replace(CAMERA, azim=float(azim))
    badge, electrode = sprites(Stimulus(times=((0, 20),), section=1, x=0.7), camera=camera)
    tip = camera.project(CELL.locate(1, 0.7), SIZE)[0]
    rows, columns = np.nonzero(electrode.image[..., 3] > 100)
    inked = np.stack([electrode.x + columns + 0.5, electrode.y + rows + 0.5], axis=1)
    assert np.linalg.norm(inked - tip, axis=1).min() < 1.5
    assert has_color([electrode], (0xD5, 0x5E, 0x00))
    assert has_color([badge], (0xD5, 0x5E, 0x00))
    assert np.linalg.norm(inked - tip, axis=1).max() < 4 * 20


@pytest.mark.parametrize("wrong", [{"times": 3}, {"times": ((2, 1),)}, {"times": "on"}, {"times": (1, math.nan)}])
def test_wrong_times_are_an_error(wrong):
    with pytest.raises(SceneError, match="times must be"):
        Stimulus(**wrong)


def test_a_stimulus_where_nothing_is_is_an_error():
    with pytest.raises(SceneError, match="Stimulus names section 2, but the morphology has 2 sections"):
        Stimulus(times=((0, 1),), section=2).room(view())
