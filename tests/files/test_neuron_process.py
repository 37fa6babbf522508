"""Code that runs with NEURON: what NEURON prints is no answer, and code that hangs ends. NEURON is not needed here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from neuron_process import neuron_forks

_NEURON = """\
import os
from types import SimpleNamespace
os.write(1, b"Warning: no DISPLAY\\n")
h = SimpleNamespace(load_file=lambda name: None)
"""


@pytest.fixture(autouse=True)
def talkative_neuron(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of that name that prints while it is imported."""
    (tmp_path / "neuron.py").write_text(_NEURON)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)


def test_what_neuron_prints_is_no_answer(tmp_path: Path) -> None:
    with neuron_forks() as result_of:
        assert result_of("result = 1", tmp_path) == 1


def test_code_that_hangs_ends_and_the_error_says_where(tmp_path: Path) -> None:
    with neuron_forks(patience=0.5) as result_of, pytest.raises(AssertionError, match="Timeout"):
        result_of("import time\ntime.sleep(3600)", tmp_path)
