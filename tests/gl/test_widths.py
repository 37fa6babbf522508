"""Widths that do not follow from µm grow with the picture, as text does, and can be printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from reference import random_tree, straight_tube

from gpu_morph import Arrow, Camera, Highlight, Scene, SynapseEvents, SynapseStyle, render_image, save_image
from gpu_morph.scene.picture_unit import picture_unit, print_factor, unit_rule, usual_text
from gpu_morph.scene.widths import printed_scene

# Looking along -x: y runs to the right and z upwards; the picture is 20 µm high.
SIDE = Camera(azim=0, elev=0, center=(0, 0, 0), height=20)
LINE = straight_tube((0, -20, 0), (0, 20, 0), diameter=0.001)
AWAY = straight_tube((0, 500, 0), (0, 510, 0))
TREE = random_tree(5, diameter=(0.005, 0.2))
SYNAPSE = SynapseEvents(np.zeros((1, 3)), [0], ("a",), event_synapse=[], event_time=[])
SPREAD = np.random.default_rng(1).uniform(-9, 9, (2000, 3))
SYNAPSES = SynapseEvents(SPREAD, np.zeros(2000, int), ("a",), event_synapse=[], event_time=[])


def black(morphology: Any, **options: Any) -> Scene:
    return Scene(morphology, **{"color": "black", "lighting": False, "camera": SIDE, **options})


def ink(image: npt.NDArray[np.uint8]) -> float:
    """The part of a white picture that is black."""
    return float((255 - image.astype(float)).mean() / 255)


@pytest.mark.parametrize("size", [(1080, 1080), (1920, 1080), (1080, 1920)])
def test_one_is_a_pixel_of_a_picture_1080_high(size: tuple[int, int]) -> None:
    assert picture_unit(size) == 1


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (3840, 2160), (3000, 600), (600, 3000)])
def test_the_unit_has_the_proportion_of_text(size: tuple[int, int]) -> None:
    in_proportion = usual_text(size) / usual_text((1080, 1080))
    assert picture_unit(size) == pytest.approx(in_proportion)


@pytest.mark.parametrize(("size", "unit"), [((60, 60), 1), ((160, 160), 1), ((1000, 200), 0.8), ((240, 240), 2 / 3)])
def test_the_unit_of_a_small_picture_is_up_to_a_pixel(size: tuple[int, int], unit: float) -> None:
    assert picture_unit(size) == pytest.approx(unit)
    red = render_image(black(TREE, color="red"), size=size)
    assert (np.subtract(*red.astype(int)[..., :2].transpose(2, 0, 1)) > 100).any()


@pytest.mark.parametrize("size", [(60, 60), (240, 240), (640, 480), (1280, 720), (3000, 600), (600, 3000)])
def test_the_web_page_has_the_same_unit(size: tuple[int, int]) -> None:
    rule, short, long = unit_rule(), min(size), max(size)
    small = max(rule["least"], min(1, rule["whole"] / short))
    page = max(small, rule["short"] * short, min(rule["long"] * long, rule["most"] * short))
    assert page == pytest.approx(picture_unit(size))


def test_pictures_of_any_size_are_as_dark() -> None:
    scene = black(TREE, camera=Camera(azim=20, elev=10))
    inks = [ink(render_image(scene, size=size)) for size in [(720, 720), (1080, 1080), (1440, 1440)]]
    assert inks == pytest.approx([inks[0]] * 3, rel=0.03)
    true = [ink(render_image(black(TREE, camera=scene.camera, min_width=0), size=(720, 720)))]
    assert true[0] < 0.8 * inks[0]  # or the tree would say nothing


@pytest.mark.parametrize(
    "scene",
    [
        black(LINE, min_width=4.0),
        black(AWAY, synapses=SYNAPSE, synapse_style=SynapseStyle(diameter=0, min_diameter=30, show_all=True)),
        black(AWAY, synapses=SYNAPSES, synapse_style=SynapseStyle(diameter=0, min_diameter=30, show_all=True)),
        black(LINE, color="white", highlight=Highlight(0, color="black", width=5.0)),
        black(AWAY, annotations=[Arrow(0, x=0, min_length=200)], camera=Camera(0, 0, center=(0, 500, 5), height=20)),
        black(AWAY, annotations=[Arrow(0, x=0, linewidth=9)], camera=Camera(0, 0, center=(0, 500, 5), height=20)),
    ],
    ids=["min_width", "min_diameter", "crowded", "outline", "min_length", "linewidth"],
)
def test_whatever_has_a_width_has_the_same_part_of_larger_pictures(scene: Scene) -> None:
    sides = (1080, 1440) if scene.synapses is SYNAPSES else (720, 1440)  # crowded markers have two pixels at least
    small, large = (ink(render_image(scene, size=(side, side))) for side in sides)
    assert small == pytest.approx(large, rel=0.04)
    assert small > 1e-4


@pytest.mark.parametrize(("dpi", "points"), [(72, 1), (300, 0.5)])
def test_on_paper_lines_have_half_a_point_at_least(tmp_path: Path, dpi: float, points: float) -> None:
    file = save_image(tmp_path / "line.png", black(LINE), size=(1, 1), unit="in", dpi=dpi)
    image = np.asarray(Image.open(file).convert("L"))
    width = ink(image) * image.shape[0]
    assert width / dpi * 72 == pytest.approx(points, rel=0.03)


def test_all_widths_that_were_given_grow_alike_on_paper() -> None:
    scene = black(
        AWAY,
        synapse_style=SynapseStyle(min_diameter=6),
        highlight=Highlight(0, width=3),
        annotations=[Arrow(0, min_length=7, linewidth=2), Arrow(0)],
    )
    factor = print_factor((1000, 1000), 600)
    assert factor == pytest.approx(0.5 * 600 / 72 / (1000 / 1080))
    assert print_factor((4500, 4500), 300) == 1
    printed = printed_scene(scene, (1000, 1000), 600)
    given, usual = printed.annotations
    assert isinstance(given, Arrow)
    assert isinstance(usual, Arrow)
    assert printed.highlight is not None
    found = [printed.min_width, printed.synapse_style.min_diameter, printed.highlight.width]
    assert [*found, given.min_length, given.linewidth] == pytest.approx([factor * one for one in (1, 6, 3, 7, 2)])
    assert (usual.min_length, usual.linewidth) == (None, None)
