"""Camera paths: what lies between keyframes, and that nothing tumbles, jumps or leaves the picture."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph import Camera, CameraPath

CELL = gm.Morphology(
    points=[[0, 0, 0], [0, 0, 20], [0, 0, 20], [100, 30, 300], [0, 0, 0], [-90, 40, -60]],
    diameters=[20, 20, 4, 2, 3, 1],
    section_offsets=[0, 2, 4, 6],
    section_parent=[-1, 0, 0],
    section_parent_x=[0, 1, 0],
    section_labels=("soma", "apic", "dend"),
)
SIZE = (320, 180)
FIXED = Camera(azim=-90, elev=10, center=(0, 0, 0), height=400)
NEAR = replace(FIXED, azim=20, elev=-30, center=(0, 0, 10), height=40, roll=15)
READINGS = np.linspace(-0.5, 4.5, 101)


def path(*cameras: Camera, **options: Any) -> CameraPath:
    return CameraPath([(4.0 * k / (len(cameras) - 1), camera) for k, camera in enumerate(cameras)], **options)


def along(moving: CameraPath, readings: Any = READINGS) -> list[Camera]:
    return [moving.at(reading) for reading in readings]


def test_it_is_at_its_keyframes_and_stands_still_before_and_after_them() -> None:
    moving = path(FIXED, NEAR, hold=0.5)
    assert [moving.at(reading) for reading in (-9, 0, 0.5)] == [FIXED] * 3
    assert [moving.at(reading) for reading in (4, 99)] == [NEAR] * 2
    assert moving.stop == 4.5
    assert CameraPath([(1, FIXED)]).at(7) == FIXED


def test_heights_change_by_equal_factors_and_the_point_in_common_stays() -> None:
    moving = path(FIXED, NEAR, easing="linear")
    heights = np.array([camera.height for camera in along(moving, np.linspace(0, 4, 9))])
    np.testing.assert_allclose(heights[1:] / heights[:-1], 0.1 ** (1 / 8))
    flat = path(FIXED, replace(FIXED, center=(30, 0, 40), height=100))
    common = np.array([40, 0, 160 / 3])  # (c - a) / 400 is (c - b) / 100
    seen = np.stack([camera.project(common, SIZE)[0] for camera in along(flat)])
    assert np.ptp(seen, axis=0).max() < 1e-9


def test_equal_heights_move_the_center_evenly() -> None:
    moving = path(FIXED, replace(FIXED, center=(8, 4, 0)), easing="linear")
    assert moving.at(1).center == pytest.approx((2, 1, 0))


@pytest.mark.parametrize(
    "last",
    [NEAR, replace(NEAR, up="y"), replace(NEAR, up=(0.3, 0.2, 1)), replace(NEAR, projection="perspective")],
    ids=["turned", "another axis", "another direction", "in perspective"],
)
def test_smooth_paths_have_no_jerks(last: Camera) -> None:
    moving, step = path(FIXED, last), READINGS[1] - READINGS[0]
    cameras = along(moving)
    toward = np.stack([camera.axes[2] for camera in cameras])
    angles = np.arccos(np.clip((toward[1:] * toward[:-1]).sum(axis=1), -1, 1))
    whole = np.arccos(np.clip(toward[0] @ toward[-1], -1, 1))
    # Of the easing: the greatest speed is 1.875 / duration, the greatest acceleration 5.78 / duration².
    assert angles.max() < 2 * max(whole, 2) * 1.875 * step / 4
    assert np.abs(np.diff(angles)).max() < 2 * max(whole, 2) * 5.78 * step**2 / 16
    heights = np.log([camera.height for camera in cameras])
    assert np.abs(np.diff(heights, 2)).max() <= 1.01 * np.log(10) * 5.78 * step**2 / 16


@pytest.mark.parametrize("elev", [(20, -20), (80, 0), (90, 0)])
@pytest.mark.parametrize("azim", [180, 120])
def test_opposite_directions_do_not_tumble(azim: float, elev: tuple[float, float]) -> None:
    first, last = replace(FIXED, azim=0, elev=elev[0]), replace(FIXED, azim=azim, elev=elev[1])
    for camera in along(path(first, last)):
        assert camera.roll == 0  # the horizon is level: what is up is up on screen
        assert camera.axes[1] @ (0, 0, 1) >= -1e-9
        assert abs(camera.axes[0][2]) < 1e-9


def test_it_turns_the_shorter_way_and_half_a_turn_by_its_sign() -> None:
    for first, last, middle in ((350, 10, 360), (10, 350, 0), (0, 180, 90), (0, -180, -90), (0, 720, 0)):
        moving = path(replace(FIXED, azim=first), replace(FIXED, azim=last))
        assert moving.at(2).angles[0] == pytest.approx(middle)


def test_cameras_with_another_up_turn_by_one_rotation() -> None:
    first, last = replace(FIXED, azim=10, elev=20), replace(FIXED, azim=-100, elev=50, up="x", roll=30)
    moving = path(first, last, easing="linear")
    cameras = along(moving, np.arange(0, 4.1, 0.5))
    relative = [b.axes.T @ a.axes for a, b in pairwise(cameras)]
    for other in relative[1:]:
        np.testing.assert_allclose(other, relative[0], atol=1e-9)
    np.testing.assert_allclose(moving.at(3.9999999).axes, last.axes, atol=1e-6)


def test_half_a_turn_between_other_ups_is_a_rotation_too() -> None:
    upside_down = replace(FIXED, azim=-90, elev=-10, up=(0, 0, -1))
    for camera in along(path(FIXED, upside_down)):
        np.testing.assert_allclose(camera.axes @ camera.axes.T, np.eye(3), atol=1e-9)


def test_the_eye_comes_nearer_from_infinity() -> None:
    moving = path(FIXED, replace(FIXED, projection="perspective", fov=60), easing="linear")
    assert moving.at(0).projection == "orthographic"
    slopes = [np.tan(np.radians(moving.at(reading).fov) / 2) for reading in (1, 2, 3)]
    np.testing.assert_allclose(slopes, np.tan(np.radians(30)) * np.array([0.25, 0.5, 0.75]))
    assert moving.at(1e-9).projection == "orthographic"


def test_turn_and_azim_step_come_on_top() -> None:
    moving = path(FIXED, NEAR, turn=360, easing="linear")
    assert moving.at(2).angles[0] == pytest.approx(-90 + 55 + 180)
    stepping = path(replace(FIXED, azim_step=2), replace(NEAR, azim_step=2), easing="linear")
    assert stepping.at(2, frame=7).angles[0] == pytest.approx(-90 + 55 + 14)
    assert stepping.at(2, frame=7).azim_step == 0


def test_fits_are_resolved_for_each_camera_and_its_sections() -> None:
    scene = gm.Scene(CELL, camera=CameraPath([(0, Camera()), (4, Camera(azim=30), [0])]), annotations=[gm.ScaleBar()])
    fitted = scene.fitted_camera(SIZE)
    assert fitted.cameras[0] == gm.Scene(CELL, annotations=[gm.ScaleBar()]).fitted_camera(SIZE)
    soma = gm.select_sections(CELL, sections=0)[0]
    alone = Camera(azim=30).fitted(soma, SIZE, scene.layout(SIZE).areas)
    assert fitted.cameras[1] == alone
    with pytest.raises(ValueError, match="has no direction, center or height yet"):
        scene.camera.at(2)


def test_the_part_that_it_flies_to_is_in_the_picture_on_every_frame() -> None:
    for options in ({}, {"camera": Camera(azim=170, elev=60)}, {"camera": Camera(projection="perspective")}):
        moving = gm.fly_to(CELL, label="soma", **options)
        scene = gm.Scene(CELL, camera=moving)
        for camera in along(scene.fitted_camera(SIZE)):
            x, y = camera.project([(0, 0, 0), (0, 0, 10), (0, 0, 20)], SIZE).T
            assert x.min() > 0
            assert x.max() < SIZE[0]
            assert y.min() > 0
            assert y.max() < SIZE[1]
    assert moving.keyframes[1].sections == (0,)


def test_fly_to_takes_sections_cells_and_labels_from_where_the_camera_is() -> None:
    two = gm.join_morphologies([CELL, CELL], translations=[(0, 0, 0), (500, 0, 0)])
    scene = gm.Scene(two, camera=FIXED)
    assert gm.fly_to(scene, cell=1).keyframes[1].sections == (3, 4, 5)
    assert gm.fly_to(scene, cell=1, label="soma").keyframes[1].sections == (3,)
    assert gm.fly_to(scene, section=[5, 4]).keyframes[1].sections == (4, 5)
    assert gm.fly_to(scene, cell=0).cameras[0] == FIXED
    on = replace(scene, camera=gm.fly_to(scene, cell=0))
    assert gm.fly_to(on, cell=1).cameras[0] == on.camera.cameras[1]
    with pytest.raises(ValueError, match="give the part to fly to"):
        gm.fly_to(scene)
    with pytest.raises(gm.errors.MorphologyError, match="there is no cell 7"):
        gm.fly_to(scene, cell=7)


def test_an_orbit_is_a_whole_turn_in_which_the_cell_fits() -> None:
    scene = gm.Scene(CELL, camera=gm.orbit(Camera(azim=40, elev=10), seconds=6))
    fitted = scene.fitted_camera(SIZE)
    assert fitted.at(0).axes == pytest.approx(fitted.at(6).axes)
    azims = np.unwrap([camera.angles[0] for camera in along(fitted, np.linspace(0, 6, 61))], period=360)
    np.testing.assert_allclose(np.diff(azims), 6)
    corners = [camera.project(CELL.points, SIZE) for camera in along(fitted, np.linspace(0, 6, 25))]
    assert np.min(corners) > 0
    assert (np.max(corners, axis=(0, 1)) < SIZE).all()


def test_a_followed_place_is_in_the_middle_and_moves_without_jerks() -> None:
    places = [(0, (0, 0, 0)), (2, (10, 0, 0)), (4, (10, 10, 0)), (8, (0, 10, 5))]
    moving = gm.follow(places, height=50, camera=Camera(azim=30))
    assert moving.clock == "simulation"
    for reading, place in places:
        assert moving.at(reading).center == pytest.approx(place)
    centers = np.array([moving.at(reading).center for reading in np.linspace(0, 8, 161)])
    assert np.linalg.norm(np.diff(centers, 2, axis=0), axis=1).max() < 0.15  # µm; a corner would have 0.35
    long = np.array([moving.at(reading).center for reading in np.linspace(4, 8, 401)])  # frames between two places
    steps = np.linalg.norm(np.diff(long, axis=0), axis=1)
    assert np.abs(np.diff(steps)).max() < 0.05 * steps.max()  # the curve is not made of a few straight pieces


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (Camera(azim=0, elev=0), Camera(azim=20, elev=90)),
        (Camera(azim=-90, elev=-90), Camera(azim=40, elev=10)),
        (Camera(azim=0, elev=0), Camera(azim=0, elev=0, up="y")),
        (Camera(azim=0, elev=0), Camera(azim=150, elev=85, projection="perspective", fov=80)),
    ],
    ids=["to the top", "from below", "another up", "into perspective"],
)
@pytest.mark.parametrize("turn", [0, 180])
def test_what_both_pictures_show_is_not_cut_on_the_way(first: Camera, last: Camera, turn: float) -> None:
    thin = gm.Morphology([[-30, 0, -300], [30, 0, 300]], [4, 4], [0, 2], [-1], [0], ("dend",))
    if turn and first.up != last.up:
        return
    moving = gm.Scene(thin, camera=CameraPath([(0, first), (4, last)], turn=turn)).fitted_camera(SIZE)
    cameras = along(moving)
    for camera in cameras:
        x, y = camera.project(thin.points, SIZE).T
        assert -0.5 < x.min() <= x.max() < SIZE[0] + 0.5
        assert -0.5 < y.min() <= y.max() < SIZE[1] + 0.5
    heights = np.log([camera.height for camera in cameras])
    assert np.abs(np.diff(heights, 2)).max() < 0.04  # without jerks
    ends = [gm.Scene(thin, camera=moving.turning(one)).fitted_camera(SIZE) for one in (first, last)]
    assert [camera.height for camera in ends] == pytest.approx([moving.at(0).height, moving.at(4).height])


def test_heights_that_were_given_are_kept() -> None:
    moving = CameraPath([(0, replace(FIXED, elev=0)), (4, replace(FIXED, elev=90))])
    fitted = gm.Scene(CELL, camera=moving).fitted_camera(SIZE)
    assert {camera.height for camera in along(fitted)} == {400}


def test_wrong_paths_say_what_is_wrong() -> None:
    for keyframes, kind, message in (
        (5, TypeError, "keyframes must be"),
        ([], ValueError, "got none"),
        ([(0, "front")], TypeError, "keyframes must be"),
        ([(0, FIXED), (0, NEAR)], ValueError, "rising readings in seconds"),
        ([(0, FIXED), (1, NEAR, [-1])], ValueError, "numbers of sections"),
        ([(0, FIXED), (1, replace(NEAR, azim_step=1))], ValueError, "the same azim_step"),
    ):
        with pytest.raises(kind, match=message):
            CameraPath(keyframes)
    with pytest.raises(ValueError, match="hold must leave time to move between keyframes 1 ms apart, got 1"):
        CameraPath([(0, FIXED), (1, NEAR)], hold=1, clock="simulation")
    with pytest.raises(ValueError, match="turn and azim_step turn the camera about up"):
        path(FIXED, replace(NEAR, up="x"), turn=90).at(1)
    with pytest.raises(gm.errors.SceneError, match="names section 9; the morphology has 0 to 2"):
        gm.Scene(CELL, camera=CameraPath([(0, FIXED), (1, NEAR, 9)]))
    with pytest.raises(TypeError, match="camera must be a Camera or a CameraPath, got str"):
        gm.Scene(CELL, camera="front")


def test_it_is_pickled_and_compared_by_its_fields() -> None:
    moving = path(FIXED, NEAR, turn=10)
    _ = moving.at(1)
    again = pickle.loads(pickle.dumps(moving))
    assert again == moving
    assert again.at(1.3) == moving.at(1.3)
