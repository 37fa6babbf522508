"""Morphologies of MorphIO, mutable or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..data.morphology import Morphology
from ..data.section_kinds import SOMA
from .aliases import FloatArray
from .sections import Section, label_of_type, morphology_of
from .soma_contour import soma_body
from .text_source import check_scale
from .tracings import tracing_morphology

_NAME = "MorphIO"
_SOMA_TYPE = 1


def morphio_nodes(morphology: Any) -> FloatArray:
    """(n_nodes, 7) float64: the nodes of an SWC file: id, type, x, y, z, radius and parent.

    The soma is first, then sections depth first. MorphIO does not keep at which node of the soma a neurite begins:
    here it is the nearest, or the first of three that stand for a sphere.
    """
    soma = np.column_stack([morphology.soma.points, morphology.soma.diameters / 2]).astype(np.float64)
    soma_parents, attachable = np.arange(len(soma)), soma
    if morphology.soma_type.name == "SOMA_NEUROMORPHO_THREE_POINT_CYLINDERS":
        soma_parents, attachable = np.array([0, 1, 1]), soma[:1]
    blocks = [_nodes(1, _SOMA_TYPE, soma, np.where(soma_parents > 0, soma_parents, -1))]
    n_nodes = len(soma)
    last_node: dict[int, tuple[int, list[float]]] = {}  # number, and point with radius
    for section in morphology.iter():
        rows, end = _rows(section), list[float]()
        if section.is_root:
            parent = 1 + _nearest(section.points[0], attachable) if len(soma) else -1
        else:
            parent, end = last_node[section.parent.id]
            rows = rows[int(rows[0].tolist() == end) :]  # MorphIO repeats the parent's last point
        parents = np.arange(n_nodes, n_nodes + len(rows))
        parents[:1] = parent
        blocks.append(_nodes(n_nodes + 1, int(section.type), rows, parents))
        n_nodes += len(rows)
        last_node[section.id] = (n_nodes, rows[-1].tolist()) if len(rows) else (parent, end)
    return np.concatenate(blocks)


def _nodes(first: int, kind: int, rows: FloatArray, parents: Any) -> FloatArray:
    return np.column_stack([first + np.arange(len(rows)), np.full(len(rows), kind), rows, parents])


def _nearest(point: Any, rows: FloatArray) -> int:
    """The row, (n, 4), that is nearest to a point."""
    return int(np.linalg.norm(rows[:, :3] - point, axis=1).argmin())


def _rows(section: Any) -> FloatArray:
    """(n, 4) float64: points and radii of a section."""
    return np.column_stack([section.points, section.diameters / 2]).astype(np.float64)


def is_from_swc(morphology: Any) -> bool:
    """True unless the morphology was read from ASC or HDF5, or has the contour of a soma."""
    return morphology.version[0] not in ("asc", "h5") and morphology.soma_type.name != "SOMA_SIMPLE_CONTOUR"


def morphio_sections(morphology: Any, *, scale: float) -> Morphology:
    """The Morphology of one that is from ASC or HDF5, as the readers of these files make it."""
    check_scale(scale)
    contour = np.column_stack([morphology.soma.points, morphology.soma.diameters]).astype(np.float64)
    if morphology.version[0] != "h5":
        trees = [_tree(root) for root in morphology.root_sections]
        return replace(tracing_morphology([contour], trees, scale=scale, name=_NAME), up="y")
    family = int(morphology.cell_family)
    sections = []
    if len(contour):
        sections.append(Section(*soma_body([contour]), SOMA))
    first = len(sections)
    for section in morphology.sections:
        rows = _rows(section)
        parent = first - 1 if section.is_root else first + section.parent.id
        parent_x = 1.0 if not section.is_root else 0.5 if first else 0.0
        label = label_of_type(int(section.type), family)
        sections.append(Section(rows[:, :3], 2 * rows[:, 3], label, parent, parent_x))
    return replace(morphology_of(sections, scale=scale, name=_NAME), up="y")


def _tree(root: Any) -> list[Section]:
    """A tree's sections depth first; ``parent`` is an index within the tree."""
    sections: list[Section] = []
    number: dict[int, int] = {}
    for section in root.iter():
        rows = _rows(section)
        parent = number.get(section.parent.id, -1) if not section.is_root else -1
        number[section.id] = len(sections)
        sections.append(Section(rows[:, :3], 2 * rows[:, 3], label_of_type(int(section.type)), parent, 1.0))
    return sections
