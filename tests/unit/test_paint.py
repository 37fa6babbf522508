"""What colours a cell: by section, by label, by point, in one colour."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.data.value_map import map_values
from gpu_morph.errors import SceneError
from gpu_morph.scene.camera import Camera
from gpu_morph.scene.coloring import Coloring
from gpu_morph.scene.colors import parse_color, to_bytes
from gpu_morph.scene.highlight import Highlight
from gpu_morph.scene.label_colors import LabelColors
from gpu_morph.scene.point_values import PointValues
from gpu_morph.scene.scene import Scene

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
    assert not coloring.explains


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


def test_labels_have_distinct_colours_unless_said() -> None:
    colors = shown(Scene(CELL, color="label").coloring, [0, 1, 2])
    assert len({tuple(color) for color in colors}) == 3
    other = Scene(CELL, color=LabelColors({"Soma": "red"}, other="lime"))
    assert shown(other.coloring, [0, 1, 2]) == [rgb("red"), rgb("lime"), rgb("lime")]


def test_point_values_reach_the_points_and_what_lies_between() -> None:
    scene = Scene(CELL, color=PointValues(np.arange(6) * 10.0, name="distance", unit="µm"), cmap="gray")
    coloring = scene.coloring
    assert coloring.recording is not None
    assert (coloring.recording.name, coloring.recording.unit) == ("distance", "µm")
    values = map_values(coloring.recording, [0, 0, 0, 2], [0.0, 0.5, 1.0, 1.0])(coloring.recording.row(0))
    np.testing.assert_allclose(values, [0, 5, 10, 50])
    assert coloring.table.clim == (0, 50)
    assert coloring.explains


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
def test_colours_that_do_not_fit_are_told(color: object, words: str) -> None:
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
def test_a_colour_bar_learns_what_lies_beyond_its_range(values, sections, expected) -> None:
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
