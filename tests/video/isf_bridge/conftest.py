"""The bridge, its command and its object for a tiny cell."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bridge_calls import REPOSITORY, SOURCE
from isf_cells import tiny_cell


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
