"""Recolouring of fragments made by hand: colours, light, blending, and what changes; without OpenGL."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph.image.packed import channels
from gpu_morph.render.static_camera.a_buffer import ABuffer
from gpu_morph.render.static_camera.palette import Palette
from gpu_morph.render.static_camera.recoloring import Recoloring
from gpu_morph.scene.colormaps import HIGHLIGHTED, ColorTable

RED, GREEN, BLUE, GRAY = ([255, 0, 0], [0, 255, 0], [0, 0, 255], [100, 100, 100])
UNDER, OVER, MISSING, HIGHLIGHT = ([1, 1, 1], [2, 2, 2], [3, 3, 3], [4, 4, 4])
WHITE = np.full(3, 255, dtype=np.uint8)


def palette() -> Palette:
    """Red, green, blue and gray for values from 0 to 4."""
    entries, under, over, missing = (
        np.array(c, dtype=np.uint8) for c in ([RED, GREEN, BLUE, GRAY], UNDER, OVER, MISSING)
    )
    return Palette.of(ColorTable(entries, under, over, missing, (0.0, 4.0)), np.array(HIGHLIGHT, dtype=np.uint8))


def fragments(pixel: Any, *, start: Any = 0, end: Any = None, **fields: Any) -> ABuffer:
    """Fragments of the given pixels; opaque, in the middle of their segment and without light unless given."""
    n = len(pixel)
    start = np.broadcast_to(start, n).astype(np.int32)
    values = {"fraction": 0.5, "coverage": 1.0, "shade": 1.0, "highlight": 0.0, "lit": 0.0, "depth_cue": 0.0} | fields
    columns = {name: np.broadcast_to(np.float32(value), n).copy() for name, value in values.items()}
    end = start + 1 if end is None else np.broadcast_to(end, n).astype(np.int32)
    return ABuffer(np.array(pixel, dtype=np.int64), start, end, **columns)


def recoloring(buffer: ABuffer, background: npt.NDArray[np.uint8] = WHITE, **options: Any) -> Recoloring:
    return Recoloring(
        buffer, palette=palette(), background=background, **{"depth_cue_color": (0.0, 0.0, 0.0)} | options
    )


def rgb(colors: Recoloring) -> list[list[int]]:
    return channels(colors.colors)[:, :3].tolist()


@pytest.mark.parametrize(
    ("values", "color"),
    [
        ((0.0, 0.0), RED),
        ((0.0, 2.0), GREEN),
        ((4.0, 4.0), GRAY),  # the upper end belongs to the last entry
        ((-2.0, 1.0), UNDER),
        ((4.0, 5.0), OVER),
        ((np.nan, np.nan), MISSING),
        ((HIGHLIGHTED, HIGHLIGHTED), HIGHLIGHT),
        ((HIGHLIGHTED, 1.0), OVER),  # only a section as a whole is highlighted
    ],
)
def test_a_value_half_way_between_its_vertices_gives_the_colour(values: Any, color: Any) -> None:
    found = recoloring(fragments([5]))
    found(np.array(values, dtype=np.float32))
    assert found.pixels.tolist() == [5]
    assert rgb(found) == [color]


@pytest.mark.parametrize(("fraction", "color"), [(0.0, RED), (0.3, GREEN), (0.6, BLUE), (1.0, GRAY)])
def test_values_change_linearly_along_a_segment(fraction: float, color: Any) -> None:
    found = recoloring(fragments([0], fraction=fraction))
    found(np.array([0.0, 3.9], dtype=np.float32))
    assert rgb(found) == [color]


def test_a_missing_value_reaches_half_way() -> None:
    found = recoloring(fragments([0, 1], fraction=[0.4, 0.6]))
    found(np.array([np.nan, 1.5], dtype=np.float32))
    assert rgb(found) == [MISSING, GREEN]
    found(np.array([1.5, np.nan], dtype=np.float32))
    assert rgb(found) == [GREEN, MISSING]


def test_segments_may_join_any_two_vertices() -> None:
    found = recoloring(fragments([0, 1], start=[4, 9], end=[5, 2], fraction=1.0))
    assert found.vertices.tolist() == [2, 4, 5, 9]
    found(np.array([2.5, 0.0, 1.5, 0.0], dtype=np.float32))
    assert rgb(found) == [GREEN, BLUE]
    found(np.array([np.nan, 0.0, 1.5, 0.0], dtype=np.float32))
    assert rgb(found) == [GREEN, MISSING]


def test_coverage_blends_with_the_background() -> None:
    found = recoloring(fragments([0], coverage=0.2))  # 51 of 255
    found(np.array([0.0, 0.0], dtype=np.float32))
    assert rgb(found) == [[255, 204, 204]]


def test_fragments_blend_from_far_to_near() -> None:
    found = recoloring(fragments([0, 0], start=[0, 2], coverage=[0.4, 0.2]))  # red, then green
    found(np.array([0.0, 0.0, 1.5, 1.5], dtype=np.float32))
    red = np.array([255, 153, 153])  # 102 / 255 red over white
    np.testing.assert_allclose(rgb(found)[0], 0.8 * red + 0.2 * np.array(GREEN), atol=1)


def test_a_transparent_background_leaves_premultiplied_colours() -> None:
    found = recoloring(fragments([0], coverage=0.2), np.zeros(4, dtype=np.uint8))
    found(np.array([0.0, 0.0], dtype=np.float32))
    assert channels(found.colors).tolist() == [[51, 0, 0, 51]]


@pytest.mark.parametrize(
    ("look", "color"),
    [
        ({"shade": 0.4, "lit": 1.0}, [102, 0, 0]),
        ({"shade": 0.4, "highlight": 0.2, "lit": 1.0}, [153, 51, 51]),
        ({"shade": 0.0, "lit": 0.6}, [102, 0, 0]),
        ({"highlight": 0.8, "lit": 1.0}, [255, 204, 204]),  # no more than 1
        ({"shade": np.nan, "highlight": np.nan, "lit": 0.0, "depth_cue": 0.6}, [102, 0, 153]),
        ({"shade": 0.4, "lit": 1.0, "depth_cue": 1.0}, [0, 0, 255]),
    ],
)
def test_light_and_then_the_depth_cue_change_the_colour(look: dict[str, float], color: list[int]) -> None:
    plain = {"shade": 1.0}  # the second pixel; other fields are 0
    fields = {name: [value, plain.get(name, 0.0)] for name, value in look.items()}
    found = recoloring(fragments([0, 1], **fields), depth_cue_color=(0.0, 0.0, 1.0))
    found(np.array([0.0, 0.0], dtype=np.float32))
    assert rgb(found) == [color, RED]


def test_a_call_tells_which_colours_changed() -> None:
    found = recoloring(fragments([3, 8, 9], start=[0, 2, 4]))
    assert found(np.array([0.0, 0.0, 1.5, 1.5, 2.5, 2.5], dtype=np.float32)).tolist() == [0, 1, 2]
    assert found(np.array([0.0, 0.0, 1.5, 1.5, 2.5, 2.5], dtype=np.float32)).tolist() == []
    assert found(np.array([0.1, 0.1, 1.5, 1.5, 2.5, 2.5], dtype=np.float32)).tolist() == []  # the same entry
    assert found(np.array([0.0, 0.0, 3.5, 3.5, 2.5, 2.5], dtype=np.float32)).tolist() == [1]
    assert rgb(found) == [RED, GRAY, BLUE]


def test_nothing_visible_has_no_colours() -> None:
    found = recoloring(fragments([]))
    assert found(np.zeros(0, dtype=np.float32)).tolist() == []
    assert len(found.pixels) == len(found.vertices) == len(found.colors) == 0


@pytest.mark.parametrize("in_parts", [False, True])
@pytest.mark.parametrize("n_changed", [1, 5, 60])
def test_few_changes_and_many_give_the_colours_of_a_new_recoloring(
    n_changed: int, in_parts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if in_parts:
        monkeypatch.setattr("gpu_morph.render.static_camera.recoloring._FRAGMENTS_AT_ONCE", 20)
    rng = np.random.default_rng(0)
    pixel = np.sort(rng.integers(0, 80, 200))
    unit = {name: rng.random(200) for name in ("fraction", "coverage", "shade", "highlight")}
    seldom = {name: rng.random(200) * (rng.random(200) < 0.5) for name in ("lit", "depth_cue")}
    buffer = fragments(pixel, start=rng.integers(0, 59, 200), **unit, **seldom)
    found, values = recoloring(buffer), rng.uniform(-1, 5, 60).astype(np.float32)
    found(values[found.vertices])
    for _ in range(4):
        before = found.colors.copy()
        values[rng.permutation(60)[:n_changed]] = rng.uniform(-1, 5, n_changed)
        changed = found(values[found.vertices])
        anew = recoloring(buffer)
        anew(values[anew.vertices])
        np.testing.assert_array_equal(found.colors, anew.colors)
        assert set(np.flatnonzero(found.colors != before)) <= set(changed.tolist())
        assert np.all(np.diff(changed) > 0)
