"""What CellMorphologyVisualizer's other methods give: plot, write_gif, animation, and files for VTK."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from isf_cells import Section, film, isf_cell, picture, synapse, tiny_cell, visualizer
from PIL import Image

from gpu_morph import CellMorphologyVisualizer
from gpu_morph.errors import RecordingError
from probe import decoded_frames, is_faststart, probe

HERE = Path(__file__).parent


def run_python(code: str, folder: Path) -> str:
    """What a new process prints that runs this after the imports of a test."""
    head = "from isf_cells import *\nimport warnings\nwarnings.simplefilter('ignore')\n"
    paths = os.pathsep.join([str(folder), str(HERE), str(HERE.parent), str(HERE.parents[1])])
    done = subprocess.run(
        [sys.executable, "-c", head + code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# plot


@pytest.mark.filterwarnings("ignore:the film has one frame")
@pytest.mark.parametrize("dpi", [8, 9, 20])
def test_plot_gives_a_figure_that_is_the_picture_pixel_for_pixel(tmp_path: Path, dpi: int) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    viz = visualizer(dpi=dpi)
    figure = viz.plot("voltage", True, False, 12, str(tmp_path / "cell.png"))
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())
    saved = np.asarray(Image.open(tmp_path / "cell.png"))
    pyplot.close(figure)
    np.testing.assert_array_equal(pixels[..., :3], saved)
    np.testing.assert_array_equal(saved, picture(viz, color="voltage", time_point=12, show_legend=True))
    frame = film(viz, tmp_path, color="voltage", show_legend=True, t_start=12, t_stop=12)[0]
    np.testing.assert_array_equal(saved, frame)


@pytest.mark.filterwarnings("ignore:the film has one frame")
def test_a_picture_is_a_films_frame(tmp_path: Path) -> None:
    cell = tiny_cell()
    cell.synapses = {"L4": [synapse([0, 0, 0], 12.0)]}
    viz = visualizer(cell, dpi=30)
    options = {"show_synapses": True, "show_legend": True, "highlight_section": 1, "highlight_x": 0.3}
    for color in ("hh.m", "red", "dendrites"):
        (frame,) = film(viz, tmp_path, color=color, t_start=12, t_stop=12, **options)
        np.testing.assert_array_equal(picture(viz, color=color, time_point=12, **options), frame)


def test_a_figure_can_be_saved_and_shown_by_matplotlib(tmp_path: Path) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure = visualizer().plot()
    assert pyplot.get_fignums() == []  # nothing to close
    figure.savefig(tmp_path / "cell.png")
    saved = np.asarray(Image.open(tmp_path / "cell.png").convert("RGB"))
    np.testing.assert_array_equal(saved, picture(visualizer(), show_legend=True))


@pytest.mark.parametrize("ending", [".png", ".tif", ".jpg", ".PNG", ".pdf", ".svg"])
def test_save_writes_the_format_that_the_ending_names(tmp_path: Path, ending: str) -> None:
    image = picture(visualizer(dpi=20), color="red", save=tmp_path / f"cell{ending}")
    if ending in (".pdf", ".svg"):
        data = (tmp_path / f"cell{ending}").read_bytes()
        assert data.startswith(b"%PDF" if ending == ".pdf" else b"<?xml")
        assert (b"/MediaBox [0 0 1080 1080]" if ending == ".pdf" else b'width="381mm"') in data  # 15 inches
        return
    with Image.open(tmp_path / f"cell{ending}") as saved:
        assert saved.info["dpi"] == pytest.approx((20, 20), abs=0.1)
        np.testing.assert_allclose(np.asarray(saved), image, atol=0 if ending != ".jpg" else 90)


def test_nothing_is_saved_unless_asked_for_or_in_an_unknown_format(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    picture(visualizer())
    with pytest.raises(ValueError, match=r"'cell.doc' does not end like a picture: give one of \.png"):
        picture(visualizer(), save="cell.doc")
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_plot_gives_the_picture_itself(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "image = visualizer().plot('voltage', time_point=12, save='cell.png')\n"
        "assert type(image) is np.ndarray and image.dtype == np.uint8\n"
        "print(image.shape)"
    )
    assert run_python(code, tmp_path).strip() == "(120, 120, 3)"
    saved = np.asarray(Image.open(tmp_path / "cell.png"))
    np.testing.assert_array_equal(saved, picture(visualizer(), color="voltage", time_point=12, show_legend=True))


def test_every_recorded_time_can_be_plotted_the_last_one_too(tmp_path: Path) -> None:
    viz = visualizer()
    last = film(viz, tmp_path, color="voltage", t_start=10, t_stop=20, t_step=10)[-1]
    np.testing.assert_array_equal(picture(viz, color="voltage", time_point=20), last)
    np.testing.assert_array_equal(picture(viz, color="voltage", time_point=viz.simulation_times[-1]), last)
    with pytest.raises(ValueError, match=r"a frame at 20\.1 ms .* the recording runs from 0 to 20 ms"):
        picture(viz, color="voltage", time_point=20.1)


def test_values_need_a_time() -> None:
    with pytest.raises(ValueError, match=r"color='hh\.m' changes over time: give time_point in ms"):
        picture(visualizer(), color="hh.m")
    with pytest.raises(TypeError, match="time_point must be finite ms, or None, got '12'"):
        picture(visualizer(), color="voltage", time_point="12")


def test_a_picture_without_values_is_of_t_start() -> None:
    np.testing.assert_array_equal(picture(visualizer(t_start=7)), picture(visualizer(), time_point=7))
    np.testing.assert_array_equal(picture(visualizer()), picture(visualizer(), time_point=0))


# write_gif


@pytest.mark.parametrize(("tpf", "duration"), [({}, 20), ({"tpf": 40}, 40), ({"tpf": 1000}, 1000)])
def test_a_gif_shows_the_films_frames_for_tpf_ms_and_loops(tmp_path: Path, tpf: Any, duration: int) -> None:
    options = {"color": "voltage", "show_legend": True, "t_start": 4, "t_stop": 8, "t_step": 1}
    report = visualizer().write_gif(None, tmp_path / "cell.gif", **options, **tpf)
    with Image.open(tmp_path / "cell.gif") as gif:
        assert (gif.format, gif.n_frames, gif.info["loop"], gif.size) == ("GIF", 5, 0, (120, 120))
        frames = []
        for k in range(5):
            gif.seek(k)
            assert gif.info["duration"] == duration
            frames.append(np.asarray(gif.convert("RGB")))
    assert (report.path, report.n_frames) == (tmp_path / "cell.gif", 5)
    difference = np.abs(np.stack(frames).astype(int) - film(visualizer(), tmp_path, **options))
    assert difference.mean() < 1  # 256 colours for all


def test_a_gifs_ending_is_added_where_it_is_missing(tmp_path: Path) -> None:
    for name in ("first", "second.gif", "third.GIF"):
        visualizer().write_gif(None, str(tmp_path / name), t_stop=1, t_step=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.gif", "second.gif", "third.GIF"]


# animation


def test_an_animation_holds_a_film_that_plays_in_a_notebook(tmp_path: Path) -> None:
    options = {"color": "voltage", "show_legend": True, "t_start": 4, "t_stop": 8, "t_step": 1}
    made = visualizer(dpi=20).animation(None, **options, tpf=40, display=False)
    (data,) = re.findall(r'<source type="video/mp4" src="data:video/mp4;base64,([^"]+)">', made._repr_html_())
    (tmp_path / "cell.mp4").write_bytes(base64.b64decode(data, validate=True))
    film_ = probe(tmp_path / "cell.mp4")
    assert (film_.codec, film_.pixel_format, film_.n_frames, film_.rate) == ("h264", "yuv420p", 5, 25)
    assert is_faststart(tmp_path / "cell.mp4")
    frames = decoded_frames(tmp_path / "cell.mp4")
    difference = np.abs(frames.astype(int) - film(visualizer(dpi=20), tmp_path, **options))
    assert difference.mean() < 2
    assert made.save(tmp_path / "saved.mp4").read_bytes() == (tmp_path / "cell.mp4").read_bytes()


def test_outside_of_notebooks_display_changes_nothing(capsys: Any) -> None:
    first, second = (visualizer().animation(None, t_stop=1, t_step=1, display=display) for display in (True, False))
    assert first == second
    assert "video" in first._repr_html_()
    assert capsys.readouterr().out == ""


NOTEBOOK = """
class Shell: pass
shown = []
def get_ipython(): return Shell()
"""  # as little of IPython as is asked for


@pytest.mark.parametrize(("display", "n_shown"), [(True, 1), (False, 0)])
def test_a_notebook_shows_an_animation_once(tmp_path: Path, display: bool, n_shown: int) -> None:
    (tmp_path / "IPython").mkdir()
    (tmp_path / "IPython" / "__init__.py").write_text(NOTEBOOK)
    (tmp_path / "IPython" / "display.py").write_text("from . import shown\ndisplay = shown.append")
    code = (
        "import IPython\n"
        f"made = visualizer().animation(None, t_stop=1, t_step=1, display={display})\n"
        "films = [one._repr_html_() for one in (*IPython.shown, made)]\n"  # as the cell's value it is shown, too
        "print(len(IPython.shown), sum('<video' in film for film in films if film), repr(made), len(made.data))"
    )
    n, n_videos, words = run_python(code, tmp_path).split(maxsplit=2)
    assert (int(n), int(n_videos)) == (n_shown, 1)
    assert re.match(r"Animation\(2 frames of 120x120, [\d,]+ bytes: .*save\(.*\) \d+", words)


def test_a_notebook_that_shows_pyplots_figures_gets_one(monkeypatch: Any) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.setattr("gpu_morph.isf.notebook.is_notebook", lambda: True)
    visualizer().plot()
    assert pyplot.get_fignums() == []  # this backend would not close it
    monkeypatch.setattr("matplotlib.get_backend", lambda: "module://matplotlib_inline.backend_inline")
    figure = visualizer().plot()
    assert pyplot.get_fignums() == [figure.number]
    pyplot.close(figure)


# VTK


def read_vtk(path: Path) -> SimpleNamespace:
    """Points, polylines and arrays, as VTK's own reader has them."""
    legacy = pytest.importorskip("vtkmodules.vtkIOLegacy", reason="VTK's own reader is in the package vtk (extra dev)")
    from vtkmodules.util.numpy_support import vtk_to_numpy

    reader = legacy.vtkPolyDataReader()
    reader.SetFileName(str(path))
    reader.Update()
    data = reader.GetOutput()

    def arrays(attributes: Any) -> dict[str, npt.NDArray[Any]]:
        numbers = range(attributes.GetNumberOfArrays())
        return {a.GetName(): vtk_to_numpy(a).copy() for k in numbers if (a := attributes.GetArray(k)) is not None}

    return SimpleNamespace(
        points=vtk_to_numpy(data.GetPoints().GetData()).copy(),
        n_lines=data.GetNumberOfLines(),
        point_data=arrays(data.GetPointData()),
        field_data=arrays(data.GetFieldData()),
    )


def leaning_cell() -> SimpleNamespace:
    """An apical dendrite that lies flat, of two segments; the voltage is the time and 10 times the segment."""
    soma = Section("Soma", [[5, 5, 0], [5, 5, 10]], [10, 10])
    apical = Section("ApicalDendrite", [[5, 5, 5], [55, 5, 5], [105, 5, 5]], [2, 2, 2], soma, 2, x=0.5)
    cell = isf_cell(soma, apical, times=np.arange(11.0))
    for section in cell.sections:
        section.recVList = [cell.tVec + 10 * k for k in range(section.nseg)]
        section.recordVars = {"Ca.i": [-cell.tVec for _ in range(section.nseg)]}
    return cell


def test_to_vtk_writes_the_cell_as_it_is_drawn(tmp_path: Path) -> None:
    viz = visualizer(leaning_cell(), align_trunk=True)
    viz.scale_diameter(3)
    path = viz.to_vtk(tmp_path / "new" / "folder", "mine")
    assert path == tmp_path / "new" / "folder" / "mine.vtk"
    found = read_vtk(path)
    assert found.n_lines == 2
    np.testing.assert_allclose(found.points[-3:], [[0, 0, 0], [0, 0, 50], [0, 0, 100]], atol=0.01)
    np.testing.assert_allclose(found.point_data["diameter"][-3:], 6)
    lying = read_vtk(visualizer(leaning_cell()).to_vtk(tmp_path, "lying.vtk"))
    np.testing.assert_allclose(lying.points[-3:], [[5, 5, 5], [55, 5, 5], [105, 5, 5]])


def test_to_vtk_takes_values_along(tmp_path: Path) -> None:
    path = visualizer(leaning_cell()).to_vtk(out_dir=tmp_path, color="voltage", time_point=3)
    assert path == tmp_path / "cell.vtk"
    np.testing.assert_allclose(read_vtk(path).point_data["v"][-3:], [3, 8, 13])
    assert [path.name for path in tmp_path.iterdir()] == ["cell.vtk"]
    with pytest.raises(ValueError, match="color='voltage' changes over time: give time_point in ms"):
        visualizer(leaning_cell()).to_vtk(out_dir=tmp_path, color="voltage")
    with pytest.raises(ValueError, match=r"color must be a recorded variable \(voltage, Ca\.i\), got 'red'"):
        visualizer(leaning_cell()).to_vtk(out_dir=tmp_path, color="red", time_point=3)


def test_write_vtk_frames_writes_a_file_per_time_and_a_series(tmp_path: Path) -> None:
    viz = visualizer(leaning_cell(), align_trunk=True)
    paths = viz.write_vtk_frames("run", tmp_path / "vtk", 2, 5, 1.5)
    assert [path.name for path in paths] == ["run_000000.vtk", "run_000001.vtk", "run_000002.vtk"]
    for path, time in zip(paths, (2, 3.5, 5), strict=True):
        found = read_vtk(path)
        recorded = np.floor(time)  # the nearest; of two the earlier
        np.testing.assert_allclose(found.point_data["v"][-3:], recorded + np.array([0, 5, 10]))
        np.testing.assert_allclose(found.points[-1], [0, 0, 100], atol=0.01)
        assert found.field_data["TimeValue"] == time
    series = json.loads((tmp_path / "vtk" / "run.vtk.series").read_text())
    assert [(one["name"], one["time"]) for one in series["files"]] == [
        (path.name, time) for path, time in zip(paths, (2, 3.5, 5), strict=True)
    ]


def test_vtk_frames_are_of_the_objects_times_and_of_any_variable(tmp_path: Path) -> None:
    viz = visualizer(leaning_cell(), t_start=4, t_stop=6, t_step=2)
    first, second = viz.write_vtk_frames(out_dir=tmp_path, color="ca.i")
    assert [path.name for path in (first, second)] == ["frame_000000.vtk", "frame_000001.vtk"]
    assert read_vtk(second).point_data["Ca.i"].tolist() == [-6] * len(read_vtk(second).points)
    assert len(visualizer(leaning_cell()).write_vtk_frames(out_dir=tmp_path)) == 11
    (only,) = viz.write_vtk_frames("one", tmp_path, 5, 5, color="voltage")
    assert read_vtk(only).point_data["v"][0] == 5


def test_n_decimals_are_digits_behind_the_point(tmp_path: Path) -> None:
    cell = leaning_cell()
    for section in cell.sections:
        section.recVList = [vector + 1 / 3 for vector in section.recVList]
    viz = visualizer(cell)
    for n_decimals, written in ((2, "2.33"), (4, "2.3333")):
        (path,) = viz.write_vtk_frames(f"d{n_decimals}", tmp_path, 2, 2, n_decimals=n_decimals)
        assert written in path.read_text().split()
        assert written in viz.to_vtk(tmp_path, "cell", "vm", 2, n_decimals).read_text().split()
    (exact,) = viz.write_vtk_frames("exact", tmp_path, 2, 2, n_decimals=None)
    assert read_vtk(exact).point_data["v"][0] == np.float32(2 + 1 / 3)


def test_a_cell_that_was_not_simulated_has_no_vtk_frames_but_a_file(tmp_path: Path) -> None:
    viz = CellMorphologyVisualizer(tiny_cell(simulated=False), align_trunk=False)
    with pytest.raises(RecordingError, match="the cell was not simulated"):
        viz.write_vtk_frames(out_dir=tmp_path)
    assert viz.to_vtk(out_dir=tmp_path).is_file()
