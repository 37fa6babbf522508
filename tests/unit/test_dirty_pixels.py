"""Dirty pixels, and the image that they update: a 4 x 3 image by hand, without OpenGL."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph.image.packed import channels, packed
from gpu_morph.image.yuv420 import Yuv420Planes
from gpu_morph.render.dirty_pixels import DirtyPixels
from gpu_morph.render.incremental_image import IncrementalImage
from gpu_morph.scene.annotations.base import Sprite

SIZE = (4, 3)
WHITE, RED, BLUE = packed([[255, 255, 255], [255, 0, 0], [0, 0, 255]])
CELL = np.array([5, 6])  # the middle of the second row
COLORS = np.array([RED, BLUE])
NOTHING = np.zeros(0, dtype=np.int64)


def sprite(x: int, y: int, size: tuple[int, int] = (1, 1), color: Any = (0, 0, 0, 255)) -> Sprite:
    return Sprite(np.full((size[1], size[0], 4), color, dtype=np.uint8), x, y)


def dirty_pixels(before: list[Sprite], now: list[Sprite]) -> DirtyPixels:
    return DirtyPixels(SIZE, WHITE, CELL, before=before, now=now)


def as_dict(found: Any) -> dict[int, tuple[int, ...]]:
    pixels, colors = found
    assert len(set(pixels.tolist())) == len(pixels)
    return dict(zip(pixels.tolist(), map(tuple, channels(colors)[:, :3].tolist()), strict=True))


def test_only_the_changed_pixels_of_the_cell_are_dirty() -> None:
    found = dirty_pixels([], [])
    assert as_dict(found.update(COLORS, np.array([1]), [])) == {6: (0, 0, 255)}
    assert as_dict(found.update(COLORS, NOTHING, [])) == {}


def test_a_sprite_beside_the_cell_that_was_there_before_is_static() -> None:
    mark = sprite(0, 0, (2, 1))
    found = dirty_pixels([mark], [mark])
    assert found.static_pixels.tolist() == [0, 1]
    assert channels(found.static_colors)[:, :3].tolist() == [[0, 0, 0]] * 2
    assert as_dict(found.update(COLORS, NOTHING, [mark])) == {}


def test_a_new_sprite_is_dirty_and_leaves_the_background_behind() -> None:
    mark = sprite(3, 2)
    found = dirty_pixels([], [mark])
    assert found.static_pixels.tolist() == []
    assert as_dict(found.update(COLORS, NOTHING, [mark])) == {11: (0, 0, 0)}
    assert as_dict(found.update(COLORS, NOTHING, [mark])) == {}
    assert as_dict(found.update(COLORS, NOTHING, [])) == {11: (255, 255, 255)}


def test_a_sprite_over_the_cell_is_blended_and_leaves_the_cell_behind() -> None:
    veil = sprite(1, 1, color=(0, 0, 0, 51))
    found = dirty_pixels([veil], [veil])
    assert found.static_pixels.tolist() == []  # the cell under it changes
    assert as_dict(found.update(COLORS, NOTHING, [veil])) == {5: (204, 0, 0)}
    assert as_dict(found.update(COLORS[::-1].copy(), np.array([0, 1]), [veil])) == {5: (0, 0, 204), 6: (255, 0, 0)}
    assert as_dict(found.update(COLORS[::-1].copy(), NOTHING, [])) == {5: (0, 0, 255)}


def test_a_sprite_that_stays_under_one_that_moves_is_not_static() -> None:
    below, above = sprite(0, 0, (2, 1)), sprite(1, 0, color=(255, 255, 255, 51))
    found = dirty_pixels([below], [below, above])
    assert found.static_pixels.tolist() == []
    assert as_dict(found.update(COLORS, NOTHING, [below, above])) == {0: (0, 0, 0), 1: (51, 51, 51)}


def test_sprites_are_clipped_to_the_image() -> None:
    mark = sprite(-1, -1, (2, 2))
    found = dirty_pixels([], [mark])
    assert as_dict(found.update(COLORS, NOTHING, [mark])) == {0: (0, 0, 0)}
    outside = sprite(7, 7)
    assert as_dict(dirty_pixels([], [outside]).update(COLORS, NOTHING, [outside])) == {}


@pytest.mark.parametrize("later", [[], [sprite(3, 2)]], ids=["it is gone", "another elsewhere"])
def test_other_sprites_need_a_new_arrangement(later: list[Sprite]) -> None:
    mark = sprite(0, 0)
    assert dirty_pixels([mark], [mark]).update(COLORS, NOTHING, later) is None


# The image


def image(n_channels: int = 3, **options: Any) -> IncrementalImage:
    background = np.full(3, 255, np.uint8) if n_channels == 3 else np.zeros(4, np.uint8)
    return IncrementalImage(SIZE, background, CELL, COLORS.copy(), **options)


def expected(**pixels: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """White, but for ``p5=(255, 0, 0)`` and so on."""
    flat = np.full((12, 3), 255, dtype=np.uint8)
    for name, color in pixels.items():
        flat[int(name[1:])] = color
    return flat.reshape(3, 4, 3)


def test_an_image_shows_the_cell_and_the_sprites() -> None:
    shown, mark = image(), sprite(0, 0)
    assert shown.update(NOTHING, [mark])
    np.testing.assert_array_equal(shown.copy(), expected(p0=(0, 0, 0), p5=(255, 0, 0), p6=(0, 0, 255)))
    assert shown.update(NOTHING, [])
    np.testing.assert_array_equal(shown.copy(), expected(p5=(255, 0, 0), p6=(0, 0, 255)))


def test_a_copy_stays_as_it_is() -> None:
    shown = image()
    shown.update(NOTHING, [])
    first = shown.copy()
    shown.update(NOTHING, [sprite(0, 0)])
    assert first[0, 0].tolist() == [255, 255, 255]


def test_a_transparent_image_has_straight_alpha() -> None:
    shown = image(4)
    shown.update(NOTHING, [sprite(0, 0, color=(200, 100, 0, 51))])
    assert shown.copy()[0, 0].tolist() == [200, 100, 0, 51]
    assert shown.copy()[0, 1].tolist() == [0, 0, 0, 0]


def test_sprites_that_appear_elsewhere_all_the_time_are_too_much() -> None:
    shown = IncrementalImage((12, 3), np.full(3, 255, np.uint8), NOTHING, np.zeros(0, np.uint32))
    results = [shown.update(NOTHING, [sprite(k, 2)]) for k in range(12)]
    assert results == [True] * 8 + [False] * 4


def test_planes_are_those_of_the_whole_image() -> None:
    size, rng = (16, 16), np.random.default_rng(0)
    cell, colors = np.arange(40, 90), packed(rng.integers(0, 256, (50, 3)))
    white = np.full(3, 255, np.uint8)
    shown = IncrementalImage(size, white, cell, colors, pixel_format="yuv420p")
    assert shown.update(NOTHING, [sprite(9, 9, (3, 2), (10, 20, 30, 255))])
    whole = np.full((256, 3), 255, dtype=np.uint8)
    whole[cell] = channels(colors)[:, :3]
    whole.reshape(16, 16, 3)[9:11, 9:12] = (10, 20, 30)
    planes = Yuv420Planes(size, white).with_pixels(np.arange(256), packed(whole))
    np.testing.assert_array_equal(shown.copy(), planes)
