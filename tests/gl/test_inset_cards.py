"""Title cards and fades of a scene cover its close-ups, in a panel and alone."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.render.panels_renderer import PanelsRenderer

SIZE = (160, 120)


@pytest.fixture(scope="module")
def scene() -> gm.Scene:
    morphology, _ = gm.demo_cell()
    inset = gm.Inset(section=0, height=60)
    return gm.Scene(morphology, color="label", camera=gm.Camera(azim=-90, elev=0), annotations=[inset], font_size=9)


@pytest.mark.parametrize("depth", [1, 2])
def test_cards_and_fades_of_a_panels_scene_cover_its_close_up(scene: gm.Scene, depth: int) -> None:
    cards = (gm.Title("card", start=0, seconds=1, background="blue"), gm.Fade(start=1.0))
    covered = replace(scene, annotations=(*scene.annotations, *cards))
    shown, plain = covered, scene
    for _ in range(depth):
        shown, plain = gm.Panels([[shown]]), gm.Panels([[plain]])
    with PanelsRenderer(shown, SIZE) as renderer, PanelsRenderer(plain, SIZE) as open_one:
        without = open_one.render(second=1.5).astype(int)
        first, mid, late = (renderer.render(second=second).astype(int) for second in (0.0, 0.5, 1.5))
    layout = scene.layout(SIZE)
    box = scene.annotations[0].picture_box(layout.view, layout.boxes[0])
    part = np.s_[box.y : box.y + box.height, box.x : box.x + box.width]
    assert np.ptp(without[part], axis=(0, 1)).max() > 100  # there is something to cover
    assert np.ptp(first[part], axis=(0, 1)).max() == 0
    assert mid[part][..., 2].min() > 200  # the card
    np.testing.assert_array_equal(late, without)
    np.testing.assert_array_equal(mid, gm.render_image(covered, second=0.5, size=SIZE))


def test_a_file_of_vectors_has_the_cards_over_close_ups(scene: gm.Scene, tmp_path: Path) -> None:
    card = gm.Title("card", start=0, seconds=1)
    shown = gm.Panels([[replace(scene, annotations=(*scene.annotations, card, gm.Text("here")))]], titles=["a"])
    gm.save_image(tmp_path / "panels.svg", shown, second=0.5, size=SIZE, unit="px")
    root = ET.parse(tmp_path / "panels.svg")
    assert {"card", "here", "a"} <= {node.text for node in root.iter("{http://www.w3.org/2000/svg}text")}
