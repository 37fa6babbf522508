"""Code that runs in a new process with NEURON, whose ``h`` cannot be emptied."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

InNeuron = Callable[[str], Any]

# Not importorskip, which would import NEURON into the process of the tests.
needs_neuron = pytest.mark.skipif(find_spec("neuron") is None, reason="needs NEURON (extra 'neuron')")

HEAD = """\
import pickle, sys
from pathlib import Path
from neuron import h
import gpu_morph as gm
h.load_file("stdrun.hoc")

def section(name, parent=None, end=0, *, length=100, points=(), cell=None):
    new = h.Section(name=name, cell=cell)
    new.L, new.diam = length, 2
    for point in points:
        new.pt3dadd(*point)
    if parent is not None:
        new.connect(parent, end)
    return new

def error(call):
    try:
        return call()
    except Exception as cause:
        return f"{type(cause).__name__}: {cause}"

"""
TAIL = "\nPath(sys.argv[1]).write_bytes(pickle.dumps(result))\n"
SOMA = "soma = section('soma', points=[(0, 0, 0, 20), (20, 0, 0, 20)])\n"
