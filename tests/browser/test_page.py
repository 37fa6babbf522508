"""A web page in a real browser, from a file, without a network: what it draws, and what mouse and keys do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from open_page import OpenPage

import gpu_morph as gm
from gpu_morph.export.page_geometry import page_geometry
from gpu_morph.render.geometry.ribbons import ribbons
from gpu_morph.render.vertex_values import RecordingRows
from gpu_morph.scene.colormaps import lookup_table

Opener = Callable[..., OpenPage]
FROM_ABOVE = gm.Camera(azim=40, elev=90)  # every neurite is seen from its side
CLIM = (-80.0, 20.0)
TIMES = np.arange(11) * 0.5

# Three thick neurites from one point, in the plane z = 0; the third was not recorded.
STAR = gm.Morphology(
    points=[[0, 0, 0], [100, 0, 0], [0, 0, 0], [0, 100, 0], [0, 0, 0], [-70, -70, 0]],
    diameters=[20] * 6,
    section_offsets=[0, 2, 4, 6],
    section_parent=[-1, 0, 0],
    section_parent_x=[0, 0, 0],
    section_labels=("dend", "dend", "axon"),
    section_names=("dend[0]", "dend[1]", "axon[0]"),
)


def star_scene(**keywords: Any) -> gm.Scene:
    """Values that differ from end to end, and change over time; at the last times they leave the colours' range."""
    position, section = np.array([0, 1, 0, 1], dtype=np.float32), [0, 0, 1, 1]
    values = np.array([-70, -10, -40, 10]) + 5 * np.arange(11)[:, None]
    recording = gm.Recording(TIMES, values.astype(np.float32), section=section, position=position)
    given = {"clim": CLIM, "lighting": False, "camera": gm.Camera(azim=40, elev=35), "cmap": "plasma"} | keywords
    return gm.Scene(STAR, recording, **given)


def position(words: str) -> float:
    """0.42 of "dend[0] (0.42)"."""
    assert words.startswith("dend[0] (")
    return float(words.split()[1].strip("()"))


def color_at(value: float) -> np.ndarray[Any, Any]:
    table = lookup_table("plasma")
    return table[min(max(int((value - CLIM[0]) / (CLIM[1] - CLIM[0]) * 256), 0), 255)].astype(int)


# A wall through the star, half before it and half behind it, and spheres whose colours change with time.
AROUND = [
    gm.Mesh([(-80, 60, -80), (120, -20, -80), (120, -20, 80), (-80, 60, 80)], [(0, 1, 2), (0, 2, 3)], fit=True),
    gm.Points([(60, -60, 0), (-60, 60, 30)], diameters=40, values=np.outer(TIMES, [4, -16]) - 10, times=TIMES),
]


# Calcium of the third neurite, which changes slowly, over the potential of the others.
CALCIUM = gm.Recording(
    TIMES[::3], [[50, 900], [100, 500], [250, 300], [80, 10]], section=[2, 2], position=[0, 1], name="ca", unit="nM"
)
OVERLAYS = [gm.Overlay(CALCIUM, cmap="inferno", clim=(0, 600))]

# Markers before neurites.
SYNAPSES = {
    "synapses": gm.SynapseEvents(
        [[40, 0, 30], [90, 0, 30], [0, 40, 30], [0, 90, 30]], [0, 0, 1, 1], ("near", "far"), np.arange(4), np.ones(4)
    ),
    "synapse_style": gm.SynapseStyle(diameter=40, duration=2),
}


@pytest.mark.parametrize("bits", [8, 16])
def test_places_have_the_colours_of_their_values(opened: Opener, bits: int) -> None:
    scene = star_scene(camera=FROM_ABOVE)
    page = opened(scene, bits=bits)
    camera = scene.fitted_camera(page.size)
    assert scene.recording is not None
    for k in range(10):
        axis, fraction = k % 2, 0.3 + 0.06 * k
        place = np.zeros((1, 3))
        place[0, axis] = 100 * fraction
        first, last = scene.recording.row(k)[2 * axis : 2 * axis + 2]
        page.show(k)
        # A pixel has a size, along which the value changes.
        x, y = camera.project(place, page.size)[0].astype(int)
        shown = page.pixels()[y, x].astype(int)
        near = [color_at(first + (last - first) * f) for f in np.linspace(fraction - 0.01, fraction + 0.01, 5)]
        assert min(np.abs(shown - color).max() for color in near) <= 4, (k, shown, near)


def test_what_was_not_recorded_has_its_colour(opened: Opener) -> None:
    scene = star_scene(nan_color="#123456")
    page = opened(scene)
    x, y = scene.fitted_camera(page.size).project([[-40, -40, 0]], page.size)[0].astype(int)
    assert page.pixels()[y, x].tolist() == [0x12, 0x34, 0x56]


@pytest.mark.parametrize(
    "keywords",
    [
        {"lighting": True},
        {
            "lighting": True,
            "camera": gm.Camera(
                azim=200, elev=10, roll=30, projection="perspective", center=(20, 10, 0), height=250, up="y"
            ),
        },
        {"opacity": [1.0, 0.5, 0.25]},
        {"opacity": 0.4, "background": "black"},
        {"lighting": True, "style": "glossy"},
        {"lighting": True, "style": "cover"},
        {"lighting": True, "style": "cover", "opacity": 0.4, "background": "black"},
        {"lighting": True, "style": "cover", **SYNAPSES},
        {"style": "glow", "background": "black", "camera": gm.Camera(center=(20, 0, 0), height=260)},
        {"style": "glow", "meshes": AROUND, "camera": gm.Camera(center=(20, 0, 0), height=260)},
        {"norm": [-80, -60, -45, -20, 20]},
        {"norm": "centered:-40", "clim": None},
        {"highlight": gm.Highlight(1)},
        {"highlight": gm.Highlight(1, style="color"), "lighting": True},
        {"color": ["red", "green", "blue"], "depth_cue": 0.6},
        {"camera": gm.Camera(center=(50, 0, 0), height=80, shift=(0.1, -0.2))},
        {"min_width": 6.0, "camera": gm.Camera(zoom=0.05)},
        {"overlays": OVERLAYS, "lighting": True},
        {"overlays": OVERLAYS, "color": "navy"},
        {"meshes": AROUND, "lighting": True},
        {"meshes": AROUND, "opacity": 0.4, "background": "black", "camera": gm.Camera(projection="perspective")},
    ],
    ids=[
        "lit",
        "perspective",
        "opacities",
        "faded",
        "glossy",
        "cover",
        "cover, faded",
        "cover, synapses",
        "glow",
        "glow, meshes",
        "boundaries",
        "centered",
        "outline",
        "highlight",
        "sections",
        "close-up",
        "thin",
        "overlay",
        "overlay on a colour",
        "meshes",
        "meshes, faded",
    ],
)
def test_the_picture_is_that_of_render_image(
    opened: Opener, keywords: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_morph.render.glow.overlap", lambda *_, **__: 1.0)  # a page estimates it for its first view
    scene = star_scene(**keywords)
    page = opened(scene)
    k = 1 if scene.overlays and not scene.shows_values else 3
    if scene.shows_values or scene.overlays:
        page.show(k)
    expected = gm.render_image(scene, time=TIMES[3], size=page.size).astype(int)
    difference = np.abs(page.pixels().astype(int) - expected)
    assert (expected != expected[0, 0]).any()
    assert difference.mean() <= 0.1
    assert np.mean(difference.max(axis=2) > 8) <= (0.004 if scene.meshes else 0.002)  # drivers smooth edges differently


def test_the_demo_cell_is_that_of_render_image(opened: Opener) -> None:
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(morphology, recording, clim=(-90, 40))
    page = opened(scene, width=600, height=600)
    page.show(150)
    expected = gm.render_image(scene, time=float(recording.times[150]), size=page.size)
    assert np.abs(page.pixels().astype(int) - expected).mean() <= 0.5


def test_synapses_appear_as_in_a_film_that_turns(opened: Opener) -> None:
    synapses = gm.SynapseEvents(
        [[60, 0, 6], [0, 60, 6], [-40, -40, 0]], [0, 1, 1], ("near", "far"), [0, 1, 2, 0], [0.0, 0.4, 3.0, 1.0]
    )
    camera = gm.Camera(azim=40, elev=35, center=(20, 20, 0), height=200, azim_step=1)  # markers are all around tubes
    style = gm.SynapseStyle(diameter=15, duration=1.5, fade=True)
    scene = star_scene(synapses=synapses, synapse_style=style, camera=camera)
    page = opened(scene)
    for k, active in ((0, [0]), (1, [0, 1]), (4, [0]), (6, [2])):
        page.show(k)
        shown = page.pixels().astype(int)
        assert page("[...gpuMorph.drawing.markers.active.keys()]") == active
        with gm.Renderer(scene, page.size) as renderer:  # a single picture has markers on the viewer's side
            expected = renderer.render(TIMES[k]).astype(int)
        assert np.abs(shown - expected).mean() <= 0.1


def test_ribbons_are_grouped_as_in_python(opened: Opener) -> None:
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(morphology, recording, clim=(-90, 40))
    page = opened(scene, width=300, height=300)
    found = page(
        """() => {
          const batch = gpuMorph.drawing.allTubes[0].batches.find((batch) => batch.isRibbon);
          return [gpuMorph.drawing.allTubes[0].pixel, [...batch.vertices]];
        }"""
    )
    rows = RecordingRows(scene, scene.coloring)
    geometry = page_geometry(scene, rows, scene.camera.fitted(morphology, (2000, 2000)))
    radii = np.maximum(geometry.radii[geometry.start], geometry.radii[geometry.end]) / found[0]
    expected = ribbons(geometry, np.flatnonzero(radii <= 2.0), longest=4)
    np.testing.assert_array_equal(np.reshape(found[1], (-1, 7)), expected)


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


def test_dense_screens_draw_more_pixels_of_the_same_picture(opened: Opener) -> None:
    scene = star_scene(min_width=6.0, camera=gm.Camera(zoom=0.05))
    page = opened(scene, options={"device_scale_factor": 2})
    width, height = page.size
    assert page("gpuMorph.canvas.clientWidth") * 2 == width
    expected = gm.render_image(scene, time=0, size=(width, height)).astype(int)
    assert np.abs(page.pixels().astype(int) - expected).mean() <= 0.1


def test_a_still_scene_has_no_player(opened: Opener) -> None:
    page = opened(gm.Scene(STAR, color="label"))
    assert page("document.getElementById('player').hidden && document.getElementById('clock').hidden")
    assert page("[...document.querySelectorAll('#legend li')].map((item) => item.textContent)") == ["dend", "axon"]
    assert (page.pixels() != 255).any()


def test_in_a_notebook_the_page_draws_in_its_frame(browser: Any) -> None:
    context = browser.new_context(offline=True, viewport={"width": 800, "height": 700})
    page, said = context.new_page(), list[str]()
    page.set_default_timeout(120_000)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_content(f"<body>{gm.write_html(star_scene(), None)._repr_html_()}</body>")
    frame = page.frame_locator("iframe")
    frame.locator("html[data-state=ready]").wait_for()
    inner = page.frames[1]
    colors = inner.evaluate("new Set(new Uint32Array(gpuMorph.drawing.pixels().buffer)).size")
    assert colors > 50
    assert said == []
    context.close()
