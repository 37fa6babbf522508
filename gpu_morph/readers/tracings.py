"""Neurolucida's tracings, of ASC and of XML: contours of somata, and trees that may begin anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from ..data.morphology import Morphology
from ..data.section_kinds import APICAL, AXON, DENDRITE, SOMA
from .aliases import FloatArray
from .section_order import sorted_by_type
from .sections import Section, morphology_of, point_position
from .soma_contour import soma_body, soma_numbers

Branch = TypeVar("Branch")

_PAIRS = 1 << 20  # of starts and centres that are compared at once
_ORDER = {SOMA: 0, AXON: 1, DENDRITE: 2, APICAL: 3}


def tree_sections(
    root: Branch, label: str, divide: Callable[[Branch], tuple[FloatArray, Iterable[Branch]]]
) -> list[Section]:
    """A tree's sections depth first; ``parent`` is an index within the tree.

    A section starts at its parent's last point, with its own first diameter.

    Parameters
    ----------
    root : object
        The first branch.
    label : str
        The label of all sections.
    divide : callable
        Gives a branch's points, (n, 4) with diameters, and the branches at its end.
    """
    sections: list[Section] = []
    waiting = [(root, -1)]
    while waiting:  # without recursion, because unbranched neurites can be nested thousands deep
        branch, parent = waiting.pop()
        rows, children = divide(branch)
        if len(rows):
            if parent >= 0 and rows[0, :3].tolist() != (end := sections[parent].points[-1].tolist()):
                rows = np.concatenate([np.array([[*end, rows[0, 3]]]), rows])
            sections.append(Section(rows[:, :3], rows[:, 3], label, parent, 1.0))
            parent = len(sections) - 1
        waiting += [(child, parent) for child in reversed(list(children))]
    return sections


def tracing_morphology(
    contours: Sequence[FloatArray], trees: Sequence[list[Section]], *, scale: float, name: str
) -> Morphology:
    """The Morphology of contours and trees, sorted by type (soma, axon, dend, apic, others).

    Contours that overlap are one soma, and each soma is a cell. A tree is attached to the middle of the nearest soma,
    or to another tree if it starts exactly at one of its points.

    Parameters
    ----------
    contours : sequence of (n, 4) float64
        Points and diameters of each contour; empty ones are left out.
    trees : sequence of list of Section
        As `tree_sections` returns them; empty ones are left out. Their sections are changed.
    scale, name
        As for `morphology_of`.
    """
    contours = [contour for contour in contours if len(contour)]
    numbers = soma_numbers(contours)
    somata = []
    for soma in range(int(numbers.max(initial=-1)) + 1):
        points, diameters = soma_body([contours[k] for k in np.flatnonzero(numbers == soma)])
        somata.append(Section(points, diameters, SOMA, cell=soma))
    sections = [*somata, *_attached([tree for tree in trees if tree], somata)]
    types = np.array([_ORDER.get(section.label, len(_ORDER)) for section in sections])
    return sorted_by_type(morphology_of(sections, scale=scale, name=name), types)


def _attached(trees: list[list[Section]], somata: list[Section]) -> list[Section]:
    """The sections of all neurites, with the index of their parents; in the result they follow the somata."""
    starts = [tree[0].points[0] for tree in trees]
    hosts = _hosts(trees)
    centres = np.array([section.points.mean(axis=0) for section in somata]).reshape(-1, 3)
    nearest = _nearest(np.array(starts).reshape(-1, 3), centres) if somata else [-1] * len(starts)
    first = np.cumsum([len(somata), *map(len, trees)]).tolist()
    for number, tree in enumerate(trees):
        soma, host = nearest[number], hosts[number]
        tree[0].parent, tree[0].parent_x = soma, 0.5
        if host is not None and hosts[host[0]] is None:  # otherwise two trees could be each other's parent
            host_tree, k, index = host
            soma = nearest[host_tree]
            tree[0].parent = first[host_tree] + k
            tree[0].parent_x = point_position(trees[host_tree][k].points, index)
        for section in tree[1:]:
            section.parent += first[number]
        for section in tree:
            section.cell = max(soma, 0)
    return [section for tree in trees for section in tree]


def _nearest(starts: FloatArray, centres: FloatArray) -> list[int]:
    """The index of the centre nearest to each start; of equal ones the first."""
    found: list[int] = []
    n_rows = max(1, _PAIRS // len(centres))
    for first in range(0, len(starts), n_rows):
        block = starts[first : first + n_rows, None]
        squares = sum((block[..., k] - centres[:, k]) ** 2 for k in range(3))
        found += np.argmin(squares, axis=1).tolist()
    return found


def _hosts(trees: list[list[Section]]) -> list[tuple[int, int, int] | None]:
    """For each tree the tree, section and index of the first point of another tree at which it starts, or None."""
    if not trees:
        return []
    starts = np.array([tree[0].points[0] for tree in trees])
    origins = [(number, k) for number, tree in enumerate(trees) for k in range(len(tree))]
    sections = [trees[number][k].points for number, k in origins]
    sizes = np.array(list(map(len, sections)))
    points, section = np.concatenate(sections), np.repeat(np.arange(len(sizes)), sizes)
    own_start = starts[np.array([number for number, _ in origins])[section]]
    candidates = np.flatnonzero(np.isin(points[:, 0], starts[:, 0]) & (points != own_start).any(axis=1))
    first = np.cumsum(sizes) - sizes
    found: dict[tuple[float, ...], tuple[int, int, int]] = {}
    for row in candidates.tolist():
        k = int(section[row])
        found.setdefault(tuple(points[row].tolist()), (*origins[k], row - int(first[k])))
    return [found.get(tuple(start)) for start in starts.tolist()]
