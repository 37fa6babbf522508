"""Styles on screen: materials, ambient occlusion, silhouettes and glow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from reference import random_tree, straight_tube

from gpu_morph import Camera, Clock, Highlight, Recording, Renderer, Scene, join_morphologies, render_image
from gpu_morph.image.packed import packed
from gpu_morph.image.yuv420 import Yuv420Planes

STYLES = ["flat", "matte", "glossy", "cover", "glow"]
TREE = random_tree(3, diameter=(0.3, 9.0))
RAMP = Recording(
    np.arange(6.0),
    np.linspace(0, 1, 6)[:, None] * np.linspace(0.2, 1, TREE.n_sections),
    section=np.arange(TREE.n_sections),
    position=np.full(TREE.n_sections, 0.5),
)
SIZE = (160, 120)
SIDE = Camera(azim=0, elev=0, center=(0, 0, 0), height=20)  # along -x: y runs to the right, z upwards
ORANGE = (0xD5, 0x5E, 0x00)
Pixels = npt.NDArray[Any]


def seen(*cells: Any, size: tuple[int, int] = (200, 200), **options: Any) -> Pixels:
    """10 pixels per µm, in orange on black unless said."""
    how = {"color": ORANGE_NAME, "background": "black", "depth_cue": 0, "camera": SIDE} | options
    return render_image(Scene(join_morphologies(list(cells)), **how), size=size).astype(int)


ORANGE_NAME = "#d55e00"
THICK = straight_tube((0, 0, -30), (0, 0, 30), diameter=6.0)
ACROSS = straight_tube((6, -30, 0), (6, 30, 0), diameter=3.0)  # in front of THICK


# Materials


def test_flat_is_lighting_off_and_no_style_is_as_before() -> None:
    np.testing.assert_array_equal(seen(THICK, style="flat"), seen(THICK, lighting=False))
    assert {tuple(color) for color in seen(THICK, style="flat")[100, 80:120].tolist()} == {ORANGE}


def test_matte_is_nowhere_lighter_than_the_colour() -> None:
    image = seen(THICK, style="matte")
    assert (image <= np.array(ORANGE) + 1).all()
    assert image[..., 0].max() > 0.93 * ORANGE[0]
    assert image[100, 75:125, 0].min() < 0.8 * ORANGE[0]


def test_glossy_mirrors_more_light_than_the_usual_surface() -> None:
    across = straight_tube((0, -24, -18), (0, 24, 18), diameter=6.0)  # at a right angle to what is mirrored
    blue = {style: seen(across, style=style)[..., 2].max() for style in (None, "matte", "glossy")}
    assert blue["matte"] <= 1
    assert 0 < blue[None] < 50 < blue["glossy"]


# In films, and on all ways of making frames


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("azim_step", [0.0, 4.0])
def test_frames_of_films_are_the_pictures_as_rgb_and_as_planes(style: Any, azim_step: float) -> None:
    """Frames of a static camera are recoloured, or drawn; of a turning one, the box of the cell alone may be drawn."""
    camera = Camera(azim_step=azim_step)
    scene = Scene(TREE, RAMP, clim=(0, 1), camera=camera, style=style, annotations=(Clock(),))
    times = [*map(float, range(6))]
    with Renderer(scene, SIZE) as renderer:
        frames = [*renderer.frames(times)]
        planes = [*renderer.frames(times, pixel_format="yuv420p")]
        singles = [renderer.render(time, frame=number) for number, time in enumerate(times)]
        again = renderer.render(2.0, frame=2)
    np.testing.assert_array_equal(again, singles[2])
    for frame, plane, single in zip(frames, planes, singles, strict=True):
        assert np.abs(frame.astype(int) - single).max() <= 1
        expected = Yuv420Planes(SIZE, np.zeros(3, np.uint8))
        expected.put(np.arange(SIZE[0] * SIZE[1]), packed(single.reshape(-1, 3)))
        assert np.abs(plane.astype(int) - expected.base).max() <= 1


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("options", [{}, {"supersample": 2}])
def test_a_transparent_picture_over_the_background_is_the_opaque_one(style: Any, options: dict[str, int]) -> None:
    scene = Scene(TREE, RAMP, clim=(0, 1), style=style, background="#202830")
    opaque = render_image(scene, time=4.0, size=SIZE, **options).astype(int)
    transparent = render_image(scene, time=4.0, size=SIZE, transparent=True, **options).astype(float)
    alpha = transparent[..., 3:] / 255
    over = transparent[..., :3] * alpha + np.array([0x20, 0x28, 0x30]) * (1 - alpha)
    assert alpha.min() == 0
    assert np.abs(over - opaque).max() <= 3


@pytest.mark.parametrize("style", STYLES)
def test_styles_go_with_opacity_highlights_and_perspective(style: Any) -> None:
    scene = Scene(TREE, RAMP, clim=(0, 1), style=style, background="black", highlight=Highlight(4))
    camera = Camera(projection="perspective")
    images = [
        render_image(replace(scene, **options), time=4.0, size=SIZE)
        for options in ({}, {"opacity": 0.4}, {"opacity": [1.0, 0.3] * (TREE.n_sections // 2)}, {"camera": camera})
    ]
    assert all(image.any() for image in images)
    assert images[1].sum() < images[0].sum()


# Cover


def test_a_neurite_is_darker_beside_one_that_passes_in_front_of_it() -> None:
    alone, crossed = seen(THICK, style="cover"), seen(THICK, ACROSS, style="cover")
    middle = slice(95, 105)  # columns of THICK; ACROSS covers the rows from 85 to 115
    beside, away = (crossed[rows, middle, 0].mean() / alone[rows, middle, 0].mean() for rows in ([84, 115], [40, 160]))
    assert beside < 0.65
    assert away == pytest.approx(1, abs=0.02)
    plain = seen(THICK, ACROSS, style="matte")[:, middle, 0] / np.maximum(seen(THICK, style="matte")[:, middle, 0], 1)
    assert plain[[84, 115]] == pytest.approx(1, abs=0.02)  # other styles do not


def test_what_lies_in_front_is_not_darkened_nor_is_the_background() -> None:
    alone, crossed = (seen(*cells, style="cover", background="white") for cells in ([ACROSS], [THICK, ACROSS]))
    np.testing.assert_allclose(crossed[90:110, 95:105], alone[90:110, 95:105], atol=2)
    np.testing.assert_array_equal(crossed[:80, :60], 255)
    assert (alone[[80, 120]] == 255).all()  # no line around a neurite without another one behind it


def test_a_single_convex_tube_does_not_darken_itself() -> None:
    cover = seen(straight_tube((0, 0, -30), (0, 0, 30), diameter=12.0), style="cover", color="white")
    lit = cover[100, 45:155, 0]
    assert lit.max() >= 250
    assert lit.min() > 255 * 0.46 * 0.7  # as the material's shadow and rim say, without occlusion


def test_neurites_side_by_side_darken_each_other_where_they_touch() -> None:
    pair = [straight_tube((0, y, -30), (0, y, 30), diameter=1.6) for y in (-0.8, 0.8)]
    one, both = (seen(*cells, style="cover", size=(400, 400))[195:205, :, 0].mean(axis=0) for cells in (pair[:1], pair))
    assert both[199] < 0.85 * one[199]
    assert both[185] == pytest.approx(one[185], rel=0.02)


def test_the_shadows_of_a_larger_picture_are_as_large() -> None:
    small = seen(THICK, ACROSS, style="cover")
    large = seen(THICK, ACROSS, style="cover", size=(400, 400))
    mean = large.reshape(200, 2, 200, 2, 3).mean(axis=(1, 3))
    assert np.abs(mean - small).mean() < 1.5


# Glow


def steady(*cells: Any, **options: Any) -> Pixels:
    return seen(*cells, style="glow", color="white", **options)


THIN = straight_tube((0, 0, -30), (0, 0, 30), diameter=0.2)  # two pixels
THIN_ACROSS = straight_tube((6, -30, 0), (6, 30, 0), diameter=0.2)


def test_light_adds_up_where_neurites_cross_whichever_is_in_front() -> None:
    image = steady(THIN, THIN_ACROSS)
    crossing, upright, level = (image[at].max() for at in ((100, 100), (40, 100), (100, 40)))
    assert crossing > 1.15 * max(upright, level)
    assert upright == pytest.approx(level, abs=2)


def test_the_brighter_the_higher_the_value() -> None:
    def brightness(value: float) -> float:
        rec = Recording([0.0], [[value]], section=[0], position=[0.5])
        scene = Scene(THIN, rec, color="v", clim=(0, 1), cmap="gray", style="glow", camera=SIDE)
        return float(render_image(scene, time=0.0, size=(200, 200))[60:140, 99:101].mean())

    values = [brightness(value) for value in (0.3, 0.6, 1.0)]
    assert values == sorted(values)
    assert values[2] > 2 * values[0] > 0


def test_bright_places_glow_beyond_their_edges() -> None:
    image = steady(THICK)[100, :, 0]
    assert image[68] > image[65] > image[62] > 0  # THICK begins at column 70
    assert image[5] <= 1


def test_an_opacity_dims_the_light() -> None:
    full, half = (steady(THIN, opacity=opacity)[60:140, 99:101].mean() for opacity in (1.0, 0.5))
    assert 0.4 * full < half < 0.7 * full


def test_many_cells_at_rest_are_seen_and_not_white() -> None:
    cells = [straight_tube((x, y, -9), (x, -y, 9), diameter=0.1) for x in range(10) for y in np.linspace(-8, 8, 30)]
    image = steady(*cells, size=(400, 400))
    inside = image[100:300, 150:250, 0]
    assert 25 < inside.mean() < 200
    assert (inside > 250).mean() < 0.05
