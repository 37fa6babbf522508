"""The command, and files for it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_morph.cli.main import main

GPU_MORPH = (sys.executable, "-m", "gpu_morph.cli")
SMALL = ("--size", "64x48")


def save_recording(name: str, **changed: Any) -> None:
    """21 times from 0 to 10 ms for the two sections; None leaves an array out."""
    arrays = {
        "times": np.arange(21) / 2,
        "values": np.linspace(-80, 30, 42).reshape(21, 2),
        "section": [0, 1],
        "position": [0.5, 0.5],
    }
    np.savez(name, **{key: value for key, value in (arrays | changed).items() if value is not None})


def new_files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"cell.swc", "rec.npz"}


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on standard error with which a command fails; nothing is printed elsewhere."""
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("gpu-morph: ")
    return said.err.removeprefix("gpu-morph: ").rstrip("\n")
