"""HOC programs that NEURON runs, in a process of its own with limits.

The process protects the caller's ``h``, memory and time. It does not protect from what a program does on purpose: it
has the rights of the user.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import numpy as np

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ..text_source import TextSource

_TIMEOUT = 15.0  # seconds for NEURON to start and to run a file
_MEMORY = 4 << 30  # bytes of address space
_LIMITS = {
    resource.RLIMIT_AS: _MEMORY,
    resource.RLIMIT_FSIZE: 1 << 30,  # bytes of any file that the process writes
    resource.RLIMIT_CORE: 0,
}
_ONE_THREAD = ("OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1")  # threads take address space
_MESSAGE_SIZE = 64 << 10  # bytes of NEURON's messages that are read
_RUN = (
    "import sys, json; sys.path = json.loads(sys.argv.pop()); from gpu_morph.readers.files.hoc_neuron import run; run()"
)
_OWN = "load the model in NEURON yourself and use from_neuron()"
_UNKNOWN_MECHANISM = re.compile(r"(\w+) is not a MECHANISM")
_UNKNOWN_TEMPLATE = re.compile(r"(\w+) is not a template")


def built_by_neuron(source: TextSource, path: Path, template: str, statement: str) -> Morphology:
    """The morphology that a program builds when NEURON runs it.

    Parameters
    ----------
    source : TextSource
        The program.
    path : Path
        Its file. The process runs in its folder, with the mechanisms that are compiled there, else in the current
        folder.
    template : str
        The template to build; empty: the only one.
    statement : str
        Where and why NEURON is needed, for messages.

    Raises
    ------
    MorphologyError
        NEURON is not installed, fails, takes more than 15 s or 4 GiB, or the program builds no section.
    """
    if find_spec("neuron") is None:
        raise MorphologyError(f'{statement}: this needs NEURON; pip install "gpu_morph[neuron]"')
    with tempfile.TemporaryDirectory() as folder:
        program, result = Path(folder) / "program.hoc", Path(folder) / "result.npz"
        program.write_text(source.text, encoding="latin-1")
        modules = json.dumps([os.path.abspath(entry) for entry in sys.path])
        command = [sys.executable, "-P", "-c", _RUN, str(program), str(result), template, os.getcwd(), modules]
        with (Path(folder) / "messages").open("w+b") as messages:
            code = _finished(command, path.absolute().parent, messages)
            if code is None:
                raise MorphologyError(
                    f"{statement}: NEURON ran it for {_TIMEOUT:.0f} s, the limit, and it did not end; {_OWN}"
                )
            messages.seek(max(0, messages.seek(0, os.SEEK_END) - _MESSAGE_SIZE))
            lines = messages.read().decode("utf-8", "replace").splitlines()
        outcome = _outcome(result, code)
    if isinstance(outcome, Morphology):
        return outcome
    # NEURON also complains about a missing display, which is not the reason.
    said = "; ".join([line.strip() for line in lines if line.strip() and "isplay" not in line.lower()][-6:])
    raise MorphologyError(f"{statement}, and NEURON cannot build it: {outcome}; {said}{_advice(said, path)}")


def _advice(said: str, path: Path) -> str:
    """What to do about a message of NEURON; empty where nothing is known."""
    missing = _UNKNOWN_MECHANISM.search(said) or _UNKNOWN_TEMPLATE.search(said)
    if missing is None:
        return ""
    folder = path.absolute().parent
    return f". If {missing[1]} is a mechanism: compile it with nrnivmodl in {folder}, or {_OWN}"


def _finished(command: list[str], folder: Path, messages: IO[bytes]) -> int | None:
    """Run a command and return its exit code; None: it did not end in time. Nothing that it started is left."""
    process = subprocess.Popen(
        ["env", *_ONE_THREAD, *command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=messages,
        start_new_session=True,
    )
    try:
        return process.wait(_TIMEOUT)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _outcome(result: Path, code: int) -> Morphology | str:
    """What `run` has written: a morphology, or an error message."""
    if not result.exists():
        reason = f", perhaps beyond its limit of {_MEMORY >> 30} GiB of memory; {_OWN}" if code < 0 else ""
        return f"NEURON ended with {code}{reason}"
    try:
        with np.load(result, allow_pickle=False) as data:
            if "error" in data:
                return str(data["error"])
            arrays = {name: data[name] for name in data.files}
    except Exception as cause:  # the program can write anything to this file
        return f"its result cannot be read ({cause})"
    given: dict[str, Any] = {name: tuple(a.tolist()) if a.dtype.kind == "U" else a for name, a in arrays.items()}
    return Morphology(**given)


def run() -> None:
    """Run a program in NEURON and write the Morphology it builds; `built_by_neuron` calls this in another process.

    ``sys.argv`` holds the program, the .npz file for the result (the fields of a Morphology, or ``error``), the name of
    a template, which may be empty, and the folder of the caller.
    """
    for kind, limit in _LIMITS.items():
        _, most = resource.getrlimit(kind)
        lower = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (lower, lower))
    program, result, name, caller = sys.argv[1:]
    try:
        built = _program_morphology(Path(program), name, Path(caller))
        arrays = {one.name: getattr(built, one.name) for one in fields(Morphology)}
        arrays = {key: np.asarray(value) for key, value in arrays.items() if value is not None}
    except Exception as cause:  # a program can raise anything; NEURON's message is the reason
        arrays = {"error": np.asarray(str(cause) or type(cause).__name__)}
    np.savez(result, **arrays)


def _program_morphology(program: Path, name: str, caller: Path) -> Morphology:
    import neuron
    from neuron import h

    from ..simulators.neuron import from_neuron

    # On import NEURON loads the mechanisms of the current folder, which is the program's.
    if not _has_mechanisms(Path.cwd()) and _has_mechanisms(caller):
        neuron.load_mechanisms(str(caller))
    for library in ("stdrun.hoc", "import3d.hoc"):  # templates that use Import3d need it when they are defined
        h.load_file(library)
    h.xopen(str(program))
    existing = list(h.allsec())
    if existing and not name:
        return from_neuron(existing)
    templates = re.findall(r"^\s*begintemplate\s+(\w+)", program.read_text(encoding="latin-1"), re.MULTILINE)
    if name not in templates and (name or len(templates) != 1):
        listed = "its templates are " + ", ".join(templates) if templates else "it has no template"
        raise MorphologyError(f"it builds no section without a template, and {listed}; choose a template with name=")
    cell = getattr(h, name or templates[0])()
    built = from_neuron(section for section in h.allsec() if section not in existing)
    del cell  # NEURON deletes the sections of a cell with the cell
    return built


def _has_mechanisms(folder: Path) -> bool:
    """True where nrnivmodl has compiled mechanisms in a folder."""
    return any((folder / platform.machine()).glob("**/libnrnmech.*"))
