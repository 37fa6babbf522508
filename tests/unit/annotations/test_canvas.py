"""What is drawn on a canvas covers the pixels it says, and can be read whatever lies behind."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest

from gpu_morph.scene.annotations.canvas import Canvas, font, text_width
from gpu_morph.scene.annotations.shapes import Line, TextLine

BLACK, WHITE, RED = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 1.0)


def alpha(canvas: Canvas) -> np.ndarray:
    """(height, width) share of each pixel that is covered."""
    return canvas.image()[..., 3] / 255


def test_an_empty_canvas_is_transparent():
    assert not Canvas((5, 3)).image().any()
    assert Canvas((5, 3)).image().shape == (3, 5, 4)


def test_a_line_fills_the_pixels_under_it():
    canvas = Canvas((7, 6))
    canvas.line([(3.5, 1), (3.5, 5)], RED, 1)
    expected = np.zeros((6, 7))
    expected[1:5, 3] = 1
    assert np.abs(alpha(canvas) - expected).max() < 0.3  # its ends lie within a quarter of a pixel
    assert (canvas.image()[1:5, 3] == [255, 0, 0, 255]).all()
    assert not alpha(canvas)[:, [0, 1, 2, 4, 5, 6]].any()


def test_a_rectangle_covers_its_area():
    canvas = Canvas((8, 8))
    canvas.rectangle(1.25, 2, 3.5, 4, RED)
    assert alpha(canvas).sum() == pytest.approx(14, abs=0.1)
    assert alpha(canvas)[3].tolist() == pytest.approx([0, 0.75, 1, 1, 0.75, 0, 0, 0], abs=0.01)


def test_a_disc_is_round_and_in_its_place():
    canvas = Canvas((20, 20))
    canvas.disc(10.25, 9.5, 6, RED)
    covered = alpha(canvas)
    rows, columns = np.mgrid[:20, :20] + 0.5
    assert covered.sum() == pytest.approx(np.pi * 36, rel=0.02)
    assert (covered * columns).sum() / covered.sum() == pytest.approx(10.25, abs=0.05)
    assert (covered * rows).sum() / covered.sum() == pytest.approx(9.5, abs=0.05)


def test_the_edge_of_a_polygon_lies_about_it():
    canvas = Canvas((16, 16))
    canvas.polygon([(5, 5), (11, 5), (11, 11), (5, 11)], RED, BLACK, 3)
    image = canvas.image()
    assert (image[5:11, 5:11] == [255, 0, 0, 255]).all()
    assert (image[8, [2, 3, 12, 13]] == [0, 0, 0, 255]).all()
    assert (image[8, [0, 15], 3] == 0).all()


def test_a_picture_is_shown_as_it_is():
    picture = np.random.default_rng(0).integers(0, 256, (4, 3, 3), dtype=np.uint8)
    canvas = Canvas((8, 8), halo=WHITE, halo_width=2)
    canvas.picture(2, 1, picture)
    shown = canvas.image()[2 + 1 : 2 + 5, 2 + 2 : 2 + 5]
    assert (shown[..., :3] == picture).all()
    assert (shown[..., 3] == 255).all()


def test_smooth_edges_have_the_full_colour():
    canvas = Canvas((60, 30))
    canvas.text(2, 15, "Réd", 20, (0.8, 0.2, 0.6, 1.0))
    canvas.disc(50, 15, 6, (0.8, 0.2, 0.6, 1.0))
    image = canvas.image().astype(int)
    seen = image[..., 3] > 32
    assert seen.any()
    assert np.abs(image[seen][:, :3] - [204, 51, 153]).max() <= 4


def test_a_half_transparent_colour_stays_so():
    canvas = Canvas((6, 6))
    canvas.rectangle(0, 0, 6, 6, (1.0, 0.5, 0.0, 0.4))
    assert np.abs(canvas.image().astype(int) - [255, 128, 0, 102]).max() <= 2


def test_text_stands_on_whole_pixels():
    images = []
    for y in (12.0, 12.4, 11.6):
        canvas = Canvas((40, 24))
        canvas.text(3, y, "12", 14, BLACK)
        images.append(canvas.image())
    assert (images[0] == images[1]).all()
    assert (images[0] == images[2]).all()


def test_text_is_as_wide_as_it_says():
    canvas = Canvas((200, 40))
    canvas.text(10, 20, "Hm (mV)", 20, BLACK)
    columns = np.flatnonzero(alpha(canvas).any(axis=0))
    assert 10 <= columns[0] <= 13
    assert abs(columns[-1] + 1 - 10 - text_width("Hm (mV)", 20)) <= 3


def test_text_beyond_the_canvas_is_cut_off():
    whole, cut = Canvas((60, 20)), Canvas((30, 20))
    whole.text(20, 10, "mmm", 14, BLACK)
    cut.text(20, 10, "mmm", 14, BLACK)
    assert (whole.image()[:, :30] == cut.image()).all()
    for x, y in ((-100, 10), (100, 10), (10, -50), (10, 90)):
        canvas = Canvas((30, 20))
        canvas.text(x, y, "mmm", 14, BLACK)
        assert not canvas.image().any()


def test_words_lie_over_each_other_and_over_shapes():
    together, *alone = (Canvas((40, 20)) for _ in range(3))
    for canvas, x, words, color in zip(alone, (3, 9), ("mm", "WW"), (BLACK, (1.0, 0.0, 0.0, 0.5)), strict=True):
        canvas.text(x, 10, words, 14, color)
        together.text(x, 10, words, 14, color)
    lower, upper = (PIL.Image.fromarray(canvas.image()) for canvas in alone)
    assert (together.image() == np.asarray(PIL.Image.alpha_composite(lower, upper))).all()
    framed = Canvas((40, 20))
    framed.rectangle(0, 0, 40, 20, WHITE)
    framed.text(3, 10, "mm", 14, BLACK)
    assert (framed.image()[..., 3] == 255).all()
    assert (framed.image()[..., 0] == 255 - alone[0].image()[..., 3]).all()


def test_digits_are_equally_wide():
    for height in (7, 10, 23, 45):
        widths = [font(height).getlength(digit) for digit in "0123456789"]
        assert max(widths) - min(widths) < 0.05


def test_a_halo_surrounds_everything_and_hides_nothing():
    plain, rimmed = Canvas((40, 24)), Canvas((40, 24), halo=WHITE, halo_width=3)
    for canvas in (plain, rimmed):
        canvas.text(4, 12, "Text", 14, BLACK)
    with_halo, without = rimmed.image(), plain.image()
    assert with_halo.shape == (24 + 6, 40 + 6, 4)
    inside = with_halo[3:-3, 3:-3]
    ink = without[..., 3] == 255
    assert (inside[ink] == [0, 0, 0, 255]).all()
    assert ((inside[..., 3] > 0) >= (without[..., 3] > 0)).all()
    assert (inside[..., 3] > 0).sum() > 1.5 * (without[..., 3] > 0).sum()


def test_a_sprite_has_its_canvas_at_its_pixel_with_and_without_a_halo():
    for halo in (None, WHITE):
        canvas = Canvas((10, 10), halo=halo, halo_width=3)
        canvas.rectangle(4, 5, 1, 1, RED)
        sprite = canvas.sprite(100, 50)
        assert sprite.image[55 - sprite.y, 104 - sprite.x].tolist() == [255, 0, 0, 255]


def test_a_panel_lies_behind_everything_and_reaches_beyond_the_canvas():
    canvas = Canvas((10, 10), panel=(1.0, 1.0, 1.0, 0.8), panel_width=2.5)
    canvas.rectangle(4, 5, 1, 1, RED)
    image = canvas.image()
    assert image.shape == (16, 16, 4)
    assert image[8, 7].tolist() == [255, 0, 0, 255]
    assert image[0, 0].tolist() == image[15, 15].tolist() == [255, 255, 255, 204]


def test_a_sprite_has_the_shapes_that_its_image_shows_in_drawing_order():
    canvas = Canvas((20, 10), halo=WHITE, halo_width=2)
    canvas.text(1, 5, "12", 8, BLACK, "rs")
    canvas.picture(3, 4, np.zeros((2, 2, 3), np.uint8))
    canvas.line([(0, 1), (2, 3)], RED, 1.5)
    sprite = canvas.sprite(100, 50)
    line, picture, text = sprite.shapes.shapes
    assert line == Line(((0, 1), (2, 3)), RED, 1.5)
    assert (picture.x, picture.y, picture.image.shape) == (3, 4, (2, 2, 3))
    assert text == TextLine(1, 5, "12", 8, BLACK, "rs")
    assert (sprite.x + sprite.shapes.border, sprite.y + sprite.shapes.border) == (100, 50)
    assert sprite.shapes.halo == WHITE
