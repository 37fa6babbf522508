"""Opacity by section: what is translucent is blended over what is opaque, from back to front."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference import random_tree, straight_tube

from gpu_morph import Camera, Recording, Renderer, Scene, by_cell, join_morphologies, render_image, select_sections
from gpu_morph.errors import SceneError

SIZE = (200, 200)
FROM_ABOVE = Camera(azim=-90, elev=90, center=(0, 0, 0), height=20)
RED, BLUE, WHITE = np.array([255, 0, 0]), np.array([0, 0, 255]), np.array([255, 255, 255])
LOOK: dict[str, Any] = {"lighting": False, "camera": FROM_ABOVE, "color": ["red", "blue"]}


def cross(diameter: float) -> Any:
    """A tube along x that lies nearer to a viewer above than one along y."""
    near = straight_tube((-9, 0, 3), (-4, 0, 3), (0.5, 0, 3), (9, 0, 3), diameter=diameter)
    far = straight_tube((0, -9, -3), (0, -2, -3), (0, 9, -3), diameter=diameter)
    return join_morphologies([near, far])


def over(color: Any, opacity: float, below: Any) -> Any:
    return opacity * np.asarray(color) + (1 - opacity) * np.asarray(below)


@pytest.mark.parametrize("diameter", [0.3, 4.0], ids=["ribbons", "meshes"])
@pytest.mark.parametrize("opacity", [(0.5, 1.0), (1.0, 0.5), (0.3, 0.6), (0.9, 0.1)])
def test_the_nearer_tube_is_blended_over_the_farther(opacity: tuple[float, float], diameter: float) -> None:
    picture = render_image(Scene(cross(diameter), opacity=opacity, **LOOK), size=SIZE).astype(float)
    behind = over(BLUE, opacity[1], WHITE)
    np.testing.assert_allclose(picture[100, 100], over(RED, opacity[0], behind), atol=2)
    np.testing.assert_allclose(picture[100, 30], over(RED, opacity[0], WHITE), atol=2)
    np.testing.assert_allclose(picture[30, 100], behind, atol=2)


@pytest.mark.parametrize("diameter", [0.3, 4.0], ids=["ribbons", "meshes"])
def test_joints_of_a_translucent_tube_do_not_show(diameter: float) -> None:
    points = [(-9 + 18 * k / 40, 0.4 * np.sin(k / 3), 0) for k in range(41)]
    tube = join_morphologies([straight_tube(*points, diameter=diameter), straight_tube((0, -8, 0), (1, -8, 0))])
    picture = render_image(Scene(tube, opacity=[0.4, 1.0], **LOOK), size=SIZE).astype(float)
    middle = picture[60:140, 20:180].min(axis=0)  # of each column the strongest red
    differs = np.abs(middle - over(RED, 0.4, WHITE)).max(axis=1) > 3
    assert differs.sum() <= 3  # where a pixel's middle lies on the line that parts two segments


def test_what_has_none_is_left_out() -> None:
    circuit = join_morphologies([random_tree(1), random_tree(2)], translations=[(0, 0, 0), (5, 0, 0)])
    camera = Camera().fitted(circuit, SIZE)
    opacity = by_cell(circuit, {0: 1.0, 1: 0.0})
    alone, _, _ = select_sections(circuit, cells=0)
    look: dict[str, Any] = {"color": "k", "camera": camera, "depth_cue": 0}
    seen = render_image(Scene(circuit, opacity=opacity, **look), size=SIZE)
    np.testing.assert_array_equal(seen, render_image(Scene(alone, **look), size=SIZE))


def test_one_for_all_fades_the_whole_cell() -> None:
    tree = random_tree(3)
    faded = render_image(Scene(tree, color="red", opacity=0.4), size=SIZE)
    np.testing.assert_array_equal(faded, render_image(Scene(tree, color=(1, 0, 0, 0.4)), size=SIZE))
    np.testing.assert_array_equal(
        faded, render_image(Scene(tree, color="red", opacity=[0.4] * tree.n_sections), size=SIZE)
    )


def test_opacity_by_label() -> None:
    circuit = cross(2.0)
    by_label = Scene(circuit, opacity={"DEND": 0.4}, **LOOK)
    np.testing.assert_array_equal(
        render_image(by_label, size=SIZE), render_image(Scene(circuit, opacity=0.4, **LOOK), size=SIZE)
    )


def test_a_still_camera_draws_what_is_translucent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.renderer._STAYS", 1)
    circuit = cross(2.0)
    values = np.random.default_rng(0).uniform(0, 1, (4, 2))
    recording = Recording(np.arange(4.0), values, section=np.array([0, 1]), position=np.array([0.5, 0.5]))
    scene = Scene(circuit, recording, opacity=[0.3, 1.0], clim=(0, 1), camera=FROM_ABOVE)
    with Renderer(scene, SIZE) as renderer:
        for time, frame in zip(range(4), list(renderer.frames(range(4))), strict=True):
            np.testing.assert_array_equal(frame, renderer.render(time))


def test_transparent_pictures_carry_it() -> None:
    picture = render_image(Scene(cross(4.0), opacity=[0.4, 1.0], **LOOK), size=SIZE, transparent=True)
    np.testing.assert_allclose(picture[100, 30], [255, 0, 0, 0.4 * 255], atol=2)
    assert picture[100, 100, 3] == 255


@pytest.mark.parametrize(
    ("opacity", "message"),
    [
        (1.2, "opacity must lie from 0 to 1, got 1.2"),
        ([0.5, -0.1], "opacity must lie from 0 to 1, got -0.1"),
        (np.nan, "opacity must lie from 0 to 1, got nan"),
        ([0.5], "one number for each of the 2 sections"),
        ({"axon": 0.5}, "names the label 'axon'; the sections' are 'dend'"),
        ("half", "opacity must be numbers from 0 to 1, got 'half'"),
    ],
)
def test_what_is_no_opacity_is_an_error(opacity: Any, message: str) -> None:
    with pytest.raises(SceneError, match=message):
        Scene(cross(1.0), opacity=opacity, **LOOK)
