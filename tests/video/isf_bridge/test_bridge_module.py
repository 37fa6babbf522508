"""The bridge is one file for ISF's own Python; it runs a command."""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from bridge_calls import SOURCE, direct
from isf_cells import tiny_cell

from gpu_morph.cli.main import main


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
