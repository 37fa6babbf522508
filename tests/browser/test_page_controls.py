"""What is around the picture of a web page: player, keys, legend, words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from open_page import OpenPage
from page_scenes import STAR, star_scene

import gpu_morph as gm

Opener = Callable[..., OpenPage]


def test_it_plays_and_stops(opened: Opener) -> None:
    page = opened(star_scene())
    page.page.locator("canvas").focus()
    page.page.keyboard.press(" ")
    page.until("gpuMorph.player.k > 1")
    assert page("document.getElementById('play').getAttribute('aria-label')") == "Pause"
    page.page.locator("#play").click()
    assert page("gpuMorph.player.isPlaying") is False
    page.show(4)
    assert page("document.getElementById('clock').textContent") == "2.0 ms"
    assert page("document.getElementById('slider').getAttribute('aria-valuetext')") == "2.0 ms"


def test_keys_turn_step_and_change_the_theme(opened: Opener) -> None:
    page = opened(star_scene())
    page.page.locator("canvas").focus()
    for key in ("ArrowRight", "ArrowUp", ".", ".", ",", "d", "+"):
        page.page.keyboard.press(key)
    assert page("[gpuMorph.camera.azim, gpuMorph.camera.elev, gpuMorph.player.k]") == [45, 40, 1]
    assert page("document.documentElement.dataset.theme") == "dark"
    assert page.pixels()[0, 0].max() < 40
    assert page("gpuMorph.camera.zoom") == pytest.approx(1.2)
    page.page.keyboard.press("?")
    assert page("document.getElementById('keys').open") is True
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("0")
    assert page("[gpuMorph.camera.azim, gpuMorph.camera.zoom]") == [40, 1]


def test_names_and_values_are_there_for_screen_readers(opened: Opener) -> None:
    page = opened(star_scene(), title="A star")
    page.show(1)
    page("gpuMorph.draw()")
    label = page("gpuMorph.canvas.getAttribute('aria-label')")
    assert label == "A star, seen from azimuth 40°, elevation 35°, at 0.5 ms, v from −65.0 to 15.0 mV"
    unnamed = page(
        """[...document.querySelectorAll("button, input, select")].filter(
          (control) => !control.getAttribute("aria-label") && !control.textContent.trim()).length"""
    )
    assert unnamed == 0


def test_the_colour_bar_has_the_ticks_of_the_colours(opened: Opener) -> None:
    page = opened(star_scene(cmap="viridis", clim=(-80, 20)))
    assert page("[...document.querySelectorAll('.tick')].map((tick) => tick.textContent)") == [
        "−80", "−60", "−40", "−20", "0", "20",
    ]  # fmt: skip
    assert page("document.querySelector('figcaption').textContent") == "Membrane potential (mV)"
    assert page("document.querySelector('.missing').textContent") == "not recorded"
    assert page("document.querySelector('.over') !== null && document.querySelector('.under') === null")


def test_the_scale_bar_is_as_long_as_it_says(opened: Opener) -> None:
    page = opened(star_scene(), width=700, height=600)
    words, width = page("[...document.getElementById('scale-bar').children].map((c) => c.textContent || c.offsetWidth)")
    length, pixel = float(words.split()[0]), page("gpuMorph.camera.heightFor(...gpuMorph.size)") / page.size[1]
    assert width == pytest.approx(length / pixel, abs=1)


def test_a_still_scene_has_no_player(opened: Opener) -> None:
    page = opened(gm.Scene(STAR, color="label"))
    assert page("document.getElementById('player').hidden && document.getElementById('clock').hidden")
    assert page("[...document.querySelectorAll('#legend li')].map((item) => item.textContent)") == ["dend", "axon"]
    assert (page.pixels() != 255).any()
