"""Cells: the morphologies of nodes, turned and moved to their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...data.derived_morphology import join_morphologies
from ...data.morphology import Morphology
from ...errors import MorphologyError
from ..aliases import FloatArray, IntArray
from ..formats import read_any
from .nodes import Nodes
from .numbering import CellSections

_ENDINGS = ("", ".swc", ".asc", ".h5", ".swc.gz", ".asc.gz")
_AXES = ("x", "y", "z")


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of one population, in the order of their nodes; those of one morphology share it.

    ``n_without`` more nodes have none.
    """

    population: str
    node_ids: IntArray
    shapes: list[CellSections]
    rotations: FloatArray
    translations: FloatArray
    n_without: int


class MorphologyFolders:
    """Morphologies by name, each read once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._read: dict[tuple[str, tuple[Path, ...]], CellSections] = {}

    def read(self, name: str, others: Sequence[Path], place: str) -> CellSections:
        """The morphology of that name, of a single cell, from these folders or containers or from ``others``."""
        key = (name, tuple(others))
        if key not in self._read:
            morphology = self._find(name, [*self._folders, *others], place)
            # A node is one cell, however many roots its file has.
            morphology = replace(morphology, section_cell=np.zeros(morphology.n_sections, dtype=np.int32))
            self._read[key] = CellSections(morphology)
        return self._read[key]

    def _find(self, name: str, folders: Sequence[Path], place: str) -> Morphology:
        for folder in folders:
            if folder.is_file():
                return read_any(folder, name=name)
            for ending in _ENDINGS:
                if (folder / f"{name}{ending}").is_file():
                    return read_any(folder / f"{name}{ending}")
        searched = ", ".join(map(str, folders)) or "no folder"
        raise MorphologyError(
            f"{place}: no morphology {name!r} (.swc, .asc or .h5) in {searched}; give its folder by morphologies="
        )


def read_cells(nodes: Nodes, chosen: npt.NDArray[np.bool_], source: MorphologyFolders, others: Sequence[Path]) -> Cells:
    """The chosen nodes that have a morphology.

    Raises
    ------
    MorphologyError
        A morphology that is not found or cannot be read, or attributes that say no place.
    """
    names = nodes.column("morphology")
    named = np.zeros(len(chosen), dtype=bool) if names is None else np.array([n is not None for n in names.tolist()])
    rows = np.flatnonzero(chosen & named)
    shapes = [] if names is None else [source.read(str(name), others, nodes.place) for name in names[rows]]
    rotations = _rotations(nodes)[rows]
    translations = np.stack([nodes.floats(axis) for axis in _AXES], axis=1)[rows]
    # The format's first text moves somata to the origin before turning them; with quaternions they stay where they are.
    recenter = nodes.floats("recenter", 0.0 if nodes.column("orientation_w") is not None else 1.0)[rows] != 0
    for k in np.flatnonzero(recenter).tolist():
        translations[k] -= rotations[k] @ shapes[k].soma_centre
    return Cells(nodes.population, nodes.ids[rows], shapes, rotations, translations, int((chosen & ~named).sum()))


def joined(cells: Sequence[Cells]) -> Morphology:
    """All cells as one Morphology."""
    return join_morphologies(
        [shape.morphology for some in cells for shape in some.shapes],
        rotations=np.concatenate([some.rotations for some in cells]),
        translations=np.concatenate([some.translations for some in cells]),
    )


def _rotations(nodes: Nodes) -> FloatArray:
    """(n_nodes, 3, 3): each cell's rotation, by quaternion or else by angles about the axes."""
    if nodes.column("orientation_w") is not None:
        return _of_quaternions(np.stack([nodes.floats(f"orientation_{axis}") for axis in "wxyz"], axis=1), nodes)
    # Radians about the fixed axes, about z first, then y, then x.
    about = [_about_axis(k, nodes.floats(f"rotation_angle_{axis}axis")) for k, axis in enumerate(_AXES)]
    return about[0] @ about[1] @ about[2]


def _of_quaternions(quaternions: FloatArray, nodes: Nodes) -> FloatArray:
    import pylinalg

    lengths = np.linalg.norm(quaternions, axis=1)  # the format does not promise 1
    if (lengths == 0).any():
        raise MorphologyError(
            f"{nodes.place}: orientation of node {nodes.ids[lengths == 0][0]} is 0 0 0 0, no rotation"
        )
    # pylinalg has w last.
    return np.ascontiguousarray(pylinalg.mat_from_quat(np.roll(quaternions / lengths[:, None], -1, axis=1))[:, :3, :3])


def _about_axis(axis: int, angles: FloatArray) -> FloatArray:
    matrices = np.broadcast_to(np.eye(3), (len(angles), 3, 3)).copy()
    one, other = (axis + 1) % 3, (axis + 2) % 3
    matrices[:, one, one] = matrices[:, other, other] = np.cos(angles)
    matrices[:, other, one] = np.sin(angles)
    matrices[:, one, other] = -np.sin(angles)
    return matrices
