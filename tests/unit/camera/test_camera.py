"""The camera stands where matplotlib's mplot3d puts it."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from gpu_morph.scene.camera import Camera

SIZE = (400, 200)  # pixels

ELEVATIONS = (0, 30, -60, 89.9, 120, 200, 271, -100)
ROLLS = (0, 25, -140)


def looking(**changes: Any) -> Camera:
    """From the front, level, at the origin; 20 µm are as high as the image, and a pixel is 0.1 µm."""
    return Camera(**{"elev": 0, "center": (0, 0, 0), "height": 20} | changes)


# The convention


@pytest.mark.parametrize("elev", ELEVATIONS)
def test_pictures_are_those_of_mplot3d(elev):
    figure_module = pytest.importorskip("matplotlib.figure")
    proj3d = pytest.importorskip("mpl_toolkits.mplot3d.proj3d")
    points = np.random.default_rng(0).uniform(-1, 1, size=(20, 3))
    axes = figure_module.Figure(figsize=(4, 4)).add_subplot(projection="3d", proj_type="ortho")
    axes.set_box_aspect((1, 1, 1))
    axes.set(xlim=(-1, 1), ylim=(-1, 1), zlim=(-1, 1))
    for azim, roll in itertools.product((0, 37, -120), ROLLS):
        axes.view_init(elev=elev, azim=azim, roll=roll)
        theirs = np.stack(proj3d.proj_transform(*points.T, axes.get_proj())[:2], axis=1)
        ours = looking(azim=azim, elev=elev, roll=roll).view_coordinates(points)[:, :2]
        theirs, ours = theirs - theirs.mean(axis=0), ours - ours.mean(axis=0)
        np.testing.assert_allclose(ours, theirs * np.linalg.norm(ours) / np.linalg.norm(theirs), atol=1e-6)


@pytest.mark.parametrize(("azim", "elev", "roll"), list(itertools.product((0, 77), ELEVATIONS, ROLLS)))
def test_axes_are_a_right_handed_trihedron(azim, elev, roll):
    axes = Camera(azim=azim, elev=elev, roll=roll).axes
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1)


@pytest.mark.parametrize(
    ("azim", "elev", "toward"),
    [(0, 0, (1, 0, 0)), (90, 0, (0, 1, 0)), (0, 90, (0, 0, 1)), (180, 60, (-0.5, 0, 0.75**0.5))],
)
def test_it_looks_from_its_direction(azim, elev, toward):
    np.testing.assert_allclose(Camera(azim=azim, elev=elev).axes[2], toward, atol=1e-12)


# Pixels


@pytest.mark.parametrize(
    ("point", "pixel"),
    [
        ((0, 0, 0), (200, 100)),
        ((0, 5, 0), (250, 100)),
        ((0, 0, 10), (200, 0)),
        ((0, -20, -10), (0, 200)),
        ((1000, 0, 0), (200, 100)),
    ],
)
def test_an_orthographic_camera_maps_known_points(point, pixel):
    assert looking().project([point], SIZE) == pytest.approx(np.array([pixel]))


def test_the_center_is_in_the_middle():
    assert looking(center=(7, 8, 9), azim=33, roll=5).project([7, 8, 9], SIZE).tolist() == [[200, 100]]


def test_a_roll_of_90_degrees_turns_up_to_the_left():
    assert looking(roll=90).project([0, 0, 5], SIZE) == pytest.approx(np.array([[150, 100]]))


def test_the_side_of_the_image_does_not_change_the_scale():
    narrow, wide = (looking().project([0, 1, 0], (width, 200)) for width in (100, 1000))
    assert narrow[0, 0] - 50 == pytest.approx(wide[0, 0] - 500)


# Perspective: the eye stands 10 / tan(15 degrees) µm before the center

EYE = 10 / math.tan(math.radians(15))


def test_at_the_center_perspective_has_the_same_scale():
    points = [[0, 3, 4], [0, -6, 1]]
    in_perspective = looking(projection="perspective").project(points, SIZE)
    np.testing.assert_allclose(in_perspective, looking().project(points, SIZE))


def test_the_distance_of_a_perspective_camera_follows_from_its_opening_angle():
    assert looking(projection="perspective").eye_distance == pytest.approx(EYE)
    assert looking(projection="perspective", fov=90).eye_distance == pytest.approx(10)


def test_an_orthographic_eye_is_infinitely_far():
    assert Camera().eye_distance == math.inf


@pytest.mark.parametrize(("depth", "times"), [(EYE / 2, 2), (-EYE, 0.5), (EYE * 0.75, 4)])
def test_what_is_nearer_looks_larger(depth, times):
    pixel = looking(projection="perspective").project([depth, 1, 2], SIZE)[0]
    assert pixel == pytest.approx([200 + 10 * times, 100 - 20 * times])


@pytest.mark.parametrize("depth", [EYE, EYE + 1, 10 * EYE])
def test_points_behind_a_perspective_camera_have_no_pixel(depth):
    pixels = looking(projection="perspective").project([[depth, 1, 2], [0, 0, 0]], SIZE)
    assert np.isnan(pixels[0]).all()
    assert pixels[1].tolist() == [200, 100]


# Turning


def test_each_frame_turns_by_a_step():
    camera = Camera(azim=10, azim_step=0.5, elev=20)
    assert camera.at_frame(0) == Camera(azim=10, elev=20)
    assert camera.at_frame(3) == Camera(azim=11.5, elev=20)
