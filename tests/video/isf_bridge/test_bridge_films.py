"""Pictures and films of the bridge are those of gpu_morph."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bridge_calls import CELL, FILM, direct, run_alone, same_film
from isf_cells import LOSSLESS


def test_a_film_is_that_of_gpu_morph_byte_for_byte(
    command: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"from gpu_morph_isf import CellMorphologyVisualizer\n{CELL}name = 'bridge.mov'\n{FILM}print(report)\n"
    done = run_alone(sys.executable, tmp_path, "import sys; sys.modules['gpu_morph'] = None\n" + code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{tmp_path}/bridge.mov: 5 frames of 360x360 at 50/s")
    assert (tmp_path / "bridge.mov").read_bytes() == same_film(tmp_path, monkeypatch)


def python_3_8() -> str:
    """A Python 3.8 with numpy: named by GPU_MORPH_PYTHON38, on the path or pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = [os.environ.get("GPU_MORPH_PYTHON38"), shutil.which("python3.8"), *pyenv.glob("3.8.*/bin/python")]
    check = "import sys, numpy; sys.exit(sys.version_info[:2] != (3, 8))"
    for python in filter(None, found):
        if subprocess.run([python, "-c", check], capture_output=True).returncode == 0:
            return str(python)
    pytest.skip("no Python 3.8 with numpy in GPU_MORPH_PYTHON38, on the path or among pyenv's")


def test_python_3_8_makes_the_same_film(command: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"from gpu_morph_isf import CellMorphologyVisualizer\n{CELL}name = 'bridge.mov'\n{FILM}"
    done = run_alone(python_3_8(), tmp_path, code)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "bridge.mov").read_bytes() == same_film(tmp_path, monkeypatch)


def test_a_report_says_what_was_made(viz: Any) -> None:
    report = viz.write_video("frames", "cell.mov", codec=LOSSLESS)
    assert (report.path, report.n_frames, report.fps, report.size) == (Path.cwd() / "cell.mov", 3, 50, (120, 120))
    assert sorted(path.name for path in Path("frames").glob("*.png")) == ["00001.png", "00002.png", "00003.png"]


def test_a_picture_is_the_same_and_can_be_saved(viz: Any) -> None:
    def pixels(figure: Any) -> Any:
        return figure if isinstance(figure, np.ndarray) else figure.axes[0].images[0].get_array()

    figure = viz.plot("voltage", time_point=3, save="cell.png")
    assert np.array_equal(pixels(figure), pixels(direct().plot("voltage", time_point=3)))
    assert Path("cell.png").stat().st_size > 100


def test_an_animation_holds_the_film(viz: Any) -> None:
    animation = viz.animation(None, color="voltage")
    assert animation.data == direct().animation(None, color="voltage").data
    assert (animation.n_frames, animation.size) == (3, (120, 120))
    assert "data:video/mp4;base64," in animation._repr_html_()
    assert animation.save("cell.mp4").read_bytes() == animation.data


def test_gifs_and_vtk_files_are_written(viz: Any) -> None:
    assert viz.write_gif(None, "cell").path == Path.cwd() / "cell.gif"
    assert viz.to_vtk(out_dir="vtk").parent.name == "vtk"
    paths = viz.write_vtk_frames("frame", "vtk")
    assert len(paths) == 3
    assert all(path.is_file() for path in paths)


def test_a_colormap_of_matplotlib_can_be_sent(viz: Any) -> None:
    colors = pytest.importorskip("matplotlib.colors")
    cmap = colors.LinearSegmentedColormap.from_list("mine", ["black", "red", "yellow"])
    ours = direct()
    for each in (viz, ours):
        each.set_cmap(cmap)
    assert viz.animation(None, color="voltage").data == ours.animation(None, color="voltage").data


def test_warnings_and_progress_are_shown(viz: Any, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    viz.write_video(None, "cell.mov", show_synapses=True, codec=LOSSLESS)
    said = capsys.readouterr().err
    assert "gpu-morph: warning: synapses are to be shown, but the cell has none" in said
    assert "frames" not in said
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    viz.write_video(None, "cell.mov", codec=LOSSLESS)
    assert "3/3" in capsys.readouterr().err
