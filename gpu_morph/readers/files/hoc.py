"""HOC files: programs that build a morphology in NEURON.

A plain one is followed here. Anything more (templates, loops, arithmetic) is left to NEURON, in a process of its own,
because what a program builds in ``h`` stays there.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ..neuron_sections import sections_of
from ..sections import morphology_of
from ..text_source import Source, check_scale, read_source
from .hoc_program import NotPlainError, Program

_PATIENCE = 300.0  # seconds for NEURON to run a file
_RUN = "import sys, json; sys.path = json.loads(sys.argv.pop()); from gpu_morph.readers.files.hoc import run; run()"


def read_hoc(path: str | os.PathLike[str], *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read a HOC file, plain or gzipped.

    A file that does more than create, connect and pt3dadd is **run as a program** by NEURON, in a process of
    its own, in the file's folder: read only what you trust. Mechanisms compiled there are loaded. The model in
    this process's ``h`` is not touched.

    Parameters
    ----------
    path : str or path-like
        The file. Whether it is gzipped is seen from its content.
    scale : float
        µm per unit of the file.
    name : str, optional
        Which of several templates; it is built without arguments.

    Returns
    -------
    Morphology
        Sections in the order of their creation; see `gpu_morph.from_neuron`.

    Raises
    ------
    MorphologyError
        A file that builds no morphology; the message names the file, the line where it can, and the reason. Or
        one that needs NEURON, which is not installed.
    OSError
        A file that cannot be opened.
    ValueError
        A ``scale`` that is not positive and finite.
    """
    check_scale(scale)
    source = read_source(path)
    try:
        if name is not None:
            raise NotPlainError(1, f"the template {name!r}")
        cables = Program(source).cables()
    except NotPlainError as beyond:
        built = _built_by_neuron(source, Path(path), name or "", beyond)
        return replace(built, points=built.points * scale, diameters=built.diameters * scale)
    return morphology_of(sections_of(cables, name=source.name), scale=scale, name=source.name)


def _built_by_neuron(source: Source, path: Path, template: str, beyond: NotPlainError) -> Morphology:
    """What the program builds when NEURON runs it."""
    line, what = beyond.args
    place = f"{source.name}, line {line}: {what} is more than create, connect and pt3dadd"
    if find_spec("neuron") is None:
        raise MorphologyError(f'{place}, which NEURON can read; pip install "gpu_morph[neuron]"')
    with tempfile.TemporaryDirectory() as folder:
        program, result = Path(folder) / "program.hoc", Path(folder) / "result"
        program.write_text(source.text, encoding="latin-1")
        modules = json.dumps([os.path.abspath(entry) for entry in sys.path])
        command = [sys.executable, "-P", "-c", _RUN, str(program), str(result), template, modules]
        try:
            done = subprocess.run(
                command,
                cwd=path.parent,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_PATIENCE,
            )
        except subprocess.TimeoutExpired as cause:
            raise MorphologyError(f"{place}; NEURON ran it for {_PATIENCE:.0f} s without an end") from cause
        outcome = pickle.loads(result.read_bytes()) if result.exists() else f"NEURON ended with {done.returncode}"
    if isinstance(outcome, Morphology):
        return outcome
    words = [word.strip() for word in done.stderr.splitlines() if word.strip() and "isplay" not in word.lower()]
    raise MorphologyError(f"{place}, and NEURON cannot build it: {outcome}; " + "; ".join(words[-6:]))


def run() -> None:
    """What a process of its own does for `read_hoc`: run a program, pickle what it builds.

    Its arguments are the program, the file for the result (a Morphology, or what went wrong) and the name of a
    template, or nothing.
    """
    program, result, name = sys.argv[1:]
    try:
        outcome: Morphology | str = _program_morphology(Path(program), name)
    except Exception as cause:  # whatever a program does wrong, NEURON's words for it are the message
        outcome = str(cause)
    Path(result).write_bytes(pickle.dumps(outcome))


def _program_morphology(program: Path, name: str) -> Morphology:
    from neuron import h

    from ..simulators.neuron import from_neuron

    h.load_file("stdrun.hoc")
    h.xopen(str(program))
    standing = list(h.allsec())
    if standing and not name:
        return from_neuron(standing)
    templates = re.findall(r"^\s*begintemplate\s+(\w+)", program.read_text(encoding="latin-1"), re.MULTILINE)
    if name not in templates and (name or len(templates) != 1):
        listed = "its templates are " + ", ".join(templates) if templates else "it has no template"
        raise MorphologyError(f"it builds no section by itself, and {listed}; choose one of those by name=")
    cell = getattr(h, name or templates[0])()
    built = from_neuron(section for section in h.allsec() if section not in standing)
    del cell  # which had to live until here, and its sections with it
    return built
