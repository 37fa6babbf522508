"""Sizes of text: pixels, points, and what is taken if nothing is said."""

from __future__ import annotations

import pytest

from gpu_morph import Morphology, Scene
from gpu_morph.errors import SceneError
from gpu_morph.scene.font_size import text_height
from gpu_morph.scene.picture_unit import usual_text

CELL = Morphology([[0, 0, 0], [10, 0, 0]], [1, 1], [0, 2], [-1], [0], ("dend",))


@pytest.mark.parametrize(
    ("font_size", "dpi", "pixels"),
    [(12, None, 12), ("9pt", None, 12), (" 7.2 pt", 300, 30), (12, 300, 12), (None, 300, 7 * 300 / 72)],
)
def test_points_are_pixels_by_the_resolution(font_size, dpi, pixels):
    assert text_height(font_size, (800, 600), dpi) == pytest.approx(pixels)


def test_on_paper_text_follows_the_larger_need():
    assert text_height(None, (4000, 4000), 72) == usual_text((4000, 4000)) == 84


@pytest.mark.parametrize(
    ("size", "height"),
    [((1920, 1080), 22.68), ((1080, 1920), 22.68), ((1080, 1080), 22.68), ((3000, 600), 30), ((100, 100), 10)],
)
def test_long_pictures_have_larger_text(size, height):
    assert usual_text(size) == pytest.approx(height)
    assert usual_text(size[::-1]) == usual_text(size)


@pytest.mark.parametrize("wrong", [3, "8", "8px", "1pt", "-8pt", "nanpt", float("nan"), [8]])
def test_a_wrong_size_is_an_error(wrong):
    with pytest.raises(SceneError, match="font_size must be"):
        Scene(CELL, font_size=wrong)
