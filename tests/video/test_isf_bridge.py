"""The bridge: films of a cell of the In Silico Framework from its own Python, made by another environment."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from isf_cells import LOSSLESS, Section, isf_cell, synapse, tiny_cell

import gpu_morph as gm
from gpu_morph.cli.main import main
from gpu_morph.errors import RecordingError

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "gpu_morph" / "isf" / "bridge.py"
CELL = """
import numpy as np

class Section:
    def __init__(self, **fields):
        self.__dict__.update(fields)
    def __iter__(self):
        return iter([Section(x=(k + 0.5) / self.nseg) for k in range(self.nseg)])

times = np.arange(201) / 10
def section(label, pts, diam, parent, nseg):
    made = Section(label=label, pts=pts, diamList=diam, parent=parent, parentx=1.0, nseg=nseg)
    made.recVList = [-80 + k + 4 * times for k in range(nseg)]
    made.recordVars = {"hh.m": [np.cos(times + k) for k in range(nseg)]}
    return made

soma = section("Soma", [[0, 0, -20], [0, 0, 20]], [30, 30], None, 1)
tuft = section("ApicalDendrite", [[0, 0, 20], [30, 60, 120]], [12, 6], soma, 2)
def synapse(x, spikes):
    return Section(coordinates=np.array([x, 0, 0.0]), preCell=spikes and Section(spikeTimes=spikes), releaseSite=None)

cell = Section(sections=[soma, tuft], soma=soma, tVec=times)
cell.synapses = {"VPM_C2": [synapse(0, [3.0]), synapse(5, None)], "L4ss_C2": [synapse(9, [4.0, 8.0])], "L6_C2": []}
"""
FILM = """
viz = CellMorphologyVisualizer(cell, t_start=2, t_stop=6, t_step=1)
viz.dpi = 24
viz.scale_diameter(lambda diameters: np.maximum(diameters, 8))
viz.scale_diameter(1.5)
viz.set_cmap("viridis", vmin=np.float32(-80.1))
viz.camera_position["dist"] = 8
viz.synapse_group_function = lambda name: name.split("_")[0]
viz.population_to_color_dict = {"VPM": (1, 0, 0)}
report = viz.write_video(None, name, color="voltage", show_synapses=True, show_legend=True, codec="png")
"""


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command of this environment, as a file, in GPU_MORPH_COMMAND; the working folder is a new one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GPU_MORPH_DEVICE", os.environ.get("GPU_MORPH_DEVICE", "cpu"))
    path = tmp_path / "bin" / "gpu-morph"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nPYTHONPATH={REPOSITORY} exec {sys.executable} -m gpu_morph.cli "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv("GPU_MORPH_COMMAND", str(path))
    return path


@pytest.fixture(scope="module")
def bridge() -> ModuleType:
    """The module alone, as a file somewhere else would be imported."""
    spec = importlib.util.spec_from_file_location("gpu_morph_isf", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def viz(bridge: ModuleType, command: Path) -> Any:
    """The bridge's object for a tiny cell; small pictures."""
    made = bridge.CellMorphologyVisualizer(tiny_cell(), False, t_start=2, t_stop=4, t_step=1)
    made.dpi = 8
    return made


def direct(cell: Any = None) -> gm.CellMorphologyVisualizer:
    """The object of gpu_morph with the same attributes."""
    made = gm.CellMorphologyVisualizer(cell or tiny_cell(), False, t_start=2, t_stop=4, t_step=1)
    made.dpi = 8
    return made


def cell_of_everything() -> SimpleNamespace:
    """A cell that has, and lacks, whatever a cell can."""
    soma = Section("Soma", [[0, 0, -20], [0, 0, 20]], [30, 30])
    dendrite = Section("Dendrite", [[0, 0, 20], [30, 60, 120], [30, 60, 140]], [12, 6, 3], soma, 2)
    silent = Section("Myelin", [[0, 0, -20], [0, 0, -50]], [2, 2], soma, 1, x=0.0)
    cell = isf_cell(soma, dendrite, silent, times=np.arange(5) / 10)
    dendrite.recVList = [np.arange(5) / 3, np.arange(5) / 7]
    dendrite.recordVars = {"cai": [np.ones(5), np.zeros(5)], "empty": []}
    alone = synapse([1, 2, 3])
    alone.preCell = None
    cell.synapses = {"A": [synapse([0, 0, 1], 0.1, 0.2), alone], "none": [], "B": [synapse([0, 0, 2])]}
    cell.synapses["B"][0].secID = 1
    return cell


def run_alone(python: str | Path, folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code beside gpu_morph_isf.py by a Python that finds no gpu_morph."""
    (folder / "gpu_morph_isf.py").write_bytes(SOURCE.read_bytes())
    no_path = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    script = folder / "script.py"
    script.write_text(code)
    return subprocess.run([python, "-W", "error", script], cwd=folder, env=no_path, capture_output=True, text=True)


def same_film(folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The film of `CELL` and `FILM` made here, without the bridge."""
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"CellMorphologyVisualizer": gm.CellMorphologyVisualizer, "name": "direct.mov"}
    exec(CELL + FILM, names)
    return (folder / "direct.mov").read_bytes()


# The module


def test_it_is_valid_python_3_8_and_imports_nothing_but_numpy() -> None:
    source = SOURCE.read_text(encoding="ascii")
    tree = ast.parse(source, feature_version=(3, 8))
    compile(source, SOURCE, "exec", flags=ast.PyCF_ONLY_AST, _feature_version=8)
    with pytest.raises(SyntaxError):  # the check is one
        compile(
            "with (open(a) as b, open(c) as d): pass\nmatch a:\n    case 1: pass",
            "x",
            "exec",
            0x400,
            _feature_version=8,
        )
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in top if isinstance(node, ast.ImportFrom)}
    assert {name for name in modules if name.split(".")[0] not in sys.stdlib_module_names} == {"numpy"}


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["isf-bridge"]) == 0
    assert capsys.readouterr().out.encode() == SOURCE.read_bytes()


def test_its_attributes_and_methods_are_those_of_gpu_morph(viz: Any) -> None:
    ours = direct()
    theirs = {name: value for name, value in vars(ours).items() if name[0] != "_"}
    for name in theirs.keys() - {"cell", "morphology"}:
        assert getattr(viz, name) == theirs[name], name
    for name in ("plot", "write_video", "write_gif", "animation", "to_vtk", "write_vtk_frames", "set_cmap"):
        assert callable(getattr(viz, name))
    assert viz.possible_scalars == ours.possible_scalars == {"hh.m"}
    assert np.array_equal(viz.simulation_times, ours.simulation_times)
    assert np.array_equal(viz.times_to_show, [2, 3, 4])


# The cell's file


def test_a_cells_file_gives_the_same_cell(bridge: ModuleType, command: Path) -> None:
    cell = cell_of_everything()
    bridge.CellMorphologyVisualizer(cell).write_cell("cell.npz")
    stored = gm.CellMorphologyVisualizer("cell.npz", align_trunk=False).cell
    for variable in ("v", "cai"):
        for given, kept in zip(gm.from_isf(cell, variable), gm.from_isf(stored, variable), strict=True):
            for name, value in vars(given).items():
                kept_value = getattr(kept, name)
                if name == "row_source":
                    value, kept_value = value.values, kept_value.values
                assert np.array_equal(kept_value, value), name
    assert list(stored.synapses) == ["A", "none", "B"]
    assert stored.synapses["A"][1].preCell is None
    assert set(stored.sections[1].recordVars) == {"cai", "empty"}
    assert stored.sections[0].recordVars == {}


@pytest.mark.parametrize("times", [None, [], [0.0, 1.0]])
def test_a_cell_before_its_run_stays_one(bridge: ModuleType, command: Path, times: Any) -> None:
    cell = tiny_cell(simulated=False)
    cell.tVec = times
    for section in cell.sections:
        section.recVList = [[] for _ in range(section.nseg)]
    made = bridge.CellMorphologyVisualizer(cell)
    assert (made.simulation_times, made.t_start, made.possible_scalars) == (None, None, set())
    made.write_cell("cell.npz")
    stored = gm.CellMorphologyVisualizer("cell.npz", align_trunk=False).cell
    assert (stored.tVec is None) == (times is None)
    assert [len(v) for section in stored.sections for v in section.recVList] == [0, 0, 0]


def test_nothing_in_the_file_is_pickled(viz: Any) -> None:
    viz.write_cell("cell.npz")
    with np.load("cell.npz", allow_pickle=False) as arrays:
        assert all(array.dtype.kind in "fiu" for array in dict(arrays).values())
        assert json.loads(arrays["text"].tobytes())["labels"] == ["Soma", "Dendrite"]


def test_another_file_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "rec.npz", times=np.arange(3))
    with pytest.raises(RecordingError, match=r"expected an \.npz file of a cell"):
        gm.CellMorphologyVisualizer(tmp_path / "rec.npz")
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(RecordingError, match=r"is not an \.npz file; expected an \.npz file of a cell"):
        gm.CellMorphologyVisualizer(str(tmp_path / "text.npz"))


def test_the_file_of_a_newer_version_is_refused(viz: Any) -> None:
    viz.write_cell("cell.npz")
    with np.load("cell.npz") as arrays:
        changed = dict(arrays)
    text = json.loads(changed["text"].tobytes()) | {"format": 2}
    changed["text"] = np.frombuffer(json.dumps(text).encode(), np.uint8)
    np.savez("newer.npz", **changed)
    with pytest.raises(RecordingError, match="has format 2, this version reads 1: upgrade"):
        gm.CellMorphologyVisualizer("newer.npz")


def test_the_cell_is_written_once_and_again_when_it_has_changed(viz: Any) -> None:
    def n_written() -> int:
        _ = viz.times_to_show
        return Path(viz._folder, "cell.npz").stat().st_mtime_ns

    first = n_written()
    assert n_written() == first
    viz.cell.sections[0].recVList[0] = viz.cell.sections[0].recVList[0] + 1
    assert n_written() > first


# Pictures and films


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


# What goes wrong


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ({"color": "volts"}, ValueError),
        ({"t_stop": 30, "color": "voltage"}, ValueError),
        ({"colour": "red"}, TypeError),
        ({"out_name": "missing/cell.mp4"}, FileNotFoundError),
    ],
)
def test_an_error_is_that_of_gpu_morph(viz: Any, call: dict[str, Any], kind: type[Exception]) -> None:
    arguments = {"images_path": None, "out_name": "cell.mp4"} | call
    with pytest.raises(kind) as there:
        direct().write_video(**arguments)
    with pytest.raises(kind) as here:
        viz.write_video(**arguments)
    assert str(here.value) == str(there.value)
    assert not Path("cell.mp4").exists()


def test_a_wrong_scale_is_refused_in_the_same_words(viz: Any) -> None:
    for scale in (0, "a", lambda _: [1, 2, 3]):
        with pytest.raises(ValueError, match="scale must") as there:
            direct().scale_diameter(scale)
        with pytest.raises(ValueError, match="scale must") as here:
            viz.scale_diameter(scale)
        assert str(here.value) == str(there.value)


def test_what_cannot_be_sent_is_named(viz: Any) -> None:
    viz.color_dict = {"Soma": object()}
    with pytest.raises(TypeError, match="color_dict: object cannot be sent"):
        viz.plot()


def test_a_client_is_left_out_with_a_warning(viz: Any) -> None:
    with pytest.warns(UserWarning, match="client is not used"):
        viz.animation(None, client=SimpleNamespace(scheduler_info=dict))


def test_a_command_that_is_not_there_is_an_error_that_says_how_to_get_it(
    bridge: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GPU_MORPH_COMMAND", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="there is no command gpu-morph: install gpu_morph"):
        bridge.CellMorphologyVisualizer(tiny_cell())
    with pytest.raises(FileNotFoundError, match="there is no command no/such"):
        bridge.CellMorphologyVisualizer(tiny_cell(), command="no/such")


def test_the_command_can_be_an_argument_or_on_the_path(
    bridge: ModuleType, command: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GPU_MORPH_COMMAND")
    assert len(bridge.CellMorphologyVisualizer(tiny_cell(), command=command).times_to_show) == 11
    assert len(bridge.CellMorphologyVisualizer(tiny_cell(), command=f"sh {command}").times_to_show) == 11
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    assert len(bridge.CellMorphologyVisualizer(tiny_cell()).times_to_show) == 11


def test_a_command_that_ends_without_a_result_is_an_error_with_its_words(bridge: ModuleType, tmp_path: Path) -> None:
    script = tmp_path / "older"
    script.write_text("#!/bin/sh\necho 'no command isf' >&2\nexit 2\n")
    script.chmod(0o755)
    viz = bridge.CellMorphologyVisualizer(tiny_cell(), command=str(script))
    with pytest.raises(RuntimeError, match="exit code 2 and without a result: no command isf"):
        viz.plot()


def test_warnings_and_progress_are_shown(viz: Any, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    viz.write_video(None, "cell.mov", show_synapses=True, codec=LOSSLESS)
    said = capsys.readouterr().err
    assert "gpu-morph: warning: synapses are to be shown, but the cell has none" in said
    assert "frames" not in said
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    viz.write_video(None, "cell.mov", codec=LOSSLESS)
    assert "3/3" in capsys.readouterr().err


def test_variables_of_isfs_python_do_not_reach_the_other_one(viz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("MPLBACKEND", "module://nowhere")
    assert viz.plot() is not None


def test_the_command_alone_prints_results_and_errors(
    viz: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _ = viz.times_to_show
    files = [str(Path(viz._folder, name)) for name in ("cell.npz", "call.json")]
    assert main(["isf", *files]) == 0
    assert json.loads(capsys.readouterr().out) == {"value": [2, 3, 4]}
    Path(files[1]).write_text("{}")
    assert main(["isf", *files]) == 1
    assert "call.json is not a call that gpu_morph_isf.py writes" in capsys.readouterr().err


def test_private_attributes_and_methods_cannot_be_set(viz: Any, capsys: pytest.CaptureFixture[str]) -> None:
    _ = viz.times_to_show
    files = [str(Path(viz._folder, name)) for name in ("cell.npz", "call.json")]
    call = json.loads(Path(files[1]).read_text())
    for name in ("_alignment", "plot", "__class__"):
        Path(files[1]).write_text(json.dumps(call | {"attributes": {name: 1}}))
        assert main(["isf", *files]) == 1
        assert f"{name} is not an attribute" in capsys.readouterr().err


def test_the_folder_is_removed_with_the_object(bridge: ModuleType, command: Path) -> None:
    viz = bridge.CellMorphologyVisualizer(tiny_cell())
    folder = viz._folder
    _ = viz.times_to_show
    del viz
    assert not Path(folder).exists()
