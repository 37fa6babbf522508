"""Morphologies made of others: joined, cut into parts, scaled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError
from .arrays import finite_number, read_only
from .morphology import FloatArray, IntArray, Morphology


def join_morphologies(
    morphologies: Sequence[Morphology],
    *,
    rotations: npt.ArrayLike | None = None,
    translations: npt.ArrayLike | None = None,
) -> Morphology:
    """One Morphology of several: a circuit.

    Parameters
    ----------
    morphologies : sequence of Morphology
        The same one may stand several times.
    rotations : (n, 3, 3) float, optional
        A rotation matrix per morphology, applied first: ``world = rotation @ point + translation``.
    translations : (n, 3) float, optional
        µm.

    Returns
    -------
    Morphology
        Sections in the given order; ``section_cell`` counts on from one morphology to the next.

    Raises
    ------
    MorphologyError
        No morphologies, arrays of another shape, or a matrix that is no rotation.
    """
    if isinstance(morphologies, Morphology) or not all(isinstance(m, Morphology) for m in morphologies):
        raise TypeError("join_morphologies takes a list of Morphology, such as [cell, cell]")
    n = len(morphologies)
    if not n:
        raise MorphologyError("join_morphologies needs at least one morphology, got none")
    turn = np.broadcast_to(np.eye(3), (n, 3, 3)) if rotations is None else np.asarray(rotations, dtype=np.float64)
    shift = np.zeros((n, 3)) if translations is None else np.asarray(translations, dtype=np.float64)
    if turn.shape != (n, 3, 3) or shift.shape != (n, 3):
        raise MorphologyError(
            f"for {n} morphologies rotations must have shape {(n, 3, 3)} and translations {(n, 3)}, "
            f"got {turn.shape} and {shift.shape}"
        )
    if not (np.isfinite(turn).all() and np.allclose(turn @ turn.transpose(0, 2, 1), np.eye(3), atol=1e-4)):
        raise MorphologyError("rotations must be orthonormal 3x3 matrices; normalise quaternions before converting")
    if np.any(np.linalg.det(turn) < 0):
        raise MorphologyError("rotations must have determinant 1; one of them mirrors its cell (determinant -1)")
    n_sections = np.cumsum([0] + [m.n_sections for m in morphologies])
    n_points = np.cumsum([0] + [m.n_points for m in morphologies])
    cells = np.cumsum([0] + [int(m.section_cell.max()) + 1 for m in morphologies])
    # Written in place and handed over: circuits have millions of points.
    points, diameters = np.empty((n_points[-1], 3), dtype=np.float32), np.empty(n_points[-1], dtype=np.float32)
    offsets, parent = np.zeros(n_sections[-1] + 1, dtype=np.int64), np.empty(n_sections[-1], dtype=np.int32)
    parent_x, cell = np.empty(n_sections[-1], dtype=np.float32), np.empty(n_sections[-1], dtype=np.int32)
    for k, m in enumerate(morphologies):
        own, sections = slice(n_points[k], n_points[k + 1]), slice(n_sections[k], n_sections[k + 1])
        points[own] = m.points @ turn[k].T + shift[k]
        diameters[own] = m.diameters
        offsets[n_sections[k] + 1 : n_sections[k + 1] + 1] = m.section_offsets[1:] + n_points[k]
        parent[sections] = np.where(m.section_parent < 0, -1, m.section_parent + n_sections[k])
        parent_x[sections] = m.section_parent_x
        cell[sections] = m.section_cell + cells[k]
    return Morphology(
        read_only(points),
        read_only(diameters),
        read_only(offsets),
        read_only(parent),
        read_only(parent_x),
        tuple(label for m in morphologies for label in m.section_labels),
        read_only(cell),
    )


def morphology_subset(morphology: Morphology, sections: IntArray) -> Morphology:
    """Some sections, (n,) int64, rising. Those whose parent is none of them become roots; cells keep their numbers."""
    if len(sections) == morphology.n_sections:
        return morphology
    counts = np.diff(morphology.section_offsets)[sections]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    points = np.arange(offsets[-1]) + np.repeat(morphology.section_offsets[sections] - offsets[:-1], counts)
    number = np.full(morphology.n_sections + 1, -1, dtype=np.int32)  # the last for the parent of roots
    number[sections] = np.arange(len(sections), dtype=np.int32)
    return Morphology(
        points=read_only(morphology.points[points]),
        diameters=read_only(morphology.diameters[points]),
        section_offsets=read_only(offsets),
        section_parent=number[morphology.section_parent[sections]],
        section_parent_x=morphology.section_parent_x[sections],
        section_labels=tuple(morphology.section_labels[k] for k in sections.tolist()),
        section_cell=morphology.section_cell[sections],
    )


def scaled_diameters(morphology: Morphology, scale: float | Callable[[FloatArray], npt.ArrayLike]) -> Morphology:
    """The same morphology, thicker or thinner.

    Parameters
    ----------
    morphology : Morphology
        Of one cell or of many.
    scale : float or callable
        A positive factor; or a function that takes all diameters, (n_points,) float32 µm, and gives as many
        or a single one for all.

    Raises
    ------
    MorphologyError
        A factor that is not positive, or diameters that are negative, not finite or too few.
    """
    given: npt.ArrayLike
    if callable(scale):
        given = scale(morphology.diameters.copy())
    else:
        factor = finite_number(scale, name="scale", expected="a positive number or a function", error=MorphologyError)
        if factor <= 0:
            raise MorphologyError(f"scale must be a positive number or a function, got {scale!r}")
        given = morphology.diameters.astype(np.float64) * factor
    try:
        diameters: Any = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise MorphologyError(f"scale must give diameters in µm: {cause}") from cause
    if diameters.shape not in ((), morphology.diameters.shape):
        raise MorphologyError(
            f"scale must give a diameter for each of {morphology.n_points} points, or one for all; it gave an array of "
            f"shape {diameters.shape}"
        )
    return replace(morphology, diameters=np.broadcast_to(diameters, morphology.diameters.shape))
