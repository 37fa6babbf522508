"""Depth of field: the lens of a camera, as geometry has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph import Camera, CameraPath
from gpu_morph.render.lens_sampling import n_lens_points
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.scene.lens import blur_diameters, focal_distance, lens_points, widest_blur

SIZE = (320, 180)
CAMERA = Camera(
    azim=-90, elev=0, center=(0, 0, 0), height=100, projection="perspective", fov=40, aperture=12, focus=(3, -30, 8)
)
EYE = np.array([0.0, -50 / np.tan(np.radians(20)), 0.0])
CELL = gm.Morphology(
    points=[[0, -20, 0], [0, 60, 0]],
    diameters=[2, 2],
    section_offsets=[0, 2],
    section_parent=[-1],
    section_parent_x=[0],
    section_labels=("soma",),
)


def test_points_of_the_lens_see_what_is_in_focus_at_its_place_and_all_else_as_rays_through_them_do() -> None:
    """A ray from a point through a point of the lens goes on to the plane of focus, where the eye sees it."""
    in_focus = np.array([[40.0, -30, 20], [-10, -30, -35]])
    elsewhere = np.array([[5.0, -60, 8], [-20, 70, 12], [0, 0, 0]])
    n = 50
    for k, point in enumerate(lens_points(CAMERA, n)):
        right, above = point.beside
        lens = EYE + np.array([right, 0, above])
        seen = replace(CAMERA, center=(right, 0, above), shift=(point.shift[0] * 180 / 320, point.shift[1]))
        np.testing.assert_allclose(seen.project(in_focus, SIZE), CAMERA.project(in_focus, SIZE), atol=1e-9)
        fractions = (-30 - lens[1]) / (elsewhere[:, 1] - lens[1])
        met = lens + fractions[:, None] * (elsewhere - lens)
        np.testing.assert_allclose(seen.project(elsewhere, SIZE), CAMERA.project(met, SIZE), atol=1e-9)
        assert np.hypot(right, above) <= 6.01, k
    reach = np.array([point.beside for point in lens_points(CAMERA, n)])
    assert np.hypot(*reach.T).max() > 5.9
    assert np.allclose(reach.mean(axis=0), 0)
    assert np.hypot(*reach.T).mean() == pytest.approx(4.0, abs=0.05)  # 2/3 of the radius: equal parts of a disc


@pytest.mark.parametrize(
    ("focus", "distance"), [(None, -EYE[1]), ((3, -30, 8), -EYE[1] - 30), (55, 55.0), (np.float32(0.5), 0.5)]
)
def test_the_focus_is_a_point_or_a_distance_and_otherwise_the_center(focus: Any, distance: float) -> None:
    camera = replace(CAMERA, focus=focus)
    assert max(focal_distance(camera), 0.02 * -EYE[1]) == pytest.approx(max(distance, 0.02 * -EYE[1]))


def test_discs_are_those_of_a_thin_lens() -> None:
    """A thin lens with a film at its image of what is in focus: 1 / f = 1 / distance + 1 / image distance."""
    focal, pixels_per_height = -EYE[1] - 30, 180
    film = 10.0  # µm behind the lens; any
    power = 1 / focal + 1 / film
    scale = pixels_per_height / (2 * film * np.tan(np.radians(20)))  # the height that the film sees
    for y in (-100.0, -60, -30, 20, 400):
        distance = y - EYE[1]
        image = 1 / (power - 1 / distance)
        expected = 12 * abs(image - film) / image * scale
        assert blur_diameters(CAMERA, np.array([[7.0, y, -4]]), SIZE)[0] == pytest.approx(expected, abs=1e-9)


def test_more_points_of_the_lens_are_for_wider_discs_that_are_seen() -> None:
    def n(**changes: Any) -> int:
        return n_lens_points(gm.Scene(CELL), [replace(CAMERA, **changes)], SIZE)

    assert n(aperture=0) == 1
    assert n(aperture=1e-3) == 16
    assert 16 < n() < n(aperture=24) <= n(aperture=1e4) == 256
    sizes = [(1920, 1080), (3840, 2160)]  # points follow the picture, not its pixels
    assert len({n_lens_points(gm.Scene(CELL), [replace(CAMERA, aperture=1)], size) for size in sizes}) == 1
    behind = np.array([[0.0, -200, 0], [3000, 0, 0]])
    assert widest_blur(CAMERA, behind, SIZE) == 0  # neither behind the eye nor beside the picture
    turning = replace(CAMERA, azim_step=1, focus=None)  # the far end comes near
    assert widest_blur(turning, CELL.points.astype(float), SIZE) > widest_blur(
        replace(turning, azim_step=0), CELL.points.astype(float), SIZE
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"projection": "orthographic"}, "needs projection='perspective'"),
        ({"aperture": -1}, "aperture must be 0 or more µm"),
        ({"aperture": float("nan")}, "aperture must be 0 or more µm"),
        ({"focus": 0}, "distance from the eye of more than 0"),
        ({"focus": (1, 2)}, "three finite coordinates"),
        ({"focus": "soma"}, "focus must be a distance"),
    ],
)
def test_a_wrong_lens_is_an_error(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(CAMERA, **changes)


def test_a_focus_behind_the_eye_is_an_error_before_anything_is_drawn() -> None:
    behind = replace(CAMERA, focus=(0, -200, 0))
    with pytest.raises(ValueError, match="focus must be in front of the eye, which is 137"):
        gm.Scene(CELL, camera=behind).fitted_camera(SIZE)
    aside = replace(CAMERA, focus=(200, 0, 0), azim_step=1)  # it is behind after a quarter of a turn
    with pytest.raises(ValueError, match="focus must be in front of the eye"):
        gm.Scene(CELL, camera=aside).fitted_camera(SIZE)
    assert gm.Scene(CELL, camera=replace(aside, azim_step=0)).fitted_camera(SIZE)


def test_a_path_changes_the_aperture_and_moves_the_focus() -> None:
    other = replace(CAMERA, aperture=0, focus=(3, 10, 8))
    half = CameraPath([(0, CAMERA), (2, other)]).at(1)
    assert (half.aperture, half.focus) == (6, (3, -10, 8))
    distances = CameraPath([(0, replace(CAMERA, focus=50)), (2, replace(CAMERA, focus=90.0))]).at(1)
    assert distances.focus == 70
    mixed = CameraPath([(0, replace(CAMERA, focus=None)), (2, replace(CAMERA, focus=100))])
    assert [focal_distance(mixed.at(reading)) for reading in (0, 1, 2)] == pytest.approx(
        [-EYE[1], (100 - EYE[1]) / 2, 100]
    )
    flat = Camera(azim=-90, elev=0, center=(0, 0, 0), height=100)
    ways = [CameraPath([(0, flat), (1, CAMERA)]).at(reading) for reading in (0, 1e-6, 0.5, 1)]
    assert [way.projection for way in ways] == ["orthographic", "orthographic", "perspective", "perspective"]
    assert [way.aperture for way in ways] == [0, 0, 6, 12]


def test_films_with_another_lens_are_other_films() -> None:
    cameras = [CAMERA, replace(CAMERA, aperture=13), replace(CAMERA, focus=None), replace(CAMERA, focus=90)]
    prints = [fingerprint(gm.Scene(CELL, camera=camera), [0.0])["camera"] for camera in cameras]
    assert len(set(prints)) == len(cameras)
    assert fingerprint(gm.Scene(CELL, camera=replace(CAMERA)), [0.0])["camera"] == prints[0]
