"""Panels in panels, without scenes, with linked paths and with close-ups."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.errors import SceneError
from gpu_morph.scene.fingerprint import fingerprint


def cell(n_sections: int = 1, length: float = 100.0) -> gm.Morphology:
    """Sections along z, one after the other."""
    ends = np.linspace(0, length, n_sections + 1)
    points = [[0, 0, z] for pair in pairwise(ends) for z in pair]
    parents = np.arange(n_sections) - 1
    return gm.Morphology(
        points=points,
        diameters=np.full(len(points), 10.0),
        section_offsets=2 * np.arange(n_sections + 1),
        section_parent=parents,
        section_parent_x=np.where(parents < 0, 0, 1),
        section_labels=("soma",) * n_sections,
    )


def scene(low: float = 0.0, high: float = 1.0, **options: Any) -> gm.Scene:
    values = [[low], [high], [low]]
    recording = gm.Recording(np.arange(3), values, section=[0], position=[0.5], name="v", unit="mV")
    return gm.Scene(options.pop("cell", cell()), recording, **{"camera": gm.Camera(azim=0, elev=0), **options})


TRACES = gm.Traces([1.0, 2.0, 1.0], times=[0, 1, 2])


def cameras_of(panels: gm.Panels, size: tuple[int, int]) -> list[gm.Camera]:
    layout = panels.layout(size)
    scenes = [one for item in panels.drawn_items(layout) for one in getattr(item, "scenes", (item,))]
    return [one.camera_beside(part) for one, part in zip(scenes, layout.of_scenes, strict=True)]


def test_panels_of_plots_go_by_the_scene_of_those_around_them() -> None:
    plots = gm.Panels([[TRACES], [TRACES]], annotations=[gm.Clock()])
    for call in (gm.render_image, lambda shown: gm.render_video(shown, "film.mp4")):
        with pytest.raises(SceneError, match="show one in a panel, here or in the Panels that these are a part of"):
            call(plots)
    light, dark = (gm.Panels([[scene(background=color), plots]]) for color in ("white", "black"))
    assert light.items[1].background_rgba != dark.items[1].background_rgba
    ours, theirs = fingerprint(light, [0.0]), fingerprint(dark, [0.0])
    assert [name for name in ours if ours[name] != theirs[name]] == ["panel 1: background"]
    assert gm.Panels([[dark, None]]).items[0].items[1].background_rgba == dark.background_rgba


def test_a_colour_bar_of_panels_in_panels_has_one_range_for_their_scenes() -> None:
    inner = gm.Panels([[scene(0, 1)], [scene(-3, 0.5)]], annotations=[gm.ColorBar()])
    alone = gm.Panels([[scene(5, 9), inner]]).resolved()
    assert [one.clim for one in alone.scenes] == [(5, 9), (-3, 1), (-3, 1)]
    assert alone.resolved().layout((300, 200)).boxes
    shared = gm.Panels([[scene(5, 9), inner]], annotations=[gm.ColorBar()]).resolved()
    assert [one.clim for one in shared.scenes] == [(-3, 9)] * 3


def test_cameras_are_linked_in_panels_of_panels() -> None:
    other = scene(cell=cell(length=400.0), camera=gm.Camera(azim=90, elev=45))
    rows = [[scene(), gm.Panels([[other], [TRACES]], gap=0)]]
    assert cameras_of(gm.Panels(rows), (300, 200))[1].azim == 90
    one, two = cameras_of(gm.Panels(rows, cameras="scale", gap=0), (300, 200))
    assert (two.azim, two.elev) == (0, 0)
    assert one.height / 200 == pytest.approx(two.height / 100)
    one, two = cameras_of(gm.Panels(rows, cameras="view"), (300, 200))
    assert one.center == two.center


def test_a_linked_path_to_sections_that_a_cell_lacks_is_an_error() -> None:
    path = gm.CameraPath([(0, gm.Camera(azim=0, elev=0)), (1, gm.Camera(azim=0, elev=0), [2])])
    first = scene(cell=cell(3), camera=path)
    assert len(cameras_of(gm.Panels([[first, scene(cell=cell(4))]], cameras="angle"), (200, 100))) == 2
    for rows in ([[first, scene()]], [[gm.Panels([[first], [scene()]])]]):
        panels = gm.Panels(rows, cameras="angle")
        words = r"cameras='angle'.*fitted to section 2, but the cell of scene 2 of the panels has sections 0 to 0: give"
        with pytest.raises(SceneError, match=words):
            gm.render_image(panels, time=1, size=(200, 100))


def test_text_of_panels_in_panels_is_that_of_panels() -> None:
    one = scene(annotations=[gm.Clock()])
    inner = gm.Panels([[one]], titles=["a"])
    panels = gm.Panels([[one, inner]], gap=0)
    layout = panels.layout((1200, 600))
    (left, right) = layout.of_scenes
    assert left.view.text == one.layout((600, 600)).view.text
    assert right.view.text == one.layout(right.view.size).view.text < layout.view.text
    assert layout.layouts[1].view.text == layout.view.text
    given = replace(panels, font_size=11).layout((1200, 600))
    assert {part.view.text for part in (*given.of_scenes, given.layouts[1], given)} == {11}


def test_errors_of_a_scene_with_an_inset_are_about_that_scene() -> None:
    shown = scene(annotations=[gm.Inset(9)])
    with pytest.raises(SceneError) as found:
        gm.render_image(shown, time=1)
    assert not str(found.value).startswith("panel")
    with pytest.raises(SceneError, match=r"^panel 2: "):
        gm.render_image(gm.Panels([[scene(), shown]]), time=1)
    with pytest.raises(SceneError, match=r"Inset: .*height"):
        gm.Inset(0, height=0)
    with pytest.raises(TypeError, match=r"Renderer cannot show an Inset: .*render_image"):
        gm.Renderer(scene(annotations=[gm.Inset(0)]))


def test_titles_of_more_rows_than_there_are_panels_are_an_error() -> None:
    for titles in ([["a", "b"], ["c"]], [["a", "b"], None]):
        with pytest.raises(SceneError, match=r"in rows of 2, got 2 rows"):
            gm.Panels([[scene(), scene()]], titles=titles)
