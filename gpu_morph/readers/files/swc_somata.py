"""Somata of SWC files that are not drawn as the file has them: three points, and contours of no thickness."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..aliases import FloatArray, IntArray
from ..soma_contour import SPHERE_TOLERANCE, soma_numbers, soma_solid
from ..tree_links import follow_links
from .swc_nodes import SOMA, Nodes
from .swc_order import is_sphere_of_import3d

_MIN_OUTLINE = 6  # points of a contour whose nodes have a radius
_MAX_PEN = 0.25  # diameter of such nodes, as a fraction of the contour's width


def merge_three_point_somata(nodes: Nodes, parents: IntArray) -> tuple[Nodes, IntArray, bool]:
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
    is_sphere = (soma_radius > 0) & (error <= SPHERE_TOLERANCE * soma_radius) & (n_soma_children[pair] == 0).all(axis=1)
    if not is_sphere.any():
        return nodes, parents, True
    replacement = np.arange(len(nodes))
    replacement[pair[is_sphere]] = first[is_sphere][:, None]
    is_kept = replacement == np.arange(len(nodes))
    new_row = np.cumsum(is_kept) - 1
    is_plain = is_soma.sum() == 3 and is_soma[:3].all() and not np.isin(parents[3:], [1, 2]).any()
    is_plain = is_plain and is_sphere_of_import3d(radius[:3], np.linalg.norm(xyz[1:3] - xyz[0], axis=1))
    return nodes[is_kept], np.where(parents < 0, -1, new_row[replacement[parents]])[is_kept], is_plain


def fill_contours(nodes: Nodes, parents: IntArray) -> tuple[Nodes, IntArray, npt.NDArray[np.bool_]]:
    """Replace each soma that is drawn as a contour by its solid, see `readers.soma_contour`.

    A contour is a chain of soma nodes of radius 0, or a closed chain of thin ones. Contours that overlap are one soma.
    Children of a contour's node become children of the nearest point of the solid. The last item says which nodes are
    those of a solid.
    """
    contours = [rows for rows in _soma_chains(nodes, parents) if _is_contour(nodes["xyzr"][rows])]
    numbers = soma_numbers([nodes["xyzr"][rows] for rows in contours])
    is_kept = np.ones(len(nodes), dtype=bool)
    file_rows = [np.arange(len(nodes), dtype=np.float64)]  # where each node is in the result, in rows of the file
    links, pieces, n_nodes = [parents], [nodes], len(nodes)
    replacement = np.arange(len(nodes))
    for soma in range(int(numbers.max(initial=-1)) + 1):
        chains = [contours[k] for k in np.flatnonzero(numbers == soma)]
        solid = soma_solid([nodes["xyzr"][rows, :3] for rows in chains])
        if solid is None:
            continue
        points, diameters = solid
        piece = np.zeros(len(points), dtype=nodes.dtype)
        piece["type"], piece["xyzr"] = SOMA, np.column_stack([points, diameters / 2])
        rows = np.concatenate(chains)
        first = int(chains[0][0])
        distance = np.linalg.norm(nodes["xyzr"][rows, None, :3] - points, axis=2)
        replacement[rows] = n_nodes + distance.argmin(axis=1)
        is_kept[rows] = False
        links += [parents[[first]], n_nodes + np.arange(len(points) - 1)]
        file_rows.append(first + np.arange(len(points)) / len(points))
        pieces.append(piece)
        n_nodes += len(points)
    if len(pieces) == 1:
        return nodes, parents, np.zeros(len(nodes), dtype=bool)
    added = np.arange(len(nodes), n_nodes)
    kept = np.concatenate([np.flatnonzero(is_kept), added])
    kept = kept[np.argsort(np.concatenate(file_rows)[kept], kind="stable")]
    new_row = np.full(n_nodes, -1)
    new_row[kept] = np.arange(len(kept))
    parents = np.concatenate(links)[kept]
    is_linked = (parents >= 0) & (parents < len(nodes))
    parents[is_linked] = replacement[parents[is_linked]]
    result = np.concatenate(pieces)[kept]
    if (np.diff(nodes["id"]) > 0).all():  # they stay in order
        result["id"] = np.arange(len(result))
    return result, np.where(parents < 0, -1, new_row[parents]), kept >= len(nodes)


def _soma_chains(nodes: Nodes, parents: IntArray) -> list[IntArray]:
    """The rows of each chain of at least three soma nodes that does not branch, from its first node on."""
    is_soma, rows = nodes["type"] == SOMA, np.arange(len(nodes))
    is_inner = is_soma & (parents >= 0) & is_soma[parents]
    first, step = follow_links(np.where(is_inner, parents, rows))
    n_inner_children = np.bincount(parents[is_inner], minlength=len(nodes))
    size = np.bincount(first[is_soma], minlength=len(nodes))
    size[first[is_soma & (n_inner_children > 1)]] = 0
    members = rows[is_soma & (size[first] > 2)]
    members = members[np.lexsort((step[members], first[members]))]
    return np.split(members, np.flatnonzero(np.diff(first[members])) + 1) if len(members) else []


def _is_contour(xyzr: FloatArray) -> bool:
    """True for a chain (n, 4) of radius 0, or a closed one whose nodes are thin."""
    xyz, diameter = xyzr[:, :3], 2 * xyzr[:, 3].max()
    steps = np.linalg.norm(np.diff(xyz, axis=0, append=xyz[:1]), axis=1)
    if diameter == 0 or len(xyz) < _MIN_OUTLINE or steps[-1] > 2 * steps[:-1].max():
        return bool(diameter == 0)
    solid = soma_solid([xyz])
    return solid is not None and bool(diameter <= _MAX_PEN * solid[1].max())
