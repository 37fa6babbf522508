"""Measures of a tree of sections: distances from the soma, and orders."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .arrays import FloatArray
from .morphology import Morphology
from .section_kinds import SOMA, section_kind


def soma_sections(morphology: Morphology) -> npt.NDArray[np.bool_]:
    """(n_sections,): which sections are somata."""
    kinds = {label: section_kind(label) == SOMA for label in set(morphology.section_labels)}
    return np.array([kinds[label] for label in morphology.section_labels])


def path_distances(morphology: Morphology) -> FloatArray:
    """(n_sections,) float64, µm: from the soma, or from the start of the root, along neurites to each section's start.

    NaN for somata.
    """
    parent, length = morphology.section_parent, morphology.section_length
    is_soma = soma_sections(morphology)
    along = np.where(is_soma, 0.0, length)
    distance = np.where(parent < 0, 0.0, np.nan)
    for sections in _generations(morphology)[1:]:
        before = parent[sections]
        distance[sections] = distance[before] + morphology.section_parent_x[sections] * along[before]
    distance[is_soma] = np.nan
    return distance


def branch_orders(morphology: Morphology) -> FloatArray:
    """(n_sections,) float64: how many forks lie between the soma and each section; 0 for what leaves the soma.

    A section without siblings at its parent's end continues its parent. NaN for somata.
    """
    parent, is_soma = morphology.section_parent, soma_sections(morphology)
    n_children = np.bincount(parent[parent >= 0], minlength=morphology.n_sections)
    order = np.zeros(morphology.n_sections)
    for sections in _generations(morphology)[1:]:
        before = parent[sections]
        is_fork = (n_children[before] > 1) | (morphology.section_parent_x[sections] < 1)
        order[sections] = np.where(is_soma[before], 0, order[before] + is_fork)
    order[is_soma] = np.nan
    return order


def strahler_orders(morphology: Morphology) -> FloatArray:
    """(n_sections,) float64: 1 for tips; one more than children of which two have the same one. NaN for somata."""
    parent = morphology.section_parent
    order = np.ones(morphology.n_sections)
    greatest, n_greatest = np.zeros(morphology.n_sections), np.zeros(morphology.n_sections, dtype=np.int64)
    for sections in reversed(_generations(morphology)):
        has_children = n_greatest[sections] > 0
        order[sections] = np.where(has_children, greatest[sections] + (n_greatest[sections] > 1), 1)
        attached = sections[parent[sections] >= 0]
        np.maximum.at(greatest, parent[attached], order[attached])
        np.add.at(n_greatest, parent[attached], order[attached] == greatest[parent[attached]])
    order[soma_sections(morphology)] = np.nan
    return order


def _generations(morphology: Morphology) -> list[npt.NDArray[np.int64]]:
    """Sections without a parent, then their children, and so on."""
    parent = morphology.section_parent
    children, found = np.argsort(parent, kind="stable"), [np.flatnonzero(parent < 0)]
    first = np.searchsorted(parent[children], np.arange(morphology.n_sections + 1))
    while len(found[-1]):
        starts, counts = first[found[-1]], first[found[-1] + 1] - first[found[-1]]
        skipped = np.repeat(np.cumsum(counts) - counts, counts)
        found.append(children[np.repeat(starts, counts) + np.arange(counts.sum()) - skipped])
    return found[:-1]
