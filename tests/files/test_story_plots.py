"""Plots in the panels of stories, and what else their files can hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from whole_story import put_story

import gpu_morph as gm
from gpu_morph.errors import StoryError

SYNAPSES = """\
[scene.synapses]
positions = "points.csv"
population = [0, 0]
population_names = ["L4"]
event_synapse = [1]
event_time = [3]
"""
STORY = (
    """\
[film]
size = [640, 400]
t_stop = 5
t_step = 1

[scene]
morphology = "cell.swc"
recording = "v.npz"
"""
    + SYNAPSES
    + """
[scenes.front.camera]
azim = -90

[plots.soma]
kind = "Traces"
section = [0, 1]
label = ["soma", "dendrite"]

[plots.calcium]
kind = "traces"
recording = "ca.npz"

[plots.lfp]
kind = "Traces"
values = "lfp.csv"
rate = 1000
ylim = [-1, 1]

[plots.inputs]
kind = "Raster"

[plots.spikes]
kind = "Raster"
events = {a = "rows.txt", b = [[1, 2]]}
title = "spikes"

[plots.images]
kind = "ImageSequence"
frames = "stack.tif"
times = {t_start = 0, t_stop = 4, t_step = 2}

[panels]
rows = [
  ["front", {rows = [["soma"], ["calcium"], ["lfp"]]}],
  ["inputs", "spikes", "images", {kind = "ImageSequence", frames = ["one.png", "one.png"], rate = 500}],
]
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put_story(tmp_path)
    np.savetxt(tmp_path / "lfp.csv", np.linspace(-1, 1, 11), delimiter=",")
    (tmp_path / "rows.txt").write_text("# three rows of times\n1, 2.5, 4\n\n0.5 3  # the last\n")
    Image.fromarray(np.uint8([[0, 255]])).save(tmp_path / "one.png")
    pages = [Image.fromarray(np.full((3, 4), 1000 * k, dtype=np.uint16)) for k in range(3)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:])
    return tmp_path


def story_of(folder: Path, text: str) -> gm.Story:
    path = folder / "story.toml"
    path.write_text(text, encoding="utf-8")
    return gm.read_story(path)


@pytest.mark.filterwarnings("ignore:the recording has numbers of sections")
def test_traces_without_a_section_show_the_soma_wherever_it_is(folder: Path) -> None:
    lines = ["1 0 0 0 -20 5 -1", "2 0 0 0 0 5 1", "3 1 0 0 20 15 2", "4 1 0 0 30 15 3"]  # it comes second
    (folder / "cell.swc").write_text("\n".join(lines))
    cell = gm.read_morphology(folder / "cell.swc")
    text = '[scene]\nmorphology = "cell.swc"\nrecording = "v.npz"\n[panels]\nrows = [["scene", {kind = "Traces"}]]\n'
    panels = story_of(folder, text).scene
    soma = cell.section_labels.index("soma")
    np.testing.assert_allclose(panels.rows[0][1].values[:, 0], panels.scenes[0].recording.values[:, soma], rtol=1e-6)
    assert (soma, panels.rows[0][1].title) == (1, "v (mV)")


def test_plots_show_a_scenes_data_or_files_or_what_is_written(folder: Path) -> None:
    panels = story_of(folder, STORY).scene
    assert isinstance(panels, gm.Panels)
    (front, beside), (inputs, spikes, images, pictures) = panels.rows
    (soma,), (calcium,), (lfp,) = beside.rows
    np.testing.assert_allclose(soma.values, front.recording.values[:, :2], rtol=1e-6)
    assert (soma.label, soma.title, calcium.title) == (("soma", "dendrite"), "v (mV)", "ca (µM)")
    np.testing.assert_allclose(lfp.values[:, 0], np.linspace(-1, 1, 11), atol=1e-6)
    assert (lfp.times[-1], lfp.ylim) == (10, (-1, 1))
    assert [row.tolist() for row in inputs.events["L4"]] == [[], [3]]  # the scene's synapses
    assert [row.tolist() for row in spikes.events["a"]] == [[1, 2.5, 4], [], [0.5, 3]]
    assert [row.tolist() for row in spikes.events["b"]] == [[1, 2]]
    assert images.frames[:, 0, 0].tolist() == [0, 1000, 2000]
    assert images.times.tolist() == [0, 2, 4]
    assert (pictures.frames.shape, pictures.times.tolist()) == ((2, 1, 2), [0, 2])
    assert gm.render_image(panels, time=3, size=(640, 400), device="cpu").shape == (400, 640, 3)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"traces"\n', '"Tracse"\n', "line 25: plots.calcium.kind 'Tracse' is unknown: did you mean Traces?"),
        ("label =", "lable =", "line 22: plots.soma.lable is unknown: did you mean label?"),
        ("section = [0, 1]", "section = [0, 7]", "line 21: plots.soma.section: nothing was recorded in section 7"),
        ("section = [0, 1]", 'scene = "frnt"', "line 21: plots.soma.scene 'frnt' is unknown: did you mean front?"),
        ('"ca.npz"', '"cb.npz"', "line 26: plots.calcium.recording: there is no file 'cb.npz'"),
        ('"ca.npz"', '"ca.npz"\nvalues = [1]', "line 26: plots.calcium.recording: there are values, too"),
        ("rate = 1000", "", "line 30: plots.lfp.values need times (ms), or a rate (Hz)"),
        ("rate = 1000", "rate = -1", "line 31: plots.lfp.rate must be a positive number of Hz"),
        ('"lfp.csv"', '"one.png"', "line 30: plots.lfp.values: 'one.png' has no numbers that can be read"),
        ('"rows.txt"', '"one.png"', "line 39: plots.spikes.events.a: 'one.png' has no rows of times"),
        ("[[1, 2]]", "[1, 2]", "line 39: plots.spikes.events must be SynapseEvents, or arrays of times (ms)"),
        ('"stack.tif"', '"v.npz"', "line 44: plots.images.frames: 'v.npz' has no images that can be read"),
        ("t_step = 2}", "t_step = 3}", "line 45: plots.images.times must be 3 rising times in ms"),
        ("t_step = 2}", "t_stpe = 2}", "line 45: plots.images.times.t_stpe is unknown: did you mean t_step?"),
        ('["front", {', '["frnt", {', "line 49: panels.rows 'frnt' is unknown: did you mean front?"),
        ('"one.png", "one.png"', '"one.png", "logo.png"', "line 50: panels.rows.frames: 'logo.png' differs from"),
        ("plots.lfp]", "plots.front]", "line 28: plots.front: a scene is named front, too"),
        (
            '"Raster"\n\n',
            '"FigurePlot"\n\n',
            "line 35: plots.inputs.kind: a story cannot make a FigurePlot, which needs",
        ),
        (
            '"Raster"\n\n',
            '"function_plot"\n\n',
            "give it to gm.Panels in a script, or save what the function gives and",
        ),
        (SYNAPSES, "\n" * 6, "line 34: plots.inputs needs events, which is missing"),
        ("[0, 0]\npop", "[0, 1]\npop", "line 11: scene.synapses.population"),
    ],
)
def test_an_error_of_a_plot_names_file_line_and_key(folder: Path, old: str, new: str, words: str) -> None:
    assert old in STORY
    with pytest.raises(StoryError) as raised:
        story_of(folder, STORY.replace(old, new, 1))
    assert str(raised.value).startswith("story.toml, line ")
    assert words in str(raised.value)


def test_plots_need_panels(folder: Path) -> None:
    with pytest.raises(StoryError, match=r"line 16: scenes need \[panels\], whose rows say where each stands"):
        story_of(folder, STORY[: STORY.index("[panels]")])


def test_cells_that_are_joined_with_spikes_and_colours_by_cell(folder: Path) -> None:
    text = """\
    [scene]
    morphology = {morphologies = ["cell.swc", {path = "cell.swc", scale = 2}], translations = [[0, 0, 0], [200, 0, 0]]}
    recording = {spikes = {1 = [2, 5]}, times = {t_start = 0, t_stop = 10, t_step = 0.5}, decay = 2}
    """
    cell = gm.read_morphology(folder / "cell.swc")
    scene = story_of(folder, text).scene
    joined = gm.join_morphologies(
        [cell, gm.read_morphology(folder / "cell.swc", scale=2)], translations=[(0, 0, 0), (200, 0, 0)]
    )
    np.testing.assert_array_equal(scene.morphology.points, joined.points)
    expected = gm.from_spikes(joined, {1: [2, 5]}, np.arange(0, 10.5, 0.5), decay=2)
    np.testing.assert_array_equal(scene.recording.row(13), expected.row(13))
    assert expected.row(13).max() > 0.1
    for color, meant in (
        ('{cells = ["red", "blue"]}', gm.by_cell(joined, ["red", "blue"])),
        ('{cells = {1 = "red"}, other = "grey"}', gm.by_cell(joined, {1: "red"}, other="grey")),
        ('{colors = {soma = "red"}, other = "black"}', gm.LabelColors({"soma": "red"}, other="black")),
        ('{0 = "red", 3 = "blue"}', {0: "red", 3: "blue"}),
    ):
        assert story_of(folder, f"{text}color = {color}").scene.color == meant
    for old, new, words in (
        ("1 = [2, 5]", "9 = [2]", "line 3: scene.recording.spikes"),
        ("1 = [2, 5]", "one = [2]", "line 3: scene.recording.spikes.one must be the number of a cell"),
        ("[200, 0, 0]", "[200, 0]", "line 2: scene.morphology.translations"),
        ("decay = 2}", 'decay = 2}\ncolor = {cells = ["red"]}', "line 4: scene.color"),
    ):
        with pytest.raises(StoryError) as raised:
            story_of(folder, text.replace(old, new))
        assert words in str(raised.value)
