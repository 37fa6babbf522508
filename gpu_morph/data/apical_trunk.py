"""The apical trunk: its direction, and rotating a cell so that the trunk points up."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError
from .derived_morphology import morphology_subset
from .morphology import Morphology
from .section_kinds import APICAL, SOMA, section_kind

Vector = npt.NDArray[np.float64]
_MOST_CELLS = 64  # of a circuit, whose trunks are looked at
_LEAST_AGREEMENT = 0.7  # of trunks: the length of the mean of their unit vectors


class AlignedTrunk(NamedTuple):
    """A cell with an upright trunk: ``aligned = (points - origin) @ rotation.T``.

    Parameters
    ----------
    morphology : Morphology
        The rotated cell.
    rotation : (3, 3) float64
        Determinant 1.
    origin : (3,) float64
        µm; the soma's centre before the rotation. Other coordinates, such as those of synapses, are aligned by the
        same formula.
    """

    morphology: Morphology
    rotation: npt.NDArray[np.float64]
    origin: Vector


def trunk_direction(morphology: Morphology) -> Vector | None:
    """Direction of the apical trunk: from the soma's centre to the main bifurcation.

    The main bifurcation lies on the path from the soma to the tuft, which at each branch point continues into the child
    with the longest subtree. It is the branch point on this path with the greatest product of (length of the second
    longest subtree, µm) and (distance from the soma's centre, µm). The product is small for oblique dendrites, whose
    subtrees are short, and for early branch points, which are near the soma. If the apical dendrite does not branch,
    its tip is used instead of the bifurcation. Sections are apical by their label: "apic", "apical" or
    "ApicalDendrite", in any case.

    Returns
    -------
    (3,) float64 or None
        Unit vector. None if there is no apical dendrite or no soma, or if the bifurcation is at the soma's centre.

    Raises
    ------
    MorphologyError
        The morphology has several cells.
    """
    trunk = _trunk(morphology)
    return None if trunk is None else trunk[1]


def common_trunk_direction(morphology: Morphology) -> Vector | None:
    """`trunk_direction` of a cell, or the direction that the trunks of a circuit's cells have in common.

    Of many cells, some are looked at, evenly chosen.

    Returns
    -------
    (3,) float64 or None
        Unit vector. None if no cell has a trunk, or if the trunks point to different sides.
    """
    if morphology.n_cells == 1:
        return trunk_direction(morphology)
    is_apical = np.array([section_kind(label) == APICAL for label in morphology.section_labels])
    cells = np.unique(morphology.section_cell[is_apical])
    chosen = cells[np.linspace(0, len(cells) - 1, min(len(cells), _MOST_CELLS)).astype(np.int64)]
    parts = (morphology_subset(morphology, np.flatnonzero(morphology.section_cell == cell)) for cell in chosen)
    directions = [direction for part in parts if (direction := trunk_direction(part)) is not None]
    if not directions:
        return None
    mean: Vector = np.mean(directions, axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length >= _LEAST_AGREEMENT else None


def aligned_trunk(morphology: Morphology) -> AlignedTrunk | None:
    """The cell with the soma's centre at the origin, rotated by the least angle that turns its trunk to +z.

    Returns None, and raises, as `trunk_direction` does.
    """
    trunk = _trunk(morphology)
    if trunk is None:
        return None
    origin, direction = trunk
    rotation = _least_rotation_to_z(direction)
    points = ((morphology.points - origin) @ rotation.T).astype(np.float32)
    return AlignedTrunk(replace(morphology, points=points, up="z"), rotation, origin)


def _trunk(morphology: Morphology) -> tuple[Vector, Vector] | None:
    """The soma's centre, (3,) µm, and the direction of the trunk, (3,); None if there is no trunk."""
    if morphology.n_cells > 1:
        raise MorphologyError(
            f"expected a morphology of one cell, got {morphology.n_cells} cells: align each cell before joining them"
        )
    kinds = np.array([section_kind(label) for label in morphology.section_labels])
    is_soma, is_apical = kinds == SOMA, kinds == APICAL
    if not (is_soma.any() and is_apical.any()):
        return None
    center = morphology.points[is_soma[morphology.point_section]].mean(axis=0, dtype=np.float64)
    vector = _main_bifurcation(morphology, is_apical, center) - center
    length = np.linalg.norm(vector)
    return (center, vector / length) if length > 0 else None


def _main_bifurcation(morphology: Morphology, is_apical: npt.NDArray[np.bool_], center: Vector) -> Vector:
    """(3,) µm: the main bifurcation, or the tip, as `trunk_direction` defines them."""
    parent = morphology.section_parent
    children: list[list[int]] = [[] for _ in range(morphology.n_sections)]
    order: list[int] = []  # parents before children; at first the roots only
    for section in np.flatnonzero(is_apical).tolist():
        siblings = children[parent[section]] if parent[section] >= 0 and is_apical[parent[section]] else order
        siblings.append(section)
    roots = tuple(order)
    for section in order:
        order += children[section]
    tree_length = morphology.section_length.copy()
    for section in reversed(order):
        for child in children[section]:
            tree_length[section] += tree_length[child]

    section = max(roots, key=tree_length.__getitem__)
    greatest, bifurcation = -1.0, None
    while children[section]:
        longest, *others = sorted(children[section], key=tree_length.__getitem__, reverse=True)
        point = morphology.locate(section, morphology.section_parent_x[longest])[0]
        if others:
            product = float(tree_length[others[0]] * np.linalg.norm(point - center))
            if product > greatest:
                greatest, bifurcation = product, point
        section = longest
    tip: Vector = morphology.locate(section, 1.0)[0]
    return tip if bifurcation is None else bifurcation


def _least_rotation_to_z(direction: Vector) -> npt.NDArray[np.float64]:
    """(3, 3): the rotation by the least angle that turns a unit vector to (0, 0, 1); (0, 0, -1) turns about x.

    Rodrigues' formula.
    """
    x, y, cosine = direction
    sine = np.hypot(x, y)
    a, b = (y / sine, -x / sine) if sine > 0 else (1.0, 0.0)  # the axis (a, b, 0) is that of direction x z
    cross = np.array([[0, 0, b], [0, 0, -a], [-b, a, 0]])
    rotation: npt.NDArray[np.float64]
    rotation = cosine * np.eye(3) + sine * cross + (1 - cosine) * np.outer([a, b, 0], [a, b, 0])
    return rotation
