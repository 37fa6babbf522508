"""What CellMorphologyVisualizer's ``color`` takes, and its colormap, range, colour bar and background."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from isf_cells import (
    Pixels,
    Section,
    at,
    drawn,
    film,
    hue,
    isf_cell,
    picture,
    projected,
    synapse,
    tiny_cell,
    visualizer,
)

from gpu_morph.errors import RecordingError, SceneError
from gpu_morph.scene.colormaps import lookup_table

RED_GREEN = ["#ff0000", "#00ff00"]  # lit, too, the share of green tells the value


def three_labels(**recorded: Any) -> SimpleNamespace:
    """A soma, then an initial segment, a myelin and a dendrite: three upright tubes side by side on the soma."""
    soma = Section("Soma", [[0, -60, 0], [0, 60, 0]], [20, 20])
    others = [
        Section(label, [[0, y, 0], [0, y, 100]], [12, 12], soma, x=(y + 60) / 120)
        for label, y in (("AIS", -40), ("Myelin", 0), ("Dendrite", 40))
    ]
    return isf_cell(soma, *others, **recorded)


def axon_too(cell: SimpleNamespace, **options: Any) -> Any:
    """A visualizer that draws the initial segment and myelin too."""
    viz = visualizer(cell, **options)
    viz.show_axon = True
    return viz


def middles(viz: Any, image: Pixels, *times: float, **options: Any) -> Pixels:
    """A pixel of each section, away from its ends and its children."""
    morphology = viz.morphology
    spots = projected(viz, morphology.locate(range(morphology.n_sections), 0.75), *times, **options)
    return np.stack([at(image, spot) for spot in spots])


def green_fraction(pixels: Pixels) -> npt.NDArray[np.float64]:
    red, green = pixels[..., 0].astype(float), pixels[..., 1].astype(float)
    return green / (red + green)


# Fixed colours


@pytest.mark.parametrize(
    ("color", "shown"),
    [
        ("#ff0000", (255, 0, 0)),
        ("#f00", (255, 0, 0)),
        ("RED", (255, 0, 0)),
        ("tab:blue", (31, 119, 180)),
        ("C1", (255, 127, 14)),
        ("0.5", (128, 128, 128)),
        ("grey", (128, 128, 128)),
        ("darkslateblue", (72, 61, 139)),
        ((1, 0, 0), (255, 0, 0)),
        ([0, 0, 1, 1], (0, 0, 255)),
        (np.array([0, 0, 1.0]), (0, 0, 255)),
    ],
)
def test_a_fixed_colour_is_the_hue_of_the_whole_cell(color: Any, shown: tuple[int, int, int]) -> None:
    viz = visualizer(tiny_cell(simulated=False))
    for pixel in middles(viz, picture(viz, color=color), color=color):
        np.testing.assert_allclose(hue(pixel), hue(shown), atol=0.15)


def test_half_transparent_is_half_background() -> None:
    viz = visualizer(tiny_cell(simulated=False))
    pixel = middles(viz, picture(viz, color=(1, 0, 0, 0.5)))[1]
    assert pixel[0] > 200 and 100 < pixel[1] < 155


def test_grey_is_the_colour_unless_said(tmp_path: Path) -> None:
    np.testing.assert_array_equal(film(visualizer(), tmp_path), film(visualizer(), tmp_path, color="grey"))
    np.testing.assert_array_equal(picture(visualizer()), picture(visualizer(), color="grey"))


def test_a_list_has_a_colour_for_each_section_of_cell_sections() -> None:
    viz = axon_too(three_labels())
    colors = ["#ffff00", "red", (0, 1, 0), "#0000ff"]
    shown = middles(viz, picture(viz, color=colors))
    for pixel, color in zip(shown, ([255, 255, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]), strict=True):
        np.testing.assert_allclose(hue(pixel), hue(color), atol=0.15)
    with pytest.raises(ValueError, match="one colour for each of the 4 sections, got 2"):
        picture(viz, color=["red", "blue"])


@pytest.mark.parametrize("word", ["dendrites", "Dendrites", "dendritic group", "Dendritic_Group", "labels"])
def test_dendrites_means_a_colour_for_each_label(word: str) -> None:
    viz = axon_too(three_labels())
    shown = middles(viz, picture(viz, color=word))
    assert len({tuple(np.round(hue(pixel), 1)) for pixel in shown}) == 4
    expected = [(77, 77, 77), (230, 159, 0), (86, 180, 233), (0, 114, 178)]  # Okabe and Ito's
    np.testing.assert_allclose(hue(shown), hue(expected), atol=0.2)


@pytest.mark.parametrize("name", ["Dendrit", "Sooma", "dendrite s"])
def test_a_misspelt_label_of_color_dict_is_warned_of(name: str) -> None:
    viz = visualizer(three_labels())
    viz.color_dict = {name: "red"}
    with pytest.warns(UserWarning, match=f"color_dict: no section has the label '{name}'; near ones are "):
        viz.scene("dendrites")


def test_color_dict_may_have_labels_of_other_cells() -> None:
    viz = visualizer(three_labels())
    viz.color_dict = {
        "Dendrite": "red",
        "ApicalDendrite": "blue",
        "Axon": "green",
        "Trunk": "red",
        "Basal dendrite": "k",
    }
    assert viz.scene("dendrites").color.colors.keys() == {"Dendrite", "Basal dendrite"}  # warnings are errors


def test_labels_of_color_dict_must_be_words() -> None:
    viz = visualizer(three_labels())
    viz.color_dict = {3: "red"}
    with pytest.raises(TypeError, match="color_dict must be a dict of labels and colours, got the label 3"):
        viz.scene("dendrites")


def test_a_masked_colour_is_an_error() -> None:
    with pytest.raises(SceneError, match="the colour of section 0"):
        visualizer(three_labels()).scene(np.ma.masked_array([1.0, 2.0, 3.0, 4.0], mask=True))


def test_color_dict_has_the_labels_colours_and_grey_is_left() -> None:
    viz = axon_too(three_labels())
    viz.color_dict = {"dendrite": "#ff00ff", "AIS": "lime"}
    shown = middles(viz, picture(viz, color="dendrites"))
    expected = [(128, 128, 128), (0, 255, 0), (128, 128, 128), (255, 0, 255)]
    np.testing.assert_allclose(hue(shown), hue(expected), atol=0.15)


def test_the_legend_of_dendrites_shows_their_colours() -> None:
    viz = axon_too(three_labels(), dpi=20)
    viz.color_dict = {"Soma": "yellow", "AIS": "red", "Myelin": "lime", "Dendrite": "blue"}
    corner = picture(viz, color="dendrites", show_legend=True)[:100, 200:]
    for color in ((255, 255, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)):
        assert (corner == color).all(axis=2).sum() > 4


def test_an_unknown_colour_is_refused_with_a_list_of_what_there_is(tmp_path: Path) -> None:
    there_is = r"recorded variable \(voltage, hh\.m\), 'dendrites', 'synapses' or a colour: .*'voltaje'"
    with pytest.raises(ValueError, match=there_is):
        film(visualizer(), tmp_path, color="voltaje")
    with pytest.raises(ValueError, match=r"recorded variable \(there is none\).*'hh\.m'"):
        picture(visualizer(tiny_cell(simulated=False)), color="hh.m")
    assert list(tmp_path.iterdir()) == []


# What was recorded


@pytest.mark.parametrize("color", ["voltage", "vm", "Voltage", "VM", "Vm", "v", " voltage ", "membrane voltage"])
def test_voltage_has_several_names(color: str) -> None:
    expected = picture(visualizer(), color="voltage", time_point=7, show_legend=True)
    np.testing.assert_array_equal(picture(visualizer(), color=color, time_point=7, show_legend=True), expected)


@pytest.mark.parametrize("color", ["hh.m", "HH.M", " hh.M"])
def test_a_recorded_variable_is_named_in_any_case(color: str) -> None:
    viz = visualizer()
    assert viz.possible_scalars == {"hh.m"}
    viz.set_cmap(RED_GREEN, -1, 1)
    soma, _ = green_fraction(middles(viz, picture(viz, color=color, time_point=2), 2, color=color))
    assert soma == pytest.approx((np.cos(2) + 1) / 2, abs=0.02)


def test_a_norm_spreads_the_values_over_the_colours() -> None:
    viz = visualizer()
    viz.set_cmap(RED_GREEN, -1, 1)
    viz.norm = "power:0.5"
    soma, _ = green_fraction(middles(viz, picture(viz, color="hh.m", time_point=2), 2, color="hh.m"))
    assert soma == pytest.approx(((np.cos(2) + 1) / 2) ** 0.5, abs=0.02)
    viz.vmin, viz.norm = None, [-2, 0, 2]
    with pytest.raises(ValueError, match="do not agree"):
        picture(viz, color="hh.m", time_point=2)


def test_of_two_variables_that_differ_in_case_the_one_that_is_written_so_is_meant() -> None:
    cell = tiny_cell()
    for section in cell.sections:
        section.recordVars = {name: [np.full(201, value)] * section.nseg for name, value in (("Na", 0.0), ("na", 1.0))}
    viz = visualizer(cell)
    viz.set_cmap(RED_GREEN, 0, 1)
    fractions = [green_fraction(middles(viz, picture(viz, color=c, time_point=0), 0, color=c))[0] for c in ("Na", "na")]
    assert fractions == pytest.approx([0, 1], abs=0.01)


def test_each_frame_shows_the_values_of_its_time(tmp_path: Path) -> None:
    viz = visualizer()
    viz.set_cmap(RED_GREEN, -80, 11)
    frames = film(viz, tmp_path, color="voltage", t_start=2, t_stop=18, t_step=4)
    soma = [green_fraction(middles(viz, frame, 2, 18, 4, color="voltage"))[0] for frame in frames]
    np.testing.assert_allclose(soma, 4 * np.arange(2, 19, 4) / 91, atol=0.02)


def test_a_point_has_the_value_of_its_arc_length_not_of_its_number() -> None:
    dense = [0, 1, 2, 3, 4, 5, 6, 7, 8, 100]  # nine of ten points in the first half of the first segment
    dendrite = Section("Dendrite", [[0, 0, z] for z in dense], [20] * 10, n_segments=2)
    dendrite.recVList = [np.array([0.0, 0.0]), np.array([1.0, 1.0])]
    viz = visualizer(isf_cell(dendrite, times=np.array([0.0, 1.0])))
    viz.set_cmap(RED_GREEN, 0, 1)
    viz.camera_position["elev"] = 0
    image = picture(viz, color="voltage", time_point=0)
    spots = projected(viz, [[0, 0, z] for z in (10, 20, 50, 80)], 0, color="voltage")
    fractions = [float(green_fraction(at(image, spot))) for spot in spots]
    assert fractions == pytest.approx([0, 0, 0.5, 1], abs=0.02)


def test_show_axon_draws_initial_segment_and_myelin_with_their_values_or_as_not_recorded() -> None:
    cell = three_labels(times=np.array([0.0, 1.0]))
    for section, value in zip(cell.sections, (0.0, 1.0, None, 0.5), strict=True):
        section.recVList = [] if value is None else [np.full(2, value)]
    viz = axon_too(cell)
    viz.set_cmap(RED_GREEN, 0, 1)
    soma, initial, myelin, dendrite = middles(viz, picture(viz, color="voltage", time_point=0), 0, color="voltage")
    fractions = green_fraction(np.stack([soma, initial, dendrite]))
    assert fractions == pytest.approx([0, 1, 0.5], abs=0.02)
    np.testing.assert_allclose(hue(myelin), 1, atol=0.02)


@pytest.mark.parametrize("color", ["voltage", "vm"])
def test_the_voltage_of_a_cell_that_was_not_simulated_is_refused(color: str) -> None:
    with pytest.raises(RecordingError, match="the cell was not simulated"):
        picture(visualizer(tiny_cell(simulated=False)), color=color, time_point=0)


def test_voltage_that_was_not_recorded_is_refused_with_a_list_of_what_was() -> None:
    cell = tiny_cell()
    for section in cell.sections:
        section.recVList = []
    with pytest.raises(RecordingError, match=r"'voltage' was not recorded .*: hh\.m"):
        picture(visualizer(cell), color="voltage", time_point=0)


# Colormap and range


def test_set_cmap_leaves_what_it_is_not_told() -> None:
    viz = visualizer()
    assert (viz.cmap, viz.vmin, viz.vmax) == ("jet", None, None)
    viz.set_cmap("viridis", -100, 50)
    viz.set_cmap(vmin=-90)
    viz.set_cmap(vmax=0)
    assert (viz.cmap, viz.vmin, viz.vmax) == ("viridis", -90, 0)
    viz.set_cmap()
    viz.set_cmap("magma")
    assert (viz.cmap, viz.vmin, viz.vmax) == ("magma", -90, 0)


def test_the_colormap_and_its_range_change_the_picture() -> None:
    viz = visualizer()
    pictures = [picture(viz, color="voltage", time_point=9)]
    for arguments in (("viridis",), (None, -100, 100), (None, None, 50), (None, -90)):
        viz.set_cmap(*arguments)
        pictures.append(picture(viz, color="voltage", time_point=9))
    assert len({image.tobytes() for image in pictures}) == 5


@pytest.mark.parametrize(("vmin", "vmax", "fractions"), [(-80, 20, 0.4), (-60, -20, 0.5), (None, None, 40 / 91)])
def test_vmin_and_vmax_are_the_values_of_the_two_ends(vmin: Any, vmax: Any, fractions: float) -> None:
    viz = visualizer()
    viz.set_cmap(RED_GREEN, vmin, vmax)
    soma, _ = green_fraction(middles(viz, picture(viz, color="voltage", time_point=10), 10, color="voltage"))
    assert soma == pytest.approx(fractions, abs=0.02)  # -40 mV


def test_a_colormap_of_matplotlib_is_its_name() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pictures = []
    for cmap in ("plasma", pyplot.get_cmap("plasma")):
        viz = visualizer()
        viz.set_cmap(cmap)
        pictures.append(picture(viz, color="voltage", time_point=9, show_legend=True))
    np.testing.assert_array_equal(*pictures)


def test_an_unknown_colormap_and_a_range_of_nothing_are_refused() -> None:
    viz = visualizer()
    with pytest.raises(ValueError, match=r"unknown colormap 'viridi'.*near ones are"):
        viz.set_cmap("viridi")
    assert viz.cmap == "jet"
    viz.set_cmap("jet", 20, -80)
    with pytest.raises(ValueError, match="vmin must be below vmax, got 20 and -80"):
        picture(viz, color="voltage", time_point=0)
    viz.vmin, viz.vmax = 30, None
    with pytest.raises(ValueError, match=r"got 30 and 11\.0 \(the one that is None is the end of the recorded range\)"):
        picture(viz, color="voltage", time_point=0)


@pytest.mark.parametrize("color", ["white", "#102030", (0, 0, 0), (0.2, 0.4, 0.6, 1)])
def test_the_background_is_the_colour_asked_for(tmp_path: Path, color: Any) -> None:
    viz = visualizer()
    viz.background_color = color
    shown = {"white": (255, 255, 255), "#102030": (16, 32, 48), (0, 0, 0): (0, 0, 0)}.get(color, (51, 102, 153))
    assert tuple(picture(viz)[-1, -1]) == shown
    frames = film(viz, tmp_path, t_stop=10, t_step=10, show_legend=True)
    assert tuple(frames[0, -1, -1]) == shown
    assert drawn(frames[0], shown).any()


# The colour bar


def bars(image: Pixels, cmap: str) -> list[tuple[int, int]]:
    """(column, row) of the tops of all columns of pixels that run through a colormap, downwards."""
    length = round(0.4 * len(image))
    entries = lookup_table(cmap)[((np.arange(length) + 0.5) * 256 / length).astype(int)][::-1]
    runs = np.lib.stride_tricks.sliding_window_view(image, length, axis=0)  # row, column, channel, pixel
    found = (runs == entries.T).all(axis=(2, 3))
    return [(int(column), int(row)) for row, column in np.argwhere(found)]


@pytest.mark.parametrize("color", ["voltage", "hh.m"])
def test_every_frame_has_the_same_colour_bar_from_the_first_on(tmp_path: Path, color: str) -> None:
    viz = visualizer(dpi=20)
    frames = film(viz, tmp_path, color=color, show_legend=True, t_step=5)
    columns = bars(frames[0], "jet")
    assert len(columns) >= 4  # pixels wide
    assert len({row for _, row in columns}) == 1
    right = frames[:, :, columns[0][0] - 1 :]
    assert (right == right[0]).all()  # with its labels, and the scale bar's end
    above = right[0, : columns[0][1] - 1]
    assert drawn(above).any()  # what is shown, and its unit
    assert bars(film(viz, tmp_path, color=color, t_step=5)[0], "jet") == []


def test_a_second_film_has_its_own_variables_range(tmp_path: Path) -> None:
    viz = visualizer(dpi=20)
    film(viz, tmp_path, color="voltage", show_legend=True)
    second = film(viz, tmp_path, color="hh.m", show_legend=True)
    np.testing.assert_array_equal(second, film(visualizer(dpi=20), tmp_path, color="hh.m", show_legend=True))


def test_the_range_is_that_of_all_that_was_recorded_whatever_is_shown(tmp_path: Path) -> None:
    viz = visualizer(dpi=20)
    whole = film(viz, tmp_path, color="voltage", show_legend=True, t_start=10, t_stop=18, t_step=1)
    part = film(viz, tmp_path, color="voltage", show_legend=True, t_start=12, t_stop=13, t_step=1)
    np.testing.assert_array_equal(part, whole[2:4])


def test_the_colour_bar_follows_the_colormap_and_the_unit_is_millivolt() -> None:
    viz = visualizer(dpi=20)
    viz.set_cmap("viridis")
    image = picture(viz, color="voltage", time_point=0, show_legend=True)
    assert bars(image, "viridis") and not bars(image, "jet")
    assert viz.scene("voltage").recording.unit == "mV"


def test_nothing_of_the_legend_lies_on_something_else() -> None:
    cell = tiny_cell()
    cell.synapses = {f"population {k}": [synapse([0, 0, 0], 5.0)] for k in range(40)}
    viz = visualizer(cell, dpi=30)
    layout = viz.scene("voltage", show_synapses=True, show_legend=True).layout((450, 450))
    taken = np.zeros((450, 450), dtype=int)
    for box in layout.boxes:
        taken[box.y : box.y + box.height, box.x : box.x + box.width] += 1
    assert len(layout.boxes) == 4 and all(box.width for box in layout.boxes)
    assert taken.max() == 1
    image = picture(viz, color="voltage", time_point=0, show_legend=True, show_synapses=True)
    assert bars(image, "jet")


def test_show_legend_is_on_for_pictures_and_off_for_films(tmp_path: Path) -> None:
    viz = visualizer(dpi=20)
    figure = viz.plot("voltage", time_point=0)
    from matplotlib import pyplot

    pyplot.close(figure)
    assert bars(np.asarray(figure.axes[0].images[0].get_array()), "jet")
    assert not bars(picture(viz, color="voltage", time_point=0), "jet")
    assert not bars(film(viz, tmp_path, color="voltage", t_stop=10, t_step=10)[0], "jet")


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    viz = visualizer(tiny_cell(simulated=False), dpi=20)
    image = picture(viz, show_legend=True)
    dark = (image[-25:] < 60).all(axis=2)
    pixels = dark.sum(axis=1).max()
    assert any(row[start : start + pixels].all() for row in dark for start in range(300 - pixels))  # in one piece
    (left, _), (right, _) = projected(viz, [[0, 0, 0], [0, 20, 0]], show_legend=True)
    assert pixels == pytest.approx(right - left, abs=1.5)  # 20 µm
