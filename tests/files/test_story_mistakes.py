"""Stories that name damaged or unusual files, or have keys that are misspelt or given twice."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from whole_story import put_story

import gpu_morph as gm
from gpu_morph.errors import StoryError

SCENE = """\
[scene]
morphology = "cell.swc"
recording = "v.npz"
"""
PLOTS = """\
[plots.plot]
{}
[panels]
rows = [["scene", "plot"]]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put_story(tmp_path)
    return tmp_path


def story_of(folder: Path, text: str) -> gm.Story:
    path = folder / "story.toml"
    path.write_text(text, encoding="utf-8")
    return gm.read_story(path)


def plot_of(folder: Path, text: str) -> gm.Raster | gm.ImageSequence:
    panels = story_of(folder, SCENE + PLOTS.format(text)).scene
    assert isinstance(panels, gm.Panels)
    return panels.rows[0][1]


def frames_of(folder: Path, name: str) -> np.ndarray:
    return plot_of(folder, f'kind = "ImageSequence"\nframes = "{name}"\nrate = 100').frames


def put_pages(path: Path, *pages: np.ndarray) -> None:
    first, *others = [Image.fromarray(page) for page in pages]
    first.save(path, save_all=True, append_images=others)


GREY = np.full((3, 4), 50, np.uint8)
RED = np.full((3, 4, 3), (250, 0, 0), np.uint8)
JUNK = b"\xa5(\n"


def _array(path: Path) -> None:
    with path.open("wb") as file:  # np.save would add an ending
        np.save(file, np.arange(500.0))


def _archive(path: Path) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, a=np.arange(500.0), b=np.arange(9.0))


def _unpacks_to_much(path: Path) -> None:
    np.savez_compressed(path, a=np.zeros(4_000_000))


@pytest.mark.parametrize(
    ("text", "put"),
    [
        ('kind = "Raster"\nevents = "a.npz"', _archive),
        ('kind = "Raster"\nevents = "a.npz"', _array),
        ('kind = "Raster"\nevents = "a.npy"', _array),
        ('kind = "Traces"\nrate = 100\nvalues = "a.npy"', _array),
        ('kind = "Traces"\nrate = 100\nvalues = "a.npy"', _archive),
        ('kind = "ImageSequence"\nrate = 100\nframes = "a.gif"', lambda path: put_pages(path, GREY, RED)),
        ('kind = "ImageSequence"\nrate = 100\nframes = "a.tif"', lambda path: put_pages(path, GREY, GREY + 1)),
    ],
)
def test_a_file_that_is_damaged_anywhere_raises_no_other_error(
    folder: Path, text: str, put: Callable[[Path], None]
) -> None:
    path = folder / text.split('"')[-2]
    put(path)
    whole, errors = path.read_bytes(), []
    cuts = [whole[:n_bytes] for n_bytes in range(0, len(whole), len(whole) // 10)]
    damaged = [] if "Image" in text else cuts[2:]  # a damaged picture may say that it is huge
    for content in (*cuts, *(cut + JUNK + whole[len(cut) + len(JUNK) :] for cut in damaged)):
        path.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                plot_of(folder, text)
            except StoryError as error:
                errors.append(str(error))
    assert any(f"{path.name!r} has no " in error for error in errors)
    assert all(error.startswith("story.toml, line ") for error in errors)


@pytest.mark.parametrize("put", [_array, _unpacks_to_much])
def test_spikes_of_another_file_say_what_is_expected(folder: Path, put: Callable[[Path], None]) -> None:
    put(folder / "a.npz")
    text = '[scene]\nmorphology = "cell.swc"\nrecording = {spikes = "a.npz", times = [0, 1]}'
    with pytest.raises(StoryError, match=r"line 3: scene.recording.spikes: 'a.npz' has no rows of times"):
        story_of(folder, text)


def test_indented_comments_are_no_rows(folder: Path) -> None:
    (folder / "rows.txt").write_text("# one\n1 2\n  # two\n\t#three\n\n3\n")
    raster = plot_of(folder, 'kind = "Raster"\nevents = "rows.txt"')
    assert [row.tolist() for row in next(iter(raster.events.values()))] == [[1, 2], [], [3]]


def test_pages_are_colours_if_one_is(folder: Path) -> None:
    for name, pages in (("a.gif", (GREY, GREY + 9, RED)), ("a.tif", (GREY, RED)), ("b.tif", (RED, GREY))):
        put_pages(folder / name, *pages)
        expected = [np.broadcast_to(page.reshape(3, 4, -1), (3, 4, 3)) for page in pages]
        np.testing.assert_array_equal(frames_of(folder, name), expected)


@pytest.mark.parametrize(
    "other", [np.uint8([[1, 2]]), np.full((3, 4), 1000, np.uint16), np.full((3, 4), 0.5, np.float32)]
)
def test_pages_that_differ_are_refused(folder: Path, other: np.ndarray) -> None:
    put_pages(folder / "a.tif", RED, RED, other)
    with pytest.raises(StoryError, match=r"line 6: plots.plot.frames: page 3 of 'a.tif' differs from the first pic"):
        frames_of(folder, "a.tif")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("synapses = {positon = [[0, 0, 0]]}", "scene.synapses.positon is unknown: did you mean positions?"),
        ("synapses = {positon = [[0, 0, 0]], population = [0]}", "positon is unknown: did you mean positions?"),
        ('synapses = {syn = "cell.swc", actvations = "v.npz"}', "actvations is unknown: did you mean activations?"),
        (
            "synapses = {xyz = 1}",
            "xyz is unknown: there are activations, con, event_synapse",
        ),
        ("synapses = {population = [0]}", "scene.synapses needs positions and "),
        (
            'morphology = {morphologys = ["cell.swc"]}',
            "morphologys is unknown: did you mean morphologies?",
        ),
        ('morphology = {paht = "cell.swc"}', "scene.morphology.paht is unknown: did you mean path?"),
        ('morphology = {morphologies = ["cell.swc"], scale = 2}', "scene.morphology.scale is unknown: there are morph"),
        ("recording = {spike = {0 = [1]}}", "scene.recording.spike is unknown: did you mean spikes?"),
        ("recording = {spike = {0 = [1]}, times = [0, 1]}", "scene.recording.spike is unknown: did you mean spikes?"),
        (
            'recording = {spikes = {"0" = [1], "00" = [2]}, times = [0, 1]}',
            "spikes.00 is number 0, which is there",
        ),
        ('recording = {path = "v.npz", decay = 2}', "scene.recording.decay is unknown: there are path"),
        ("recording = {spikes = {0 = [1]}, population = 1}", "scene.recording.population is unknown: there are decay"),
        ("synapses = {}", "scene.synapses: got neither syn= nor activations="),
        ("morphology = {}", "scene.morphology needs path"),
        ('color = {"1" = "red", "01" = "blue"}', "scene.color.01 is number 1, which is there already: leave one"),
        ('color = {cells = {"0" = "red", "00" = "blue"}}', "scene.color.cells.00 is number 0, which is there already"),
        ('color = {other = "red"}', "there is no label 'other'"),
        ('color = {vlaues = "v.npz", name = "d"}', "line 4: scene.color.vlaues is unknown: did you mean values?"),
        ('[scene.color]\nsoma = "red"\ndedn = "blue"', "line 6: scene.color.dedn is unknown: did you mean dend?"),
        ('color = {colros = {dend = "blue"}}', "scene.color.colros is unknown: did you mean colors?"),
        ('color = {xyz = "blue"}', "scene.color.xyz is unknown: there are cells, colors, dend, "),
    ],
)
def test_an_error_of_keys_names_what_was_meant(folder: Path, text: str, words: str) -> None:
    key = text.split()[0]
    lines = [line for line in SCENE.splitlines() if not line.startswith(key)]
    with pytest.raises(StoryError) as raised:
        story_of(folder, "\n".join([*lines, text]))
    assert words in str(raised.value)


def test_colors_may_have_any_label(folder: Path) -> None:
    text = 'color = {colors = {soma = "red"}}'
    assert story_of(folder, SCENE + text).scene.color == gm.LabelColors({"soma": "red"})
