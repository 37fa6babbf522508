"""HOC templates that only import a morphology file with NEURON's Import3d: which file that is. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ...data.morphology import Morphology
from .asc import read_asc
from .hoc_tokens import COMMENT
from .swc import read_swc

_READERS: dict[str, Callable[..., Morphology]] = {"SWC_read": read_swc, "Neurolucida3": read_asc}
_NEW = re.compile(r"\b(\w+)\s*=\s*new\s+Import3d_(\w+)\s*\(")
_INPUT = re.compile(r'\b(\w+)\.input\s*\(\s*"([^"\n]+)"\s*\)')
_TEMPLATE = re.compile(r"^[^\S\n]*begintemplate\s+(\w+)", re.MULTILINE)
_OTHER_SHAPE = re.compile(r"\b(pt3dadd|pt3dchange|connect|delete_section|diam|L)\b\s*[({=\w]")


def imported_morphology(text: str, path: Path, name: str | None) -> tuple[Path, Callable[..., Morphology]] | None:
    """The file that a program's only template imports, and its reader.

    Parameters
    ----------
    text : str
        The program.
    path : Path
        Its file.
    name : str, optional
        The wanted template.

    Returns
    -------
    (Path, callable) or None
        None where the program does anything else to the shape, or where the file is not inside the program's folder.
    """
    text = COMMENT.sub(" ", text)
    readers = [kind for kind in _NEW.findall(text) if kind[1] != "GUI"]
    inputs, templates = _INPUT.findall(text), _TEMPLATE.findall(text)
    if len(readers) != 1 or len(inputs) != 1 or len(templates) != 1 or ".instantiate(" not in text:
        return None
    (variable, kind), (owner, file) = readers[0], inputs[0]
    if variable != owner or kind not in _READERS or name not in (None, templates[0]) or _OTHER_SHAPE.search(text):
        return None
    imported = path.parent / file
    is_inside = imported.resolve().is_relative_to(path.parent.resolve())
    return (imported, _READERS[kind]) if is_inside and imported.is_file() else None
