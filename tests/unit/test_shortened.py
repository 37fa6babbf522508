"""Names are cut in their middle, or where they can be told apart."""

from __future__ import annotations

import pytest

from gpu_morph.scene.annotations.canvas import text_width
from gpu_morph.scene.annotations.shortened import shortened, shortened_all


@pytest.mark.parametrize("width", [30, 60, 90])
def test_a_long_name_keeps_both_ends(width):
    name = shortened("thick-tufted pyramidal cell", 14, width)
    before, after = name.split("…")
    assert "thick-tufted pyramidal cell".startswith(before)
    assert "thick-tufted pyramidal cell".endswith(after)
    assert before
    assert after
    assert text_width(name, 14) <= width
    assert shortened("cell", 14, 90) == "cell"


@pytest.mark.parametrize("head", [0.0, 0.25, 0.5, 1.0])
def test_a_shortened_name_is_as_long_as_fits(head):
    name = "abcdefghijklmnopqrstuvwxyz" * 3
    n_kept = len(shortened(name, 14, 120, head=head)) - 1
    before = round(head * (n_kept + 1))
    longer = name[:before] + "…" + name[len(name) - (n_kept + 1 - before) :]
    assert text_width(longer, 14) > 120


@pytest.mark.parametrize("n_characters", [4000, 2_000_000])
def test_a_very_long_name_is_shortened_as_another(n_characters):
    assert shortened("a" * n_characters, 14, 90) == shortened("a" * 100, 14, 90)


@pytest.mark.parametrize(
    "pattern",
    [
        "layer five thick-tufted pyramidal cells of column {}",
        "{} layer five thick-tufted pyramidal cells of a column",
        "layer {} thick-tufted pyramidal cells of one column or another",
        "thick-tufted pyramidal cells of column {} of barrel cortex",
    ],
)
def test_names_beside_each_other_can_be_told_apart(pattern):
    names = [pattern.format(name) for name in ("A1", "B2", "C3", "D4")]
    cut = shortened_all(names, 14, 110)
    assert len(set(cut)) == 4
    assert all(text_width(name, 14) <= 110 for name in cut)


def test_names_that_fit_are_as_they_are():
    assert shortened_all(["soma", "dend", "soma"], 14, 110) == ["soma", "dend", "soma"]
