"""HOC files: programs that build a morphology in NEURON.

`hoc_program` interprets plain programs, which is safe. NEURON runs all others (templates, conditions, other files)
if the caller allows it, see `hoc_neuron`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ...system.user_warning import warn_user
from ..aliases import AnyPath
from ..file_format import FileFormat
from ..neuron_sections import sections_of
from ..sections import morphology_of
from ..text_source import check_scale, decoded, read_text
from .hoc_import3d import imported_morphology
from .hoc_neuron import built_by_neuron
from .hoc_program import Program
from .hoc_tokens import COMMENT, NeedsNeuronError

_ENDINGS = (".hoc", ".nrn")
_STATEMENT = re.compile(r"^[ \t{]*(create|begintemplate|pt3dadd|load_file|objref|proc)\b", re.MULTILINE)


def read_hoc(path: AnyPath, *, scale: float = 1.0, name: str | None = None, run: bool = False) -> Morphology:
    """Read a HOC file, plain or gzipped.

    A file that only creates sections, connects them and adds points is read without NEURON. Of a template that only
    imports an SWC or ASC file of its folder with Import3d, that file is read, with a warning.

    Parameters
    ----------
    path : str or path-like
        The file. Its content tells whether it is gzipped.
    scale : float
        µm per unit of the file.
    name : str, optional
        The template to build, where there are several. It is built without arguments.
    run : bool
        True: NEURON **runs a file that is not plain as a program**, with the rights of the user, in a process of its
        own and in the file's folder, if the file's name ends in .hoc or .nrn. The mechanisms that are compiled in
        that folder are loaded, else those of the current folder. The ``h`` of this process is not changed.

    Returns
    -------
    Morphology
        Sections are in the order of their creation; see `gpu_morph.from_neuron`.

    Raises
    ------
    MorphologyError
        The file builds no morphology; the message names the file, the line if known, and the reason. Or the file is not
        plain and ``run`` is False, or NEURON is not installed.
    OSError
        The file cannot be opened.
    ValueError
        ``scale`` is not positive and finite.

    Warns
    -----
    UserWarning
        A template was not run, but the file was read that it imports.
    """
    check_scale(scale)
    source, path = read_text(path), Path(path)
    try:
        if name is not None:
            raise NeedsNeuronError(1, f"the template {name!r}")
        neuron_sections = Program(source).run()
    except NeedsNeuronError as unsupported:
        line, statement = unsupported.args
        reason = f"{source.name}, line {line}: {statement} is not plain HOC (create, connect, pt3dadd)"
        if run and path.name.lower().removesuffix(".gz").endswith(_ENDINGS):
            built = built_by_neuron(source, path, name or "", reason)
            return replace(built, points=built.points * scale, diameters=built.diameters * scale)
        imported = imported_morphology(source.text, path, name)
        if imported is None:
            raise MorphologyError(
                f"{reason}. If you trust the file, read_morphology(path, run=True) or --run lets NEURON run it as a "
                "program, with the mechanisms that nrnivmodl compiled in its folder; or load the model yourself and "
                "use from_neuron()"
            ) from None
        file, read = imported
        warn_user(
            f"{source.name} was not run: its template imports {file.name}, which is read with its own order of "
            "sections; run=True has NEURON's order, if you trust the file"
        )
        return read(file, scale=scale)
    return morphology_of(sections_of(neuron_sections, name=source.name), scale=scale, name=source.name)


def _looks_like(head: bytes) -> bool:
    """True where a line starts with one of the statements that build morphologies."""
    return _STATEMENT.search(COMMENT.sub("", decoded(head))) is not None


FORMAT = FileFormat("HOC", endings=_ENDINGS, looks_like=_looks_like, read=read_hoc, has_names=True, is_program=True)
