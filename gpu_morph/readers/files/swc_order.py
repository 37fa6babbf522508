"""The names that NEURON's Import3d gives to the sections of an SWC file, and whether it makes the same sections."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..aliases import FloatArray, IntArray

_SOMA = 1
_NEURON_NAMES = {_SOMA: "soma", 2: "axon", 3: "dend", 4: "apic"}
_SPHERE_TOLERANCE = 0.01  # relative; Import3d's, for a soma of three points


@dataclass(frozen=True, eq=False)
class SwcSections:
    """How the nodes of an SWC file are divided into sections.

    Parameters
    ----------
    types, parents : (n_nodes,) int64
        Type and parent of each node, -1 for a root.
    xyz : (n_nodes, 3) float64
        Coordinates.
    first_node : (n_nodes,) int64
        The first node of the section of each node.
    """

    types: IntArray
    parents: IntArray
    xyz: FloatArray
    first_node: IntArray

    def are_those_of_import3d(self, *, has_ordered_ids: bool, has_plain_soma: bool) -> bool:
        """True if NEURON's Import3d divides the file into the same sections.

        It cuts where a node is not directly behind its parent, attaches to the beginning of a dendrite what leaves the
        soma together with it, joins trees, and drops sections of no length. Files with any of these are False.

        Parameters
        ----------
        has_ordered_ids : bool
            True if ids rise from node to node.
        has_plain_soma : bool
            False for a soma of three points that Import3d does not take for a sphere.
        """
        types, parents, rows = self.types, self.parents, np.arange(len(self.types))
        is_first = self.first_node == rows
        has_parent = parents >= 0
        if not (has_ordered_ids and has_plain_soma) or has_parent[0] or not has_parent[1:].all():
            return False
        is_behind = parents == rows - 1
        if (parents >= rows).any() or not is_behind[~is_first].all():
            return False
        is_soma = types == _SOMA
        if is_soma.any() and not (is_soma[: is_soma.sum()].all() and is_first[is_soma].sum() == 1):
            return False
        apart = rows[has_parent & ~is_behind]
        base = parents[apart]
        starts_a_neurite = ~is_soma[base] & ((base == 0) | is_soma[parents[base]])
        return not starts_a_neurite.any() and not self._has_short_section_of_no_length()

    def _has_short_section_of_no_length(self) -> bool:
        steps = np.where(self.parents >= 0, np.abs(self.xyz - self.xyz[self.parents]).max(axis=1), 1.0)
        n_nodes = np.bincount(self.first_node, minlength=len(self.types))[self.first_node]
        is_second = self.first_node != np.arange(len(self.types))
        return bool(((steps == 0) & ((n_nodes == 1) | ((n_nodes == 2) & is_second))).any())


def is_sphere_of_import3d(radius: FloatArray, arms: FloatArray) -> bool:
    """True if Import3d takes a soma of three points for a sphere.

    Parameters
    ----------
    radius : (3,) float64
        Of its points.
    arms : (2,) float64
        Distances of the second and third point from the first.
    """
    return bool((radius == radius[0]).all() and abs(arms.sum() / (2 * radius[0]) - 1) < _SPHERE_TOLERANCE)


def neuron_names(types: npt.NDArray[np.int64]) -> tuple[str, ...]:
    """The names of sections in the order of the file, (n_sections,): "soma[0]", "axon[0]", "dend[0]", "dend[1]"."""
    count: Counter[int] = Counter()
    names = []
    for kind in types.tolist():
        word = _NEURON_NAMES.get(kind) or (f"dend_{kind}" if kind >= 0 else f"minus_{-kind}")
        names.append(f"{word}[{count[kind]}]")
        count[kind] += 1
    return tuple(names)
