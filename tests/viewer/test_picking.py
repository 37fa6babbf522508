"""Picking against known geometry: the tube in front, its position, and the distance to the soma."""

from __future__ import annotations

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.viewer.picking import Pick, Picker
from gpu_morph.viewer.projection import projected
from gpu_morph.viewer.readout import SiteReader
from gpu_morph.viewer.surface_picking import SurfacePicker

SIZE = (200, 200)
CAMERA = gm.Camera(azim=-90, elev=0, center=(0, 0, 0), height=200.0)  # x to the right, z upwards, seen from -y

# A soma of 20 µm, a dendrite from it along x, one in front of it along z, and a link of 10 µm to a third.
MORPHOLOGY = gm.Morphology(
    [
        [0, 0, 0],
        [10, 0, 0],
        [30, 0, 0],
        [90, 0, 0],
        [50, -20, -60],
        [50, -20, 60],
        [-10, 0, 0],
        [-20, 0, 0],
        [-60, 0, 0],
    ],
    [20, 4, 4, 4, 10, 10, 20, 6, 6],
    [0, 1, 4, 6, 9],
    [-1, 0, 1, 0],
    [0, 1, 0.5, 0],
    ["soma", "dend", "apic", "dend"],
    section_cell=[0, 0, 0, 0],
)


def picker(camera: gm.Camera = CAMERA, hidden: tuple[int, ...] = ()) -> Picker:
    is_shown = ~np.isin(np.arange(4), hidden)
    return Picker(MORPHOLOGY, camera, SIZE, is_shown=is_shown)


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
@pytest.mark.parametrize(
    ("pixel", "section", "position"),
    [
        ((100, 100), 0, 0.5),  # the soma, a sphere, hides what begins in it
        ((120, 101), 1, 0.125),
        ((180, 99), 1, 0.875),
        ((150, 100), 2, 0.5),  # in front of the dendrite
        ((60, 100), 3, 0.6),
    ],
)
def test_the_site_under_a_pixel_is_that_of_the_tube_in_front(projection, pixel, section, position) -> None:
    camera = gm.Camera(azim=-90, elev=0, center=(0, 0, 0), height=200.0, projection=projection, fov=10)
    pick = picker(camera).at(*pixel)
    assert pick is not None
    assert pick.section == section
    assert pick.position == pytest.approx(position, abs=0.02)


def test_what_is_hidden_is_not_picked() -> None:
    assert picker(hidden=(2,)).at(150, 100) == Pick(1, pytest.approx(0.5))


def test_a_pointer_beside_a_thin_tube_finds_it_within_four_pixels() -> None:
    assert picker().at(120, 100 + 2 + 3.5) == Pick(1, pytest.approx(0.125))
    assert picker().at(120, 100 + 2 + 4.5) is None
    assert picker().at(5, 5) is None


def test_values_and_distances_are_those_of_the_site() -> None:
    recording = gm.Recording([0, 1], [[0, 10, 20], [0, -10, -20]], section=[0, 1, 1], position=[0.5, 0, 1], unit="mV")
    reader = SiteReader(gm.Scene(MORPHOLOGY, recording))
    assert reader.value(Pick(1, 0.25), 0.0) == pytest.approx(12.5)
    assert reader.value(Pick(1, 0.25), 1.0) == pytest.approx(-12.5)
    assert reader.distance(Pick(0, 0.5)) == 0
    assert reader.distance(Pick(1, 0.25)) == pytest.approx(20)
    assert reader.distance(Pick(2, 0.5)) == pytest.approx(40 + 60)  # it leaves the middle of its parent
    readout = reader.read(Pick(1, 0.25), 0.0)
    assert (readout.value, readout.name) == ("12.5 mV", "dend 1")
    assert "20 µm from the soma" in readout.details
    assert reader.read(Pick(3, 0.5), 0.0).value == "not recorded"


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_of_many_triangles_the_one_in_front_is_picked(projection: str) -> None:
    random = np.random.default_rng(4)
    middles = random.uniform(-90, 90, (300, 1, 3))
    vertices = (middles + random.uniform(-15, 15, (300, 3, 3))).reshape(-1, 3).astype(np.float32)
    vertices[:3] = [(-9, -2000, 0), (9, -2000, 0), (0, -2000, 9)]  # behind the eye
    faces = np.arange(900, dtype=np.int32).reshape(300, 3)
    values = np.arange(300.0).repeat(3)
    camera = gm.Camera(azim=-90, elev=0, center=(0, 0, 0), height=200.0, projection=projection, fov=10)
    scene = gm.Scene(MORPHOLOGY, meshes=[gm.Mesh(vertices, faces, values=values, opacity=1.0)], camera=camera)
    picker, n_found = SurfacePicker(scene, camera, SIZE), 0
    xy, depths, _ = projected(camera, SIZE, vertices)
    first = 1 if projection == "perspective" else 0
    for x, y in random.uniform(20, 180, (60, 2)):
        best = None
        for number in range(first, 300):
            corners = faces[number]
            weights = np.linalg.solve(np.vstack([xy[:, corners], np.ones(3)]), [x, y, 1])
            if (weights >= 0).all() and (best is None or weights @ depths[corners] > best[0]):
                best = (weights @ depths[corners], number)
        pick = picker.at(x, y, None)
        assert (pick is None) == (best is None)
        if pick is not None:
            n_found += 1
            assert (pick.depth, pick.value) == pytest.approx(best)
    assert n_found > 10
    assert picker.at(500, 100, None) is None
