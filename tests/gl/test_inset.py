"""Insets: a close-up is the picture of its own camera, and its frame is where that looks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.errors import SceneError

SIZE = (240, 160)


def test_a_close_up_has_the_pixels_of_its_own_camera_and_a_frame_in_the_whole() -> None:
    morphology, _ = gm.demo_cell()
    whole = gm.Scene(morphology, color="label", camera=gm.Camera(azim=-90, elev=0))
    inset = gm.Inset(center=(0, 0, 300), height=100, color="red", width=0.4)
    shown = replace(whole, annotations=[inset])
    drawn = gm.render_image(shown, size=SIZE).astype(int)
    red = np.abs(drawn - (255, 0, 0)).max(axis=-1) < 60
    layout = shown.layout(SIZE)
    box = inset.picture_box(layout.view, layout.boxes[0])
    near = replace(whole, camera=gm.Camera(azim=-90, elev=0, center=(0, 0, 300), height=100))
    alone = gm.render_image(near, size=(box.width, box.height))
    np.testing.assert_array_equal(drawn[box.y : box.y + box.height, box.x : box.x + box.width], alone)
    x, y = shown.camera_beside(layout).project([[0, 0, 300]], SIZE)[0]
    half = 50 * SIZE[1] / shown.camera_beside(layout).height
    columns = np.flatnonzero(red[round(y), : box.x - 4])
    rows = np.flatnonzero(red[:, round(x)])
    assert (columns.min(), columns.max()) == pytest.approx((x - half, x + half), abs=2)
    assert (rows.min(), rows.max()) == pytest.approx((y - half, y + half), abs=2)


def test_what_cannot_show_insets_says_so() -> None:
    morphology, _ = gm.demo_cell()
    scene = gm.Scene(morphology, annotations=[gm.Inset(section=0)])
    with pytest.raises(TypeError, match="a web page cannot show an Inset"):
        gm.write_html(scene, None)
    with pytest.raises(SceneError, match="needs a section to show, or center and height"):
        gm.Inset()
