"""Legends name synapses and labels in their colours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from annotation_parts import INK, SIZE, SYNAPSES, has_color, sprites, view

from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import LabelLegend, SynapseLegend


def test_synapses_are_named_in_their_colours(words):
    parts = sprites(SynapseLegend(), view(synapse_colors=SYNAPSES))
    assert [word for _, word in words[-2:]] == ["L4", "VPM"]
    assert has_color(parts, (0x00, 0x72, 0xB2))
    assert has_color(parts, (0xD5, 0x5E, 0x00))
    assert not has_color(parts, (0x77, 0x77, 0x77))


def test_labels_are_named_in_their_colours(words):
    parts = sprites(LabelLegend(title="Sections"), view(label_colors={"soma": (0.2, 0.4, 0.6, 1.0), "axon": INK}))
    assert [word for _, word in words[-3:]] == ["Sections", "soma", "axon"]
    assert has_color(parts, (51, 102, 153))


def many(n: int) -> dict[str, Any]:
    return {f"population {k}": (k / n, 0.3, 0.6, 1.0) for k in range(n)}


def test_long_lists_stand_in_columns(words):
    seen = view(size=(1920, 1080), synapse_colors=many(30))
    one, two = (SynapseLegend().room(replace(seen, synapse_colors=many(n))) for n in (15, 30))
    assert two[0] > 1.9 * one[0]
    assert two[1] == one[1]
    words.clear()
    SynapseLegend().room(seen)
    assert len({x for x, _ in words}) == 2
    assert len(words) == 30


def test_what_does_not_fit_is_counted(words):
    seen = view(synapse_colors=many(200))
    SynapseLegend().room(seen)
    named = [word for _, word in words if word.startswith("population")]
    assert words[-1][1] == f"+{200 - len(named)} more"
    assert SynapseLegend().room(seen)[1] <= 0.5 * SIZE[1]


def test_long_names_are_cut_in_the_middle(words):
    name = "a very long name of a population of cells" * 3
    width, _ = SynapseLegend().room(view(synapse_colors={f"{name} A": INK, f"{name} B": INK}))
    assert [word[-1] for _, word in words] == ["A", "B"]
    assert all("…" in word for _, word in words)
    assert width < 0.5 * SIZE[0]


def test_names_are_as_long_as_the_title_allows(words):
    names = {f"a very long name of a population of cells, {k}": INK for k in "AB"}
    SynapseLegend().room(view(synapse_colors=names))
    assert all("…" in word for _, word in words)
    words.clear()
    SynapseLegend(title="m" * 30).room(view(synapse_colors=names))
    assert [word for _, word in words[1:]] == list(names)


@pytest.mark.parametrize("kind", [SynapseLegend, LabelLegend])
def test_a_colour_like_the_paper_gets_an_edge(kind):
    yellow = (0.94, 0.89, 0.26, 1.0)
    for color, has_edge in (((1.0, 1.0, 1.0, 1.0), True), (yellow, True), ((0.0, 0.5, 0.5, 1.0), False)):
        seen = view(synapse_colors={"x": color}, label_colors={"x": color})
        part = sprites(kind(), seen)[0].image[:, :16]  # left of the name
        assert bool((part == [0, 0, 0, 255]).all(axis=2).any()) == has_edge


def test_a_legend_of_nothing_is_an_error():
    with pytest.raises(SceneError, match="no synapses to show"):
        SynapseLegend().room(view())
    with pytest.raises(SceneError, match="no synapses to show"):
        SynapseLegend().room(view(synapse_colors={"inactive": INK}))
    with pytest.raises(SceneError, match="no labels to show: colour the scene by them"):
        LabelLegend().room(view())
    with pytest.raises(SceneError, match="title must be"):
        LabelLegend(title=3)  # type: ignore[arg-type]
