"""Code that runs in a new process with NEURON, whose ``h`` cannot be emptied.

One process imports NEURON and gpu_morph, which takes a second, and forks for each piece of code.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

InNeuron = Callable[[str], Any]

# Not importorskip, which would import NEURON into the process of the tests.
needs_neuron = pytest.mark.skipif(find_spec("neuron") is None, reason="needs NEURON (extra 'neuron')")

_FORKS = """\
import faulthandler, json, os, pickle, sys, traceback
from pathlib import Path
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what NEURON prints is no answer
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

for line in sys.stdin:
    code, folder, patience = json.loads(line)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.chdir(folder)
            said = os.open("said", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
            os.dup2(said, 1)
            os.dup2(said, 2)
            faulthandler.dump_traceback_later(patience, exit=True, file=2)
            exec(code)
            Path("result").write_bytes(pickle.dumps(result))
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    print(os.waitpid(child, 0)[1], file=answers, flush=True)
"""
SOMA = "soma = section('soma', points=[(0, 0, 0, 20), (20, 0, 0, 20)])\n"


@contextlib.contextmanager
def neuron_forks(patience: float = 180) -> Iterator[Callable[[str, Path], Any]]:
    """A function that runs code in a new process, in a folder, and returns its ``result``.

    After ``patience`` seconds the process ends, and the error says where it was.
    """
    command = [sys.executable, "-W", "error::UserWarning", "-c", _FORKS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None and stdout is not None

        def result_of(code: str, folder: Path) -> Any:
            print(json.dumps([code, str(folder), patience]), file=stdin, flush=True)
            assert stdout.readline() == "0\n", (folder / "said").read_text()
            return pickle.loads((folder / "result").read_bytes())

        yield result_of
