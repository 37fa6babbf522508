"""Values by cell, and colours of cells."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_morph.data.cell_values import by_cell
from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError, SceneError
from gpu_morph.scene.annotations import LabelLegend
from gpu_morph.scene.colors import contrast, parse_color, to_bytes
from gpu_morph.scene.label_colors import LabelColors
from gpu_morph.scene.palettes import cell_colors
from gpu_morph.scene.scene import Scene

ONE = Morphology([[0, 0, 0], [9, 0, 0], [9, 0, 0], [9, 9, 0]], [2] * 4, [0, 2, 4], [-1, 0], [0, 1], ("soma", "dend"))
THREE = join_morphologies([ONE] * 3, translations=[(0, 0, 0), (20, 0, 0), (40, 0, 0)])


def rgb(color: object) -> tuple[int, ...]:
    return tuple(to_bytes(parse_color(color)[:3]).tolist())


def shown(scene: Scene) -> list[tuple[int, ...]]:
    """The colour of each section."""
    coloring = scene.coloring
    assert coloring.recording is not None
    return [tuple(coloring.table.entries[int(number)].tolist()) for number in coloring.recording.row(0)]


def test_each_section_has_its_cells_value():
    assert by_cell(THREE, {1: "red"}, other="grey") == ["grey", "grey", "red", "red", "grey", "grey"]
    assert by_cell(THREE, ["a", "b", "c"]) == ["a", "a", "b", "b", "c", "c"]
    assert by_cell(THREE, np.array([0.5, 1.0, 0.0])) == [0.5, 0.5, 1, 1, 0, 0]


def test_cells_keep_their_numbers_where_some_are_missing():
    part = Morphology(ONE.points, ONE.diameters, ONE.section_offsets, [-1, -1], [0, 0], ("a", "b"), [3, 7])
    assert by_cell(part, {7: "red", 3: "blue"}) == ["blue", "red"]
    assert by_cell(part, ["first", "second"]) == ["first", "second"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({5: "red"}, "there is no cell 5: the morphology has cells 0 to 2"),
        ({0: "red"}, "cell 1 has no value: give one, or other="),
        (["red"], "one for each of 3 cells, or {cell: value}, got 1"),
        ("red", "one for each of 3 cells, or {cell: value}, got 'red'"),
    ],
)
def test_values_that_do_not_fit_are_refused(values, words):
    with pytest.raises(MorphologyError, match=words):
        by_cell(THREE, values)


def test_a_scene_shows_the_colours_of_cells():
    scene = Scene(THREE, color=by_cell(THREE, {0: "red", 2: (0, 0, 1)}, other="grey"))
    assert shown(scene) == [rgb("red")] * 2 + [rgb("grey")] * 2 + [rgb("blue")] * 2


def test_each_cell_has_a_colour_of_its_own():
    scene = Scene(THREE, color="cell")
    colors = shown(scene)
    assert colors[::2] == colors[1::2]
    assert len(set(colors)) == 3
    assert list(scene.coloring.legend) == ["cell 0", "cell 1", "cell 2"]


@pytest.mark.parametrize("n_cells", [18, 100, 1500])
def test_many_cells_have_different_colours_and_a_legend(n_cells):
    many = join_morphologies([ONE] * n_cells, translations=np.zeros((n_cells, 3)))
    scene = Scene(many, color="cell", annotations=(LabelLegend(),))
    colors = shown(scene)[::2]
    assert len(set(colors)) == min(n_cells, 1024)
    assert list(scene.coloring.legend) == [f"cell {k}" for k in range(n_cells)]
    (box,) = scene.layout((800, 600)).boxes
    assert box.height < 300


def test_eighteen_labels_of_few_sections_have_a_legend():
    labels = [f"type {k}" for k in range(18)]
    many = join_morphologies([ONE] * 9, translations=np.zeros((9, 3)))
    scene = Scene(many, color=LabelColors(labels=labels), annotations=(LabelLegend(),))
    scene.layout((1200, 900))
    assert list(scene.coloring.legend) == labels


@pytest.mark.parametrize("background", ["white", "black", "#808080", "#0b0d12"])
def test_colours_of_cells_differ_from_the_background_and_from_each_other(background):
    paper = parse_color(background)
    colors = cell_colors(paper, 300)
    assert len({rgb(color) for color in colors}) == len(colors)
    assert min(contrast(color, paper) for color in colors) > 1.5


def test_label_colors_accept_labels_by_cell():
    labels = by_cell(THREE, ["L4", "L5", "L4"])
    coloring = Scene(THREE, color=LabelColors(labels=labels)).coloring
    assert list(coloring.legend) == ["L4", "L5"]
    colors = shown(Scene(THREE, color=LabelColors({"l5": "red"}, labels=labels)))
    assert colors == [rgb("grey")] * 2 + [rgb("red")] * 2 + [rgb("grey")] * 2
    with pytest.raises(SceneError, match="one for each of the 6 sections, got 3"):
        Scene(THREE, color=LabelColors(labels=["L4", "L5", "L4"]))
