"""The colour bar shows each colour at its value."""

from __future__ import annotations

import math

import numpy as np
import pytest
from annotation_parts import MISSING, OVER, SIZE, UNDER, has_color, scale, shown, sprites, view

from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import ColorBar
from gpu_morph.scene.annotations.base import View

PLAIN_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def bar_pixels(annotation: ColorBar, seen: View) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of the picture from the bar's lower end to its upper one, (n, 2), and which entry each shows."""
    picture = shown(sprites(annotation, seen)).astype(int)
    is_entry = (picture[..., 0] + picture[..., 1] == 255) & (picture[..., 2] == 77)
    rows, columns = np.nonzero(is_entry)
    if annotation.place in ("upper", "lower"):
        row = int(np.median(rows))
        places = np.array([(x, row) for x in np.flatnonzero(is_entry[row])])
    else:
        column = int(np.median(columns))
        places = np.array([(column, y) for y in np.flatnonzero(is_entry[:, column])[::-1]])
    return places, picture[places[:, 1], places[:, 0], 0]


@pytest.mark.parametrize("place", ["right", "left", "upper", "lower"])
@pytest.mark.parametrize("length", [0.2, 0.4, 0.55])
def test_the_bar_shows_each_colour_in_its_place(place, length):
    bar = ColorBar(place=place, length=length)
    _, entries = bar_pixels(bar, view(scale=scale(has_under=True, has_over=True)))
    n = len(entries)
    assert n == round(length * SIZE[1])
    assert entries.tolist() == ((np.arange(n) + 0.5) * 256 / n).astype(int).tolist()


@pytest.mark.parametrize("place", ["right", "lower"])
@pytest.mark.parametrize(
    "clim",
    [
        (-90, 40),
        (0, 1),
        (-0.3, 1e-3),
        (1e-5, 1.3e-4),
        (0, 2.5e6),
        (1000.001, 1000.002),
        (1e6, 1e6 + 1),
        (1e5, 1e5 + 1),
        (-65.0001, -64.9999),
        (123456.1, 123456.9),
    ],
)
def test_ticks_stand_at_their_values(place, clim, words):
    bar = ColorBar(place=place, length=0.5, title="")
    seen = view(scale=scale(clim))
    (places, _), picture = bar_pixels(bar, seen), shown(sprites(bar, seen))
    words.clear()
    bar.room(seen)
    texts = [word.replace("−", "-") for _, word in words]
    labels = [float(text) for text in texts if "×" not in text and "from" not in text]
    factors = [text.partition("×10")[2].translate(PLAIN_DIGITS) for text in texts if "×" in text]
    offsets = [text.split()[1] for text in texts if "from" in text]
    values = np.array(labels) * 10.0 ** int(*factors) + float(*offsets)
    assert len(set(labels)) == len(labels)
    assert 2 <= len(values) <= 7
    if place == "lower":
        beside = picture[beyond(picture, places[0], (0, 1)), places[:, 0]]
    else:
        beside = picture[places[:, 1], beyond(picture, places[0], (1, 0))]
    marks = np.flatnonzero((beside == 0).all(axis=1))
    told = clim[0] + (marks + 0.5) / len(places) * (clim[1] - clim[0])
    assert len(marks) == len(values)
    assert np.abs(told - values).max() <= (clim[1] - clim[0]) / len(places) * 0.501 + 1e-9 * abs(clim[1])


def beyond(picture: np.ndarray, place: np.ndarray, step: tuple[int, int]) -> int:
    """The row or column, from a pixel of the bar on in a direction, that lies behind the bar's outline."""
    x, y = place
    while picture[y, x, 2] == 77:
        x, y = x + step[0], y + step[1]
    return int(x if step[0] else y) + 1


@pytest.mark.parametrize(
    ("given", "drawn"),
    [
        ({"name": "v", "unit": "mV"}, "V (mV)"),
        ({"name": "Vm", "unit": "mV"}, "V (mV)"),
        ({"name": "ina", "unit": "mA/cm2"}, "ina (mA/cm²)"),
        ({"name": "distance", "unit": ""}, "distance"),
        ({"name": "cai", "unit": "mM", "clim": (0, 1.3e-4)}, "cai (×10⁻⁴ mM)"),
    ],
)
def test_the_title_is_the_quantity_and_its_unit(given, drawn, words):
    ColorBar().room(view(scale=scale(**given)))
    assert words[0][1] == drawn


def test_a_horizontal_bar_has_the_long_name(words):
    ColorBar(place="lower").room(view())
    assert words[0][1] == "Membrane potential (mV)"


def test_a_given_title_is_kept_and_the_factor_added(words):
    ColorBar(title="Calcium\n(mM)").room(view(scale=scale((0, 1e-4))))
    assert [word for _, word in words[:3]] == ["Calcium", "(mM)", "×10⁻⁴"]


def test_labels_have_a_true_minus(words):
    ColorBar().room(view())
    assert [word for _, word in words[1:]] == ["−80", "−60", "−40", "−20", "0", "20", "40"]


def test_given_ticks_are_shown_and_those_beyond_left_out(words):
    ColorBar(ticks=(-100, -65, 0, 50)).room(view())
    assert [word for _, word in words[1:]] == ["−65", "0"]


@pytest.mark.parametrize(
    ("extend", "occur", "expected"),
    [
        ("auto", (True, False), (True, False)),
        ("auto", (False, True), (False, True)),
        ("neither", (True, True), (False, False)),
        ("both", (False, False), (True, True)),
        ("min", (False, True), (True, False)),
        ("max", (False, False), (False, True)),
    ],
)
@pytest.mark.parametrize("place", ["right", "lower"])
def test_the_ends_show_what_lies_beyond(place, extend, occur, expected):
    bar, seen = ColorBar(place=place, extend=extend), view(scale=scale(has_under=occur[0], has_over=occur[1]))
    parts = sprites(bar, seen)
    assert (has_color(parts, UNDER), has_color(parts, OVER)) == expected
    places, _ = bar_pixels(bar, seen)
    for color, end, inner in ((UNDER, places[0], places[1]), (OVER, places[-1], places[-2])):
        rows, columns = np.nonzero((shown(parts) == color).all(axis=2))
        if len(rows):
            outward = np.stack([columns, rows], axis=1).mean(axis=0) - end
            assert outward @ (end - inner) > 1


@pytest.mark.parametrize(
    ("asked", "occurs", "expected"),
    [("auto", True, True), ("auto", False, False), (True, False, True), (False, True, False)],
)
@pytest.mark.parametrize("place", ["right", "upper"])
def test_what_was_not_recorded_is_explained(place, asked, occurs, expected, words):
    parts = sprites(ColorBar(place=place, show_missing=asked), view(scale=scale(has_missing=occurs)))
    assert has_color(parts, MISSING) == expected
    assert any(word == "not recorded" for _, word in words) == expected


def test_a_bar_without_values_is_an_error():
    with pytest.raises(SceneError, match="no values to show"):
        ColorBar().room(view(scale=None))


@pytest.mark.parametrize(
    "wrong",
    [
        {"length": 0},
        {"length": 1.5},
        {"length": "long"},
        {"extend": "all"},
        {"show_missing": "yes"},
        {"ticks": 3},
        {"ticks": (0, math.nan)},
        {"title": 3},
    ],
)
def test_a_wrong_bar_is_an_error(wrong):
    with pytest.raises(SceneError, match=f"{next(iter(wrong))} must be"):
        ColorBar(**wrong)
