"""Whole notebooks: CellMorphologyVisualizer called as ISF's users call theirs, and whether its manual is complete."""

from __future__ import annotations

import ast
import base64
import inspect
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from isf_cells import around, at, drawn, is_like, picture, projected, tiny_cell
from PIL import Image

from gpu_morph import CellMorphologyVisualizer, Scene, render_image
from probe import decoded_frames, is_faststart, probe

# As ISF has them, in its order and with its defaults.
METHODS = {
    "__init__": "cell, align_trunk=True, t_start=None, t_stop=None, t_step=None",
    "plot": (
        "color='grey', show_legend=True, show_synapses=False, time_point=None, save='', highlight_section=None, "
        "highlight_x=None"
    ),
    "write_video": (
        "images_path, out_name, overwrite_frames=False, color='grey', show_synapses=False, show_legend=False, "
        "client=None, t_start=None, t_stop=None, t_step=None, highlight_section=None, highlight_x=None, quality=5, "
        "codec='mpeg4', tpf=20"
    ),
    "write_gif": (
        "images_path, out_name, color='grey', show_synapses=False, show_legend=False, client=None, t_start=None, "
        "t_stop=None, t_step=None, highlight_section=None, highlight_x=None, overwrite_frames=False, tpf=20"
    ),
    "animation": (
        "images_path, overwrite_frames=False, color='grey', show_synapses=False, show_legend=False, client=None, "
        "t_start=None, t_stop=None, t_step=None, highlight_section=None, highlight_x=None, display=True, tpf=20"
    ),
    "write_vtk_frames": (
        "out_name='frame', out_dir='.', t_start=None, t_stop=None, t_step=None, color=None, n_decimals=2, client=None"
    ),
    "to_vtk": "out_dir='.', fn='', color=None, time_point=None, n_decimals=2",
    "set_cmap": "cmap=None, vmin=None, vmax=None",
    "scale_diameter": "scale_func",
}
ATTRIBUTES = {
    "camera_position": {"azim": 0, "dist": 10, "elev": 30, "roll": 0},
    "neuron_rotation": 0.5,
    "dpi": 72,
    "time_offset": 0,
    "time_show_syn_activ": 2,
    "synapse_legend": True,
    "highlight_arrow_kwargs": None,
    "population_to_color_dict": {},
    "vmin": None,
    "vmax": None,
}


@pytest.fixture(scope="module")
def cell(isf_cell_module: ModuleType) -> Any:
    return isf_cell_module.load_cell()


# The contract


@pytest.mark.parametrize("name", METHODS)
def test_methods_take_what_isfs_take(name: str) -> None:
    given = list(inspect.signature(getattr(CellMorphologyVisualizer, name)).parameters.values())[1:]
    words = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in given]
    assert ", ".join(words) == METHODS[name]
    assert all(p.kind is p.POSITIONAL_OR_KEYWORD for p in given)


def test_methods_take_what_the_table_of_isfs_interface_says(shared_data: Path) -> None:
    table = shared_data.parent / "FIELD.md"
    if not table.is_file():
        pytest.skip(f"no {table}")
    calls = re.findall(r"`(write_video|to_vtk|write_vtk_frames)\(([^`]*)\)`", table.read_text(encoding="utf-8"))
    assert {name for name, _ in calls} == {"write_video", "to_vtk", "write_vtk_frames"}
    for name, words in calls:
        method = inspect.signature(getattr(CellMorphologyVisualizer, name))
        parameters = list(method.parameters.values())[1:]
        isfs = re.split(r",\s*", words)
        assert [p.name for p in parameters[: len(isfs)]] == [word.split("=")[0] for word in isfs]
        for parameter, word in zip(parameters, isfs, strict=False):
            if "=" in word:
                assert parameter.default == ast.literal_eval(word.split("=")[1]), f"{name}: {word}"
        assert all(p.default is not p.empty for p in parameters[len(isfs) :])


def test_attributes_begin_as_isfs_do() -> None:
    viz = CellMorphologyVisualizer(tiny_cell(), False)
    for name, value in ATTRIBUTES.items():
        assert getattr(viz, name) == value, name
    assert viz.synapse_group_function("L4_C2") == "L4_C2"


MANUAL = Path(__file__).parents[2] / "docs" / "isf.md"


def test_the_manual_names_every_parameter_attribute_and_method() -> None:
    tables = [line for line in MANUAL.read_text(encoding="utf-8").splitlines() if line.startswith(("|", "#"))]
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", "\n".join(tables)))))
    public = {name for name in dir(CellMorphologyVisualizer) if not name.startswith("_")}
    attributes = {name for name in vars(CellMorphologyVisualizer(tiny_cell(), False)) if not name.startswith("_")}
    functions = inspect.getmembers(CellMorphologyVisualizer, inspect.isfunction)
    methods = [function for name, function in functions if name == "__init__" or not name.startswith("_")]
    parameters = {name for method in methods for name in inspect.signature(method).parameters if name != "self"}
    missing = (public | attributes | parameters) - named
    assert not missing


def test_every_test_that_the_manual_names_is_there() -> None:
    named = re.findall(r"`(test_isf_\w+\.py)::(\w+)`", MANUAL.read_text(encoding="utf-8"))
    assert len(named) > 40
    for file, test in named:
        source = (Path(__file__).parent / file).read_text(encoding="utf-8")
        assert f"\ndef {test}(" in source, f"{file}::{test}"


# A user's calls, on a real cell


def test_a_notebook_by_position_and_by_name(cell: Any, tmp_path: Path) -> None:
    viz = CellMorphologyVisualizer(cell, t_start=10, t_stop=14, t_step=0.5)
    viz.dpi = 24
    viz.neuron_rotation = 3
    viz.camera_position = {"azim": 20, "dist": 9, "elev": 10, "roll": 0}
    viz.background_color = (1, 1, 1, 1)
    viz.time_offset = 10
    viz.highlight_arrow_kwargs = {"fc": "red", "ec": "black", "mutation_scale": 30}
    viz.synapse_group_function = lambda population: population.split("_")[0]
    viz.population_to_color_dict = {"L34": "orange", "L5st": "cyan", "VPM": "red", "inactive": "white"}
    viz.set_cmap("viridis", vmin=-75, vmax=-30)

    pytest.importorskip("matplotlib")
    from matplotlib import pyplot

    figure = viz.plot("voltage", True, True, 12, str(tmp_path / "cell.png"), 40)
    assert figure.get_size_inches().tolist() == [15, 15]
    pyplot.close(figure)
    pyplot.close(viz.plot(color="dendrites", show_legend=True))
    pyplot.close(viz.plot(color="hh.m", time_point=12, highlight_section=40, highlight_x=0.5))
    with Image.open(tmp_path / "cell.png") as saved:
        assert saved.size == (360, 360)

    images = tmp_path / "images"
    viz.write_video(str(images), str(tmp_path / "cell.mp4"), False, "voltage", True, True, None)
    film = probe(tmp_path / "cell.mp4")
    assert (film.codec, film.n_frames, film.rate, film.size) == ("mpeg4", 9, 50, (360, 360))
    assert len(list(images.glob("*.png"))) == 9

    shown = viz.animation(str(images), color="voltage", show_synapses=True, show_legend=True, tpf=100, display=False)
    (tmp_path / "shown.mp4").write_bytes(base64.b64decode(re.findall(r"base64,([^\"]+)", shown._repr_html_())[0]))
    assert (probe(tmp_path / "shown.mp4").n_frames, probe(tmp_path / "shown.mp4").rate) == (9, 10)

    viz.write_gif(str(tmp_path / "gif"), str(tmp_path / "cell"), "voltage", True, True, tpf=50)
    with Image.open(tmp_path / "cell.gif") as gif:
        assert gif.n_frames == 9

    assert len(viz.write_vtk_frames("frame", str(tmp_path / "vtk"), color="voltage")) == 9
    viz.scale_diameter(lambda diameters: diameters * 2)
    assert viz.to_vtk(str(tmp_path / "vtk"), "thick").is_file()


def test_animation_as_isfs_documentation_calls_it(cell: Any, tmp_path: Path) -> None:
    viz = CellMorphologyVisualizer(cell, t_start=10, t_stop=14, t_step=2)
    viz.dpi = 24
    images_path = str(tmp_path / "images")
    assert viz.animation(images_path, color="voltage", show_legend=True).n_frames == 3
    assert sorted(path.name for path in Path(images_path).glob("*.png")) == ["00001.png", "00002.png", "00003.png"]


def test_ten_ms_of_voltage_are_101_frames_at_50_per_second_that_a_browser_plays(cell: Any, tmp_path: Path) -> None:
    viz = CellMorphologyVisualizer(cell)
    viz.dpi = 20
    path = tmp_path / "cell.mp4"
    report = viz.write_video(None, path, color="voltage", t_start=8, t_stop=18, t_step=0.1, codec="libx264")
    made = probe(path)
    assert (report.n_frames, report.fps, report.path) == (101, 50, path)
    assert (made.n_frames, made.rate, made.size) == (101, 50, (300, 300))
    assert made.duration == pytest.approx(2.02, abs=0.005)
    assert (made.codec, made.pixel_format, made.colors) == ("h264", "yuv420p", "tv, bt709, progressive")
    assert is_faststart(path)
    shown = decoded_frames(path)
    assert len({frame.tobytes() for frame in shown}) == len(shown) == 101
    assert drawn(shown).any(axis=(1, 2)).all()


def test_a_real_cells_spike_is_seen_at_its_soma(cell: Any) -> None:
    viz = CellMorphologyVisualizer(cell)
    viz.dpi = 40
    viz.set_cmap(["#ff0000", "#00ff00"], -80, 40)
    voltage = np.asarray(cell.soma.recVList[0])
    peak = voltage.argmax()
    for index in (0, peak):
        time = float(cell.tVec[index])
        (spot,) = projected(viz, [[0, 0, 0]], time, color="voltage")
        red, green, _ = at(picture(viz, color="voltage", time_point=time), spot).astype(float)
        assert -80 + 120 * green / (red + green) == pytest.approx(voltage[index], abs=4)


def test_a_real_cell_stands_upright_with_its_synapses_on_it(cell: Any) -> None:
    viz = CellMorphologyVisualizer(cell)
    viz.dpi = 40
    viz.synapse_group_function = lambda population: "all"
    viz.population_to_color_dict = {"all": "#ff00ff"}
    viz.time_show_syn_activ = 100
    image = picture(viz, show_synapses=True, time_point=50)
    rows, columns = np.nonzero(drawn(image))
    assert np.ptp(rows) > 1.8 * np.ptp(columns[rows > 60])  # below the clock
    dendrites = drawn(picture(viz, time_point=50))
    marked = is_like(image, (255, 0, 255))
    rows, columns = np.nonzero(marked)
    sites = viz.scene(show_synapses=True).synapses.positions
    spots = np.rint(projected(viz, sites, 50.0, show_synapses=True)).astype(int)
    near = [marked[y - 3 : y + 4, x - 3 : x + 4].any() for x, y in spots.tolist()]
    assert np.mean(near) > 0.5  # where there are many, they are thinned
    on_dendrites = [dendrites[r - 5 : r + 6, c - 5 : c + 6].any() for r, c in zip(rows, columns, strict=True)]
    assert np.mean(on_dendrites) > 0.999


def test_a_real_cell_that_was_not_simulated_turns(isf_cell_module: ModuleType, tmp_path: Path) -> None:
    viz = CellMorphologyVisualizer(isf_cell_module.load_cell(simulated=False))
    viz.dpi, viz.neuron_rotation = 20, 45
    viz.write_video(None, tmp_path / "cell.mp4", color="dendrites", show_legend=True)
    frames = decoded_frames(tmp_path / "cell.mp4")
    assert len(frames) == len({frame.tobytes() for frame in frames}) == 8


def test_scene_gives_a_scene_for_other_calls(cell: Any) -> None:
    viz = CellMorphologyVisualizer(cell)
    scene = viz.scene("voltage", show_legend=True, highlight_section=np.int64(3))
    assert isinstance(scene, Scene)
    image = render_image(scene, time=12, size=(320, 240))
    assert image.shape == (240, 320, 3)
    (end,) = scene.fitted_camera((320, 240)).project(viz.morphology.locate(3, 0.5), (320, 240))
    assert drawn(around(image, end)).any()


def test_a_cell_is_read_as_it_is_when_a_picture_is_made() -> None:
    cell: SimpleNamespace = tiny_cell()
    viz = CellMorphologyVisualizer(cell, False)
    viz.dpi = 8
    before = picture(viz, color="voltage", time_point=0)
    for section in cell.sections:
        section.recVList = [vector[::-1] for vector in section.recVList]
    assert (picture(viz, color="voltage", time_point=0) != before).any()
