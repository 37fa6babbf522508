"""A second recording on a colormap of its own."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reference import straight_tube

from gpu_morph import (
    Camera,
    ColorBar,
    Overlay,
    Recording,
    Renderer,
    Scene,
    TimeRange,
    join_morphologies,
    render_image,
)
from gpu_morph.errors import SceneError
from gpu_morph.scene.colormaps import lookup_table
from gpu_morph.scene.fingerprint import fingerprint

SIZE = (200, 200)
FROM_ABOVE = Camera(azim=-90, elev=90, center=(0, 0, 0), height=20)
UPPER, LOWER = 60, 140  # rows of the two tubes
CELL = join_morphologies([straight_tube((-9, y, 0), (9, y, 0), diameter=2.0) for y in (4, -4)])


def rows(values: Any, times: Any, section: int, name: str) -> Recording:
    return Recording(
        times,
        np.asarray(values, dtype=np.float32)[:, np.newaxis],
        section=[section],
        position=[0.5],
        name=name,
        unit="",
    )


def scene(**more: Any) -> Scene:
    both = Recording(
        [0.0, 1.0, 2.0], [[0, 5], [1, 5], [np.nan, 5]], section=[0, 1], position=[0.5, 0.5], name="ca", unit="nM"
    )
    spikes = rows([0, 1, 2, 4], [0.0, 0.9, 1.4, 2.2], 1, "spikes")
    overlay = Overlay(spikes, cmap="inferno", clim=(0, 4))
    given: dict[str, Any] = {"clim": (0, 2), "cmap": "gray", "nan_color": "lime", "lighting": False}
    return Scene(CELL, both, overlays=[overlay], camera=FROM_ABOVE, **(given | more))


def test_each_section_has_its_recordings_colormap_and_values() -> None:
    gray, inferno = lookup_table("gray"), lookup_table("inferno")
    expected = [(gray[0], inferno[0]), (gray[128], inferno[64]), ((0, 255, 0), inferno[255])]
    with Renderer(scene(), SIZE) as renderer:
        pictures = list(renderer.frames([0.0, 1.0, 2.0]))
        drawn = [renderer.render(time) for time in (0.0, 1.0, 2.0)]
    for picture, (upper, lower) in zip(pictures, expected, strict=True):
        np.testing.assert_allclose(picture[UPPER, 100], upper, atol=2)
        np.testing.assert_allclose(picture[LOWER, 100], lower, atol=2)
    np.testing.assert_array_equal(pictures, drawn)


def test_a_norm_of_the_scene_holds_for_its_own_values() -> None:
    alone = render_image(replace(scene(norm="power:0.5"), overlays=()), time=1.0, size=SIZE)
    both = render_image(scene(norm="power:0.5"), time=1.0, size=SIZE)
    np.testing.assert_allclose(both[UPPER, 100].astype(int), alone[UPPER, 100], atol=2)


def test_an_overlay_stands_on_a_cell_of_one_color() -> None:
    picture = render_image(scene(color="navy"), time=1.0, size=SIZE)
    assert picture[UPPER, 100].tolist() == [0, 0, 128]
    np.testing.assert_allclose(picture[LOWER, 100], lookup_table("inferno")[64], atol=2)


@pytest.mark.parametrize(
    ("name", "sampling", "time", "upper", "lower"),
    [  # mean of the two recorded times, and the peak of three, of which the middle one is far below the range
        ("i", "peak", 1.0, -20, -3),
        ("v", "peak", 1.0, 4, -3),
        ("i", "linear", 0.5, -8, -1),
        ("i", "linear", 1.5, -9.5, -1),
        ("i", "nearest", 1.0, -20, -3),
    ],
)
def test_the_rows_of_a_frame_are_combined_as_values_and_not_as_colours(
    name: str, sampling: Any, time: float, upper: float, lower: float
) -> None:
    both = Recording([0.0, 1.0, 2.0], [[4, 0], [-20, 0], [1, 0]], section=[0, 1], position=[0.5, 0.5], name=name)
    current = rows([1, -3, 1], [0.0, 1.0, 2.0], 1, "other")
    given = {"sampling": sampling, "time_range": TimeRange(-2, 4, 3), "cmap": "gray", "lighting": False}
    shown = Scene(
        CELL,
        both,
        clim=(-10, 10),
        camera=FROM_ABOVE,
        overlays=[Overlay(current, cmap="gray", clim=(-4, 4))],
        **given,
    )
    picture = render_image(shown, time=time, size=SIZE)
    for row, value, low in ((UPPER, upper, -10), (LOWER, lower, -4)):
        expected = lookup_table("gray")[int(np.clip(255.99 * (value - low) / (-2 * low), 0, 255))]
        np.testing.assert_allclose(picture[row, 100], expected, atol=2)
    alone = render_image(replace(shown, overlays=[]), time=time, size=SIZE)
    np.testing.assert_allclose(picture[UPPER, 100].astype(int), alone[UPPER, 100], atol=1)


def test_both_have_a_colour_bar() -> None:
    bars = [ColorBar(), ColorBar(variable="spikes", place="left")]
    picture = render_image(scene(annotations=bars), time=0.0, size=(300, 200)).astype(int)
    orange = lookup_table("inferno")[180].astype(int)
    assert (np.abs(picture[:, :110] - orange).max(axis=-1) < 12).any()
    with pytest.raises(SceneError, match="no overlay or mesh with values named 'rate'; there are 'spikes'"):
        render_image(scene(annotations=[ColorBar(variable="rate")]), time=0.0, size=SIZE)


def test_scenes_with_overlays_travel_and_are_told_apart() -> None:
    first = scene()
    copy = pickle.loads(pickle.dumps(first))
    np.testing.assert_array_equal(render_image(copy, time=1.0, size=SIZE), render_image(first, time=1.0, size=SIZE))
    assert fingerprint(copy, [0.0, 1.0]) == fingerprint(first, [0.0, 1.0])
    other = replace(first, overlays=[replace(first.overlays[0], cmap="magma")])
    assert fingerprint(other, [0.0]) != fingerprint(first, [0.0])


def test_what_cannot_be_shown_is_refused() -> None:
    with pytest.raises(SceneError, match="overlays cannot glow"):
        scene(style="glow")
    with pytest.raises(SceneError, match="a section of another overlay"):
        render_image(replace(scene(), overlays=scene().overlays * 2), time=0.0, size=SIZE)
    with pytest.raises(TypeError, match="overlays: each must be"):
        replace(scene(), overlays=["spikes"])
