"""A fitted camera cuts nothing off while it turns."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.scene.camera import Camera

SIZE = (400, 200)  # pixels


def spheres(points: Any, diameters: Any) -> Morphology:
    """One section of one point each: a sphere."""
    n = len(points)
    return Morphology(points, diameters, range(n + 1), [-1] * n, [0] * n, ["soma"] * n)


def random_cell(seed: int) -> Morphology:
    random = np.random.default_rng(seed)
    stretch = random.uniform(5, 200, size=3)
    return spheres(random.normal(size=(15, 3)) * stretch + [500, -300, 50], random.uniform(0, 30, size=15))


def outline(camera: Camera, cell: Morphology, size: tuple[int, int]) -> np.ndarray:
    """Least and greatest pixel coordinates of all spheres, (2, 2), whatever the projection.

    The silhouette of a sphere is that of many points of its surface.
    """
    random = np.random.default_rng(0)
    directions = random.normal(size=(40, 3))
    directions = np.concatenate([directions, camera.axes[:2], -camera.axes[:2]])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    surface = cell.points[:, None] + cell.diameters[:, None, None] / 2 * directions
    pixels = camera.project(surface.reshape(-1, 3), size)
    assert np.isfinite(pixels).all()
    return np.stack([pixels.min(axis=0), pixels.max(axis=0)])


def turn(camera: Camera, n: int = 36) -> list[Camera]:
    return [Camera(**{**vars(camera), "azim": azim}) for azim in np.arange(n) * 360 / n]


SETTINGS = [
    {"azim": 20, "elev": elev, "roll": roll, "projection": projection}
    for elev, roll, projection in itertools.product(
        (0, 30, -75, 90, 150), (0, 90, 45, -20), ("orthographic", "perspective")
    )
]
SIZES = [(200, 200), (400, 100), (90, 320)]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: "-".join(map(str, s.values())))
def test_the_fit_of_a_turn_is_tight_and_cuts_nothing_off_at_any_azimuth(settings):
    for seed, size in enumerate(SIZES):
        cell = random_cell(seed)
        outlines = np.array([outline(c, cell, size) for c in turn(Camera(**settings, azim_step=1).fitted(cell, size))])
        assert np.all(outlines >= 0) and np.all(outlines <= size), (settings, size)
        to_the_edge = np.abs(outlines - np.array(size) / 2).max(axis=(0, 1)) / (np.array(size) / 2)
        assert to_the_edge.max() > 0.93, (settings, size)


@pytest.mark.parametrize("settings", SETTINGS[::2], ids=lambda s: "-".join(map(str, s.values())))
def test_a_still_camera_shows_the_cell_in_the_middle_as_large_as_it_can(settings):
    for seed, size in enumerate(SIZES):
        cell = random_cell(seed)
        low, high = outline(Camera(**settings).fitted(cell, size), cell, size)
        assert ((high - low) / size).max() == pytest.approx(1 / 1.05, abs=0.01)
        assert (low + high) / 2 / size == pytest.approx(np.full(2, 0.5), abs=0.01)


@pytest.mark.parametrize("fov", [1, 10, 45, 60, 90, 120])
def test_a_still_camera_of_any_opening_angle_shows_it_so(fov):
    for seed, size in enumerate(SIZES):
        cell = random_cell(seed)
        cell = replace(cell, diameters=np.zeros(cell.n_points))
        pixels = Camera(projection="perspective", azim=-40, fov=fov).fitted(cell, size).project(cell.points, size)
        low, high = pixels.min(axis=0), pixels.max(axis=0)
        assert ((high - low) / size).max() == pytest.approx(1 / 1.05, abs=0.01)
        assert (low + high) / 2 / size == pytest.approx(np.full(2, 0.5), abs=0.01)


@pytest.mark.parametrize("fov", [30, 60, 90, 150])
@pytest.mark.parametrize("tip", [[300, 0, 0], [300, 20, 10]])
@pytest.mark.parametrize("size", [(400, 300), (300, 400)])
def test_a_tip_that_points_at_the_eye_leaves_the_picture_filled(fov, tip, size):
    cell = spheres([[0, -50, 0], [0, 50, 0], [0, 0, -40], [0, 0, 40], tip], [0] * 5)
    camera = Camera(projection="perspective", azim=0, elev=0, fov=fov).fitted(cell, size)
    pixels = camera.project(cell.points, size)
    assert ((pixels.max(axis=0) - pixels.min(axis=0)) / size).max() == pytest.approx(1 / 1.05, abs=0.03)
    assert (pixels >= 0).all() and (pixels <= size).all()  # not behind the eye
    assert camera.fov <= fov
    assert camera.fitted(cell, size) == camera


@pytest.mark.parametrize("settings", SETTINGS[::5], ids=lambda s: "-".join(map(str, s.values())))
def test_a_camera_that_turns_a_little_has_room_for_that_only(settings):
    for seed, size in enumerate(SIZES):
        cell = random_cell(seed)
        still, arc, whole = (
            Camera(**settings, **turned).fitted(cell, size)
            for turned in ({}, {"azim_step": -1, "turn": -40}, {"azim_step": -1})
        )
        for frame in range(0, 41, 4):
            low, high = outline(arc.at_frame(frame), cell, size)
            assert np.all(low >= 0) and np.all(high <= size)
        assert still.height <= 1.01 * arc.height <= 1.01**2 * whole.height


def test_a_line_that_turns_out_of_the_picture_is_fitted_as_it_is_longest():
    line = spheres([[0, -50, 0], [0, 50, 0]], [0, 0])
    heights = [
        Camera(azim=azim, elev=0, azim_step=1, turn=30).fitted(line, (100, 100)).height for azim in (-15, 0, 30, 60)
    ]
    expected = [100, 100, 100 * math.cos(math.radians(30)), 50]
    assert heights == pytest.approx([1.05 * length for length in expected], rel=5e-3)  # every 10 degrees


def test_a_film_that_is_a_loop_has_room_for_any_number_of_rounds():
    cell = random_cell(1)
    heights = [Camera(azim=5, azim_step=30).over_frames(n).fitted(cell, SIZE).height for n in (11, 12, 24)]
    assert heights[1] == heights[2] == Camera(azim=5, azim_step=30).fitted(cell, SIZE).height
    assert heights[0] <= 1.01 * heights[1]


def test_a_film_says_how_far_its_camera_turns():
    assert Camera(azim=0, azim_step=-0.5).over_frames(101).turn == -50
    assert Camera(azim=0, azim_step=1).over_frames(10_001).turn == 10_000
    assert Camera(azim=0, azim_step=1, turn=90).over_frames(10).turn == 90
    assert Camera(azim=0).over_frames(101) == Camera(azim=0)


def test_the_middle_of_a_turn_is_at_mid_height():
    # A cone that stands on its tip, from above: its wide end is seen higher than its middle.
    cell = spheres([[40, 0, 100], [-40, 0, 100], [0, 0, 0]], [0, 0, 0])
    fitted = Camera(elev=40, azim_step=1).fitted(cell, (200, 200))
    outlines = np.array([fitted.at_frame(k).project(cell.points, (200, 200))[:, 1] for k in range(0, 360, 5)])
    assert outlines.min() + outlines.max() == pytest.approx(200, abs=2)


@pytest.mark.parametrize("fov", [10, 60, 120])
def test_a_wide_angle_cuts_nothing_off_either(fov):
    cell = random_cell(3)
    for camera in turn(Camera(projection="perspective", azim=0, azim_step=1, fov=fov).fitted(cell, SIZE)):
        low, high = outline(camera, cell, SIZE)
        assert np.all(low >= 0) and np.all(high <= SIZE)


def test_radii_are_fitted_too():
    camera = Camera(elev=0).fitted(spheres([[0, 0, 0]], [100]), (200, 200))
    assert camera.height == pytest.approx(105)


def test_a_wide_cell_in_a_narrow_image_is_fitted_to_its_width():
    cell = spheres([[0, -50, 0], [0, 50, 0]], [0, 0])
    assert Camera(elev=0).fitted(cell, (100, 400)).height == pytest.approx(420)


def test_the_middle_of_the_bounds_is_looked_at():
    camera = Camera(elev=0).fitted(spheres([[0, 0, 0], [10, 20, 30]], [0, 20]), SIZE)
    assert camera.center == (10, 15, 20)


def test_a_given_center_stays_and_everything_still_fits():
    cell = random_cell(4)
    fitted = Camera(center=(400, -300, 0)).fitted(cell, SIZE)
    assert fitted.center == (400, -300, 0)
    low, high = outline(fitted, cell, SIZE)
    assert np.all(low >= 0) and np.all(high <= SIZE)


def test_a_given_height_stays():
    assert Camera(height=12.5).fitted(random_cell(0), SIZE).height == 12.5


def test_fitting_keeps_everything_else():
    camera = Camera(azim=1, elev=2, roll=3, projection="perspective", azim_step=4, fov=5)
    fitted = camera.fitted(random_cell(0), SIZE)
    assert (fitted.azim, fitted.elev, fitted.roll, fitted.azim_step, fitted.fov) == (1, 2, 3, 4, 5)
    assert fitted.projection == "perspective"


def test_the_fit_of_a_whole_turn_does_not_depend_on_the_azimuth():
    cell = random_cell(0)
    heights = [Camera(azim=azim, azim_step=1).fitted(cell, SIZE).height for azim in (0, 77)]
    assert heights[0] == heights[1]


def test_a_point_without_width_has_a_picture():
    fitted = Camera().fitted(spheres([[1, 2, 3]], [0]), SIZE)
    assert fitted.height is not None and fitted.height > 0
    assert fitted.project([1, 2, 3], SIZE).tolist() == [[200, 100]]


def test_the_fit_holds_for_a_neurite_wider_than_the_soma_it_leaves() -> None:
    cell = Morphology([[0, 0, 0], [20, 0, 0], [30, 0, 0]], [0, 30, 1], [0, 1, 3], [-1, 0], [0, 0.5], ("soma", "dend"))
    camera = Camera(azim=-70, elev=60).fitted(cell, (300, 200))
    radius = 15 * 200 / camera.height  # of the link, at the soma's centre
    x, y = camera.project([[0, 0, 0]], (300, 200))[0]
    assert min(x, 300 - x) > radius
    assert min(y, 200 - y) > radius
