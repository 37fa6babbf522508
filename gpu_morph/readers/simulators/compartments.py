"""Compartments given by their ends: LFPykit's geometries, and models of any tool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array, texts
from ...data.morphology import Morphology
from ...data.recording import Recording
from ...data.synapse_events import SynapseEvents
from ...errors import MorphologyError, RecordingError, brief
from ..aliases import FloatArray, IntArray
from ..bodies import inscribe_bodies
from ..sections import Section, label_of, morphology_of

_TOUCHING = 0.01  # µm: ends that are nearer than this are one point
_NAME = "from_compartments"


def from_compartments(
    start: Any,
    end: npt.ArrayLike | None = None,
    diameters: npt.ArrayLike | None = None,
    parents: npt.ArrayLike | None = None,
    *,
    times: npt.ArrayLike | None = None,
    values: Any = None,
    section_names: Sequence[str] | None = None,
    name: str = "v",
    unit: str = "mV",
) -> tuple[Morphology, Recording | None, SynapseEvents | None]:
    """Make a morphology, and a recording, of straight compartments.

    A compartment continues its parent's section if it begins at the parent's end, as the only child that does so, and
    has the same name. Else it begins a section. Somata, and other roots less than twice as long as wide, are drawn as
    long as they are, as in `from_neuron`.

    Parameters
    ----------
    start, end : (n, 3) float
        Ends of each compartment, µm. In place of ``start``, an object with ``x``, ``y``, ``z`` (n, 2) and ``d``, such
        as LFPykit's CellGeometry, without ``end`` and ``diameters``.
    diameters : (n,) or (n, 2) float
        µm: of each compartment, or of each of its ends.
    parents : (n,) int, optional
        The parent of each compartment, -1 for a root. None: the last of the compartments before it whose end is less
        than 0.01 µm from its start; a root if there is none.
    times : (n_times,) float, optional
        ms.
    values : (n_times, n), optional
        The value of each compartment at each time, as in `Recording`.
    section_names : (n,) sequence of str, optional
        The name of each compartment's section, such as "dend[3]"; labels follow from names. None: all are "dend".
    name, unit : str
        The variable and its unit.

    Returns
    -------
    morphology : Morphology
        Sections are in the order of their first compartments. With ``parents`` each tree is a cell; without, all is
        one cell.
    recording : Recording or None
        Column ``k`` is compartment ``k``. None without ``values``.
    synapses : None
        For the same return value as that of the other simulators' functions.

    Raises
    ------
    MorphologyError
        Shapes do not fit, a number is not finite, or parents do not exist or form a cycle.
    RecordingError
        Values do not fit times and compartments, or one of the two is missing.

    Examples
    --------
    Three compartments of a neurite, 30 µm each, at two times:

    >>> start, end = [(0, 0, 0), (0, 0, 30), (0, 0, 60)], [(0, 0, 30), (0, 0, 60), (0, 0, 90)]
    >>> values = [[-70, -70, -70], [30, -20, -60]]
    >>> morphology, recording, _ = gm.from_compartments(start, end, [2, 2, 1.5], times=[0, 1], values=values)
    >>> morphology.n_sections, recording.section.tolist()
    (1, [0, 0, 0])
    """
    if hasattr(start, "totnsegs") or all(hasattr(start, word) for word in ("x", "y", "z", "d")):
        if end is not None or diameters is not None:
            raise MorphologyError(f"{type(start).__name__} has its ends and diameters; leave out end= and diameters=")
        start, end, diameters = _geometry(start)
    starts, ends, widths = _checked(start, end, diameters)
    n = len(starts)
    names = ("",) * n if section_names is None else texts(section_names, name="section_names", error=MorphologyError)
    if len(names) != n:
        raise MorphologyError(f"section_names must name the section of each of {n} compartments, got {len(names)}")
    parent = _touched(starts, ends) if parents is None else _checked_parents(parents, n)
    chains = _chains(starts, ends, parent, names)
    sections, section, position = _sections(starts, ends, widths, parent, names, chains)
    inscribe_bodies(dict(enumerate(sections)))
    if parents is not None:
        _number_cells(sections)
    morphology = morphology_of(sections, scale=1.0, name=_NAME)
    if values is None and times is None:
        return morphology, None, None
    if values is None or times is None:
        raise RecordingError(f"{_NAME} needs both times= (ms) and values= (n_times, {n}), or neither")
    return (
        morphology,
        Recording.at(morphology, times, values, section=section, position=position, name=name, unit=unit),
        None,
    )


def _geometry(geometry: Any) -> tuple[FloatArray, FloatArray, Any]:
    """Start, end and diameters of LFPykit's CellGeometry, or of an object with its attributes."""
    try:
        xyz = np.stack([np.asarray(getattr(geometry, axis), dtype=np.float64) for axis in "xyz"], axis=-1)
        return xyz[:, 0], xyz[:, -1], geometry.d
    except (AttributeError, IndexError, TypeError, ValueError) as cause:
        raise MorphologyError(
            f"{_NAME}: expected x, y and z of shape (n, 2) and d of a geometry, got {type(geometry).__name__}: {cause}"
        ) from cause


def _checked(start: Any, end: Any, diameters: Any) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Ends (n, 3) each, and diameters (n, 2), float64."""
    if end is None or diameters is None:
        raise MorphologyError(f"{_NAME} needs start and end, (n, 3) µm, and diameters, (n,) or (n, 2) µm")
    given = {"start": start, "end": end, "diameters": diameters}
    arrays = {key: frozen_array(one, np.float64, name=key, error=MorphologyError) for key, one in given.items()}
    for key in ("start", "end"):
        if arrays[key].ndim != 2 or arrays[key].shape[1] != 3:
            raise MorphologyError(f"{key} must have shape (n, 3), µm, got {arrays[key].shape}")
    n = len(arrays["start"])
    if not n:
        raise MorphologyError(f"{_NAME} needs at least one compartment, got none")
    if arrays["end"].shape != (n, 3) or arrays["diameters"].shape not in ((n,), (n, 2)):
        raise MorphologyError(
            f"for {n} compartments end must have shape {(n, 3)} and diameters {(n,)} or {(n, 2)}, got "
            f"{arrays['end'].shape} and {arrays['diameters'].shape}"
        )
    for key, array in arrays.items():
        bad = ~np.isfinite(array).reshape(n, -1).all(axis=1)
        if bad.any():
            raise MorphologyError(f"{key} must be finite, in µm; compartment {bad.argmax()} has {array[bad.argmax()]}")
    widths = arrays["diameters"]
    return arrays["start"], arrays["end"], widths if widths.ndim == 2 else np.repeat(widths[:, np.newaxis], 2, axis=1)


def _checked_parents(parents: npt.ArrayLike, n: int) -> IntArray:
    parent = frozen_array(parents, np.int64, name="parents", error=MorphologyError)
    if parent.shape != (n,):
        raise MorphologyError(f"parents must have shape {(n,)}, one per compartment, got {parent.shape}")
    if parent.min() < -1 or parent.max() >= n:
        raise MorphologyError(
            f"parents must be -1 or the number of a compartment, 0 to {n - 1}, got {parent.min()} to {parent.max()}"
        )
    return parent


def _touched(starts: FloatArray, ends: FloatArray) -> IntArray:
    """(n,): for each compartment the last one before it whose end is at its start, -1 if there is none."""
    from scipy.spatial import cKDTree

    found = cKDTree(ends).query_ball_point(starts, _TOUCHING)
    return np.array([max((p for p in near if p < k), default=-1) for k, near in enumerate(found)], dtype=np.int64)


def _chains(starts: FloatArray, ends: FloatArray, parent: IntArray, names: Sequence[str]) -> list[list[int]]:
    """The compartments of each section, in the order of their first ones."""
    touches = (parent >= 0) & (np.linalg.norm(starts - ends[parent], axis=1) < _TOUCHING)
    children: dict[int, list[int]] = {}
    for k in np.flatnonzero(touches).tolist():
        if names[k] == names[parent[k]]:
            children.setdefault(int(parent[k]), []).append(k)
    following = {p: few[0] for p, few in children.items() if len(few) == 1}
    chains = []
    for head in sorted(set(range(len(starts))) - set(following.values())):
        chain = [head]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        chains.append(chain)
    if sum(map(len, chains)) < len(starts):
        left = sorted(set(range(len(starts))) - {k for chain in chains for k in chain})
        raise MorphologyError(f"parents form a cycle through compartments {brief(left)}")
    return chains


def _sections(
    starts: FloatArray,
    ends: FloatArray,
    widths: FloatArray,
    parent: IntArray,
    names: Sequence[str],
    chains: list[list[int]],
) -> tuple[list[Section], IntArray, FloatArray]:
    """The sections, and the section and position of each compartment's centre."""
    n = len(starts)
    number, before, after = np.empty(n, dtype=np.int64), np.empty(n), np.empty(n)
    sections = []
    for k, chain in enumerate(chains):
        points, diameters = _outline(starts[chain], ends[chain], widths[chain])
        first = np.concatenate([starts[chain[:1]], ends[chain[:-1]]])
        arc_length = np.cumsum(np.linalg.norm(ends[chain] - first, axis=1))
        arc_length = arc_length / arc_length[-1] if arc_length[-1] > 0 else np.full(len(chain), 0.5)
        number[chain], after[chain] = k, arc_length
        before[chain] = np.concatenate([[0.0 if len(points) > 1 else 0.5], arc_length[:-1]])
        label = label_of(names[chain[0]]) if names[chain[0]] else "dend"
        sections.append(Section(points, diameters, label, name=names[chain[0]]))
    for section, chain in zip(sections, chains, strict=True):
        if (p := int(parent[chain[0]])) >= 0:
            axis = ends[p] - starts[p]
            squared = axis @ axis
            along = np.clip((starts[chain[0]] - starts[p]) @ axis / squared, 0, 1) if squared > 0 else 0.5
            section.parent = int(number[p])
            section.parent_x = float(before[p] + along * (after[p] - before[p]))
    return sections, number, (before + after) / 2


def _outline(starts: FloatArray, ends: FloatArray, widths: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points and diameters of a section; two points where the diameter changes from one compartment to the next."""
    points = np.stack([np.concatenate([starts[:1], ends[:-1]]), ends], axis=1)
    is_kept = np.ones(widths.shape, dtype=bool)
    is_kept[1:, 0] = widths[1:, 0] != widths[:-1, 1]
    if len(starts) == 1 and np.array_equal(starts, ends):
        is_kept[0, 0] = False  # a sphere
    return points[is_kept], widths[is_kept]


def _number_cells(sections: Sequence[Section]) -> None:
    """Make each tree a cell, by the order of their roots."""
    parent = np.array([section.parent for section in sections])
    root = np.where(parent < 0, np.arange(len(parent)), parent)
    for _ in range(len(parent).bit_length()):  # twice as far at each step; `Morphology` refuses cycles
        root = root[root]
    for section, cell in zip(sections, np.unique(root, return_inverse=True)[1].tolist(), strict=True):
        section.cell = cell
