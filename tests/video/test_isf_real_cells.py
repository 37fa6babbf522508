"""Cells as ISF's `create_cell` and network make them: before a run, with release sites, of hundreds of populations."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from isf_cells import around, film, is_like, picture, projected, synapse, tiny_cell, visualizer

from gpu_morph import CellMorphologyVisualizer, from_isf
from gpu_morph.errors import RecordingError
from gpu_morph.isf.synapse_groups import ActiveSynapseLegend

MAGENTA = (255, 0, 255)
POINT = [0, 0, 10]


def before_its_run(times: Any = ()) -> SimpleNamespace:
    """A cell with a synapse whose vectors are there and empty."""
    cell: SimpleNamespace = tiny_cell()
    cell.tVec = np.array(times, dtype=float)
    for section in cell.sections:
        section.recVList = [np.empty(0) for _ in section]
        section.recordVars = {"hh.m": [np.empty(0) for _ in section]}
    cell.synapses = {"VPM": [synapse(POINT, 5.0)]}
    return cell


def released(xyz: Any, spikes: Any, releases: Any) -> SimpleNamespace:
    """A synapse with a release site."""
    made = synapse(xyz, *spikes)
    made.releaseSite = SimpleNamespace(spikeTimes=list(releases))
    return made


def texts(viz: Any, **options: Any) -> list[str]:
    """What the legend of synapses says."""
    annotations = viz.scene(show_synapses=True, show_legend=True, **options).annotations
    return [text for one in annotations if isinstance(one, ActiveSynapseLegend) for _, text in one.entries]


def populations(**synapses: Any) -> Any:
    """A visualizer of a cell with these synapses, 20 ms long."""
    cell: SimpleNamespace = tiny_cell()
    cell.synapses = synapses
    return visualizer(cell)


# Before a run; after `re_init_cell` there are times


@pytest.mark.parametrize("dpi", [8, 16])  # a marker of a fixed size in pixels would be inside of the larger soma
@pytest.mark.parametrize("times", [(), np.arange(201) / 10], ids=["before", "re_init_cell"])
def test_a_cell_before_its_run_makes_a_turn_and_shows_all_synapses(tmp_path: Path, times: Any, dpi: float) -> None:
    viz = visualizer(before_its_run(times), dpi=dpi)
    viz.population_to_color_dict = {"VPM": "#ff00ff"}
    assert (viz.t_start, viz.t_stop, viz.t_step, viz.simulation_times) == (None, None, None, None)
    assert viz.possible_scalars == set()
    viz.neuron_rotation = 60
    frames = film(viz, tmp_path, show_synapses=True)
    assert len(frames) == 6 and is_like(frames[0], MAGENTA).any()
    (spot,) = projected(viz, POINT, color="synapses")
    assert is_like(around(picture(viz, color="synapses"), spot), MAGENTA).any()
    assert texts(viz) == ["VPM (1)"]


@pytest.mark.parametrize("times", [(), np.arange(201) / 10], ids=["before", "re_init_cell"])
def test_a_cell_before_its_run_has_no_recording(times: Any) -> None:
    cell = before_its_run(times)
    morphology, recording, synapses = from_isf(cell)
    assert (morphology.n_sections, recording) == (2, None)
    assert synapses is not None and synapses.n_synapses == 1
    for color in ("voltage", "vm", "hh.m", "HH.M"):
        with pytest.raises(RecordingError, match=rf"color='{color}' needs values, but the cell was not simulated"):
            picture(visualizer(cell), color=color, time_point=0)


def test_a_real_cell_before_its_run(isf_cell_module: ModuleType) -> None:
    cell = isf_cell_module.load_real_cell(simulated=False)
    viz = CellMorphologyVisualizer(cell)
    viz.dpi = 30
    assert from_isf(cell)[1] is None
    assert viz.scene("synapses").synapse_style.show_all
    assert np.ptp(picture(viz, color="synapses").astype(int), axis=2).max() > 40
    with pytest.raises(RecordingError, match="not simulated"):
        picture(viz, color="voltage", time_point=0)


# Release sites


def test_spikes_that_did_not_release_are_shown_only_if_asked_for() -> None:
    cell: SimpleNamespace = tiny_cell()
    cell.synapses = {"VPM": [released(POINT, (3.0, 8.0), (8.0,)), released(POINT, (9.0,), ()), synapse(POINT, 1.0)]}
    events = from_isf(cell)[2]
    assert events is not None
    assert (events.event_synapse.tolist(), events.event_time.tolist()) == ([0, 2], [8, 1])
    viz = visualizer(cell)
    assert sorted(viz.scene(show_synapses=True).synapses.event_time) == [1, 8]
    viz.show_all_spikes = True
    assert sorted(viz.scene(show_synapses=True).synapses.event_time) == [1, 3, 8, 9]


def test_a_synapse_without_a_release_site_shows_its_presynaptic_spikes() -> None:
    without = synapse(POINT, 4.0)
    without.releaseSite = None
    assert populations(VPM=[without]).scene(show_synapses=True).synapses.event_time.tolist() == [4]


def test_a_real_cell_shows_the_118_spikes_of_179_that_released(isf_cell_module: ModuleType) -> None:
    viz = CellMorphologyVisualizer(isf_cell_module.load_real_cell())

    def n_events() -> int:
        return int((viz.scene(show_synapses=True).synapses.event_time <= 10).sum())

    assert n_events() == 118
    viz.show_all_spikes = True
    assert n_events() == 179


# The legend


def test_the_legend_has_the_populations_that_are_active_in_the_film_and_their_numbers() -> None:
    viz = populations(
        L4=[synapse(POINT, 5.0), synapse(POINT, 6.0, 6.5), synapse(POINT, 15.0)],
        L5=[synapse(POINT, 9.5)],
        L6=[synapse(POINT)],
    )
    assert texts(viz) == ["L4 (3)", "L5 (1)"]
    assert texts(viz, t_start=4, t_stop=8) == ["L4 (2)"]
    assert texts(viz, t_start=11, t_stop=11) == ["L5 (1)"]  # shown for 2 ms
    assert texts(viz, t_start=12, t_stop=14) == []
    viz.t_start, viz.t_stop = 14, 16
    assert texts(viz) == ["L4 (1)"]


def test_films_and_pictures_list_what_is_active_in_their_time(tmp_path: Path) -> None:
    viz = populations(L4=[synapse(POINT, 5.0)], L5=[synapse(POINT, 15.0)])
    viz.dpi = 20
    viz.population_to_color_dict = {"L4": "#ff00ff", "L5": "#00ffff"}
    options: dict[str, Any] = {"show_synapses": True, "show_legend": True}
    frame = film(viz, tmp_path, t_start=4, t_stop=6, t_step=1, **options)[0]
    assert is_like(frame, MAGENTA).any() and not is_like(frame, (0, 255, 255)).any()
    image = picture(viz, time_point=15, **options)
    assert is_like(image, (0, 255, 255)).any() and not is_like(image, MAGENTA).any()


def test_the_legend_has_the_order_of_the_colours_and_then_of_the_numbers() -> None:
    one, two = [synapse(POINT, 5.0)], [synapse(POINT, 5.0)] * 2
    viz = populations(A=one, B=two, C=one, D=one, E=one)
    viz.population_to_color_dict = {"D": "red", "gone": "lime", "C": "blue"}
    assert texts(viz) == ["D (1)", "C (1)", "B (2)", "A (1)", "E (1)"]


def many() -> dict[str, Any]:
    names = [f"{kind}_{column}" for kind in ("VPM", "L4ss", "L5tt") for column in ("C1", "C2", "D1", "E1", "Gamma")]
    return {name: [synapse(POINT, 5.0)] for name in (*names, "TRN")}


def test_many_populations_that_begin_alike_are_one_group() -> None:
    viz = populations(**many())
    assert texts(viz) == ["L4ss (5)", "L5tt (5)", "VPM (5)", "TRN (1)"]
    viz.population_to_color_dict = {"L5tt": "red", "VPM_E1": "lime"}
    assert texts(viz) == ["L5tt (5)", "VPM_E1 (1)", "L4ss (5)", "VPM (4)", "TRN (1)"]
    viz.synapse_group_function = lambda name: name
    assert len(texts(viz)) == 16


def test_few_populations_are_not_grouped() -> None:
    names = list(many())[:12]
    assert texts(populations(**{name: many()[name] for name in names})) == [f"{name} (1)" for name in sorted(names)]


def test_a_small_picture_lists_fewer_and_says_how_many_more() -> None:
    viz = populations(**{f"population{k}": [synapse(POINT, 5.0)] for k in range(60)})
    scene = viz.scene("voltage", show_synapses=True, show_legend=True)
    for side in (300, 1080):
        boxes = scene.layout((side, side)).boxes
        assert all(box.height < 0.5 * side for box in boxes)


def test_a_real_cells_legend_can_be_read(isf_cell_module: ModuleType) -> None:
    viz = CellMorphologyVisualizer(isf_cell_module.load_real_cell())
    listed = texts(viz)
    assert 5 < len(listed) < 20 and not any("_" in text for text in listed)
    assert sum(int(text.split("(")[1][:-1]) for text in listed) <= 118
