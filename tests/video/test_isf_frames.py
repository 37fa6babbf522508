"""images_path and overwrite_frames: the single frames of CellMorphologyVisualizer's films."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from isf_cells import LOSSLESS, Pixels, synapse, tiny_cell, visualizer
from PIL import Image

from gpu_morph.errors import FramesError
from probe import decoded_frames

NAMES = [f"{number:05d}.png" for number in range(1, 12)]


def write(viz: Any, folder: Path, **options: Any) -> Any:
    """A film of the voltage, its frames in a folder beside it."""
    return viz.write_video(folder / "frames", folder / "cell.mov", **{"color": "voltage", "codec": LOSSLESS, **options})


def frames(folder: Path) -> Pixels:
    return np.stack([np.asarray(Image.open(path)) for path in sorted((folder / "frames").glob("*.png"))])


def test_a_given_folder_gets_the_films_frames_as_they_are(tmp_path: Path) -> None:
    report = write(visualizer(), tmp_path)
    assert sorted(path.name for path in (tmp_path / "frames").glob("*.png")) == NAMES
    np.testing.assert_array_equal(frames(tmp_path), decoded_frames(tmp_path / "cell.mov"))
    assert report.n_resumed == 0


def test_none_writes_no_images(tmp_path: Path) -> None:
    visualizer().write_video(None, tmp_path / "cell.mp4", color="voltage")
    assert [path.name for path in tmp_path.iterdir()] == ["cell.mp4"]


def test_frames_of_the_same_film_are_not_drawn_again(tmp_path: Path) -> None:
    write(visualizer(), tmp_path)
    film = decoded_frames(tmp_path / "cell.mov")
    (tmp_path / "frames" / NAMES[4]).unlink()
    assert write(visualizer(), tmp_path).n_resumed == 10
    assert write(visualizer(), tmp_path).n_resumed == 11
    np.testing.assert_array_equal(decoded_frames(tmp_path / "cell.mov"), film)


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "color": ({"color": "hh.m"}, {}),
    "times": ({"t_step": 1}, {}),
    "cmap": ({}, {"cmap": "viridis"}),
    "vmin": ({}, {"vmin": -100.0}),
    "dpi": ({}, {"dpi": 9}),
    "rotation": ({}, {"neuron_rotation": 1.0}),
    "background": ({}, {"background_color": "black"}),
}


@pytest.mark.parametrize(("options", "attributes"), CHANGES.values(), ids=CHANGES)
def test_frames_of_another_film_are_refused_and_stay(tmp_path: Path, options: Any, attributes: Any) -> None:
    write(visualizer(), tmp_path)
    before = frames(tmp_path)
    viz = visualizer()
    vars(viz).update(attributes)
    with pytest.raises(FramesError, match=r"holds 11 PNG frames of another film .*overwrite_frames=True to remove"):
        write(viz, tmp_path, **options)
    np.testing.assert_array_equal(frames(tmp_path), before)


def test_frames_that_isf_has_left_are_refused(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    Image.new("RGB", (120, 120)).save(tmp_path / "frames" / NAMES[0])
    with pytest.raises(FramesError, match="another film"):
        write(visualizer(), tmp_path)
    assert write(visualizer(), tmp_path, overwrite_frames=True).n_resumed == 0
    assert frames(tmp_path).max() == 255


def test_overwriting_removes_frames_and_nothing_else(tmp_path: Path) -> None:
    write(visualizer(), tmp_path, t_step=1)
    assert len(frames(tmp_path)) == 21
    for name in ("notes.txt", "cell.png", "7.png"):
        (tmp_path / "frames" / name).write_text("mine")
    write(visualizer(), tmp_path, overwrite_frames=True)
    kept = {path.name for path in (tmp_path / "frames").iterdir() if path.suffix != ".json"}
    assert kept == {*NAMES, "notes.txt", "cell.png", "7.png"}
    assert (tmp_path / "frames" / "cell.png").read_text() == "mine"


ALL_OPTIONS = {
    "color": "hh.m",
    "show_synapses": True,
    "show_legend": True,
    "t_start": 2,
    "t_stop": 8,
    "t_step": 2,
    "highlight_section": 1,
    "highlight_x": 0.3,
}


@pytest.mark.parametrize("method", ["write_gif", "animation"])
def test_gifs_and_animations_are_films_of_the_same_frames(tmp_path: Path, method: str) -> None:
    cell = tiny_cell()
    cell.synapses = {"L4": [synapse([0, 0, 0], 3.0)]}

    def call(**options: Any) -> Any:
        name = [tmp_path / "cell.gif"] if method == "write_gif" else []
        return getattr(visualizer(cell, dpi=30), method)(tmp_path / "frames", *name, **ALL_OPTIONS, **options)

    write(visualizer(cell, dpi=30), tmp_path, **ALL_OPTIONS)
    first = frames(tmp_path)
    Image.fromarray(first[0] // 2).save(tmp_path / "frames" / NAMES[0])  # a whole frame: it is not drawn again
    assert call().n_frames == 4  # with any option ignored these were frames of another film: an error
    np.testing.assert_array_equal(frames(tmp_path)[0], first[0] // 2)
    call(overwrite_frames=True)
    np.testing.assert_array_equal(frames(tmp_path), first)
