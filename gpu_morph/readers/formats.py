"""The table of morphology file formats, and the choice of the reader for a file.

To add a reader:

1. Add one module to `readers.files` with a function ``read_...(path, *, scale)`` that returns a Morphology.
2. Write a test for the first bytes of a file, ``_looks_like(head)``.
3. Declare ``FORMAT = FileFormat(...)`` at the end of that module.
4. Add the module to ``FORMATS`` below. The first format that recognises a file reads it, so place strict tests first.
5. Add an example of the format to ``tests/files/test_formats.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..data.morphology import Morphology
from ..errors import MorphologyError
from .aliases import AnyPath
from .file_format import FileFormat
from .files import asc, h5, hoc, neurolucida_xml, neuroml, swc
from .text_source import first_bytes

# HOC is last: its test finds statements anywhere, the other tests look at the beginning of the file.
FORMATS: tuple[FileFormat, ...] = (
    swc.FORMAT,
    asc.FORMAT,
    h5.FORMAT,
    neurolucida_xml.FORMAT,
    neuroml.FORMAT,
    hoc.FORMAT,
)

_HEAD_SIZE = 64 * 1024  # bytes


def read_any(path: AnyPath, *, scale: float = 1.0, name: str | None = None, run: bool = False) -> Morphology:
    """Read a morphology file of any format; see `gpu_morph.read_morphology`."""
    path = Path(path)
    file_format = format_of(path)
    options: dict[str, Any] = {"run": run} if file_format.is_program else {}
    if file_format.has_names:
        options["name"] = name
    elif name is not None:
        raise MorphologyError(
            f"{path.name}: {file_format.name} files hold one morphology, got name={name!r}; leave out name="
        )
    return file_format.read(path, scale=scale, **options)


def format_of(path: Path) -> FileFormat:
    """The format of a file: by its content, else by its ending. A program needs the ending of one.

    Raises
    ------
    MorphologyError
        Neither the content nor the ending is that of a known format, or the content looks like a program and the ending
        does not.
    OSError
        The file cannot be opened.
    """
    head = first_bytes(path, _HEAD_SIZE)
    ending = Path(path.name.lower().removesuffix(".gz")).suffix
    by_content = (file_format for file_format in FORMATS if file_format.looks_like(head))
    by_ending = (file_format for file_format in FORMATS if ending in file_format.endings)
    found = next(by_content, None) or next(by_ending, None)
    if found is None:
        *others, last = (file_format.endings[0] for file_format in FORMATS)
        raise MorphologyError(
            f"{path}: this version reads {', '.join(others)} and {last}; the file has neither the content nor the "
            "ending of one of these formats; convert it to SWC"
        )
    if found.is_program and ending not in found.endings:
        raise MorphologyError(
            f"{path.name}: its content looks like {found.name}, which is a program, but its name does not end in "
            f"{' or '.join(found.endings)}; get the file again, or rename it if it is {found.name}"
        )
    return found
