"""The A-buffer: which fragments of draw calls are visible, without OpenGL."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gpu_morph.render.fragments import FRAGMENT, DrawnFragments
from gpu_morph.render.static_camera.a_buffer import ABuffer, joined, visible_fragments


def draw(*fragments: tuple[int, int, float, float], writes_depth: bool = True, first_vertex: int = 0) -> DrawnFragments:
    """A draw call of fragments (pixel, segment, depth, coverage); segment k goes from vertex k to k + 1."""
    array = np.zeros(len(fragments), dtype=FRAGMENT)
    for name, values in zip(("pixel", "segment", "depth", "coverage"), zip(*fragments, strict=True), strict=True):
        array[name] = values
    array["fraction"] = array["depth"]  # tells fragments apart
    n_segments = int(array["segment"].max()) + 1
    start = np.arange(first_vertex, first_vertex + n_segments, dtype=np.int32)
    return DrawnFragments(array, np.stack([start, start + 1], axis=1), writes_depth)


def visible(*draws: DrawnFragments) -> list[tuple[int, int, float]]:
    """(pixel, start vertex, depth) of the visible fragments, in order."""
    found = visible_fragments(draws)
    return [
        *zip(found.pixel.tolist(), found.start.tolist(), found.fraction.astype(float).round(6).tolist(), strict=True)
    ]


def test_fragments_are_sorted_by_pixel_and_within_one_in_drawing_order() -> None:
    assert visible(draw((7, 1, 0.4, 0.5), (3, 0, 0.5, 0.5), (7, 0, 0.6, 0.5))) == [
        (3, 0, 0.5),
        (7, 0, 0.6),
        (7, 1, 0.4),
    ]


def test_a_fragment_behind_one_that_was_drawn_before_is_hidden() -> None:
    assert visible(draw((0, 0, 0.3, 0.5), (0, 1, 0.6, 0.5))) == [(0, 0, 0.3)]


def test_equal_depths_pass_the_test() -> None:
    assert visible(draw((0, 0, 0.3, 0.5), (0, 1, 0.3, 0.5))) == [(0, 0, 0.3), (0, 1, 0.3)]


def test_the_depth_test_does_not_reach_into_other_pixels() -> None:
    near_then_far = draw((0, 0, 0.0, 0.5), (1, 1, 1.0, 0.5), (2, 2, 0.5, 0.5))
    assert visible(near_then_far) == [(0, 0, 0.0), (1, 1, 1.0), (2, 2, 0.5)]


@pytest.mark.parametrize("coverage", [1.0, 0.999])
def test_an_opaque_fragment_hides_those_below(coverage: float) -> None:
    assert visible(draw((0, 0, 0.6, 0.5), (0, 1, 0.3, coverage), (0, 2, 0.2, 0.5))) == [(0, 1, 0.3), (0, 2, 0.2)]


def test_a_hidden_opaque_fragment_hides_nothing() -> None:
    assert visible(draw((0, 0, 0.3, 0.5), (0, 1, 0.6, 1.0))) == [(0, 0, 0.3)]


def test_a_draw_call_without_depth_writes_hides_nothing_later() -> None:
    first = draw((0, 0, 0.2, 0.5), writes_depth=False)
    assert visible(first, draw((0, 0, 0.6, 0.5), first_vertex=10)) == [(0, 0, 0.2), (0, 10, 0.6)]


def test_draw_calls_follow_each_other() -> None:
    first, second = draw((0, 1, 0.6, 0.5)), draw((0, 0, 0.4, 0.5), first_vertex=10)
    assert visible(first, second) == [(0, 1, 0.6), (0, 10, 0.4)]
    assert visible(second, first) == [(0, 10, 0.4)]


def test_depths_outside_the_window_are_clipped() -> None:
    assert visible(draw((0, 0, -0.5, 0.5), (0, 1, 0.0, 0.5), (1, 2, 3.0, 0.5), (1, 3, 1.0, 0.5))) == [
        (0, 0, -0.5),
        (0, 1, 0.0),
        (1, 2, 3.0),
        (1, 3, 1.0),
    ]


def test_nothing_drawn_gives_an_empty_buffer() -> None:
    empty = DrawnFragments(np.zeros(0, dtype=FRAGMENT), np.zeros((0, 2), dtype=np.int32), True)
    assert len(visible_fragments([empty])) == 0


def test_parts_of_an_image_are_joined_in_order() -> None:
    parts = [visible_fragments([draw((pixel, 0, 0.5, 0.5), first_vertex=pixel)]) for pixel in (2, 5)]
    whole = joined(parts)
    assert isinstance(whole, ABuffer)
    assert whole.pixel.tolist() == whole.start.tolist() == [2, 5]
    assert len(whole[:1]) == 1


def brute_force(draws: list[DrawnFragments]) -> dict[int, list[tuple[int, float]]]:
    """Pixel by pixel, as OpenGL does it: (start vertex, depth) of what is seen."""
    seen: dict[int, list[tuple[int, float]]] = {}
    nearest: dict[int, float] = {}
    for call in draws:
        for fragment in np.sort(call.fragments, order="segment"):
            pixel, depth = int(fragment["pixel"]), float(np.rint(fragment["depth"] * np.float32(2**24 - 1)))
            if depth > nearest.get(pixel, np.inf):
                continue
            if call.writes_depth:
                nearest[pixel] = depth
            if fragment["coverage"] == 1:
                seen[pixel] = []
            entry = int(call.ends[fragment["segment"], 0]), float(fragment["fraction"])
            seen.setdefault(pixel, []).append(entry)
    return seen


@pytest.mark.parametrize("seed", range(5))
def test_random_draws_are_what_a_loop_over_fragments_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def random_draw(first_vertex: int, **options: Any) -> DrawnFragments:
        n = 60
        segment = rng.permutation(n)
        pixels, depths = rng.integers(0, 9, n), rng.integers(0, 12, n) / 12
        coverages = rng.choice([0.25, 1.0], n, p=[0.8, 0.2])
        return draw(
            *zip(pixels.tolist(), segment.tolist(), depths.tolist(), coverages.tolist(), strict=True),
            first_vertex=first_vertex,
            **options,
        )

    draws = [random_draw(0), random_draw(100, writes_depth=False), random_draw(200)]
    found: dict[int, list[tuple[int, float]]] = {}
    result = visible_fragments(draws)
    for pixel, start, depth in zip(result.pixel, result.start, result.fraction, strict=True):
        found.setdefault(int(pixel), []).append((int(start), float(depth)))
    assert found == brute_force(draws)
