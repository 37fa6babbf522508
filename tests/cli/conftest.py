"""A working folder with a morphology and a recording."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import save_recording


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a morphology and a recording."""
    monkeypatch.chdir(tmp_path)
    # Warnings have tests of their own; elsewhere standard error is the error's.
    monkeypatch.setenv("GPU_MORPH_DEVICE", os.environ.get("GPU_MORPH_DEVICE", "cpu"))
    Path("cell.swc").write_text("1 1 0 0 -20 15 -1\n2 1 0 0 20 15 1\n3 3 0 0 20 6 2\n4 3 30 60 120 3 3\n")
    save_recording("rec.npz")
    return tmp_path
