"""What a pixel spans, and what cannot be seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.scene.camera import Camera


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


def test_pixels_have_sizes_of_their_own_in_perspective():
    camera = Camera(azim=-90, elev=0, projection="perspective", center=(0, 0, 0), height=100.0)  # the eye is at -y
    eye = camera.eye_distance
    points = [(0, 0, 0), (30, -eye / 2, 9), (0, 3 * eye, 0), (0, -1.5 * eye, 0)]  # the last is behind the eye
    assert camera.pixel_sizes(points, (100, 50)) == pytest.approx([2, 1, 8, 0.04])
    flat = replace(camera, projection="orthographic")
    assert flat.pixel_sizes(points, (100, 50)).tolist() == [2, 2, 2, 2]
    turns = replace(camera, azim_step=1.0)  # what is behind the center comes before it
    assert turns.pixel_sizes([(0, eye / 2, 0)], (100, 50)) == pytest.approx([1])
