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

from ...data.morphology import Morphology
from ..aliases import AnyPath, FloatArray, IntArray
from ..file_format import FileFormat
from ..section_order import sorted_by_type
from ..text_source import check_scale, decoded, read_text
from .swc_nodes import SOMA, Nodes, SwcSource, follow_links, read_nodes
from .swc_order import SwcSections, is_sphere_of_import3d, neuron_names

_LABELS = {0: "undefined", SOMA: "soma", 2: "axon", 3: "dend", 4: "apic"}
_SOMA_TOLERANCE = 0.05  # largest deviation from a three-point soma, as a fraction of its radius

_LEADING_COMMENTS = re.compile(r"(\s|#[^\n]*(\n|\Z))*")
_NODE_LINE = re.compile(r"\d+(\.0*)?([\s,;]+[-+]?[\d.][\d.eE+-]*){6}")


def read_swc(path: AnyPath, *, scale: float = 1.0) -> Morphology:
    """Read an SWC file, plain or gzipped.

    Sections end at branch points and where the type changes. They are sorted by type (soma, axon, dend, apic), those of
    one type by their first nodes in the file: the order of NEURON's Import3d. Where Import3d makes the same sections,
    they have its names, such as "dend[3]". A section starts with its parent's point, unless its parent is a soma: then
    it starts with its own first node. A soma is not divided where neurites leave it. A NeuroMorpho
    three-point soma becomes one sphere. Each root is a cell, in file order.

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
        A parent is 0 in a file without a node 0; such nodes are read as roots.
    """
    check_scale(scale)
    text = read_text(path)
    source = SwcSource(text.name, text.text)
    nodes, parents = read_nodes(source, scale=scale)
    zero_roots = np.flatnonzero((parents < 0) & (nodes["parent"] == 0))
    if len(zero_roots):
        reason = "parent 0 is read as a root, because no node has id 0"
        advice = f"write -1 instead (number of such nodes: {len(zero_roots)})"
        warnings.warn(
            f"{source.name}, line {source.line_of(zero_roots[0])}: {reason}; {advice}", UserWarning, stacklevel=2
        )
    nodes, parents, has_plain_soma = _merge_three_point_somata(nodes, parents)
    return _morphology(nodes, nodes["xyzr"] * scale, parents, has_plain_soma=has_plain_soma)


def _merge_three_point_somata(nodes: Nodes, parents: IntArray) -> tuple[Nodes, IntArray, bool]:
    """Replace each three-point soma by its first point, which becomes the parent of the other points' children.

    The last item is False if NEURON's Import3d does not take it for a sphere.
    """
    xyz, radius, is_soma = nodes["xyzr"][:, :3], nodes["xyzr"][:, 3], nodes["type"] == SOMA
    inner = np.flatnonzero(is_soma & (parents >= 0) & is_soma[parents])  # soma nodes below soma nodes
    n_soma_children = np.bincount(parents[inner], minlength=len(nodes))
    is_candidate = is_soma & (parents < 0) & (n_soma_children == 2)
    inner = inner[is_candidate[parents[inner]]]
    pair = inner[np.argsort(parents[inner], kind="stable")].reshape(-1, 2)
    first = parents[pair[:, 0]]
    soma_radius = radius[first]
    arm = xyz[pair] - xyz[first][:, None]
    error = np.abs(np.linalg.norm(arm, axis=2) - soma_radius[:, None]).max(axis=1, initial=0)
    error = np.maximum(error, np.abs(radius[pair] - soma_radius[:, None]).max(axis=1, initial=0))
    error = np.maximum(error, np.linalg.norm(arm.sum(axis=1), axis=1))
    is_sphere = (soma_radius > 0) & (error <= _SOMA_TOLERANCE * soma_radius) & (n_soma_children[pair] == 0).all(axis=1)
    if not is_sphere.any():
        return nodes, parents, True
    replacement = np.arange(len(nodes))
    replacement[pair[is_sphere]] = first[is_sphere][:, None]
    is_kept = replacement == np.arange(len(nodes))
    new_row = np.cumsum(is_kept) - 1
    is_plain = is_soma.sum() == 3 and is_soma[:3].all() and not np.isin(parents[3:], [1, 2]).any()
    is_plain = is_plain and is_sphere_of_import3d(radius[:3], np.linalg.norm(xyz[1:3] - xyz[0], axis=1))
    return nodes[is_kept], np.where(parents < 0, -1, new_row[replacement[parents]])[is_kept], is_plain


def _morphology(nodes: Nodes, xyzr: FloatArray, parents: IntArray, *, has_plain_soma: bool) -> Morphology:
    """Divide trees of nodes into sections; ``xyzr`` (n_nodes, 4) µm."""
    types = nodes["type"]
    rows, has_parent = np.arange(len(parents)), parents >= 0
    leaves_soma = has_parent & (types[parents] == SOMA) & (types != SOMA)
    n_children = np.bincount(parents[has_parent & ~leaves_soma], minlength=len(parents))
    is_continuation = has_parent & (n_children[parents] == 1) & (types == types[parents])
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
    offsets = np.concatenate([[0], np.cumsum(np.bincount(section) + is_joined)])
    point_of_node = (offsets[:-1] + is_joined)[section] + n_before
    node_of_point = np.empty(offsets[-1], dtype=np.int64)
    node_of_point[point_of_node] = rows
    node_of_point[offsets[:-1][is_joined]] = parents[starts[is_joined]]

    is_root = section_parent < 0
    root, _ = follow_links(np.where(is_root, np.arange(len(starts)), section_parent))
    morphology = Morphology(
        points=xyzr[node_of_point, :3].astype(np.float32),
        diameters=(2 * xyzr[node_of_point, 3]).astype(np.float32),
        section_offsets=offsets,
        section_parent=section_parent.astype(np.int32),
        section_parent_x=np.zeros(len(starts), dtype=np.float32),
        section_labels=tuple(_LABELS.get(t, f"custom{t}") for t in types[starts].tolist()),
        section_cell=np.searchsorted(np.flatnonzero(is_root), root).astype(np.int32),
        section_names=neuron_names(types[starts]) if has_names else None,
    )
    parent_x = np.where(is_root, 0, morphology.point_position[point_of_node[parents[starts]]])
    return sorted_by_type(replace(morphology, section_parent_x=parent_x.astype(np.float32)), types[starts])


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


FORMAT = FileFormat("SWC", endings=(".swc", ".eswc"), looks_like=_looks_like, read=read_swc)
