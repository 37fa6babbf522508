"""What colours a cell: by section, by label, by point, in one colour."""

from __future__ import annotations

import gc
import pickle
import weakref
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.frame_times import TimeRange
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.data.synapse_events import SynapseEvents
from gpu_morph.data.value_map import map_values
from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import ScaleBar
from gpu_morph.scene.camera import Camera
from gpu_morph.scene.coloring import Coloring
from gpu_morph.scene.colors import contrast, parse_color, to_bytes
from gpu_morph.scene.highlight import Highlight
from gpu_morph.scene.label_colors import LabelColors
from gpu_morph.scene.point_values import PointValues
from gpu_morph.scene.scene import Scene
from gpu_morph.scene.synapse_style import SynapseStyle

# Three sections in a row along x, two points each.
CELL = Morphology(
    [[0, 0, 0], [10, 0, 0], [10, 0, 0], [20, 0, 0], [20, 0, 0], [30, 0, 0]],
    [2] * 6,
    [0, 2, 4, 6],
    [-1, 0, 1],
    [0, 1, 1],
    ("Soma", "ApicalDendrite", "AIS"),
)


def rgb(color: object) -> list[int]:
    return to_bytes(parse_color(color)[:3]).tolist()


def shown(coloring: Coloring, sections: list[int]) -> list[list[int]]:
    """Colours in the middle of sections, looked up as the shader does."""
    assert coloring.recording is not None
    row = map_values(coloring.recording, sections, np.full(len(sections), 0.5))(coloring.recording.row(0))
    low, high = coloring.table.clim
    n = len(coloring.table.entries)
    return [coloring.table.entries[min(int((v - low) / (high - low) * n), n - 1)].tolist() for v in row]


def test_a_sequence_gives_each_section_its_colour() -> None:
    coloring = Scene(CELL, color=["red", "#00ff00", (0, 0, 1)]).coloring
    assert shown(coloring, [0, 1, 2]) == [rgb("red"), rgb("lime"), rgb("blue")]
    assert coloring.is_static
    assert not coloring.has_scale


def test_an_array_of_colours_gives_each_section_its_colour() -> None:
    coloring = Scene(CELL, color=np.array([(1, 0, 0), (0, 1, 0), (1, 0, 0)])).coloring
    assert shown(coloring, [0, 1, 2]) == [rgb("red"), rgb("lime"), rgb("red")]


def test_sections_without_a_colour_are_grey() -> None:
    assert shown(Scene(CELL, color={1: "red"}).coloring, [0, 1, 2]) == [rgb("grey"), rgb("red"), rgb("grey")]


def test_labels_have_their_colours_in_any_case() -> None:
    coloring = Scene(CELL, color={"soma": "red", "APICALDENDRITE": "blue"}).coloring
    assert shown(coloring, [0, 1, 2]) == [rgb("red"), rgb("blue"), rgb("grey")]
    assert {name: rgb(color) for name, color in coloring.legend.items()} == {
        "Soma": rgb("red"),
        "ApicalDendrite": rgb("blue"),
        "AIS": rgb("grey"),
    }


@pytest.mark.parametrize("key", ["apic", "apical_dendrite", "Apical dendrite", "apical"])
def test_a_kind_of_section_is_found_in_any_spelling(key: str) -> None:
    for color in ({key: "red"}, LabelColors({key: "red"})):
        assert shown(Scene(CELL, color=color).coloring, [0, 1, 2]) == [rgb("grey"), rgb("red"), rgb("grey")]
    assert Scene(CELL, opacity={key: 0.5}).coloring.section_opacities.tolist() == [1, 0.5, 1]
    assert LabelColors({key: "red"}).of("ApicalDendrite") == "red"
    assert LabelColors({key: "red"}).of("Soma") == "grey"


def test_a_label_wins_over_its_kind() -> None:
    cell = replace(CELL, section_labels=("apic", "ApicalDendrite", "apical"))
    coloring = Scene(cell, color={"apical_dendrite": "red", "ApicalDendrite": "lime", "apic": "blue"}).coloring
    assert shown(coloring, [0, 1, 2]) == [rgb("blue"), rgb("lime"), rgb("red")]


@pytest.mark.parametrize(
    "wrong", [{"color": {"axno": "red"}}, {"color": LabelColors({"axno": "red"})}, {"opacity": {"axno": 0.5}}]
)
def test_a_label_that_is_not_there_is_the_same_error_everywhere(wrong: dict[str, Any]) -> None:
    message = f"{next(iter(wrong))}: there is no label 'axno'; there are 'Soma', 'ApicalDendrite', 'AIS'"
    with pytest.raises(SceneError, match=message):
        Scene(CELL, **wrong)


def test_a_population_without_synapses_is_an_error_when_the_scene_is_made() -> None:
    synapses = SynapseEvents([[0, 0, 0]], [0], ("L4",), [0], [3.0])
    style = SynapseStyle(colors={"APL": "red"})
    assert Scene(CELL, synapse_style=style).synapse_style is style
    with pytest.raises(SceneError, match="there is no population 'APL'; there are 'L4'"):
        Scene(CELL, synapses=synapses, synapse_style=style)


def test_keys_of_label_colors_are_labels() -> None:
    for wrong in ({0: "red"}, ["red"]):
        with pytest.raises(SceneError, match="LabelColors takes a dict of labels and colours, got"):
            LabelColors(wrong)  # type: ignore[arg-type]


# What is worked out once


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[Coloring]:
    """All colorings that are made."""
    made: list[Coloring] = []
    new_coloring = Scene._new_coloring

    def counted(scene: Scene) -> Coloring:
        made.append(new_coloring(scene))
        return made[-1]

    monkeypatch.setattr(Scene, "_new_coloring", counted)
    return made


COLORS: list[Any] = [
    "label",
    "cell",
    "red",
    ["red", "lime", "blue"],
    [[1, 0, 0], [0, 1, 0], (0, 0, 1)],
    np.eye(3),
    {1: "red"},
    {"soma": [1, 0, 0]},
    LabelColors({"soma": "red"}, labels=["soma", "axon", "axon"]),
    PointValues(np.arange(6.0)),
]


@pytest.mark.parametrize("color", COLORS, ids=str)
def test_the_coloring_is_worked_out_once(color: Any, worked_out: list[Coloring]) -> None:
    scene = Scene(CELL, color=color, opacity={"soma": 0.5}, annotations=(ScaleBar(),))
    scene.layout((400, 400))
    scene.fitted_camera((300, 300))
    for other in (scene, scene.resolved(), replace(scene, time_range=TimeRange(0, 1, 1)), replace(scene)):
        assert other.coloring is scene.coloring
    assert worked_out == [scene.coloring]
    assert replace(scene, opacity=1.0).coloring is not scene.coloring


def test_the_coloring_of_values_is_worked_out_once_and_not_before_it_is_needed(worked_out: list[Coloring]) -> None:
    scene = Scene(CELL, voltage([[0, 1, 2]]), clim=(0, 1))
    assert worked_out == []
    assert replace(scene, time_range=TimeRange(0, 1, 1)).coloring is scene.coloring
    free = replace(scene, clim=None)
    assert free.resolved() is free.resolved()
    assert len(worked_out) == 1


def test_a_list_of_colours_that_has_changed_makes_others() -> None:
    colors = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    before = Scene(CELL, color=colors)
    colors[0][0], colors[1] = 0, [1, 1, 1]
    assert shown(before.coloring, [0, 1]) == [rgb("red"), rgb("lime")]
    assert shown(Scene(CELL, color=colors).coloring, [0, 1]) == [rgb("black"), rgb("white")]


def test_a_coloring_lives_as_long_as_a_scene_that_has_it() -> None:
    scene = Scene(CELL, color=["red", "lime", "#123456"])
    gone = weakref.ref(scene.coloring)
    del scene
    gc.collect()
    assert gone() is None


def test_a_layout_is_made_once_for_each_size() -> None:
    scene = Scene(CELL, annotations=(ScaleBar(),))
    assert scene.layout((400, 300)) is scene.layout((400, 300))
    assert scene.layout((400, 300)) is not scene.layout((400, 300), transparent=True)
    assert scene.layout((300, 400)).view.size == (300, 400)


@pytest.mark.parametrize("color", COLORS, ids=str)
def test_a_pickle_holds_what_was_given_and_no_more(color: Any) -> None:
    scene = Scene(CELL, color=color, annotations=(ScaleBar(),))
    n_bytes = len(pickle.dumps(scene))
    scene.layout((400, 300))
    assert len(pickle.dumps(scene)) == n_bytes
    there, here = pickle.loads(pickle.dumps(scene)).coloring, scene.coloring
    assert there.table.entries.tolist() == here.table.entries.tolist()


def test_labels_have_distinct_colours_unless_said() -> None:
    colors = shown(Scene(CELL, color="label").coloring, [0, 1, 2])
    assert len({tuple(color) for color in colors}) == 3
    other = Scene(CELL, color=LabelColors({"Soma": "red"}, other="lime"))
    assert shown(other.coloring, [0, 1, 2]) == [rgb("red"), rgb("lime"), rgb("lime")]


def test_labels_of_other_kinds_have_colours_that_no_kind_has() -> None:
    astrocyte = replace(CELL, section_labels=("soma", "process", "endfoot"))
    colors = [tuple(color) for color in shown(Scene(astrocyte, color="label").coloring, [0, 1, 2])]
    assert len(set(colors)) == 3
    assert tuple(rgb("grey")) not in colors
    undefined = replace(CELL, section_labels=("soma", "undefined", "process"))
    assert shown(Scene(undefined, color="label").coloring, [1]) == [rgb("grey")]
    said = Scene(astrocyte, color=LabelColors(other="lime"))
    assert shown(said.coloring, [1, 2]) == [rgb("lime"), rgb("lime")]


@pytest.mark.parametrize("background", ["black", "#222222", "white", "#f4ecd8"])
def test_colours_of_labels_contrast_with_the_background(background: str) -> None:
    cell = replace(CELL, section_labels=("soma", "dend", "endfoot"))
    colors = Scene(cell, color="label", background=background).coloring.legend.values()
    assert all(contrast(color, parse_color(background)) >= 3.0 for color in colors)


def test_point_values_reach_the_points_and_what_lies_between() -> None:
    scene = Scene(CELL, color=PointValues(np.arange(6) * 10.0, name="distance", unit="µm"), cmap="gray")
    coloring = scene.coloring
    assert coloring.recording is not None
    assert (coloring.recording.name, coloring.recording.unit) == ("distance", "µm")
    values = map_values(coloring.recording, [0, 0, 0, 2], [0.0, 0.5, 1.0, 1.0])(coloring.recording.row(0))
    np.testing.assert_allclose(values, [0, 5, 10, 50])
    assert coloring.table.clim == (0, 50)
    assert coloring.has_scale


def test_a_fixed_colour_may_let_the_background_through() -> None:
    assert Scene(CELL, color=(0, 0, 1, 0.25)).coloring.opacity == 0.25
    assert Scene(CELL, color="#ff000080").coloring.opacity == pytest.approx(128 / 255)


@pytest.mark.parametrize(
    ("color", "words"),
    [
        (["red", "blue"], "one colour for each of the 3 sections, got 2"),
        (["red", "blue", "quux"], "the colour of section 2: unknown colour 'quux'"),
        ({7: "red"}, r"sections \(0 to 2\) or labels as keys, all of one kind, got 7"),
        ({0: "red", "Soma": "blue"}, "all of one kind, got 'Soma'"),
        ({"Soma": (0, 0, 0, 0.5)}, "'Soma' must be opaque"),
        (PointValues([1.0, 2.0]), "one value for each of the morphology's 6 points, got 2"),
        ("quux", "neither a recorded variable"),
    ],
)
def test_wrong_colours_are_errors(color: object, words: str) -> None:
    with pytest.raises(SceneError, match=words):
        Scene(CELL, color=color)


def test_point_values_have_one_dimension() -> None:
    with pytest.raises(SceneError, match=r"\(n_points,\), got shape \(2, 2\)"):
        PointValues(np.zeros((2, 2)))


# What a colour bar is told


def voltage(values: list[list[float]], *, sections: tuple[int, ...] = (0, 1, 2)) -> Recording:
    return Recording(
        np.arange(len(values)), np.array(values), section=sections, position=[0.5] * len(sections), name="v", unit="mV"
    )


@pytest.mark.parametrize(
    ("values", "sections", "expected"),
    [
        ([[-80, -70, -60]], (0, 1, 2), (False, False, False)),
        ([[-95, -70, -60]], (0, 1, 2), (True, False, False)),
        ([[-80, -70, 60]], (0, 1, 2), (False, True, False)),
        ([[-80, np.nan, -60]], (0, 1, 2), (False, False, True)),
        ([[-80, -60]], (0, 2), (False, False, True)),
    ],
)
def test_a_colour_bar_knows_which_values_are_outside_its_range(values, sections, expected) -> None:
    from gpu_morph.scene.annotations import ColorBar

    scene = Scene(CELL, voltage(values, sections=sections), clim=(-90, 40), annotations=(ColorBar(),))
    scale = scene.layout((400, 400)).view.scale
    assert scale is not None
    assert (scale.has_under, scale.has_over, scale.has_missing) == expected
    assert (scale.name, scale.unit, scale.table.clim) == ("v", "mV", (-90, 40))


# Highlights


def test_a_highlight_names_sections_of_the_morphology() -> None:
    assert Highlight(np.int64(2)).sections == (2,)
    assert Highlight([0, 2]).sections == (0, 2)
    with pytest.raises(SceneError, match="section 3; the morphology has 0 to 2"):
        Scene(CELL, highlight=Highlight(3))


@pytest.mark.parametrize(
    "arguments", [{"section": 1.5}, {"section": ()}, {"style": "glow"}, {"color": (0, 0, 0, 0.5)}, {"width": -1}]
)
def test_a_highlight_is_checked(arguments: dict[str, object]) -> None:
    with pytest.raises(SceneError):
        Highlight(**({"section": 0} | arguments))


# The camera's room


def test_a_fitted_cell_stays_clear_of_annotations() -> None:
    from gpu_morph.scene.annotations import ColorBar, ScaleBar

    scene = Scene(CELL, voltage([[0, 1, 2]]), camera=Camera(azim=-90), annotations=(ColorBar(), ScaleBar()))
    size = (400, 300)
    layout, camera = scene.layout(size), scene.fitted_camera(size)
    for azim in range(0, 360, 15):
        turned = Camera(**{**vars(camera), "azim": azim})
        x, y = turned.project(CELL.points, size).T
        for box in (box for box in layout.boxes if box.width):
            beside = (x < box.x) | (x > box.x + box.width) | (y < box.y) | (y > box.y + box.height)
            assert beside.all()
