"""Mouse and fingers turn, move and zoom the picture of a web page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from open_page import OpenPage
from page_scenes import CLIM, STAR, TIMES, star_scene

import gpu_morph as gm

Opener = Callable[..., OpenPage]


def test_a_drag_turns_as_a_camera_turns(opened: Opener) -> None:
    scene = star_scene()
    page = opened(scene)
    before = page.pixels()
    box = page.page.locator("canvas").bounding_box()
    assert box is not None
    page.page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 160, box["y"] + 130, steps=6)
    page.page.mouse.up()
    azim, elev = page("[gpuMorph.camera.azim, gpuMorph.camera.elev]")
    assert azim < 40 < azim + 60
    assert 35 < elev < 90
    turned = gm.Scene(
        STAR,
        scene.recording,
        clim=CLIM,
        lighting=False,
        cmap="plasma",
        camera=gm.Camera(
            azim=azim,
            elev=elev,
            center=page("gpuMorph.camera.center"),
            height=page("gpuMorph.camera.heightFor(...gpuMorph.size)"),
        ),
    )
    shown = page.pixels()
    assert (shown != before).any()
    assert np.abs(shown.astype(int) - gm.render_image(turned, time=0, size=page.size)).mean() <= 0.1


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_a_picture_that_moved_is_that_of_the_moved_camera(opened: Opener, projection: str) -> None:
    synapses = gm.SynapseEvents([[60, 0, 6]], [0], ("near",), [0], [0.0])
    first = gm.Camera(azim=40, elev=35, center=(20, 20, 0), height=300, projection=projection)
    scene = star_scene(camera=first, synapses=synapses, highlight=gm.Highlight(1), depth_cue=0.5)
    page = opened(scene)
    page.show(1)
    for script in ("gpuMorph.move(60, -30)", "gpuMorph.zoom(1.3)", "gpuMorph.turn(1, 0)", "gpuMorph.move(-20, 5)"):
        page(script)
        page("gpuMorph.draw()")
        azim, center, height = page(
            "[gpuMorph.camera.azim, gpuMorph.camera.center, gpuMorph.camera.heightFor(...gpuMorph.size)]"
        )
        moved = replace(scene, camera=replace(first, azim=azim, center=center, height=height))
        expected = gm.render_image(moved, time=TIMES[1], size=page.size).astype(int)
        assert np.abs(page.pixels().astype(int) - expected).mean() <= 0.1, script


def test_two_fingers_zoom(opened: Opener) -> None:
    page = opened(star_scene(), options={"has_touch": True})
    page(
        """() => {
          const canvas = gpuMorph.canvas, box = canvas.getBoundingClientRect();
          const send = (kind, id, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
            pointerId: id, pointerType: "touch", clientX: box.left + x, clientY: box.top + y, bubbles: true }));
          canvas.setPointerCapture = () => {};
          send("pointerdown", 1, 100, 100); send("pointerdown", 2, 200, 100);
          send("pointermove", 2, 300, 100); send("pointerup", 1, 100, 100); send("pointerup", 2, 300, 100);
        }"""
    )
    assert page("gpuMorph.camera.zoom") == pytest.approx(2)
