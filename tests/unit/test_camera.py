"""The camera stands where matplotlib's mplot3d puts it, and cuts nothing off while it turns."""

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
ELEVATIONS = (0, 30, -60, 89.9, 120, 200, 271, -100)
ROLLS = (0, 25, -140)


def spheres(points: Any, diameters: Any) -> Morphology:
    """One section of one point each: a sphere."""
    n = len(points)
    return Morphology(points, diameters, range(n + 1), [-1] * n, [0] * n, ["soma"] * n)


def random_cell(seed: int) -> Morphology:
    random = np.random.default_rng(seed)
    stretch = random.uniform(5, 200, size=3)
    return spheres(random.normal(size=(15, 3)) * stretch + [500, -300, 50], random.uniform(0, 30, size=15))


def looking(**changes: Any) -> Camera:
    """From the front, level, at the origin; 20 µm are as high as the image, and a pixel is 0.1 µm."""
    return Camera(**{"elev": 0, "center": (0, 0, 0), "height": 20} | changes)


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


def turn(camera: Camera, n: int = 24) -> list[Camera]:
    return [Camera(**{**vars(camera), "azim": azim}) for azim in np.arange(n) * 360 / n]


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


# Fitting

SETTINGS = [
    {"azim": 20, "elev": elev, "roll": roll, "projection": projection}
    for elev, roll, projection in itertools.product(
        (0, 30, -75, 90, 150), (0, 90, 45, -20), ("orthographic", "perspective")
    )
]
SIZES = [(200, 200), (400, 100), (90, 320)]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: "-".join(map(str, s.values())))
def test_nothing_is_cut_off_at_any_azimuth(settings):
    for size, seed in itertools.product(SIZES, range(2)):
        cell = random_cell(seed)
        for camera in turn(Camera(**settings, azim_step=1).fitted(cell, size)):
            low, high = outline(camera, cell, size)
            assert np.all(low >= 0) and np.all(high <= size), (camera, size)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: "-".join(map(str, s.values())))
def test_the_fit_of_a_turn_is_tight(settings):
    for size, seed in itertools.product(SIZES, range(2)):
        cell = random_cell(seed)
        fitted = Camera(**settings, azim_step=1).fitted(cell, size)
        outlines = np.array([outline(c, cell, size) for c in turn(fitted, n=36)])
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


# Errors


@pytest.mark.parametrize("name", ["azim", "elev", "roll", "azim_step", "fov"])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_angles_must_be_finite(name, bad):
    with pytest.raises(ValueError, match=f"{name} must be finite degrees, got {bad}"):
        Camera(**{name: bad})


@pytest.mark.parametrize("fov", [0, -30, 170, 360])
def test_a_camera_opens_by_less_than_170_degrees(fov):
    with pytest.raises(ValueError, match=f"fov must lie between 0 and 170 degrees, got {fov}"):
        Camera(fov=fov)


def test_there_are_two_projections():
    with pytest.raises(ValueError, match="projection must be 'orthographic' or 'perspective', got 'ortho'"):
        Camera(projection="ortho")  # type: ignore[arg-type]


@pytest.mark.parametrize("height", [0, -1, math.nan, math.inf])
def test_a_height_is_positive(height):
    with pytest.raises(ValueError, match=f"height must be positive µm or None, got {height}"):
        Camera(height=height)


@pytest.mark.parametrize("center", [(0, 0), (0, 0, math.nan), (1, 2, 3, 4)])
def test_a_center_has_three_coordinates(center):
    with pytest.raises(ValueError, match="center must be three finite coordinates in µm, got "):
        Camera(center=center)


def test_a_center_may_be_an_array():
    assert Camera(center=np.array([1, 2, 3])).center == (1, 2, 3)  # type: ignore[arg-type]


def test_an_unfitted_camera_says_how_to_fit_it():
    with pytest.raises(ValueError, match=r"this camera has no center: use scene\.fitted_camera\(size\)"):
        Camera(azim=0, height=1).project([0, 0, 0], SIZE)
    with pytest.raises(ValueError, match=r"this camera has no height: use scene\.fitted_camera\(size\)"):
        Camera(azim=0, center=(0, 0, 0)).project([0, 0, 0], SIZE)
    with pytest.raises(ValueError, match="this camera has no height"):
        _ = Camera(projection="perspective").eye_distance
    with pytest.raises(ValueError, match=r"this camera has no azim and elev: use scene\.fitted_camera\(size\)"):
        Camera(center=(0, 0, 0), height=1).project([0, 0, 0], SIZE)
    with pytest.raises(ValueError, match=r"this camera has up='apical': use scene\.fitted_camera\(size\)"):
        Camera(azim=0, up="apical", center=(0, 0, 0), height=1).project([0, 0, 0], SIZE)


def test_the_fit_holds_for_a_neurite_wider_than_the_soma_it_leaves() -> None:
    cell = Morphology([[0, 0, 0], [20, 0, 0], [30, 0, 0]], [0, 30, 1], [0, 1, 3], [-1, 0], [0, 0.5], ("soma", "dend"))
    camera = Camera(azim=-70, elev=60).fitted(cell, (300, 200))
    radius = 15 * 200 / camera.height  # of the link, at the soma's centre
    x, y = camera.project([[0, 0, 0]], (300, 200))[0]
    assert min(x, 300 - x) > radius
    assert min(y, 200 - y) > radius


# What a pixel spans


def _pole(y: float) -> Morphology:
    """A thin line along z, away from the axis of the turn."""
    return Morphology([[0, y, -50], [0, y, 50]], [0, 0], [0, 2], [-1], [0], ("dend",))


@pytest.mark.parametrize("y", [-400.0, 0.0, 300.0])
def test_a_pixel_is_smaller_near_a_static_perspective_camera(y):
    camera = Camera(azim=-90, elev=0, projection="perspective", center=(0, 0, 0), height=1000.0)  # the eye is at -y
    expected = 10 * (1 + y / camera.eye_distance)
    assert camera.nearest_pixel(_pole(y), (100, 100)) == pytest.approx(expected, rel=1e-6)


def test_for_a_camera_that_turns_the_nearest_part_of_the_turn_counts():
    camera = Camera(azim=-90, elev=0, projection="perspective", center=(0, 0, 0), height=1000.0, azim_step=1.0)
    spans = [camera.nearest_pixel(_pole(y), (100, 100)) for y in (-300.0, 300.0)]
    assert spans[0] == pytest.approx(spans[1]) == pytest.approx(10 * (1 - 300 / camera.eye_distance), rel=1e-6)


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_a_camera_knows_what_it_cannot_see(projection):
    camera = Camera(azim=-90, elev=0, projection=projection, center=(0, 0, 0), height=100.0)  # x to the right
    for x, is_seen in ((0, True), (49, True), (53, True), (70, False), (-70, False)):
        line = Morphology([[x, 0, -10], [x, 0, 10]], [0, 0], [0, 2], [-1], [0], ("dend",))
        assert camera.sees(line, (100, 100), margin=5) is is_seen
        assert replace(camera, azim_step=1.0).sees(line, (100, 100))
    behind = Morphology([[0, -1000, 0], [0, -900, 0]], [0, 0], [0, 2], [-1], [0], ("dend",))
    assert camera.sees(behind, (100, 100))  # the eye is among it, or it is not to be told
