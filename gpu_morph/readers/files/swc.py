"""SWC files: one node per line, each with the id of its parent.

Columns: id, type, x, y, z, radius, parent (R. C. Cannon et al. 1998, J. Neurosci. Methods 84, 49-54). Soma
conventions: http://neuromorpho.org/SomaFormat.html.
"""

from __future__ import annotations

import heapq
import re
import warnings
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ..aliases import AnyPath, FloatArray, IntArray
from ..bodies import with_inscribed_somata
from ..file_format import FileFormat
from ..section_order import sorted_by_type
from ..sections import label_of_type
from ..text_source import check_scale, decoded, read_text
from ..tree_links import follow_links
from .swc_nodes import SOMA, Nodes, SwcSource, check_numbers, read_nodes
from .swc_order import SwcSections, neuron_names
from .swc_soma_links import continues_root_soma, joins_soma
from .swc_somata import fill_contours, merge_three_point_somata
from .swc_variants import mend_nodes, swc_header, types_without_marks

_LEADING_COMMENTS = re.compile(r"(?:\s++|#[^\n]*+)*+(?:\D*\bx\W+y\W+z\b[^\n]*\n\s*)?")  # and a line of names
_NODE_LINE = re.compile(r"\d+(\.0*)?([\s,;]+[-+]?[\d.][\d.eE+-]*){6}")


def read_swc(path: AnyPath, *, scale: float = 1.0) -> Morphology:
    """Read an SWC file, plain or gzipped.

    Sections end at branch points and where the type changes. They are sorted by type (soma, axon, dend, apic), those of
    one type by their first nodes in the file: the order of NEURON's Import3d. Where Import3d makes the same sections,
    they have its names, such as "dend[3]", and a position on them is where NEURON's x is.

    A section starts with its parent's point. A section that leaves a soma does so, as thin as it is itself, where it
    has a single node or leaves an end of a soma of several nodes; otherwise it starts with its own first node. A soma
    is not divided where neurites leave it, and is drawn as long as its nodes are apart, see `readers.inscribed`. A
    NeuroMorpho three-point soma becomes one sphere, a soma drawn as a contour of radius 0 a solid, see
    `readers.soma_contour`. Each root is a cell, in file order.

    A header ``# OFFSET x y z``, as Janelia's programs write it, is added to the coordinates. ``# SCALE x y z`` is not
    applied, as in other programs. Types 5 and 6 at single fork and end points, as navis writes them, are read as the
    type of the branch.

    Parameters
    ----------
    path : str or path-like
        The file. Its content tells whether it is gzipped.
    scale : float
        µm per unit of the file: 0.001 for nanometres.

    Returns
    -------
    Morphology
        Labels are "soma", "axon", "dend", "apic", "undefined" and, for other types n, "custom{n}".

    Raises
    ------
    MorphologyError
        The file is not SWC, or its nodes form no tree; the message starts with file and line.
    OSError
        The file cannot be opened.
    ValueError
        ``scale`` is not positive and finite.

    Warns
    -----
    UserWarning
        A parent is 0 in a file without a node 0; such nodes are read as roots. A radius is negative or missing: -1 and
        NaN are read as the mean of the neighbours' radii, other negative radii without their sign. Or the header has a
        scale other than 1.
    """
    check_scale(scale)
    text = read_text(path)
    source = SwcSource(text.name, text.text)
    nodes, parents = read_nodes(source, scale=scale)
    for row, reason in mend_nodes(nodes, parents):
        warnings.warn(f"{source.name}, line {source.line_of(row)}: {reason}", UserWarning, stacklevel=2)
    header = swc_header(source.text)
    if header.reason:
        warnings.warn(f"{source.name}: {header.reason}", UserWarning, stacklevel=2)
    types = types_without_marks(nodes["type"], parents)
    has_marks = (types != nodes["type"]).any()
    nodes["type"] = types
    nodes["xyzr"][:, :3] += header.offset
    check_numbers(nodes, source, scale=scale)
    nodes, parents, has_plain_soma = merge_three_point_somata(nodes, parents)
    nodes, parents, is_solid = fill_contours(nodes, parents)
    has_plain_soma = has_plain_soma and not has_marks
    return _morphology(nodes, nodes["xyzr"] * scale, parents, is_solid, has_plain_soma=has_plain_soma)


def _morphology(
    nodes: Nodes, xyzr: FloatArray, parents: IntArray, is_solid: npt.NDArray[np.bool_], *, has_plain_soma: bool
) -> Morphology:
    """Divide trees of nodes into sections; ``xyzr`` (n_nodes, 4) µm, ``is_solid`` (n_nodes,) as of `fill_contours`."""
    types = nodes["type"]
    rows, has_parent = np.arange(len(parents)), parents >= 0
    leaves_soma = has_parent & (types[parents] == SOMA) & (types != SOMA)
    n_children = np.bincount(parents[has_parent & ~leaves_soma], minlength=len(parents))
    is_continuation = has_parent & (n_children[parents] == 1) & (types == types[parents])
    is_continuation |= continues_root_soma(types, parents)
    first_node, n_before = follow_links(np.where(is_continuation, parents, rows))
    starts = np.flatnonzero(~is_continuation)
    section = np.searchsorted(starts, first_node)
    section_parent = np.where(has_parent[starts], section[parents[starts]], -1)

    order = _parents_first(section_parent)
    new_section = np.argsort(order)
    divided = SwcSections(types, parents, xyzr[:, :3], first_node)
    has_ordered_ids = bool((np.diff(nodes["id"]) > 0).all())
    has_names = divided.are_those_of_import3d(has_ordered_ids=has_ordered_ids, has_plain_soma=has_plain_soma)
    section, starts = new_section[section], starts[order]
    section_parent = np.where(has_parent[starts], new_section[section_parent[order]], -1)

    # A section that starts at its parent's point has that point first, before its own nodes.
    is_joined = has_parent[starts] & ~leaves_soma[starts]
    from_soma = starts[leaves_soma[starts]]
    is_joined[leaves_soma[starts]] = joins_soma(types, parents, section, is_solid)[from_soma]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(section) + is_joined)])
    point_of_node = (offsets[:-1] + is_joined)[section] + n_before
    node_of_point = np.empty(offsets[-1], dtype=np.int64)
    node_of_point[point_of_node] = rows
    node_of_point[offsets[:-1][is_joined]] = parents[starts[is_joined]]
    radius_of_point = xyzr[node_of_point, 3]
    is_from_soma = is_joined & leaves_soma[starts]  # it has no point as wide as the soma
    radius_of_point[offsets[:-1][is_from_soma]] = xyzr[starts[is_from_soma], 3]

    is_root = section_parent < 0
    root, _ = follow_links(np.where(is_root, np.arange(len(starts)), section_parent))
    morphology = Morphology(
        points=xyzr[node_of_point, :3].astype(np.float32),
        diameters=(2 * radius_of_point).astype(np.float32),
        section_offsets=offsets,
        section_parent=section_parent.astype(np.int32),
        section_parent_x=np.zeros(len(starts), dtype=np.float32),
        section_labels=tuple(label_of_type(t) for t in types[starts].tolist()),
        section_cell=np.searchsorted(np.flatnonzero(is_root), root).astype(np.int32),
        section_names=neuron_names(types[starts]) if has_names else None,
    )
    parent_x = np.where(is_root, 0, morphology.point_position[point_of_node[parents[starts]]])
    morphology = replace(morphology, section_parent_x=parent_x.astype(np.float32))
    morphology = with_inscribed_somata(morphology, drawn=set(np.flatnonzero(is_solid[starts]).tolist()))
    return sorted_by_type(morphology, types[starts])


def _parents_first(section_parent: IntArray) -> IntArray:
    """The order of sections in which each is after its parent, and which otherwise keeps the given order."""
    if (section_parent < np.arange(len(section_parent))).all():
        return np.arange(len(section_parent))
    children: dict[int, list[int]] = {}
    for section, parent in enumerate(section_parent.tolist()):
        children.setdefault(parent, []).append(section)
    ready, order = children[-1], []
    while ready:
        order.append(heapq.heappop(ready))
        for child in children.get(order[-1], ()):
            heapq.heappush(ready, child)
    return np.array(order, dtype=np.int64)


def _looks_like(head: bytes) -> bool:
    """True where the first line after comments has a whole number and six more numbers."""
    text = decoded(head)
    comments = _LEADING_COMMENTS.match(text)
    return comments is not None and _NODE_LINE.match(text, comments.end()) is not None


FORMAT = FileFormat("SWC", endings=(".swc", ".eswc"), looks_like=_looks_like, read=read_swc, up="y")
