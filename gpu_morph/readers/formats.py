"""The table of morphology file formats, and the choice of the reader for a file.

To add a reader:

1. Add one module to `readers.files` with a function ``read_...(path, *, scale)`` that returns a Morphology.
2. Write a test for the first bytes of a file, ``_looks_like(head)``.
3. Declare ``FORMAT = FileFormat(...)`` at the end of that module.
4. Add the module to ``FORMATS`` below. The first format that recognises a file reads it, so place strict tests first.
5. Add an example of the format to ``tests/files/test_formats.py``.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..data.morphology import Morphology
from ..data.section_numbers import note_difference
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
_MAX_EXTENT = 20_000  # µm; few neurons are longer than 2 cm
_ARCHIVES = (  # name, and the bytes at a position by which it is recognised
    ("a zip archive (or a file of that kind, such as .npz, .xlsx or .docx)", 0, b"PK\x03\x04"),
    ("a tar archive", 257, b"ustar"),
    ("a 7z archive", 0, b"7z\xbc\xaf\x27\x1c"),
    ("a rar archive", 0, b"Rar!\x1a\x07"),
    ("a file packed with bzip2", 0, b"BZh"),
    ("a file packed with xz", 0, b"\xfd7zXZ\x00"),
    ("a file packed with zstd", 0, b"\x28\xb5\x2f\xfd"),
)


_OTHER_FILES = (  # name, and the bytes with which they start, in lower case
    ("a PDF document", (b"%pdf-",)),
    ("a PNG image", (b"\x89png\r\n",)),
    ("a web page (HTML)", (b"<!doctype html", b"<html")),
    ("a git-lfs pointer (git lfs pull gets the file)", (b"version https://git-lfs.github.com/",)),
)


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
    morphology = file_format.read(path, scale=scale, **options)
    extent = float(np.ptp(morphology.points, axis=0).max())
    if extent > _MAX_EXTENT:
        warnings.warn(
            f"{path.name}: it extends over {extent / 1000:.3g} mm; if its unit is nm, read it with "
            f"scale={0.001 * scale:g} (--scale {0.001 * scale:g})",
            UserWarning,
            stacklevel=3,
        )
    if file_format.up is not None:
        morphology = replace(morphology, up=file_format.up)
    if file_format is swc.FORMAT and morphology.section_names is None:
        note_difference(morphology, path.name)
    return morphology


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
    archive = next((name for name, start, signature in _ARCHIVES if head.startswith(signature, start)), None)
    if archive is not None:
        raise MorphologyError(f"{path.name}: {archive}; unpack it, and read the morphology that is in it")
    start = head[:256].lstrip().lower()
    other = next((name for name, signatures in _OTHER_FILES if start.startswith(signatures)), None)
    if other is not None:
        raise MorphologyError(f"{path.name}: no morphology, its content is that of {other}; get the file again")
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
