"""What a web page draws in a real browser, from a file, without a network: the pictures of `render_image`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from open_page import OpenPage
from page_scenes import AROUND, FROM_ABOVE, OVERLAYS, SYNAPSES, TIMES, color_at, star_scene

import gpu_morph as gm
from gpu_morph.export.page_geometry import page_geometry
from gpu_morph.render.geometry.ribbons import ribbons
from gpu_morph.render.vertex_values import RecordingRows

Opener = Callable[..., OpenPage]


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
        {"style": "glow", "background": "black", **SYNAPSES},
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
        "glow, synapses",
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


def test_dense_screens_draw_more_pixels_of_the_same_picture(opened: Opener) -> None:
    scene = star_scene(min_width=6.0, camera=gm.Camera(zoom=0.05))
    page = opened(scene, options={"device_scale_factor": 2})
    width, height = page.size
    assert page("gpuMorph.canvas.clientWidth") * 2 == width
    expected = gm.render_image(scene, time=0, size=(width, height)).astype(int)
    assert np.abs(page.pixels().astype(int) - expected).mean() <= 0.1


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
