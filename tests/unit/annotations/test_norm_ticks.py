"""Ticks of the colour bar suit the norm."""

from __future__ import annotations

from dataclasses import replace

import pytest
from annotation_parts import ENTRIES, MISSING, OVER, UNDER, scale, view

from gpu_morph.scene.annotations import ColorBar
from gpu_morph.scene.colormaps import ColorTable
from gpu_morph.scene.norm_parsing import parse_norm


@pytest.mark.parametrize("place", ["right", "lower"])
@pytest.mark.parametrize(
    ("norm", "clim", "labels"),
    [
        ("log", (1e-6, 1.0), ["10⁻⁶", "10⁻⁴", "10⁻²", "1"]),
        ("log", (0.1, 100.0), ["0.1", "1", "10", "100"]),
        ("log", (2.0, 7.0), ["2", "3", "4", "5", "6", "7"]),
        ("symlog:1", (-100.0, 1000.0), ["0", "−100", "−1", "1", "100"]),
        ("boundaries:-90,-70,-60,40", (-90.0, 40.0), ["−90", "−70", "−60", "40"]),
        ("twoslope:-65", (-90.0, 40.0), None),
        ("power:0.4", (0.0, 1.0), None),
        ("asinh:0.01", (-1.0, 1000.0), None),
        ("centered:-65", (-85.0, -45.0), None),
    ],
)
def test_ticks_suit_the_norm(place, norm, clim, labels, words):
    made = parse_norm(norm)
    table = ColorTable(ENTRIES, UNDER, OVER, MISSING, clim, made.edges(clim))
    if norm.startswith("boundaries"):
        table = replace(table, entries=ENTRIES[list(made.entries(256)[1])])
    bar, seen = ColorBar(place=place, length=0.6, title=""), view(scale=replace(scale(clim), table=table, norm=made))
    bar.room(seen)
    drawn = [word for _, word in words if word]
    if labels is not None:
        assert sorted(drawn) == sorted(labels)
    assert 2 <= len(drawn) <= 7
    if made.middles:
        assert f"−{-made.middles[0]:g}" in drawn


def test_a_value_stands_where_its_colour_is():
    clim = (0.01, 100.0)
    table = ColorTable(ENTRIES, UNDER, OVER, MISSING, clim, parse_norm("log").edges(clim))
    assert [table.fraction(value) for value in (0.01, 0.1, 1, 10, 100)] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert table.value(0.75) == pytest.approx(10)


def test_labels_that_would_touch_are_left_out(words):
    ColorBar(place="lower", ticks=(-65, -64.9, -64.8, 40)).room(view())
    assert [word for _, word in words if word and "(" not in word] == ["−65.0", "40.0"]
