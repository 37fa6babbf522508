"""What several modules of tests of readers use."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from neuron_process import HEAD, TAIL, InNeuron


@pytest.fixture
def in_neuron(tmp_path: Path) -> InNeuron:
    """Run code in a new process with NEURON and return its ``result``."""

    def run(code: str) -> Any:
        command = [sys.executable, "-W", "error::UserWarning", "-c", HEAD + code + TAIL, str(tmp_path / "result")]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return pickle.loads((tmp_path / "result").read_bytes())

    return run
