"""HOC files: programs that build a morphology in NEURON.

`hoc_program` interprets plain programs. NEURON runs all others (templates, loops, arithmetic), in a separate process,
because sections that a program creates in ``h`` cannot be removed completely.
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
from ..aliases import AnyPath
from ..file_format import FileFormat
from ..neuron_sections import sections_of
from ..sections import morphology_of
from ..text_source import TextSource, check_scale, decoded_head, read_text
from .hoc_program import NeedsNeuronError, Program

_TIMEOUT = 300.0  # seconds for NEURON to run a file
_STATEMENT = re.compile(r"^[^\S\n]*\{?\s*(create|begintemplate|pt3dadd|load_file|objref|proc)\b", re.MULTILINE)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_RUN = "import sys, json; sys.path = json.loads(sys.argv.pop()); from gpu_morph.readers.files.hoc import run; run()"


def read_hoc(path: AnyPath, *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read a HOC file, plain or gzipped.

    If the file does more than create sections, connect them and add points, NEURON **runs it as a program**, in a
    separate process and in the file's folder: read only files that you trust. NEURON loads the mechanisms compiled in
    that folder. The ``h`` of this process is not changed.

    Parameters
    ----------
    path : str or path-like
        The file. Its content tells whether it is gzipped.
    scale : float
        µm per unit of the file.
    name : str, optional
        The template to build, where there are several. It is built without arguments.

    Returns
    -------
    Morphology
        Sections are in the order of their creation; see `gpu_morph.from_neuron`.

    Raises
    ------
    MorphologyError
        The file builds no morphology; the message names the file, the line if known, and the reason. Or the file needs
        NEURON, which is not installed.
    OSError
        The file cannot be opened.
    ValueError
        ``scale`` is not positive and finite.
    """
    check_scale(scale)
    source = read_text(path)
    try:
        if name is not None:
            raise NeedsNeuronError(1, f"the template {name!r}")
        neuron_sections = Program(source).run()
    except NeedsNeuronError as unsupported:
        built = _built_by_neuron(source, Path(path), name or "", unsupported)
        return replace(built, points=built.points * scale, diameters=built.diameters * scale)
    return morphology_of(sections_of(neuron_sections, name=source.name), scale=scale, name=source.name)


def _built_by_neuron(source: TextSource, path: Path, template: str, unsupported: NeedsNeuronError) -> Morphology:
    """The morphology that the program builds when NEURON runs it; an empty ``template``: the only one."""
    line, statement = unsupported.args
    reason = f"{source.name}, line {line}: {statement} is more than create, connect and pt3dadd"
    if find_spec("neuron") is None:
        raise MorphologyError(f'{reason} and needs NEURON; pip install "gpu_morph[neuron]"')
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
                timeout=_TIMEOUT,
            )
        except subprocess.TimeoutExpired as cause:
            raise MorphologyError(f"{reason}; NEURON ran it for {_TIMEOUT:.0f} s and it did not end") from cause
        outcome = pickle.loads(result.read_bytes()) if result.exists() else f"NEURON ended with {done.returncode}"
    if isinstance(outcome, Morphology):
        return outcome
    # NEURON also complains about a missing display, which is not the reason.
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip() and "isplay" not in line.lower()]
    raise MorphologyError(f"{reason}, and NEURON cannot build it: {outcome}; " + "; ".join(lines[-6:]))


def run() -> None:
    """Run a program in NEURON and pickle the Morphology it builds; `read_hoc` calls this in a separate process.

    ``sys.argv`` holds the program, the file for the result (a Morphology, or an error message) and the name of a
    template, which may be empty.
    """
    program, result, name = sys.argv[1:]
    try:
        outcome: Morphology | str = _program_morphology(Path(program), name)
    except Exception as cause:  # a program can raise anything; NEURON's message is the reason
        outcome = str(cause)
    Path(result).write_bytes(pickle.dumps(outcome))


def _program_morphology(program: Path, name: str) -> Morphology:
    from neuron import h

    from ..simulators.neuron import from_neuron

    h.load_file("stdrun.hoc")
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


def _looks_like(head: bytes) -> bool:
    """True where a line starts with one of the statements that build morphologies."""
    return _STATEMENT.search(_COMMENT.sub("", decoded_head(head))) is not None


FORMAT = FileFormat("HOC", endings=(".hoc", ".nrn"), looks_like=_looks_like, read=read_hoc, has_names=True)
