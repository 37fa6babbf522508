"""show_synapses and what goes with it: markers in CellMorphologyVisualizer's pictures and films."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from isf_cells import Pixels, Section, around, film, hue, is_like, isf_cell, picture, projected, synapse, visualizer

from gpu_morph.errors import RecordingError, SceneError

MAGENTA = (255, 0, 255)
LOW, HIGH = [0, 0, 20], [0, 0, 80]  # positions on the cell, µm
SPAN = (0, 10, 0.5)  # ms: a film's


def cell(**populations: Any) -> SimpleNamespace:
    """A thin upright dendrite, simulated for 10 ms."""
    dendrite = Section("Dendrite", [[0, 0, 0], [0, 0, 100]], [4, 4])
    return isf_cell(dendrite, times=np.arange(101) / 10, synapses=populations)


def shown(viz: Any, folder: Path, xyz: Any = LOW, color: Any = MAGENTA) -> list[float]:
    """The times of the frames that have a marker of a colour at a position."""
    options = {"show_synapses": True, "show_legend": False}
    frames = film(viz, folder, t_start=SPAN[0], t_stop=SPAN[1], t_step=SPAN[2], **options)
    (spot,) = projected(viz, xyz, *SPAN, **options)
    found = is_like(around(frames, spot), color).sum(axis=(1, 2))
    return (np.flatnonzero(found) * SPAN[2]).tolist()


def magenta(viz: Any) -> Any:
    viz.population_to_color_dict = {"L4": "#ff00ff"}
    return viz


# When


def test_a_marker_is_seen_from_its_spike_on_for_2_ms_and_never_before(tmp_path: Path) -> None:
    viz = magenta(visualizer(cell(L4=[synapse(LOW, 5.0)])))
    assert shown(viz, tmp_path) == [5, 5.5, 6, 6.5]


@pytest.mark.parametrize(("duration", "times"), [(0.5, [5.5]), (1, [5.5, 6]), (4, np.arange(5.5, 9.5, 0.5).tolist())])
def test_time_show_syn_activ_says_how_long(tmp_path: Path, duration: float, times: list[float]) -> None:
    viz = magenta(visualizer(cell(L4=[synapse(LOW, 5.3)])))
    viz.time_show_syn_activ = duration
    assert shown(viz, tmp_path) == times


def test_a_synapse_is_shown_after_each_of_its_spikes(tmp_path: Path) -> None:
    viz = magenta(visualizer(cell(L4=[synapse(LOW, 7.0, 1.0, 2.0)])))
    assert shown(viz, tmp_path) == [1, 1.5, 2, 2.5, 3, 3.5, 7, 7.5, 8, 8.5]


def test_each_synapse_is_shown_at_its_position(tmp_path: Path) -> None:
    viz = magenta(visualizer(cell(L4=[synapse(LOW, 1.0), synapse(HIGH, 8.0)])))
    assert shown(viz, tmp_path, LOW) == [1, 1.5, 2, 2.5]
    assert shown(viz, tmp_path, HIGH) == [8, 8.5, 9, 9.5]


def test_no_presynaptic_cell_and_no_spikes_are_no_error(tmp_path: Path) -> None:
    without = SimpleNamespace(coordinates=np.array(LOW), preCell=None)
    viz = magenta(visualizer(cell(L4=[without, synapse(HIGH), synapse(HIGH, 8.0)], L5=[])))
    assert shown(viz, tmp_path, LOW) == []
    assert shown(viz, tmp_path, HIGH) == [8, 8.5, 9, 9.5]


def test_none_are_shown_unless_asked_for(tmp_path: Path) -> None:
    viz = magenta(visualizer(cell(L4=[synapse(LOW, 5.0)])))
    assert not is_like(film(viz, tmp_path), MAGENTA).any()
    assert not is_like(picture(viz, time_point=5), MAGENTA).any()


def test_markers_that_fade_grow_smaller_and_others_stay(tmp_path: Path) -> None:
    areas = {}
    for fade in (False, True):
        viz = magenta(visualizer(cell(L4=[synapse(LOW, 5.0)]), dpi=20))
        viz.fade_synapses = fade
        frames = film(viz, tmp_path, t_start=5, t_stop=7, t_step=0.5, show_synapses=True)
        areas[fade] = is_like(frames, MAGENTA).sum(axis=(1, 2)).tolist()
    assert areas[False][0] == areas[False][3] > 0 == areas[False][4]
    assert areas[True][0] == areas[False][0]
    assert areas[True] == sorted(areas[True], reverse=True)
    assert len(set(areas[True])) >= 4


# In which colours


def colors(viz: Any, *where: Any) -> list[Any]:
    """The hues of the markers near positions, all active, on a grey cell that is as wide as their offsets."""
    image = picture(viz, show_synapses=True, time_point=5)
    spots = projected(viz, where, 5, show_synapses=True)
    near = [around(image, spot, 8).reshape(-1, 3).astype(int) for spot in spots]
    return [hue(np.median(pixels[np.ptp(pixels, axis=1) > 80], axis=0)) for pixels in near]


def differ(first: Any, second: Any) -> bool:
    return bool(np.abs(first - second).max() > 0.15)


def test_populations_without_a_colour_get_one_each() -> None:
    viz = visualizer(cell(L4=[synapse(LOW, 5.0)], L5=[synapse([0, 0, 50], 5.0)], VPM=[synapse(HIGH, 5.0)]))
    assert all(differ(*pair) for pair in combinations(colors(viz, LOW, [0, 0, 50], HIGH), 2))
    viz.population_to_color_dict = {"L5": "#ff00ff"}
    image = picture(viz, show_synapses=True, time_point=5)
    low, middle, high = projected(viz, [LOW, [0, 0, 50], HIGH], 5, show_synapses=True)
    assert is_like(around(image, middle), MAGENTA).any()
    assert not is_like(around(image, low), MAGENTA).any()
    assert not is_like(around(image, high), MAGENTA).any()


def test_a_group_has_one_colour_and_its_name_is_what_the_colours_are_given_for() -> None:
    viz = visualizer(cell(L4_C1=[synapse(LOW, 5.0)], L4_C2=[synapse([0, 0, 50], 5.0)], L5_C2=[synapse(HIGH, 5.0)]))
    assert all(differ(*pair) for pair in combinations(colors(viz, LOW, [0, 0, 50], HIGH), 2))
    viz.synapse_group_function = lambda name: name.split("_")[0]
    first, second, third = colors(viz, LOW, [0, 0, 50], HIGH)
    assert differ(first, third) and not differ(first, second)
    viz.population_to_color_dict = {"L4": "#ff00ff", "L5_C2": "#00ff00"}
    image = picture(viz, show_synapses=True, time_point=5)
    spots = projected(viz, [LOW, [0, 0, 50], HIGH], 5, show_synapses=True)
    assert [is_like(around(image, spot), MAGENTA).any() for spot in spots] == [True, True, False]
    assert not is_like(image, (0, 255, 0)).any()


def test_the_color_synapses_is_a_light_cell_with_its_synapses() -> None:
    viz = magenta(visualizer(cell(L4=[synapse(LOW, 5.0)])))
    image = picture(viz, color="synapses", time_point=5)
    np.testing.assert_array_equal(image, picture(viz, color="Synapse", time_point=5))
    np.testing.assert_array_equal(image, picture(viz, color="lightgrey", show_synapses=True, time_point=5))
    assert is_like(image, MAGENTA).any()
    assert np.median(image[(image != 255).any(axis=2)]) > 150


def test_wrong_colours_and_groups_are_refused() -> None:
    viz = visualizer(cell(L4=[synapse(LOW, 5.0)]))
    viz.population_to_color_dict = {"L4": "magneta"}
    with pytest.raises(SceneError, match=r"the colour of 'L4': unknown colour 'magneta'"):
        picture(viz, show_synapses=True)
    viz.population_to_color_dict, viz.synapse_group_function = {}, lambda name: 4
    with pytest.raises(RecordingError, match=r"must return the name of a group, got 4 for 'L4'"):
        picture(viz, show_synapses=True)
    viz.synapse_group_function, viz.time_show_syn_activ = str, 0
    with pytest.raises(SceneError, match="time_show_syn_activ must be positive ms, got 0"):
        picture(viz, show_synapses=True)


def test_colours_that_name_none_of_the_groups_give_a_warning() -> None:
    viz = visualizer(cell(L4=[synapse(LOW, 5.0)], L5=[synapse(HIGH, 5.0)]))
    viz.population_to_color_dict = {"L6": "red", "VPM": "blue"}
    with pytest.warns(UserWarning, match=r"population_to_color_dict names no group .*; there are 'L4', 'L5'; got"):
        picture(viz, show_synapses=True)


# Their legend


def corner(viz: Any, **options: Any) -> Pixels:
    """The upper right part of a picture."""
    image = picture(viz, **{"show_synapses": True, "show_legend": True, "time_point": 5, **options})
    return image[: len(image) // 2, 2 * len(image) // 3 :]


def has(image: Pixels, color: Any) -> bool:
    return bool((image == np.array(color)).all(axis=2).any())


def test_groups_stand_in_the_legend_but_not_inactive_ones() -> None:
    viz = visualizer(cell(L4=[synapse(LOW, 5.0)], inactive=[synapse(HIGH, 5.0)]), dpi=20)
    viz.population_to_color_dict = {"L4": "#ff00ff", "inactive": "#00ff00"}
    assert has(corner(viz), MAGENTA)
    assert not has(corner(viz), (0, 255, 0))
    assert is_like(picture(viz, show_synapses=True, time_point=5), (0, 255, 0)).any()  # it is drawn
    assert not has(corner(viz, show_synapses=False), MAGENTA)
    assert not has(corner(viz, show_legend=False), MAGENTA)


def test_synapse_legend_leaves_it_out_of_pictures() -> None:
    viz = magenta(visualizer(cell(L4=[synapse(LOW, 5.0)]), dpi=20))
    viz.synapse_legend = False
    assert not has(corner(viz), MAGENTA)
    assert is_like(picture(viz, show_synapses=True, show_legend=True, time_point=5), MAGENTA).any()


def test_films_have_the_legend(tmp_path: Path) -> None:
    viz = magenta(visualizer(cell(L4=[synapse(LOW, 5.0)]), dpi=20))
    frame, _ = film(viz, tmp_path, show_synapses=True, show_legend=True, t_start=5, t_stop=6, t_step=1)
    assert has(frame[:150, 200:], MAGENTA)


def test_inactive_synapses_alone_have_no_legend() -> None:
    viz = visualizer(cell(L4=[synapse(LOW, 5.0)]), dpi=20)
    viz.synapse_group_function = lambda name: "inactive"
    np.testing.assert_array_equal(corner(viz), corner(viz, show_synapses=False))


# Cells


def test_all_synapses_of_a_cell_that_was_not_simulated_are_shown_all_the_time(tmp_path: Path) -> None:
    unsimulated = cell(L4=[synapse(LOW, 5.0)])
    unsimulated.tVec = None
    viz = magenta(visualizer(unsimulated))
    (spot,) = projected(viz, LOW)
    assert is_like(around(picture(viz, show_synapses=True), spot), MAGENTA).any()
    frames = film(viz, tmp_path, show_synapses=True, t_stop=3, t_step=1)
    assert is_like(frames, MAGENTA).any(axis=(1, 2)).tolist() == [True] * 4


def test_a_cell_without_synapses_is_drawn_with_a_warning(tmp_path: Path) -> None:
    viz = visualizer(cell())
    with pytest.warns(UserWarning, match="synapses are to be shown, but the cell has none") as caught:
        image = picture(viz, show_synapses=True, show_legend=True)
    assert caught[0].filename.endswith("isf_cells.py")  # where plot was called
    np.testing.assert_array_equal(image, picture(viz, show_legend=True))
    with pytest.warns(UserWarning, match="the cell has none"):
        assert len(film(viz, tmp_path, show_synapses=True)) == 11


def test_a_finer_picture_has_markers_as_large() -> None:
    fractions = []
    for dpi in (72, 144):
        viz = magenta(visualizer(cell(L4=[synapse(LOW, 5.0)]), dpi=dpi))
        viz.camera_position["dist"] = 80  # so small that markers are of the least size
        fractions.append(is_like(picture(viz, show_synapses=True, time_point=5), MAGENTA).mean())
    assert fractions[1] == pytest.approx(fractions[0], rel=0.2)
