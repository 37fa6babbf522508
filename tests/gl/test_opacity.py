"""Opacity by section: sections of one opacity are drawn into one image, which is blended over the more opaque ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference import random_tree, straight_tube

from gpu_morph import (
    Camera,
    Highlight,
    Recording,
    Renderer,
    Scene,
    by_cell,
    join_morphologies,
    render_image,
    select_sections,
)
from gpu_morph.errors import SceneError
from gpu_morph.scene.picture_unit import picture_unit

SIZE = (200, 200)
FROM_ABOVE = Camera(azim=-90, elev=90, center=(0, 0, 0), height=20)
RED, BLUE, WHITE = np.array([255, 0, 0]), np.array([0, 0, 255]), np.array([255, 255, 255])
LOOK: dict[str, Any] = {"lighting": False, "camera": FROM_ABOVE, "color": ["red", "blue"]}


def cross(diameter: float) -> Any:
    """A tube along x above one along y."""
    near = straight_tube((-9, 0, 3), (-4, 0, 3), (0.5, 0, 3), (9, 0, 3), diameter=diameter)
    far = straight_tube((0, -9, -3), (0, -2, -3), (0, 9, -3), diameter=diameter)
    return join_morphologies([near, far])


def over(color: Any, opacity: float, below: Any) -> Any:
    return opacity * np.asarray(color) + (1 - opacity) * np.asarray(below)


@pytest.mark.parametrize("diameter", [0.3, 4.0], ids=["ribbons", "meshes"])
@pytest.mark.parametrize("opacity", [(0.5, 1.0), (1.0, 0.5), (0.3, 0.6), (0.9, 0.1), (0.5, 0.5)])
def test_less_opaque_sections_are_blended_over_more_opaque_ones(opacity: tuple[float, float], diameter: float) -> None:
    background = straight_tube((0, -9, -9), (1, -9, -9))  # opaque, so that opacities differ
    circuit = join_morphologies([cross(diameter), background])
    look = LOOK | {"color": ["red", "blue", "black"]}
    picture = render_image(Scene(circuit, opacity=[*opacity, 1.0], **look), size=SIZE).astype(float)
    near, far = over(RED, opacity[0], WHITE), over(BLUE, opacity[1], WHITE)
    np.testing.assert_allclose(picture[100, 30], near, atol=2)
    np.testing.assert_allclose(picture[30, 100], far, atol=2)
    if opacity[0] == opacity[1] or opacity[0] == 1:
        crossing = near  # it hides the other
    elif opacity[0] < opacity[1]:
        crossing = over(RED, opacity[0], far)
    else:
        crossing = over(BLUE, opacity[1], near)
    np.testing.assert_allclose(picture[100, 100], crossing, atol=2)


@pytest.mark.parametrize("diameter", [(0.3, 0.3), (4.0, 4.0), (1.0, 9.0)], ids=["ribbons", "meshes", "taper"])
def test_a_section_does_not_show_through_itself(diameter: tuple[float, float]) -> None:
    points = [(-9 + 18 * k / 40, 0.4 * np.sin(k / 3), 0) for k in range(41)]
    trunk = straight_tube(*points, diameter=np.linspace(*diameter, 41).tolist())
    branch = straight_tube(points[20], (2, 8, 1), (3, 9, 2), diameter=min(diameter))
    tree = join_morphologies([trunk, branch, straight_tube((0, -9, 0), (1, -9, 0))])
    look = LOOK | {"color": "red"}
    picture = render_image(Scene(tree, opacity=[0.4, 0.4, 1.0], **look), size=SIZE)[:150].astype(float)
    assert picture[..., 1].min() >= over(RED, 0.4, WHITE)[1] - 1
    opaque = render_image(Scene(tree, **look), size=SIZE)[:150].astype(float)
    np.testing.assert_allclose(picture, over(opaque, 0.4, WHITE), atol=2)


def test_an_outline_is_as_translucent_as_its_section() -> None:
    circuit = join_morphologies(
        [straight_tube((-9, 0, 0), (9, 0, 0), diameter=4.0), straight_tube((0, -9, 0), (1, -9, 0))]
    )
    highlight = Highlight(0, color="lime", width=5 / picture_unit(SIZE))
    scene = Scene(circuit, highlight=highlight, opacity=[0.3, 1.0], **LOOK)
    picture = render_image(scene, size=SIZE).astype(float)
    np.testing.assert_allclose(picture[100, 100], over(RED, 0.3, WHITE), atol=2)
    np.testing.assert_allclose(picture[77, 100], over([0, 255, 0], 0.3, WHITE), atol=2)


def test_sections_of_opacity_0_are_left_out() -> None:
    circuit = join_morphologies([random_tree(1), random_tree(2)], translations=[(0, 0, 0), (5, 0, 0)])
    camera = Camera().fitted(circuit, SIZE)
    opacity = by_cell(circuit, {0: 1.0, 1: 0.0})
    alone, _, _ = select_sections(circuit, cells=0)
    look: dict[str, Any] = {"color": "k", "camera": camera, "depth_cue": 0}
    seen = render_image(Scene(circuit, opacity=opacity, **look), size=SIZE)
    np.testing.assert_array_equal(seen, render_image(Scene(alone, **look), size=SIZE))


def test_a_single_opacity_fades_the_whole_cell() -> None:
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


def test_translucent_sections_are_drawn_with_a_static_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.render.frame_stream._FEW_FRAMES", 1)
    circuit = cross(2.0)
    values = np.random.default_rng(0).uniform(0, 1, (4, 2))
    recording = Recording(np.arange(4.0), values, section=np.array([0, 1]), position=np.array([0.5, 0.5]))
    scene = Scene(circuit, recording, opacity=[0.3, 1.0], clim=(0, 1), camera=FROM_ABOVE)
    with Renderer(scene, SIZE) as renderer:
        for time, frame in zip(range(4), list(renderer.frames(range(4))), strict=True):
            np.testing.assert_array_equal(frame, renderer.render(time))


def test_transparent_images_have_the_opacity_as_alpha() -> None:
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
        ({"axon": 0.5}, "opacity: there is no label 'axon'; there are 'dend'"),
        (np.arange(1, 11) / 10, "one number for each of the 2 sections"),
        ("half", "opacity must be numbers from 0 to 1, got 'half'"),
    ],
)
def test_an_invalid_opacity_is_an_error(opacity: Any, message: str) -> None:
    with pytest.raises(SceneError, match=message):
        Scene(cross(1.0), opacity=opacity, **LOOK)


def test_eight_different_opacities_are_allowed() -> None:
    circuit = join_morphologies([straight_tube((0, 0, k), (5, 0, k)) for k in range(10)])
    assert (
        render_image(Scene(circuit, color="k", opacity=[0, 1, *np.linspace(0.1, 0.9, 7), 0.1]), size=SIZE).min() < 255
    )
    with pytest.raises(SceneError, match="at most 8 different opacities can be shown, got 10"):
        Scene(circuit, color="k", opacity=np.linspace(0.1, 1, 10))
