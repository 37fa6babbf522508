"""What ISF leaves out, "AIS" and "Myelin", and the numbers of sections that stay the same without them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from isf_cells import Section, at, hue, is_like, isf_cell, picture, projected, visualizer

from gpu_morph import CellMorphologyVisualizer, render_image
from gpu_morph.errors import RecordingError, SceneError

STICK = (1, 2)  # of cell(): "AIS" and "Myelin"


def cell(**labels: str) -> SimpleNamespace:
    """A soma, below it a stick of 1000 µm, and a dendrite, which comes last; 0, -90, -95 and 10 mV at all times."""
    soma = Section("Soma", [[0, 0, -10], [0, 0, 10]], [20, 20])
    initial = Section(labels.get("ais", "AIS"), [[0, 0, -10], [0, 0, -60]], [2, 2], soma, x=0)
    myelin = Section("Myelin", [[0, 0, -60], [0, 0, -1010]], [2, 2], initial)
    dendrite = Section("Dendrite", [[0, 0, 10], [0, 30, 60], [0, 0, 110]], [6, 6, 6], soma)
    made = isf_cell(soma, initial, myelin, dendrite, times=np.arange(11.0))
    for section, value in zip(made.sections, (0.0, -90.0, -95.0, 10.0), strict=True):
        section.recVList = [np.full(11, value)]
    return made


def height(viz: Any) -> float:
    return float(np.ptp(viz.morphology.points[:, 2]))


@pytest.mark.parametrize("ais", ["AIS", "ais", "axon initial segment"])
def test_initial_segment_and_myelin_are_not_drawn_unless_asked_for(ais: str) -> None:
    viz = visualizer(cell(ais=ais))
    assert (height(viz), viz.morphology.section_labels) == (120, ("Soma", "Dendrite"))
    viz.show_axon = True
    assert (height(viz), viz.morphology.n_sections) == (1120, 4)


def test_the_cell_fills_the_picture_without_them() -> None:
    viz = visualizer(cell(), dpi=20)
    sizes = []
    for viz.show_axon in (False, True):
        (low,), (high,) = (projected(viz, [point], 0) for point in ([0, 0, -10], [0, 0, 110]))
        sizes.append(low[1] - high[1])
    assert sizes[0] > 5 * sizes[1]


def test_a_cell_of_nothing_else_is_drawn() -> None:
    assert visualizer(isf_cell(Section("AIS", [[0, 0, 0], [0, 0, 9]], [1, 1]))).morphology.n_sections == 1


def test_the_range_of_the_colours_is_that_of_what_is_drawn() -> None:
    viz = visualizer(cell())
    assert viz.scene("voltage").recording.value_range() == (0, 10)
    viz.vmax = 5
    assert viz.scene("voltage").clim == (0, 5)
    viz.show_axon = True
    assert viz.scene("voltage").clim == (-95, 5)


def test_each_section_has_its_own_values() -> None:
    viz = visualizer(cell())
    viz.set_cmap(["#ff0000", "#00ff00"], 0, 10)
    image = picture(viz, color="voltage", time_point=0)
    soma, dendrite = projected(viz, [[0, 0, 0], [0, 30, 60]], 0, color="voltage")
    assert is_like(at(image, soma)[np.newaxis], (255, 0, 0)).all()
    assert is_like(at(image, dendrite)[np.newaxis], (0, 255, 0)).all()


def test_what_was_recorded_only_there_is_refused_with_what_to_do() -> None:
    only_there = cell()
    only_there.sections[1].recordVars = {"na": [np.zeros(11)]}
    with pytest.raises(RecordingError, match="'na' was recorded only in sections that are not drawn: show_axon = True"):
        visualizer(only_there).scene("na")


def test_the_legend_of_dendrites_has_no_label_of_what_is_not_drawn() -> None:
    viz = visualizer(cell())
    viz.color_dict = {"AIS": "red", "Dendrite": "blue"}
    assert list(viz.scene("dendrites").coloring.legend) == ["Soma", "Dendrite"]


@pytest.mark.parametrize("show", [False, True])
def test_highlight_section_counts_all_sections_of_the_cell(show: bool) -> None:
    viz = visualizer(cell(), dpi=20)
    viz.show_axon = show
    scene, size = viz.scene(highlight_section=3, highlight_x=1.0), (300, 300)
    scene = replace(scene, camera=scene.fitted_camera(size))
    with_arrow, without = (render_image(s, time=0, size=size) for s in (scene, replace(scene, annotations=())))
    rows, columns = np.nonzero((with_arrow != without).any(axis=2))
    tip = columns[rows == rows.max()].mean() + 0.5, rows.max() + 1.0
    (expected,) = scene.camera.project(np.array([[0.0, 0.0, 110.0]]), size)
    assert math.dist(tip, expected) < 3


@pytest.mark.parametrize("section", STICK)
def test_a_section_that_is_not_drawn_has_no_arrow(section: int) -> None:
    with pytest.raises(SceneError, match=f"highlight_section={section} is .*, which is not drawn: show_axon = True"):
        picture(visualizer(cell()), highlight_section=section)
    viz = visualizer(cell())
    viz.show_axon = True
    assert viz.scene(highlight_section=section)


@pytest.mark.parametrize("colors", [["red", "lime", "lime", "blue"], ["red", "blue"]])
def test_a_list_has_a_colour_for_each_section_or_for_each_that_is_drawn(colors: list[str]) -> None:
    viz = visualizer(cell())
    image = picture(viz, color=colors)
    for point, color in (([0, 0, 0], (255, 0, 0)), ([0, 30, 60], (0, 0, 255))):
        (spot,) = projected(viz, [point], 0)
        np.testing.assert_allclose(hue(at(image, spot)), hue(color), atol=0.15)
    with pytest.raises(SceneError, match=r"each of the 4 sections of cell\.sections, or each of the 2 that are drawn"):
        picture(viz, color=["red", "blue", "lime"])


@pytest.mark.parametrize("all_sections", [False, True])
@pytest.mark.parametrize("kind", [list, np.array])
def test_a_nested_list_has_a_colour_for_each_point(all_sections: bool, kind: Any) -> None:
    soma, dendrite = kind([(1.0, 0, 0)] * 2), kind([(1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)])
    others = ["black", "black"] if all_sections else []
    viz = visualizer(cell(), dpi=20)
    image = picture(viz, color=[soma, *others, dendrite])
    for z, y, color in ((20, 6, (255, 0, 0)), (60, 30, (0, 255, 0)), (105, 3, (0, 0, 255))):
        (spot,) = projected(viz, [[0, y, z]], 0)
        np.testing.assert_allclose(hue(at(image, spot)), hue(color), atol=0.15)


def test_colours_of_points_are_as_many_as_points() -> None:
    viz = visualizer(cell())
    with pytest.raises(SceneError, match="color has 2 colours for section 3, which has 3 points"):
        picture(viz, color=["red", ["red", "blue"]])
    with pytest.raises(SceneError, match="the colour of a point of section 0: unknown colour 'rde'"):
        picture(viz, color=[["rde", "red"], "red"])


def test_a_colour_for_each_point_may_be_one_of_a_whole_colormap() -> None:
    points = np.linspace([0, 0, 0], [0, 0, 100], 256)
    viz = visualizer(isf_cell(Section("Dendrite", points, np.full(256, 20.0))), dpi=20)
    grey = [[(k / 255, k / 255, k / 255) for k in range(256)]]
    coloring = viz.scene(grey).coloring
    row = coloring.recording.row(0).astype(int)
    np.testing.assert_array_equal(coloring.table.entries[row][:, 0], np.arange(256))
    many = visualizer(isf_cell(Section("Dendrite", [[0, 0, z] for z in range(257)], [9] * 257)))
    with pytest.raises(SceneError, match="at most 256 different colours of points can be shown, got 257"):
        many.scene([[(k / 256, 0, 0) for k in range(257)]])


def test_vtk_files_hold_what_is_drawn(tmp_path: Path) -> None:
    viz = visualizer(cell())
    sizes = []
    for viz.show_axon in (False, True):
        sizes.append(viz.to_vtk(tmp_path, "cell").read_text().count("\n"))
        viz.write_vtk_frames("frame", tmp_path, 0, 0, 1)
    assert sizes[0] < sizes[1]


# A cell of ISF


def test_a_real_cell_is_as_large_as_isf_draws_it(isf_cell_module: ModuleType) -> None:
    real = isf_cell_module.load_real_cell(synapses=False)
    viz = CellMorphologyVisualizer(real, align_trunk=False)
    drawn = np.concatenate([section.pts for section in real.sections if section.label not in ("AIS", "Myelin")])
    assert len(viz.morphology.points) == len(drawn)
    assert height(viz) == pytest.approx(np.ptp(drawn[:, 2]))
    low, high = viz.scene("voltage").recording.value_range()
    values = [v for s in real.sections if s.label not in ("AIS", "Myelin") for v in s.recVList]
    assert (low, high) == pytest.approx((np.min(values), np.max(values)))
    viz.show_axon = True
    assert height(viz) > 1.7 * np.ptp(drawn[:, 2])


@pytest.mark.parametrize("simulated", [True, False])
def test_a_real_cell_takes_colours_of_drawn_sections(isf_cell_module: ModuleType, simulated: bool) -> None:
    real = isf_cell_module.load_real_cell(simulated=simulated, synapses=False)
    viz = CellMorphologyVisualizer(real)
    viz.dpi = 20
    drawn = real.sections[:-3]
    shown = [
        picture(viz, color=colors)
        for colors in (["red"] * 167, ["red"] * 170, [["red"] * len(section.pts) for section in drawn])
    ]
    np.testing.assert_array_equal(shown[0], shown[1])
    assert np.abs(shown[2].astype(int) - shown[0]).mean() < 0.5
