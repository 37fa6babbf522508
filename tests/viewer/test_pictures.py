"""Pictures while something is moved: those of any camera in a frame's time, and of a simplified scene."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.render.geometry import scene_geometry
from gpu_morph.viewer.drawer import Drawer
from gpu_morph.viewer.pictures import Pictures
from gpu_morph.viewer.simplified import simplified_scene
from gpu_morph.viewer.state import ViewContext, ViewState

SIZE = (160, 120)


@pytest.fixture(scope="module")
def scene() -> gm.Scene:
    points = [[0, 0, 0], [0, 0, 60], [0, 0, 60], [40, 0, 90], [0, 0, 60], [-40, 30, 90]]
    morphology = gm.Morphology(
        points, [8, 6, 6, 4, 5, 3], [0, 2, 4, 6], [-1, 0, 0], [1, 1, 1], ["soma", "dend", "dend"]
    )
    values = [[-80, -60, 0], [-40, 0, 20]]
    recording = gm.Recording([0, 1], values, section=[0, 1, 2], position=[0.5, 0.5, 0.5], name="v", unit="mV")
    return gm.Scene(morphology, recording, clim=(-80, 20))


def test_a_preview_is_nearly_the_picture_of_its_camera_and_range(scene: gm.Scene) -> None:
    events = gm.SynapseEvents([[0, 0, 30]], [0], ["a"], [0], [0.0])
    scene = replace(scene, synapses=events)
    with gm.Renderer(scene, SIZE) as renderer:
        first = renderer.camera
        before = renderer.render(0.5)
        assert np.array_equal(renderer.preview(0.5, first), before)
        x, y, z = first.center
        camera = replace(first, azim=first.azim + 40, elev=20, center=(x + 9, y, z - 12), height=first.height / 1.4)
        seen, clim = renderer.preview(0.5, camera, clim=(-60, 60)), (-60, 60)
        assert np.array_equal(renderer.render(0.5), before)
    exact = gm.render_image(replace(scene, camera=camera, clim=clim), time=0.5, size=SIZE)
    assert not np.array_equal(exact, before)
    assert np.abs(exact.astype(int) - seen).mean() < 0.3


def test_a_preview_of_a_camera_that_needs_other_vertices_is_an_error(scene: gm.Scene) -> None:
    with gm.Renderer(scene, SIZE) as renderer, pytest.raises(ValueError, match="use render"):
        renderer.preview(0.5, replace(renderer.camera, projection="perspective"))


def test_a_simplified_scene_keeps_large_sections_and_their_colours() -> None:
    x = np.linspace(0, 100, 401)
    lines = [np.stack([x, np.full(401, 20.0 * k), 0 * x], axis=1) for k in range(4)]
    diameters = np.repeat([1.0, 8.0, 6.0, 4.0], 401)
    morphology = gm.Morphology(np.concatenate(lines), diameters, np.arange(5) * 401, [-1] * 4, [0] * 4, ["dend"] * 4)
    columns = np.linspace(0, 1, 101)
    values = np.concatenate([-80 + 100 * columns] * 4)[None] + [[0.0], [1.0]]
    recording = gm.Recording([0, 1], values, section=np.repeat(range(4), 101), position=np.tile(columns, 4), name="v")
    scene = gm.Scene(morphology, recording, clim=(-80, 20), camera=gm.Camera(azim=-90, elev=90))
    simple = simplified_scene(scene, 6)
    assert simple.opacity.tolist() == [0, 1, 1, 1]
    assert simple.morphology.n_points <= 14
    assert simple.recording.n_compartments < 20
    assert simplified_scene(scene, 10_000) is scene
    camera = replace(scene, opacity=simple.opacity).fitted_camera(SIZE)
    images = [
        gm.render_image(replace(one, camera=camera, opacity=simple.opacity), time=0, size=SIZE)
        for one in (scene, simplified_scene(scene, 60))
    ]
    assert np.abs(images[0].astype(int) - images[1]).mean() < 2


def test_values_of_points_are_simplified_with_them() -> None:
    points = np.stack([np.linspace(0, 100, 101), np.zeros(101), np.zeros(101)], axis=1)
    morphology = gm.Morphology(points, np.ones(101), [0, 101], [-1], [0], ["dend"])
    simple = simplified_scene(gm.Scene(morphology, color=gm.PointValues(np.arange(101.0))), 11)
    assert np.allclose(simple.color.values, simple.morphology.points[:, 0], atol=1e-4)


def test_pictures_and_tooltips_of_scenes_with_second_recordings_have_the_same_vertices(
    scene: gm.Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, new = [], scene_geometry._new_geometry
    monkeypatch.setattr(scene_geometry, "_new_geometry", lambda *given: made.append(given) or new(*given))
    second = gm.Recording([0, 1], [[0], [1]], section=[1], position=[0.5], name="ca", unit="mM")
    pictures, first = Pictures(None), replace(scene, overlays=[gm.Overlay(second)]).resolved()
    try:
        camera = first.fitted_camera(SIZE)
        for content in (first, replace(first, clim=(-60, 0))):
            pictures.exact(content, camera, SIZE, 0.5)
            pictures.geometry(content, camera, SIZE)
    finally:
        pictures.close()
    assert len(made) == 1


def test_what_moves_has_no_depth_of_field_and_what_rests_has_it(scene: gm.Scene) -> None:
    camera = gm.Camera(azim=-90, elev=0, center=(0, 0, 45), height=90, projection="perspective", aperture=15)
    camera = replace(camera, focus=(0, -30, 0), shift=(0.0, 0.0))
    scene = replace(scene, camera=camera)
    state = ViewState((160, 164), 1.0, camera, time=0.0, clim=(-80.0, 20.0))
    drawer, context = Drawer(scene, None), ViewContext(camera)
    try:
        moving = [drawer.draw(state, context, is_settled=False)]  # before there is a preview, and with one
        drawer.prepare(state)
        moving.append(drawer.draw(state, context, is_settled=False))
        settled = drawer.draw(state, context, is_settled=True)
    finally:
        drawer.close()
    size = settled.image.shape[1], 120
    exact = gm.render_image(scene, time=0, size=size)
    sharp = gm.render_image(replace(scene, camera=replace(camera, aperture=0)), time=0, size=size)
    assert not np.array_equal(exact, sharp)
    for drawn in moving:
        assert not drawn.is_exact
        np.testing.assert_array_equal(drawn.image[:100], sharp[:100])
    assert settled.is_exact
    np.testing.assert_array_equal(settled.image[:100], exact[:100])
