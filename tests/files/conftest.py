"""What several modules of tests of readers use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from neuron_process import InNeuron, neuron_forks


@pytest.fixture(scope="module")
def neuron() -> Iterator[Callable[[str, Path], Any]]:
    """A function that runs code in a new process with NEURON, in a folder."""
    with neuron_forks() as result_of:
        yield result_of


@pytest.fixture
def in_neuron(neuron: Callable[[str, Path], Any], tmp_path: Path) -> InNeuron:
    """Run code in a new process with NEURON and return its ``result``."""
    return lambda code: neuron(code, tmp_path)
