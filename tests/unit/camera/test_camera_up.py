"""Cells stand upright by default, and a camera turns about what is up."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.scene.camera import Camera

SIZE = (400, 200)
TILTED = np.array([0.1, -0.9, 0.2]) / np.linalg.norm([0.1, -0.9, 0.2])


def cell(*ends: Any, labels: Any = None, **more: Any) -> gm.Morphology:
    """A soma at the origin, and straight dendrites that end at points."""
    n = len(ends)
    points = [[0, 0, 0], *(point for end in ends for point in ([0, 0, 0], end))]
    return gm.Morphology(
        points=points,
        diameters=[10] + [1] * 2 * n,
        section_offsets=[0, *range(1, 2 * n + 2, 2)],
        section_parent=[-1] + [0] * n,
        section_parent_x=[0.5] * (n + 1),
        section_labels=("soma", *(labels or ["dend"] * n)),
        **more,
    )


DEEP = cell((50, 0, 0), (0, 30, 0), (0, 0, 90))  # neither labelled nor flat


def seen(camera: Camera, morphology: gm.Morphology) -> Camera:
    return gm.Scene(morphology, camera=camera).fitted_camera(SIZE)


# What is up


def test_the_apical_dendrite_points_up():
    apical = cell(100 * TILTED, (30, 0, 0), labels=["apic", "dend"], up="y")
    camera = seen(Camera(), apical)
    np.testing.assert_allclose(camera.axes[1], TILTED, atol=1e-6)
    (x, y), (far_x, far_y) = camera.project([[0, 0, 0], 100 * TILTED], SIZE)
    assert far_x == pytest.approx(x) and far_y < y - 100
    assert camera.elev == 0


@pytest.mark.parametrize("label", ["apical", "ApicalDendrite", "apic"])
def test_labels_of_apical_dendrites_have_any_spelling(label):
    np.testing.assert_allclose(seen(Camera(up="apical"), cell(TILTED, labels=[label])).axes[1], TILTED, atol=1e-6)


def test_the_axis_of_the_source_points_up_where_nothing_is_labelled_apical():
    for axis, up in zip("xyz", np.eye(3), strict=True):
        np.testing.assert_allclose(seen(Camera(), replace(DEEP, up=axis)).axes[1], up, atol=1e-12)


def test_files_in_swc_have_y_up(tmp_path):
    path = tmp_path / "cell.swc"
    path.write_text("1 1 0 0 0 5 -1\n2 3 0 40 0 1 1\n3 3 60 0 0 1 1\n4 3 0 0 90 1 1\n")
    morphology = gm.read_morphology(path)
    assert morphology.up == "y"
    np.testing.assert_allclose(seen(Camera(azim_step=1), morphology).axes[1], [0, 1, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("ends", "up"),
    [
        ([(50, 0, 0), (0, 30, 0)], 1),
        ([(50, 0, 0)], 1),
        ([(0, 0, 50)], 2),
        ([(50, 0, 0), (0, 0, 30)], 2),
        ([(50, 0, 0), (0, 30, 0), (0, 0, 90)], 2),
    ],
)
def test_cells_in_a_plane_of_constant_z_have_y_up(ends, up):
    flat = cell(*ends)
    assert seen(Camera(), flat).axes[1] == pytest.approx(np.eye(3)[up])
    circuit = gm.join_morphologies([flat, flat], translations=[(0, 0, 0), (20, 30, 400)])
    assert seen(Camera(), circuit).axes[1] == pytest.approx(np.eye(3)[up])


def test_points_without_neurites_have_z_up():
    somata = gm.Morphology([[0, 0, 0], [90, 50, 0]], [5, 5], [0, 1, 2], [-1, -1], [0, 0], ["soma"] * 2, [0, 1])
    assert seen(Camera(), somata).axes[1] == pytest.approx(np.array([0, 0, 1]))


def test_a_circuits_cells_point_up_together():
    apical = cell((0, 100, 0), (30, 0, 0), labels=["apic", "dend"])
    tilts = np.radians([-20, 0, 20])
    rotations = [[[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1]] for a in tilts]
    circuit = gm.join_morphologies([apical] * 3, rotations=rotations, translations=[(0, 0, 0), (99, 0, 9), (0, 99, 5)])
    assert seen(Camera(), circuit).axes[1] == pytest.approx(np.array([0, 1, 0]), abs=1e-6)


def test_cells_that_point_to_all_sides_have_no_direction_in_common():
    apical = cell((0, 100, 0), (0, 0, 40), labels=["apic", "dend"])
    upside_down = np.diag([1.0, -1.0, -1.0])
    circuit = gm.join_morphologies([apical] * 2, rotations=[np.eye(3), upside_down])
    assert seen(Camera(), circuit).axes[1] == pytest.approx(np.array([0, 0, 1]))
    with pytest.raises(gm.errors.SceneError, match="up='apical' needs a soma and sections labelled 'apic'"):
        seen(Camera(up="apical"), circuit)


def test_what_is_labelled_otherwise_is_named():
    with pytest.raises(gm.errors.SceneError, match=r"there are \('soma', 'dend'\): give up='auto', an axis or"):
        gm.Scene(DEEP, camera=Camera(up="apical"))


def test_circuits_keep_the_axis_that_rotations_leave_upright():
    swc = replace(DEEP, up="y")
    about_y = [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]
    about_z = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    assert gm.join_morphologies([swc, swc], rotations=[np.eye(3), about_y]).up == "y"
    assert gm.join_morphologies([swc, swc], rotations=[np.eye(3), about_z]).up is None
    assert gm.join_morphologies([swc, DEEP]).up is None
    assert gm.select_sections(swc, labels="dend")[0].up == "y"


def test_a_camera_with_angles_keeps_z_up():
    apical = cell((0, 100, 0), labels=["apic"], up="y")
    for angles in ({"azim": 20}, {"elev": 10}, {"azim": 0, "elev": 0}):
        camera = seen(Camera(**angles), apical)
        assert camera.up == "z"
        assert (camera.azim, camera.elev) == (angles.get("azim", 0), angles.get("elev", 30))


@pytest.mark.parametrize("bad", ["w", "Y", (0, 0), (0, 0, 0), (0, math.nan, 1), 3])
def test_up_is_a_word_or_a_direction(bad):
    with pytest.raises(ValueError, match="up must be "):
        Camera(up=bad)


def test_morphologies_name_an_axis():
    with pytest.raises(gm.errors.MorphologyError, match="up must be 'x', 'y', 'z' or None, got 'up'"):
        replace(DEEP, up="up")


# Azimuth and elevation count from it


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_pictures_are_those_of_mplot3d_with_that_vertical_axis(axis):
    figure_module = pytest.importorskip("matplotlib.figure")
    proj3d = pytest.importorskip("mpl_toolkits.mplot3d.proj3d")
    points = np.random.default_rng(0).uniform(-1, 1, size=(20, 3))
    axes = figure_module.Figure(figsize=(4, 4)).add_subplot(projection="3d", proj_type="ortho")
    axes.set_box_aspect((1, 1, 1))
    axes.set(xlim=(-1, 1), ylim=(-1, 1), zlim=(-1, 1))
    for azim, elev, roll in itertools.product((0, 37, -120), (0, 30, -75), (0, 25)):
        axes.view_init(elev=elev, azim=azim, roll=roll, vertical_axis=axis)
        theirs = np.stack(proj3d.proj_transform(*points.T, axes.get_proj())[:2], axis=1)
        camera = Camera(azim=azim, elev=elev, roll=roll, up=axis, center=(0, 0, 0), height=20)
        ours = camera.view_coordinates(points)[:, :2]
        theirs, ours = theirs - theirs.mean(axis=0), ours - ours.mean(axis=0)
        np.testing.assert_allclose(ours, theirs * np.linalg.norm(ours) / np.linalg.norm(theirs), atol=1e-6)


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_an_axis_is_the_direction_that_it_has(axis):
    direction = 7 * np.eye(3)["xyz".index(axis)]
    np.testing.assert_array_equal(Camera(azim=33, elev=21, up=axis).axes, Camera(azim=33, elev=21, up=direction).axes)


@pytest.mark.parametrize("up", [(0, -1, 0), (1, 2, 3), (-1, 0.1, 0), TILTED])
def test_any_direction_is_up(up):
    camera = Camera(azim=20, elev=0, up=up)
    np.testing.assert_allclose(camera.axes[1], np.array(up) / np.linalg.norm(up), atol=1e-12)
    np.testing.assert_allclose(camera.axes @ camera.axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.axes) == pytest.approx(1)


def test_a_camera_turns_about_what_is_up():
    camera = Camera(azim=0, elev=20, up=(1, 2, 3), azim_step=30, center=(0, 0, 0), height=100)
    pixels = [camera.at_frame(k).project([[10, 20, 30]], SIZE)[0] for k in range(12)]
    assert pixels == pytest.approx(np.tile(pixels[0], (12, 1)))
    assert camera.at_frame(3).axes[2] @ camera.axes[2] == pytest.approx(math.sin(math.radians(20)) ** 2)


def test_the_nearest_part_of_a_turn_is_that_about_what_is_up():
    line = gm.Morphology([[30, -50, 0], [30, 50, 0]], [0, 0], [0, 2], [-1], [0], ["dend"])  # along y, 30 µm beside it
    camera = Camera(azim=180, elev=0, up="y", azim_step=1, projection="perspective", center=(0, 0, 0), height=1000)
    assert camera.nearest_pixel(line, (100, 100)) == pytest.approx(10 * (1 - 30 / camera.eye_distance), rel=1e-6)


# The side that shows the most


@pytest.mark.parametrize("angle", [-80, -45, -10, 0, 25, 60, 90])
@pytest.mark.parametrize("up", ["x", "y", "z"])
def test_a_flat_cell_is_seen_from_the_front(angle, up):
    first, second, upwards = Camera(azim=0, elev=0, up=up).reference
    along = math.cos(math.radians(angle)) * second + math.sin(math.radians(angle)) * first
    flat = cell(100 * along, -60 * along, 50 * upwards)
    camera = seen(Camera(up=up), flat)
    assert abs(camera.axes[2] @ along) < 1e-5
    np.testing.assert_allclose(camera.axes[1], upwards, atol=1e-12)


def test_of_both_sides_the_one_with_x_to_the_right_is_shown():
    assert seen(Camera(), replace(cell((80, 0, 0), (0, 50, 0)), up="y")).axes[0] == pytest.approx(np.array([1, 0, 0]))
    assert seen(Camera(), cell((80, 0, 0), (0, 0, 50))).axes[0] == pytest.approx(np.array([1, 0, 0]))


@pytest.mark.parametrize("up", ["y", "z"])
def test_a_round_cell_is_seen_with_x_to_the_right(up):
    ends = [(a, b, c) for a, b, c in itertools.product((-50, 50), repeat=3)]
    camera = seen(Camera(up=up), cell(*ends))
    assert camera.axes[0] == pytest.approx(np.array([1, 0, 0]), abs=1e-6)
    assert (camera.azim, camera.elev) == pytest.approx((0 if up == "y" else -90, 0))


def test_long_neurites_count_more_than_many_points():
    bushy = cell(*[(1, 0, 20)] * 30, (0, 200, 10))  # 30 short ones along x, a long one along y
    assert seen(Camera(up="z"), bushy).axes[0] == pytest.approx(np.array([0, 1, 0]), abs=0.02)


# Films and pieces agree


def test_a_fitted_camera_stays_as_it_is():
    scene = gm.Scene(cell((0, 100, 0), (30, 0, 9), labels=["apic", "dend"]), camera=Camera(azim_step=1))
    fitted = scene.fitted_camera(SIZE)
    assert replace(scene, camera=fitted).fitted_camera(SIZE) == fitted


def test_a_part_of_a_circuit_is_seen_as_the_whole():
    apical = cell((0, 100, 0), (30, 0, 9), labels=["apic", "dend"])
    circuit = gm.join_morphologies([apical, apical], translations=[(0, 0, 0), (300, 0, 0)])
    camera = seen(Camera(), circuit)
    part = gm.Scene(gm.select_sections(circuit, cells=[1])[0], camera=camera).fitted_camera(SIZE)
    np.testing.assert_array_equal(part.project([[1, 2, 3]], SIZE), camera.project([[1, 2, 3]], SIZE))
