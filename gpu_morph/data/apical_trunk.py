"""The apical trunk: which way it points, and the cell turned so that it points up."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError
from .morphology import Morphology

Vector = npt.NDArray[np.float64]
_APICAL = ("apic", "apical", "apicaldendrite")  # in lower case, without blanks and underscores


class AlignedTrunk(NamedTuple):
    """A cell with its trunk upright, and how it came there: ``(places - origin) @ rotation.T``.

    ``morphology`` is the turned cell; ``rotation`` (3, 3) float64 has determinant 1; ``origin`` (3,)
    float64 µm is the soma's centre in the coordinates before. What else has a place in space, synapses
    say, is turned by the same formula.
    """

    morphology: Morphology
    rotation: npt.NDArray[np.float64]
    origin: Vector


def trunk_direction(morphology: Morphology) -> Vector | None:
    """Which way the apical trunk points: from the soma's centre to the main bifurcation.

    The main bifurcation is looked for on the way from the soma to the tuft, that is, always into the
    child with the longest tree behind it. Of the branch points on this way it is the one where (length
    of the second longest tree, µm) x (distance from the soma's centre, µm) is greatest: oblique dendrites
    are light, early splits are near, the tuft is neither. Of an apical dendrite that does not branch it is
    the tip. Sections count as apical by their labels, "apic" or "ApicalDendrite" say, in any case.

    Returns
    -------
    (3,) float64 or None
        Of length 1. None without an apical dendrite or a soma, or with both in one place.

    Raises
    ------
    MorphologyError
        The morphology is of several cells.
    """
    trunk = _trunk(morphology)
    return None if trunk is None else trunk[1]


def aligned_trunk(morphology: Morphology) -> AlignedTrunk | None:
    """The cell with the soma's centre at the origin, turned by the least angle that lets its trunk point to +z.

    None, and errors, as for `trunk_direction`.
    """
    trunk = _trunk(morphology)
    if trunk is None:
        return None
    origin, direction = trunk
    rotation = _least_rotation_to_z(direction)
    points = ((morphology.points - origin) @ rotation.T).astype(np.float32)
    return AlignedTrunk(replace(morphology, points=points), rotation, origin)


def _trunk(morphology: Morphology) -> tuple[Vector, Vector] | None:
    """The soma's centre and the direction from there; None where there is no trunk."""
    if morphology.n_cells > 1:
        raise MorphologyError(
            f"a trunk is that of one cell, but the morphology has {morphology.n_cells}: turn each before joining them"
        )
    words = [label.lower().replace("_", "").replace(" ", "") for label in morphology.section_labels]
    is_soma = np.array([word == "soma" for word in words])
    is_apical = np.array([word in _APICAL for word in words])
    if not (is_soma.any() and is_apical.any()):
        return None
    center = morphology.points[is_soma[morphology.point_section]].mean(axis=0, dtype=np.float64)
    way = _main_bifurcation(morphology, is_apical, center) - center
    length = np.linalg.norm(way)
    return (center, way / length) if length > 0 else None


def _main_bifurcation(morphology: Morphology, is_apical: npt.NDArray[np.bool_], center: Vector) -> Vector:
    """(3,) µm: see `trunk_direction`."""
    parent = morphology.section_parent
    children: list[list[int]] = [[] for _ in range(morphology.n_sections)]
    order: list[int] = []  # parents first; the roots to begin with
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
        heaviest, *others = sorted(children[section], key=tree_length.__getitem__, reverse=True)
        place = morphology.locate(section, morphology.section_parent_x[heaviest])[0]
        if others:
            weight = float(tree_length[others[0]] * np.linalg.norm(place - center))
            if weight > greatest:
                greatest, bifurcation = weight, place
        section = heaviest
    tip: Vector = morphology.locate(section, 1.0)[0]
    return tip if bifurcation is None else bifurcation


def _least_rotation_to_z(direction: Vector) -> npt.NDArray[np.float64]:
    """(3, 3): Rodrigues' rotation of a unit vector to (0, 0, 1) by the least angle; of (0, 0, -1) about x."""
    x, y, cosine = direction
    sine = np.hypot(x, y)
    a, b = (y / sine, -x / sine) if sine > 0 else (1.0, 0.0)  # the axis (a, b, 0) is that of direction x z
    cross = np.array([[0, 0, b], [0, 0, -a], [-b, a, 0]])
    rotation: npt.NDArray[np.float64]
    rotation = cosine * np.eye(3) + sine * cross + (1 - cosine) * np.outer([a, b, 0], [a, b, 0])
    return rotation
