"""Markers of synapses: what is in front of them, and what is behind their edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from marker_pictures import COLORS, SIDE, SIZE, at, picture, rgb, spikes, style
from reference import straight_tube

from gpu_morph import Camera
from gpu_morph.scene.camera import Projection


def hides(front: npt.NDArray[np.float64], position: Sequence[float], camera: Camera = SIDE) -> bool:
    """True when the grey cell is seen at a position, False when a marker is; anything else is wrong."""
    color = at(front, position, camera)
    if color == pytest.approx([128] * 3, abs=1):
        return True
    assert color == pytest.approx(rgb(COLORS[0]), abs=1)
    return False


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
@pytest.mark.parametrize(("depth", "is_hidden"), [(-12.0, False), (12.0, True)])
def test_a_tube_in_front_hides_a_marker_and_one_behind_does_not(
    depth: float, is_hidden: bool, projection: Projection
) -> None:
    camera = replace(SIDE, projection=projection)
    tube = straight_tube((depth, -30, 0), (depth, 30, 0), diameter=6.0)
    assert hides(picture(spikes((0, 0, 0)), cell=tube, camera=camera), (0, 0, 0), camera) == is_hidden


@pytest.mark.parametrize("azim", range(0, 360, 45))
@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
@pytest.mark.parametrize("diameter", [0.4, 9.0])
def test_a_marker_is_seen_on_its_own_neurite_from_all_sides(
    diameter: float, projection: Projection, azim: float
) -> None:
    camera = replace(SIDE, azim=azim, elev=40, projection=projection)
    tube = straight_tube((0, 0, -30), (0, 0, 30), diameter=diameter)
    drawn = picture(spikes((0, 0, 0)), style(diameter=2.0), tube, camera=camera)
    assert not hides(drawn, (0, 0, 0), camera)
    # All of it, on and beside the neurite.
    alone = picture(spikes((0, 0, 0)), style(diameter=2.0), camera=camera)
    solid = alone[..., 3] == 255
    np.testing.assert_allclose(drawn[solid], alone[solid], atol=1)


@pytest.mark.parametrize("position", [(0, 0, 0), (0, 3, 0), (0, 0, -4), (3, 0, 0), (-3, 0, 0)])
def test_a_marker_in_a_soma_is_seen_on_it(position: Sequence[float]) -> None:
    soma = straight_tube((0, 0, 0), diameter=14.0)
    assert not hides(picture(spikes(position), style(diameter=1.0), soma), position)


def test_a_marker_on_a_neurite_behind_a_soma_is_hidden() -> None:
    soma = straight_tube((0, 0, 0), diameter=10.0)
    assert hides(picture(spikes((-12, 0, 0)), style(diameter=1.0), soma), (0, 0, 0))


@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_nearest_of_overlapping_markers_is_seen(is_reversed: bool) -> None:
    rng = np.random.default_rng(11)
    n = 300
    positions, populations = rng.uniform(-7, 7, (n, 3)), rng.integers(0, 3, n)
    if is_reversed:
        positions, populations = positions[::-1], populations[::-1]
    camera = replace(SIDE, azim=33, elev=12)
    drawn = picture(spikes(*positions, populations=populations), style(diameter=2.0), camera=camera)
    pixels, depth = camera.project(positions, SIZE), camera.view_coordinates(positions)[:, 2]
    x, y = np.meshgrid(np.arange(100) + 0.5, np.arange(100) + 0.5)
    away = np.hypot(x[..., None] - pixels[:, 0], y[..., None] - pixels[:, 1])
    nearest = np.where(away < 6, depth, -np.inf).argmax(axis=2)
    # Pixels well inside of the nearest marker that touches them, away from its rim.
    is_inside = np.take_along_axis(away, nearest[..., None], axis=2)[..., 0] < 3
    expected = np.array([rgb(c) for c in COLORS])[populations[nearest]]
    assert is_inside.sum() > 1000
    np.testing.assert_allclose(drawn[is_inside, :3], expected[is_inside], atol=1)


def test_markers_at_the_same_depth_are_painted_one_over_the_other() -> None:
    positions = [(0, 0.5 * k, 0.3 * (-1) ** k) for k in range(-8, 9)]
    populations = np.arange(len(positions)) % 3
    expected = np.zeros((*SIZE, 4))
    for position, population in zip(positions, populations, strict=True):
        alone = picture(spikes(position, populations=[population]))
        expected = alone + expected * (1 - alone[..., 3:] / 255)
    np.testing.assert_allclose(picture(spikes(*positions, populations=populations)), expected, atol=3)


@pytest.mark.parametrize("is_reversed", [False, True])
def test_where_edges_of_markers_cross_there_is_no_gap(is_reversed: bool) -> None:
    positions = [(-4, -1, 0), (0, 1.5, 0.2), (4, 0, 1)]
    drawn = picture(spikes(*positions[:: -1 if is_reversed else 1]))[..., 3]
    empty = np.prod([1 - picture(spikes(position))[..., 3] / 255 for position in positions], axis=0)
    np.testing.assert_allclose(drawn, 255 * (1 - empty), atol=2)


@pytest.mark.parametrize("diameter", [0.05, 0.3, 2.0])
@pytest.mark.parametrize("angle", [0, 30])
def test_a_tube_in_front_leaves_no_gap_in_a_marker(diameter: float, angle: float) -> None:
    direction = 30 * np.array([0, np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    front = np.array([15.0, 0, 0])
    tube = straight_tube(tuple(front - direction), tuple(front + direction), diameter=diameter)
    drawn, alone = picture(spikes((0, 0, 0)), cell=tube), picture(spikes((0, 0, 0)))
    np.testing.assert_array_equal(drawn[alone[..., 3] == 255, 3], 255)
    # Between the marker's colour and the tube's, nothing else: red is 213 there, 128 here, blue 0 and 128.
    inside = np.hypot(*(np.indices(SIZE) + 0.5 - 50)) < 7
    red, blue = drawn[inside, 0], drawn[inside, 2]
    np.testing.assert_allclose(blue, 128 * (213 - red) / (213 - 128), atol=3)


def test_a_markers_edge_blends_with_the_tube_behind_it() -> None:
    tube = straight_tube((-9, -30, 0), (-9, 30, 0), diameter=14.0)
    drawn, alone = picture(spikes((0, 0, 0)), cell=tube), picture(spikes((0, 0, 0)))
    behind = np.abs(np.arange(100) + 0.5 - 50) < 30
    np.testing.assert_array_equal(drawn[behind, :, 3], 255)
    expected = alone + picture(spikes(), cell=tube) * (1 - alone[..., 3:] / 255)
    np.testing.assert_allclose(drawn, expected, atol=1.5)


def test_a_transparent_picture_holds_the_coverage() -> None:
    drawn = picture(spikes((0, 0.3, 0.2)))
    assert set(np.unique(drawn[..., 3])) > {0, 255}
    assert (drawn[..., :3] <= drawn[..., 3:]).all()
    assert (drawn[drawn[..., 3] == 0] == 0).all()
