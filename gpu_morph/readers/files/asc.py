"""Neurolucida ASC files: contours and trees of points, as nested blocks in brackets.

A block that contains ``(CellBody)`` is a contour of the soma. One that contains ``(Axon)``, ``(Dendrite)`` or
``(Apical)`` is a neurite; its branches are in brackets, separated by ``|``. All other blocks (markers, spines, other
contours, colours, texts) are ignored.
"""

from __future__ import annotations

import re
from functools import partial

from ...data.morphology import Morphology
from ..aliases import AnyPath, FloatArray
from ..file_format import FileFormat
from ..sections import Section
from ..text_source import check_scale, decoded, read_text
from ..tracings import tracing_morphology, tree_sections
from .asc_blocks import asc_source, contour_points, divided_branch, read_blocks

_LABELS = {"CellBody": "soma", "Axon": "axon", "Dendrite": "dend", "Apical": "apic"}
_FIRST_BLOCK = re.compile(r'\A(\s|;[^\n]*\n)*\(\s*(;[^\n]*\n\s*)*["(A-Z]')


def read_asc(path: AnyPath, *, scale: float = 1.0) -> Morphology:
    """Read a Neurolucida ASC file, plain or gzipped.

    Sections are sorted by type (soma, axon, dend, apic), those of one type in file order, as by NEURON's Import3d. A
    section starts at its parent's last point, with its own first diameter. A neurite is attached to the middle of the
    nearest soma, or to another neurite if it starts exactly at one of its points.

    Parameters
    ----------
    path : str or path-like
        The file. Its content tells whether it is gzipped.
    scale : float
        µm per unit of the file.

    Returns
    -------
    Morphology
        Labels are "soma", "axon", "dend" and "apic". A soma's contour becomes a solid, see `readers.soma_contour`;
        contours that overlap are one soma. A centre line with diameters, as Amira writes it, is as thick as they say.
        Each soma is a cell.

    Raises
    ------
    MorphologyError
        The file is not ASC; the message starts with file and line.
    OSError
        The file cannot be opened.
    ValueError
        ``scale`` is not positive and finite.
    """
    check_scale(scale)
    text = read_text(path)
    source = asc_source(text)
    contours: list[FloatArray] = []
    trees: list[list[Section]] = []

    for block in read_blocks(source):
        label = next((_LABELS[child.word] for child in block.blocks() if child.word in _LABELS), "")
        if label == "soma":
            contours.append(contour_points(block.items, source))
        elif label:
            trees.append(tree_sections(block.items, label, partial(divided_branch, source=source)))
    if not any(map(len, contours)) and not any(trees):
        raise text.error(text.n_lines, "the file ends here without a soma or a neurite; is it the right file?")
    return tracing_morphology(contours, trees, scale=scale, name=source.name)


def _looks_like(head: bytes) -> bool:
    """True where the first block, after comments, starts with a word, a text or another block."""
    return _FIRST_BLOCK.match(decoded(head)) is not None


FORMAT = FileFormat("ASC", endings=(".asc",), looks_like=_looks_like, read=read_asc, up="y")
