"""Sites of a cell in a web page: what is under the pointer, and what a click keeps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from open_page import OpenPage
from page_scenes import FROM_ABOVE, OVERLAYS, TIMES, star_scene

import gpu_morph as gm

Opener = Callable[..., OpenPage]


def position(words: str) -> float:
    """0.42 of "dend[0] (0.42)"."""
    assert words.startswith("dend[0] (")
    return float(words.split()[1].strip("()"))


def test_moving_and_zooming_keep_the_site_under_the_pointer(opened: Opener) -> None:
    page = opened(star_scene())
    box = page.page.locator("canvas").bounding_box()
    assert box is not None
    site = "([x, y]) => gpuMorph.readout.words(gpuMorph.pick(x, y))"
    scene = star_scene()
    x, y = scene.fitted_camera(page.size).project([[60, 0, 0]], page.size)[0].tolist()
    before = page(site, [x, y])
    page.page.mouse.move(box["x"] + x, box["y"] + y)
    page.page.mouse.wheel(0, -400)
    page.until("gpuMorph.camera.zoom > 1.5")
    page("gpuMorph.draw()")
    assert position(page(site, [x, y])[1]) == pytest.approx(position(before[1]), abs=0.03)
    page("gpuMorph.move(37, -21)")
    page("gpuMorph.draw()")
    assert position(page(site, [x + 37, y - 21])[1]) == pytest.approx(position(before[1]), abs=0.03)
    page.page.mouse.dblclick(box["x"] + 5, box["y"] + 5)
    assert page("[gpuMorph.camera.zoom, gpuMorph.camera.azim]") == [1, 40]


def test_the_value_under_the_pointer_is_that_of_the_recording(opened: Opener) -> None:
    scene = star_scene(camera=FROM_ABOVE)
    page = opened(scene)
    page.show(2)
    x, y = scene.fitted_camera(page.size).project([[60, 0, 0]], page.size)[0].tolist()
    box = page.page.locator("canvas").bounding_box()
    assert box is not None
    page.page.mouse.move(box["x"] + x, box["y"] + y)
    page.until("!document.getElementById('readout').hidden")
    value, section, distance = page("gpuMorph.readout.words(gpuMorph.readout.site)")
    assert value.endswith(" mV")
    assert float(value.split()[0].replace("−", "-")) == pytest.approx(-60 + 60 * 0.6, abs=1)
    assert section in ("dend[0] (0.59)", "dend[0] (0.60)", "dend[0] (0.61)")
    assert distance.endswith(" µm from the root")
    page.page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.until("document.getElementById('readout').hidden")


def test_an_overlay_has_a_colour_bar_and_its_own_values_under_the_pointer(opened: Opener) -> None:
    scene = star_scene(camera=FROM_ABOVE, overlays=OVERLAYS)
    page = opened(scene, width=800, height=500)
    page.show(3)
    for place, name, unit, value in (((-35, -35, 0), "ca", "nM", 300), ((60, 0, 0), "v", "mV", -55 + 60 * 0.6)):
        site = scene.fitted_camera(page.size).project([place], page.size)[0].tolist()
        words = page("([x, y]) => gpuMorph.readout.words(gpuMorph.pick(x, y))", site)
        shown = words[0].split()
        assert (shown[0], shown[2]) == (name, unit)
        assert float(shown[1].replace("−", "-")) == pytest.approx(value, rel=0.05)
    bars = page("[...document.querySelectorAll('#legend figcaption')].map(({ textContent }) => textContent)")
    assert len(bars) == 2
    assert page("(legend => legend.scrollHeight <= legend.clientHeight)(document.getElementById('legend'))")
    assert "nM" in bars[1]
    assert "v from −55.0 to 20.0 mV, ca from 100.0 to 500.0 nM" in page("gpuMorph.words")


def test_a_click_keeps_a_site_while_time_goes_on(opened: Opener) -> None:
    scene = star_scene()
    page = opened(scene)
    x, y = scene.fitted_camera(page.size).project([[60, 0, 0]], page.size)[0].tolist()
    box = page.page.locator("canvas").bounding_box()
    assert box is not None
    page.page.mouse.click(box["x"] + x, box["y"] + y)
    shown = "document.querySelector('#readout strong').textContent"
    first = page(shown)
    assert page("document.getElementById('spoken').textContent").startswith(first)
    page.show(5)
    page("gpuMorph.draw()")
    value = [float(text.split()[0].replace("−", "-")) for text in (first, page(shown))]
    assert value[1] - value[0] == pytest.approx(25, abs=0.1)


def test_a_site_that_is_kept_moves_with_the_cell_and_shows_its_curve(opened: Opener) -> None:
    scene = star_scene(camera=FROM_ABOVE)
    page = opened(scene, width=700)
    x, y = scene.fitted_camera(page.size).project([[60, 0, 0]], page.size)[0].tolist()
    page("([x, y]) => gpuMorph.readout.keep(x, y)", [x, y])
    place = "gpuMorph.readout.place(gpuMorph.readout.kept)"
    assert page(place) == pytest.approx([x, y], abs=1.5)
    page("gpuMorph.turn(50, -20)")
    page("gpuMorph.draw()")
    center, height = page("[gpuMorph.camera.center, gpuMorph.camera.heightFor(...gpuMorph.size)]")
    turned = gm.Camera(azim=90, elev=70, center=center, height=height)
    expected = turned.project([[60, 0, 0]], page.size)[0]
    assert page(place) == pytest.approx(expected.tolist(), abs=3)
    path = page("document.querySelector('#readout .curve').getAttribute('d')")
    heights = [float(point.split()[1]) for point in re.split("[ML]", path)[1:]]
    assert len(heights) == len(TIMES)
    assert heights == sorted(heights, reverse=True)  # the value rises with time
