"""Neurolucida XML files, of MBF Bioscience's programs: contours and trees of points.

The elements are those of the Neuromorphological File Specification 4.0
(https://neuromorphological-file-specification.readthedocs.io), and of version 3, in which a tree's branches are
``<tree>`` too. Their unit is µm. Markers, spines, varicosities, vessels, images and texts are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import numpy as np

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ..aliases import AnyPath, FloatArray
from ..file_format import FileFormat
from ..sections import STANDARD_LABELS, Section, label_of
from ..text_source import MAX_COORDINATE, check_scale, decoded, read_text
from ..tracings import tracing_morphology, tree_sections
from ..xml_source import first_tag, parse_xml, tag_of

_SOMA_NAME = re.compile(
    r"(?<![a-z])(cell[ _-]*bod(y|ies)|soma(ta|s)?|perikary(on|a))(contour|outline)?(?![a-z])", re.IGNORECASE
)
_ROOT = re.compile(r"<([\w.-]+:)?mbf\b")
_BRANCHES = ("branch", "tree")
_N_OF_CIRCLE = 64  # points of the polygon in place of a circle
_ATTRIBUTES = ("x", "y", "z", "d")


def read_neurolucida_xml(path: AnyPath, *, scale: float = 1.0) -> Morphology:
    """Read a Neurolucida XML file, plain or gzipped.

    Sections, their order and their parents are those of `read_asc` for the same tracing.

    Parameters
    ----------
    path : str or path-like
        The file. Its content tells whether it is gzipped.
    scale : float
        µm per unit of the file; Neurolucida's unit is µm.

    Returns
    -------
    Morphology
        Trees of the types Axon, Dendrite and Apical Dendrite have the labels "axon", "dend" and "apic"; other trees
        that of their type, without a type "undefined". A contour whose name has "Cell Body" or "Soma", or with a
        property "CellBody", becomes a solid, see `readers.soma_contour`; contours that overlap are one soma. Each soma
        is a cell.

    Raises
    ------
    MorphologyError
        The file is not Neurolucida XML; the message starts with the file and names line or tree.
    OSError
        The file cannot be opened.
    ValueError
        ``scale`` is not positive and finite.
    """
    check_scale(scale)
    source = read_text(path)
    root = parse_xml(source)
    contours: list[FloatArray] = []
    trees: list[list[Section]] = []
    names: dict[str, None] = {}  # of contours that are no somata
    for tag, number, element in _traced(root):
        where = f"{source.name}, {tag} {number}"
        if tag == "tree":
            trees.append(_tree(element, where))
        elif _is_soma(element):
            contours.append(_outline(element, where))
        else:
            names[element.get("name", "")] = None
    if not any(map(len, contours)) and not any(trees):
        found = f"; its contours are {', '.join(map(repr, list(names)[:10]))}" if names else ""
        raise MorphologyError(
            f"{source.name}: no tree, and no contour called 'Cell Body' or 'Soma', in <{tag_of(root)}>{found}; is it "
            "the tracing of a cell?"
        )
    return tracing_morphology(contours, trees, scale=scale, name=source.name)


def _traced(root: Element) -> Iterator[tuple[str, int, Element]]:
    """Tag, number among those of the tag, and element of each outermost tree and contour, in file order."""
    count = {"tree": 0, "contour": 0}
    waiting = [root]
    while waiting:
        element = waiting.pop()
        tag = tag_of(element)
        if tag in count:
            count[tag] += 1
            yield tag, count[tag], element
        else:
            waiting += reversed(element)


def _is_soma(contour: Element) -> bool:
    properties = (part.get("name", "") for part in contour if tag_of(part) == "property")
    return any(_SOMA_NAME.search(name) for name in (contour.get("name", ""), *properties))


def _outline(contour: Element, where: str) -> FloatArray:
    """The points (n, 4) of a contour. A circle has a point at its centre and one on it, a box has two corners."""
    rows = _points(contour, where, default_diameter="0")
    shape = contour.get("shape", "").lower()
    if len(rows) != 2 or shape not in ("circle", "box"):
        return rows
    first, second = rows
    if shape == "circle":
        angles = np.arange(_N_OF_CIRCLE) * (2 * np.pi / _N_OF_CIRCLE)
        radius = np.linalg.norm(second[:3] - first[:3])
        x, y = first[0] + radius * np.cos(angles), first[1] + radius * np.sin(angles)
    else:
        x, y = second[[0]].repeat(4), first[[1]].repeat(4)
        x[[0, 3]], y[[2, 3]] = first[0], second[1]
    return np.stack([x, y, np.full_like(x, first[2]), np.full_like(x, first[3])], axis=1)


def _tree(tree: Element, where: str) -> list[Section]:
    """A tree's sections; ``parent`` is an index within the tree."""

    def divide(branch: Element) -> tuple[FloatArray, list[Element]]:
        tags = [tag_of(part) for part in branch]
        is_branch = [tag in _BRANCHES for tag in tags]
        if any(is_branch) and "point" in tags[is_branch.index(True) :]:
            raise MorphologyError(f"{where}: a branch continues with points after its split; correct the file")
        return _points(branch, where), [part for part, is_one in zip(branch, is_branch, strict=True) if is_one]

    kind = tree.get("type", "").strip()
    label = label_of(kind) if kind else "undefined"
    return tree_sections(tree, label if label in STANDARD_LABELS else kind or label, divide)


def _points(element: Element, where: str, *, default_diameter: str = "") -> FloatArray:
    """The points (n, 4) directly inside an element: x, y, z and diameter."""
    rows = []
    for part in element:
        if tag_of(part) == "point":
            words = [part.get("x", ""), part.get("y", ""), part.get("z", ""), part.get("d", default_diameter)]
            try:
                row = list(map(float, words))
            except ValueError:
                row = [np.nan]
            if not (max(row) <= MAX_COORDINATE and min(row) >= -MAX_COORDINATE and row[3] >= 0):
                found = " ".join(f'{name}="{word[:30]}"' for name, word in zip(_ATTRIBUTES, words, strict=True))
                raise MorphologyError(
                    f"{where}: <point {found}/>, expected four numbers below 1e30, and a diameter d of 0 or more; "
                    "correct it"
                )
            rows.append(row)
    return np.array(rows).reshape(-1, 4)


def _looks_like(head: bytes) -> bool:
    """True for XML whose first element is ``<mbf>``."""
    return _ROOT.match(first_tag(decoded(head))) is not None


FORMAT = FileFormat("Neurolucida XML", endings=(".xml",), looks_like=_looks_like, read=read_neurolucida_xml, up="y")
