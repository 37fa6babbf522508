"""Code that runs in a process of its own: a simulator's state cannot be emptied."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

HEAD = """\
import pickle, sys, warnings
from pathlib import Path

def error(call):
    try:
        return call()
    except Exception as cause:
        return f"{type(cause).__name__}: {cause}"

def with_warnings(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = call()
    return value, [str(one.message) for one in caught]

"""
TAIL = "\nPath(sys.argv[1]).write_bytes(pickle.dumps(result))\n"


def needs(package: str) -> pytest.MarkDecorator:
    """Skip without a package. Not importorskip, which would import NEURON into the process of the tests."""
    return pytest.mark.skipif(find_spec(package) is None, reason=f"needs {package} (extra 'simulators')")


def result_of(code: str, folder: Path) -> Any:
    """Run code in a new process, in a folder, and return its ``result``."""
    command = [sys.executable, "-c", HEAD + code + TAIL, str(folder / "result")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return pickle.loads((folder / "result").read_bytes())
