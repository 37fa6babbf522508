"""Morphologies derived from others: joined, reduced to some sections, or with scaled diameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError
from ..system.arguments import is_sequence
from .arrays import Float32Array, IntArray, finite_number, frozen_array, read_only
from .morphology import Axis, Morphology


def join_morphologies(
    morphologies: Sequence[Morphology],
    *,
    rotations: npt.ArrayLike | None = None,
    translations: npt.ArrayLike | None = None,
) -> Morphology:
    """Join morphologies to a circuit.

    Parameters
    ----------
    morphologies : sequence of Morphology
        May contain the same one several times.
    rotations : (n, 3, 3) float, optional
        Rotation matrix of each morphology: ``world = rotation @ point + translation``. None: no rotation.
    translations : (n, 3) float, optional
        µm. None: no translation.

    Returns
    -------
    Morphology
        Sections in the order of the morphologies. ``section_cell`` is numbered consecutively. ``section_names`` stay
        as they are if none occurs twice; else the number of the cell and a dot are put before each: "3.dend[0]".

    Raises
    ------
    MorphologyError
        There are no morphologies, arrays have another shape, or a matrix is not a rotation.
    TypeError
        ``morphologies`` is not a sequence of Morphology.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> circuit = gm.join_morphologies([morphology, morphology], translations=[(0, 0, 0), (300, 0, 0)])
    >>> circuit.n_cells
    2
    """
    is_several = is_sequence(morphologies) and not isinstance(morphologies, Morphology)
    morphologies = list(morphologies) if is_several else [morphologies]  # type: ignore[list-item]
    if not is_several or not all(isinstance(m, Morphology) for m in morphologies):
        raise TypeError("join_morphologies takes a list of Morphology, morphologies, such as [cell, cell]")
    n = len(morphologies)
    if not n:
        raise MorphologyError("join_morphologies needs at least one morphology, got none")
    given = np.broadcast_to(np.eye(3), (n, 3, 3)) if rotations is None else rotations
    turn = frozen_array(given, np.float64, name="rotations", error=MorphologyError)
    given = np.zeros((n, 3)) if translations is None else translations
    shift = frozen_array(given, np.float64, name="translations", error=MorphologyError, unit="µm")
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
    # Filled in place and not copied: circuits have millions of points.
    points, diameters = np.empty((n_points[-1], 3), dtype=np.float32), np.empty(n_points[-1], dtype=np.float32)
    offsets, parent = np.zeros(n_sections[-1] + 1, dtype=np.int64), np.empty(n_sections[-1], dtype=np.int32)
    parent_x, cell = np.empty(n_sections[-1], dtype=np.float32), np.empty(n_sections[-1], dtype=np.int32)
    for k, m in enumerate(morphologies):
        sections, own_points = slice(n_sections[k], n_sections[k + 1]), slice(n_points[k], n_points[k + 1])
        points[own_points] = m.points @ turn[k].T + shift[k]
        diameters[own_points] = m.diameters
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
        section_names=_joined_names(morphologies, cell.tolist()),
        up=_joined_up(morphologies, turn),
    )


def _joined_up(morphologies: Sequence[Morphology], turn: npt.NDArray[np.float64]) -> Axis | None:
    """The axis that all morphologies have upwards after their rotations, (n, 3, 3); None if there is none."""
    ups = {m.up for m in morphologies}
    up = ups.pop()
    if ups or up is None:
        return None
    k = "xyz".index(up)
    return up if np.allclose(turn[:, k, k], 1, atol=1e-4) else None


def _joined_names(morphologies: Sequence[Morphology], cells: list[int]) -> tuple[str, ...] | None:
    """Names of the sections of several morphologies, (n_sections,); None if no morphology has any."""
    if all(m.section_names is None for m in morphologies):
        return None
    names = [name for m in morphologies for name in m.section_names or ("",) * m.n_sections]
    given = [name for name in names if name]
    if len(set(given)) < len(given):
        names = [f"{cell}.{name}" if name else "" for cell, name in zip(cells, names, strict=True)]
    return tuple(names)


def morphology_subset(morphology: Morphology, sections: IntArray) -> Morphology:
    """The morphology of some sections, (n,) int64, rising.

    Sections whose parent is not among them become roots. Cells keep their numbers.
    """
    return morphology if len(sections) == morphology.n_sections else chosen_sections(morphology, sections)


def chosen_sections(morphology: Morphology, sections: IntArray) -> Morphology:
    """The same for sections in any order, (n,) int64, each once: they get this order."""
    names = morphology.section_names
    counts = np.diff(morphology.section_offsets)[sections]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    points = np.arange(offsets[-1]) + np.repeat(morphology.section_offsets[sections] - offsets[:-1], counts)
    number = np.full(morphology.n_sections + 1, -1, dtype=np.int32)  # the last element is for -1, the parent of roots
    number[sections] = np.arange(len(sections), dtype=np.int32)
    return Morphology(
        points=read_only(morphology.points[points]),
        diameters=read_only(morphology.diameters[points]),
        section_offsets=read_only(offsets),
        section_parent=number[morphology.section_parent[sections]],
        section_parent_x=morphology.section_parent_x[sections],
        section_labels=tuple(morphology.section_labels[k] for k in sections.tolist()),
        section_cell=morphology.section_cell[sections],
        section_names=None
        if (names := morphology.section_names) is None
        else tuple(names[k] for k in sections.tolist()),
        up=morphology.up,
    )


def scaled_diameters(morphology: Morphology, scale: float | Callable[[Float32Array], npt.ArrayLike]) -> Morphology:
    """The same morphology with other diameters.

    Parameters
    ----------
    morphology : Morphology
        One cell or several.
    scale : float or callable
        A positive factor; or a function that takes all diameters, (n_points,) float32 µm, and returns as many, or one
        for all points.

    Raises
    ------
    MorphologyError
        The factor is not positive, or diameters are negative, not finite or not as many as points.
    """
    scaled: npt.ArrayLike
    if callable(scale):
        scaled = scale(morphology.diameters.copy())
    else:
        factor = finite_number(scale, name="scale", expected="a positive number or a function", error=MorphologyError)
        if factor <= 0:
            raise MorphologyError(f"scale must be a positive number or a function, got {scale!r}")
        scaled = morphology.diameters.astype(np.float64) * factor
    try:
        diameters: Any = np.asarray(scaled, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise MorphologyError(f"scale must return diameters in µm: {cause}") from cause
    if diameters.shape not in ((), morphology.diameters.shape):
        raise MorphologyError(
            f"scale must return a diameter for each of {morphology.n_points} points, or one for all; it returned an "
            f"array of shape {diameters.shape}"
        )
    return replace(morphology, diameters=np.broadcast_to(diameters, morphology.diameters.shape))
