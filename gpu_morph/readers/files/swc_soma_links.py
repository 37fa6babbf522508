"""How the somata of SWC files are divided, and which sections begin at a point of the soma: as in NEURON's Import3d."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..aliases import IntArray
from .swc_nodes import SOMA


def continues_root_soma(types: IntArray, parents: IntArray) -> npt.NDArray[np.bool_]:
    """(n_nodes,) bool: whether a soma node continues the section of a root although the root has other soma nodes.

    The node directly behind the root does; the others leave the soma's beginning.
    """
    rows = np.arange(len(parents))
    is_behind = (parents >= 0) & (parents == rows - 1) & (parents[parents] < 0)
    continues: npt.NDArray[np.bool_] = is_behind & (types == SOMA) & (types[parents] == SOMA)
    return continues


def joins_soma(
    types: IntArray, parents: IntArray, section: IntArray, is_solid: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """(n_nodes,) bool: of the first nodes of sections that leave a soma, whether the soma's point is their first.

    It is in sections of a single node, and in those that leave an end of a soma of several nodes at which no other part
    of the soma begins. Elsewhere a section begins with its own first node, and a wire without length connects it.

    Parameters
    ----------
    types, parents : (n_nodes,) int64
        Type and parent of each node, -1 for a root.
    section : (n_nodes,) int64
        Number of the section of each node.
    is_solid : (n_nodes,) bool
        Nodes that stand for a contour: nothing begins there.
    """
    n_own = np.bincount(section)[section]
    has_parent = parents >= 0
    is_inner = has_parent & (types == SOMA) & (types[parents] == SOMA)
    n_soma_children = np.bincount(parents[is_inner], minlength=len(parents))
    is_continued = np.zeros(len(parents), dtype=bool)
    is_continued[parents[has_parent & (section == section[parents])]] = True
    is_end = ~is_continued | ~has_parent  # the last node of a section, or the first of a root
    is_sphere = ~has_parent & (n_own == 1)
    is_open_end = is_end & (n_soma_children <= 1) & ~is_sphere
    joins: npt.NDArray[np.bool_] = has_parent & ~is_solid[parents] & ((n_own == 1) | is_open_end[parents])
    return joins
