"""Panels show the pixels of their scenes, whichever frames are drawn before."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

import gpu_morph as gm
from gpu_morph.render.panels_renderer import PanelsRenderer

SIZE = (240, 160)
TIMES = [3.0, 3.5, 4.0, 5.0, 5.5, 6.0]


@pytest.fixture(scope="module")
def panels() -> gm.Panels:
    """A static camera, one that turns, and a panel that is divided, with all that the whole can have."""
    morphology, recording = gm.demo_cell()
    front = gm.Scene(
        morphology, recording, clim=(-80, 30), camera=gm.Camera(azim=-90, elev=0), annotations=[gm.ScaleBar()]
    )
    turning = replace(front, camera=gm.Camera(azim=0, elev=0, azim_step=5), annotations=[gm.Clock()])
    plain = gm.Scene(morphology, color="label", background="black", camera=gm.Camera(azim=0, elev=90))
    return gm.Panels(
        [[front, gm.Panels([[turning], [plain]])]],
        widths=(2, 1),
        titles=[["front", None]],
        annotations=[gm.ColorBar(), gm.Text("all", place="lower")],
        font_size=None,
        background="#dddddd",
    )


def cut(image: npt.NDArray[np.uint8], box: gm.Box) -> npt.NDArray[np.uint8]:
    return image[box.y : box.y + box.height, box.x : box.x + box.width]


@pytest.mark.parametrize("supersample", [1, 2])
def test_each_panel_has_the_pixels_of_its_scene_alone(panels: gm.Panels, supersample: int) -> None:
    drawn = gm.render_image(panels, time=5.2, size=SIZE, supersample=supersample)
    ((left, right),) = panels.boxes(SIZE)
    for shown, box in zip(panels.items, (left, right), strict=True):
        text = {} if isinstance(shown, gm.Scene) else {"font_size": panels.layout(SIZE).view.text, "background": "#ddd"}
        shown = replace(shown, **text)
        alone = gm.render_image(shown, time=5.2, size=(box.width, box.height), supersample=supersample)
        np.testing.assert_array_equal(cut(drawn, box), alone)
    assert (drawn[left.y + 5, left.x + left.width + 1] == 0xDD).all()  # the gap


def test_frames_are_equal_in_whichever_piece_they_are(panels: gm.Panels) -> None:
    with PanelsRenderer(panels, SIZE) as renderer:
        whole = list(renderer.frames(TIMES))
    with PanelsRenderer(panels, SIZE) as renderer:
        later = list(renderer.frames(TIMES[4:], numbers=[4, 5]))
        earlier = list(renderer.frames(TIMES[:4], numbers=[0, 1, 2, 3]))
    np.testing.assert_array_equal(np.array(earlier + later), np.array(whole))
    assert len(np.unique([frame.tobytes() for frame in whole])) == len(TIMES)


def test_transparent_panels_leave_all_backgrounds_out(panels: gm.Panels) -> None:
    drawn = gm.render_image(panels, time=5.2, size=SIZE, transparent=True)
    ((left, _),) = panels.boxes(SIZE)
    alone = gm.render_image(panels.items[0], time=5.2, size=(left.width, left.height), transparent=True)
    np.testing.assert_array_equal(cut(drawn, left), alone)
    assert drawn[left.y + 5, left.x + left.width + 1, 3] == 0


def test_a_file_of_vectors_has_the_texts_of_all_panels(panels: gm.Panels, tmp_path: Path) -> None:
    gm.save_image(tmp_path / "panels.svg", panels, time=5.2, size=SIZE, unit="px")
    texts = {node.text for node in ET.parse(tmp_path / "panels.svg").iter("{http://www.w3.org/2000/svg}text")}
    assert {"front", "all", "5.2 ms"} <= texts
    gm.save_image(tmp_path / "panels.png", panels, time=5.2, size=(85, 60), unit="mm")
    assert "panels" in Image.open(tmp_path / "panels.png").text["Description"]
