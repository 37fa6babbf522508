"""Calls as ISF takes them, and wrong ones: what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from isf_cells import film, picture, tiny_cell, visualizer
from PIL import Image

from gpu_morph import render_video
from gpu_morph.errors import ClusterError, FramesError
from probe import probe

SHORT = {"t_start": 0, "t_stop": 2, "t_step": 1}


def write(folder: Path, images: Any, name: Any = "cell.mp4", viz: Any = None, **options: Any) -> Any:
    return (viz or visualizer()).write_video(images, folder / name, **{**SHORT, "color": "voltage", **options})


# Paths


@pytest.mark.parametrize("method", ["write_video", "write_gif"])
def test_a_film_may_lie_in_its_images_path_that_is_made_for_it(tmp_path: Path, method: str) -> None:
    images = tmp_path / "images"
    report = getattr(visualizer(), method)(str(images), str(images / "cell.gif"), color="voltage", **SHORT)
    assert report.path == images / "cell.gif"
    assert len(list(images.glob("*.png"))) == 3


def test_nothing_is_left_of_a_film_that_is_refused(tmp_path: Path) -> None:
    images = tmp_path / "images"
    with pytest.raises(ValueError, match="the recording runs from 0 to 20 ms"):
        write(images, images, t_stop=30)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        write(images / "deeper", images)
    assert list(tmp_path.iterdir()) == []


def test_frames_of_another_film_are_refused_in_isfs_words(tmp_path: Path) -> None:
    write(tmp_path, tmp_path / "images")
    with pytest.raises(FramesError) as caught:
        write(tmp_path, tmp_path / "images", show_legend=True)
    said = str(caught.value)
    assert "another show_legend or highlight_section" in said
    assert "give another images_path, or overwrite_frames=True to remove them and draw them anew" in said
    viz = visualizer()
    viz.background_color = "black"
    viz.camera_position["elev"] = 0
    with pytest.raises(FramesError, match=r"another (.*, )?background_color, camera_position or neuron_rotation"):
        write(tmp_path, tmp_path / "images", viz=viz)
    assert write(tmp_path, tmp_path / "images", show_legend=True, overwrite_frames=True).n_resumed == 0


def test_errors_speak_of_images_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for images, kind in ((tmp_path / "file", NotADirectoryError), (tmp_path / "no" / "images", FileNotFoundError)):
        with pytest.raises(kind, match="images_path") as caught:
            write(tmp_path, images)
        assert "frames_dir" not in str(caught.value)
        with pytest.raises(kind, match="images_path"):
            visualizer().animation(images, **SHORT)
    for images, name in ((5, "cell.mp4"), (None, None)):
        with pytest.raises(TypeError, match=f"{'images_path' if images else 'out_name'} must be a path, got"):
            visualizer().write_video(images, name)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("write_gif", "out_name"),
        ("to_vtk", "out_dir"),
        ("to_vtk", "fn"),
        ("plot", "save"),
        ("write_vtk_frames", "out_dir"),
        ("write_vtk_frames", "out_name"),
        ("write_video", "codec"),
    ],
)
@pytest.mark.parametrize("value", [5, [1]])
def test_what_is_no_path_or_word_is_a_type_error_that_names_it(
    tmp_path: Path, method: str, name: str, value: Any
) -> None:
    needed = {"write_gif": {"images_path": None}, "write_video": {"images_path": None, "out_name": tmp_path / "a.mp4"}}
    with pytest.raises(TypeError, match=f"{name} must be a "):
        getattr(visualizer(), method)(**{**needed.get(method, {}), name: value})
    assert list(tmp_path.iterdir()) == []


# Numbers


@pytest.mark.parametrize("name", ["t_start", "t_stop", "t_step", "quality", "time_point", "vmin", "vmax"])
@pytest.mark.parametrize("value", ["0.5", [1, 2], b"1"])
def test_what_is_no_number_is_a_type_error_that_names_it(tmp_path: Path, name: str, value: Any) -> None:
    def call() -> None:
        if name == "time_point":
            picture(visualizer(), color="voltage", time_point=value)
        elif name in ("vmin", "vmax"):
            visualizer().set_cmap(**{name: value})
        else:
            write(tmp_path, tmp_path / "images", **{name: value})

    with pytest.raises(TypeError, match=rf"{name} must be .*, got "):
        call()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["t_start", "t_stop", "t_step", "vmin", "vmax"])
def test_attributes_that_are_no_numbers_are_refused_by_name(name: str) -> None:
    viz = visualizer()
    setattr(viz, name, "a")
    with pytest.raises(TypeError, match=f"{name} must be .*, got 'a'"):
        viz.animation(None, color="voltage")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("camera_position", None),
        ("camera_position", "top"),
        ("population_to_color_dict", "red"),
        ("color_dict", ["red"]),
        ("highlight_arrow_kwargs", "red"),
    ],
)
def test_what_is_no_dict_is_refused_by_name(name: str, given: Any) -> None:
    viz = visualizer()
    setattr(viz, name, given)
    with pytest.raises(TypeError, match=f"{name} must be a dict.*, got "):
        viz.scene("dendrites", highlight_section=0)


def test_camera_position_of_unknown_keys_is_refused_whatever_they_are() -> None:
    viz = visualizer()
    viz.camera_position = {1: 2}
    with pytest.raises(ValueError, match="camera_position has azim, elev, roll and dist, got 1 too"):
        viz.scene()


@pytest.mark.parametrize(
    ("name", "given", "kind"),
    [("t_start", "0", TypeError), ("t_stop", [1], TypeError), ("t_step", 0, ValueError), ("t_step", -1, ValueError)],
)
def test_wrong_times_are_refused_when_it_is_made(name: str, given: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=f"{name} must be .* ms.*, got "):
        visualizer(**{name: given})


def test_no_colours_are_none_or_an_empty_dict() -> None:
    viz = visualizer()
    expected = picture(viz, color="dendrites")
    viz.color_dict = viz.population_to_color_dict = viz.synapse_group_function = viz.highlight_arrow_kwargs = None
    np.testing.assert_array_equal(picture(viz, color="dendrites"), expected)


def test_a_step_of_type_float32_is_the_decimal_number(tmp_path: Path) -> None:
    for kind in (np.float32, np.float16, np.float64, lambda step: np.array(step, np.float32)):
        viz = visualizer(t_start=8, t_stop=9, t_step=kind(0.1))
        np.testing.assert_array_equal(viz.times_to_show, visualizer(t_start=8, t_stop=9, t_step=0.1).times_to_show)
        assert len(film(visualizer(), tmp_path, t_start=kind(8), t_stop=kind(9), t_step=kind(0.1))) == 11
    times = {"t_start": np.float32(0.3), "t_stop": np.float32(0.9), "t_step": np.float32(0.1)}
    report = render_video(visualizer().scene("voltage"), tmp_path / "cell.mp4", size=(120, 120), **times)
    assert report.n_frames == 7


@pytest.mark.parametrize("step", [1e-7, np.float32(1e-7), 1e-300])
def test_a_step_of_millions_of_frames_is_refused(tmp_path: Path, step: float) -> None:
    with pytest.raises(ValueError, match=r"would be .* frames, more than 1,000,000: choose a larger step"):
        write(tmp_path, None, t_step=step)


def test_t_step_reads_the_number_that_is_in_effect() -> None:
    viz = visualizer()
    assert viz.t_step == 2
    viz.t_stop = 10
    assert viz.t_step == 1
    viz.t_step = 0.25
    assert viz.t_step == 0.25
    viz.t_step = None
    assert viz.t_step == 1


# The rest


def test_plot_leaves_no_open_figures() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figures = [visualizer().plot() for _ in range(3)]
    assert pyplot.get_fignums() == []
    assert len({id(figure) for figure in figures}) == 3


@pytest.mark.parametrize("tpf", [10, 1, 19.9])
def test_a_gif_of_less_than_20_ms_a_frame_has_20_and_a_warning(tmp_path: Path, tpf: float) -> None:
    with pytest.warns(UserWarning, match=f"tpf={tpf} becomes 20: give a larger t_step"):
        visualizer().write_gif(None, tmp_path / "cell.gif", tpf=tpf, **SHORT)
    with Image.open(tmp_path / "cell.gif") as gif:
        assert gif.info["duration"] == 20
    for multiple in (20, 30):
        visualizer().write_gif(None, tmp_path / "cell.gif", tpf=multiple, **SHORT)


@pytest.mark.parametrize("word", ["dendritic_group", "Dendritic Group", " dendritic_group "])
def test_isfs_dendritic_group_is_by_label(word: str) -> None:
    np.testing.assert_array_equal(picture(visualizer(), color=word), picture(visualizer(), color="dendrites"))


def test_a_client_that_is_closed_is_refused(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    client = distributed.Client(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0")
    client.close()
    with pytest.raises(ClusterError, match="the client is closed, so it has no workers: make a new one"):
        write(tmp_path, None, client=client)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dpi", [20, 72])
def test_each_arrow_size_has_its_own_picture(dpi: int) -> None:
    viz = visualizer(tiny_cell(simulated=False), dpi=dpi)
    viz.camera_position["dist"] = 60
    heights = []
    for size in (25, 50, 100, 200):
        pictures = []
        for color in ("red", "blue"):
            viz.highlight_arrow_kwargs = {"arrow_size": size, "color": color}
            pictures.append(picture(viz, highlight_section=1))
        changed = (pictures[0] != pictures[1]).any(axis=(1, 2))
        heights.append(int(changed.sum()))
    assert heights == sorted(set(heights))
    assert heights[-1] > 1.1 * heights[-2]  # the fit has room for the arrow


def test_films_of_any_name_still_have_their_frames(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    visualizer().write_video("images", "images/cell.mp4", color="voltage", **SHORT)
    assert probe(tmp_path / "images" / "cell.mp4").n_frames == 3
