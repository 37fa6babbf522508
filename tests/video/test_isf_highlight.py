"""highlight_section, highlight_x and highlight_arrow_kwargs: CellMorphologyVisualizer's arrow."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from isf_cells import Pixels, film, is_like, picture, projected, side, tiny_cell, visualizer


def unsimulated(**attributes: Any) -> Any:
    """A visualizer of 300 pixels of a cell that was not simulated, so without a clock."""
    viz = visualizer(tiny_cell(simulated=False), dpi=20)
    vars(viz).update(attributes)
    return viz


def arrow(viz: Any, section: Any = 1, x: Any = None) -> npt.NDArray[np.bool_]:
    """(height, width): the pixels that show the arrow, without a label."""
    given, pictures = dict(viz.highlight_arrow_kwargs or {}), []
    for color in ("red", "blue"):  # the cell moves where an arrow needs space
        viz.highlight_arrow_kwargs = {**given, "color": color}
        pictures.append(picture(viz, highlight_section=section, highlight_x=x))
    viz.highlight_arrow_kwargs = given
    difference: npt.NDArray[np.bool_] = (pictures[0] != pictures[1]).any(axis=2)
    return difference


def tip(changed: npt.NDArray[np.bool_]) -> Any:
    """(x, y): the lowest pixel of an arrow that comes from above."""
    rows, columns = np.nonzero(changed)
    return columns[rows == rows.max()].mean() + 0.5, rows.max() + 1.0


# Where it points


@pytest.mark.parametrize("section", [0, 1, np.int64(1), np.uint8(0)])
def test_the_arrows_tip_is_on_the_middle_of_the_section(section: Any) -> None:
    viz = unsimulated()
    (expected,) = projected(viz, viz.morphology.locate(section, 0.5), highlight_section=section)
    assert math.dist(tip(arrow(viz, section)), expected) < 3


@pytest.mark.parametrize("x", [0, 0.25, 0.7, 1, np.float32(0.9)])
@pytest.mark.parametrize("azim", [0, 130])
def test_highlight_x_is_the_fraction_of_the_sections_length(x: float, azim: float) -> None:
    viz = unsimulated(camera_position={"azim": azim})
    (expected,) = projected(viz, viz.morphology.locate(1, x), highlight_section=1, highlight_x=x)
    assert math.dist(tip(arrow(viz, 1, x)), expected) < 3


def test_the_tip_stays_on_the_section_while_the_cell_turns(tmp_path: Path) -> None:
    viz = unsimulated(neuron_rotation=40)
    shown: dict[str, Any] = {"highlight_section": 1, "highlight_x": 1.0}
    films = []
    for color in ("red", "blue"):
        viz.highlight_arrow_kwargs = {"color": color}
        films.append(film(viz, tmp_path, t_stop=4, t_step=1, **shown))
    scene = viz.scene(**shown)
    camera = replace(scene, camera=scene.camera.over_frames(5)).fitted_camera((side(viz), side(viz)))
    for k, mask in enumerate((films[0] != films[1]).any(axis=3)):
        (expected,) = camera.at_frame(k).project(viz.morphology.locate(1, 1.0), (side(viz), side(viz)))
        assert math.dist(tip(mask), expected) < 3


def test_pictures_of_a_simulated_cell_have_the_arrow_too() -> None:
    viz = visualizer(dpi=20)
    options = {"color": "voltage", "time_point": 20}
    shown = {"highlight_section": 1, "highlight_x": 0.5}
    pictures = []
    for color in ("red", "blue"):
        viz.highlight_arrow_kwargs = {"color": color}
        pictures.append(picture(viz, **shown, **options))
    (expected,) = projected(viz, viz.morphology.locate(1, 0.5), 20, color="voltage", **shown)
    assert math.dist(tip((pictures[0] != pictures[1]).any(axis=2)), expected) < 3


@pytest.mark.parametrize("section", [-1, 2, 10**12, "Soma", 1.0, True, [0, 1]])
def test_a_section_that_is_not_there_is_refused(tmp_path: Path, section: Any) -> None:
    with pytest.raises(
        ValueError, match=r"highlight_section must be (an index into cell.sections, 0 to 1|a section's)"
    ):
        unsimulated().write_video(tmp_path / "frames", tmp_path / "cell.mp4", highlight_section=section)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("x", [-0.01, 1.01, float("nan"), "0.5", [0.5]])
def test_a_position_beyond_the_section_is_refused(x: Any) -> None:
    with pytest.raises(ValueError, match=r"highlight_x must be 0 to 1 \(relative arc length\), got"):
        picture(unsimulated(), highlight_section=1, highlight_x=x)


def test_a_position_without_a_section_is_refused() -> None:
    with pytest.raises(ValueError, match=r"highlight_x=0\.5 is a position on a section: give highlight_section too"):
        picture(unsimulated(), highlight_x=0.5)


# How it looks


def look(**words: Any) -> Pixels:
    return picture(unsimulated(highlight_arrow_kwargs=words), highlight_section=1)


def test_the_arrow_is_white_with_a_black_edge_unless_said() -> None:
    usual = picture(unsimulated(), highlight_section=1)
    np.testing.assert_array_equal(usual, look(fc="white", ec="black", mutation_scale=20, orientation="z"))
    changed = usual[arrow(unsimulated())]
    assert (changed == 255).all(axis=1).any()
    assert (changed < 30).all(axis=1).any()


WORDS: dict[str, Any] = {
    "facecolor": "red",
    "edgecolor": "red",
    "linewidth": 9,
    "mutation_scale": 40,
    "arrow_size": 25,
    "orientation": "y",
    "rotation": 0.8,
    "label": "here",
    "color": "red",
}


def test_every_word_of_highlight_arrow_kwargs_changes_the_picture() -> None:
    pictures = {word: look(**{word: value}).tobytes() for word, value in WORDS.items()}
    assert len({look().tobytes(), *pictures.values()}) == len(WORDS) + 1


@pytest.mark.parametrize(("short", "long"), [("fc", "facecolor"), ("ec", "edgecolor"), ("lw", "linewidth")])
def test_short_words_mean_the_long_ones(short: str, long: str) -> None:
    np.testing.assert_array_equal(look(**{short: WORDS[long]}), look(**{long: WORDS[long]}))


def test_face_edge_and_both_have_the_colours_asked_for() -> None:
    np.testing.assert_array_equal(look(color="red"), look(fc="red", ec="red"))
    image = look(fc="red", ec="lime", lw=8)
    assert min(is_like(image, color).sum() for color in ((255, 0, 0), (0, 255, 0))) > 30


def test_arrow_size_is_its_length_in_um() -> None:
    for length in (40, 80):
        viz = unsimulated(highlight_arrow_kwargs={"arrow_size": length})
        rows = np.flatnonzero(arrow(viz).any(axis=1))
        (_, low), (_, high) = projected(viz, [[0, 0, 0], [0, 0, length]], highlight_section=1)
        assert len(rows) == pytest.approx(low - high, abs=4)


def test_mutation_scale_is_the_heads_size() -> None:
    widths = [arrow(unsimulated(highlight_arrow_kwargs={"mutation_scale": s})).any(axis=0).sum() for s in (10, 20, 40)]
    assert widths[0] < widths[1] < widths[2] > 2 * widths[0]


def test_orientation_and_rotation_say_from_where_it_comes() -> None:
    def extent(**words: Any) -> tuple[float, float, float, float]:
        viz = unsimulated(
            highlight_arrow_kwargs=words, camera_position={"azim": -90, "elev": 0}
        )  # x to the right, z up
        rows, columns = np.nonzero(arrow(viz))
        ((x, y),) = projected(viz, viz.morphology.locate(1, 0.5), highlight_section=1)
        return columns.min() - x, columns.max() - x, rows.min() - y, rows.max() - y

    left, right, up, down = extent(orientation="x")
    assert left == pytest.approx(0, abs=3) and right > 50 and max(-up, down) < 15
    left, right, up, down = extent(orientation="xz")
    assert left == pytest.approx(0, abs=6) and right > 50 and up < -50 and down < 6
    left, right, up, down = extent(rotation=math.pi / 2)  # ISF's turn takes z to -x
    assert right == pytest.approx(0, abs=3) and left < -50 and max(-up, down) < 15


def test_an_unknown_word_is_refused_with_a_list_of_what_there_is() -> None:
    known = ", ".join(
        ["facecolor, fc, edgecolor, ec, color, linewidth, lw, label", "mutation_scale, arrow_size, orientation"]
    )
    with pytest.raises(ValueError, match=f"highlight_arrow_kwargs has no 'colour'; known are {known}, rotation"):
        look(colour="red")


@pytest.mark.parametrize(
    ("word", "value", "why"),
    [
        ("fc", "rde", "facecolor: unknown colour 'rde'"),
        ("lw", 0, "highlight_arrow_kwargs: lw must be positive points, got 0"),
        ("mutation_scale", -1, "highlight_arrow_kwargs: mutation_scale must be positive points, got -1"),
        ("arrow_size", "long", "highlight_arrow_kwargs: arrow_size must be positive µm, got 'long'"),
        ("orientation", "up", "highlight_arrow_kwargs: orientation is made of 'x', 'y' and 'z', got 'up'"),
        ("rotation", None, "highlight_arrow_kwargs: rotation must be radians, got None"),
        ("label", 7, "label must be a string or None, got 7"),
    ],
)
def test_a_wrong_value_is_refused(word: str, value: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        look(**{word: value})
