"""Cells: the morphologies of nodes, with their rotations and translations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...data.derived_morphology import join_morphologies
from ...data.morphology import Morphology
from ...errors import MorphologyError, brief
from ..aliases import FloatArray, IntArray
from ..formats import read_any
from .nodes import Nodes
from .numbering import CellSections

_ENDINGS = ("", ".swc", ".asc", ".h5", ".swc.gz", ".asc.gz")
_AXES = ("x", "y", "z")


@dataclass(frozen=True, eq=False)
class CellPopulation:
    """The selected cells of one population, in the order of its nodes.

    Parameters
    ----------
    name : str
        The population.
    node_ids : (n_cells,) int64
        The node of each cell.
    cells : list of CellSections
        The morphology of each cell; cells with the same morphology share one object.
    rotations : (n_cells, 3, 3) float64
        The rotation matrix of each cell.
    translations : (n_cells, 3) float64
        µm, applied after the rotation.
    n_without_morphology : int
        The number of selected nodes that have no morphology and therefore are not among the cells.
    """

    name: str
    node_ids: IntArray
    cells: list[CellSections]
    rotations: FloatArray
    translations: FloatArray
    n_without_morphology: int


class MorphologyFolders:
    """Folders and containers of morphologies; each morphology is read once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._read: dict[tuple[str, tuple[Path, ...]], CellSections] = {}

    def read(self, name: str, others: Sequence[Path], location: str) -> CellSections:
        """Read a morphology as one cell.

        Parameters
        ----------
        name : str
            Its name.
        others : sequence of Path
            Folders or containers that are searched after those of this object.
        location : str
            File and population, for messages.

        Raises
        ------
        MorphologyError
            The morphology is not found or cannot be read.
        """
        key = (name, tuple(others))
        if key not in self._read:
            morphology = self._find(name, [*self._folders, *others], location)
            # A node is one cell, also where its file has several roots.
            morphology = replace(morphology, section_cell=np.zeros(morphology.n_sections, dtype=np.int32))
            self._read[key] = CellSections(morphology)
        return self._read[key]

    def _find(self, name: str, folders: Sequence[Path], location: str) -> Morphology:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise MorphologyError(
                f"{location}: the morphology {brief(name)} must be the name of a file in a folder of morphologies, "
                "without '..' and not absolute; name its folder in the configuration or by morphologies="
            )
        for folder in folders:
            if folder.is_file():
                return read_any(folder, name=name)
            for ending in _ENDINGS:
                file = folder / f"{name}{ending}"
                if _is_file(file):
                    _check_inside(file, folders, location)
                    return read_any(file)
        searched = ", ".join(map(str, folders)) or "no folder"
        raise MorphologyError(
            f"{location}: no morphology {brief(name)} (.swc, .asc or .h5) in {searched}; give its folder by "
            "morphologies="
        )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # its name is too long
        return False


def _check_inside(file: Path, folders: Sequence[Path], location: str) -> None:
    """Raise MorphologyError for a link that leads out of the folders that configuration and caller have named."""
    real = file.resolve()
    if not any(real.is_relative_to(folder.resolve()) for folder in folders):
        raise MorphologyError(
            f"{location}: {file} is a link to {real}, which is in none of the folders of morphologies; if you trust "
            "it, give its folder by morphologies="
        )


def read_cells(
    nodes: Nodes, is_selected: npt.NDArray[np.bool_], source: MorphologyFolders, others: Sequence[Path]
) -> CellPopulation:
    """Read the selected nodes that have a morphology.

    Parameters
    ----------
    nodes : Nodes
        A population.
    is_selected : (n_nodes,) bool
        The nodes to read.
    source, others
        Where morphologies are searched, see `MorphologyFolders`.

    Raises
    ------
    MorphologyError
        A morphology is not found or cannot be read, or positions or rotations are invalid.
    """
    names = nodes.column("morphology")
    if names is None:
        has_morphology = np.zeros(len(is_selected), dtype=bool)
    else:
        has_morphology = np.array([name is not None for name in names.tolist()])
    rows = np.flatnonzero(is_selected & has_morphology)
    cells = [] if names is None else [source.read(str(name), others, nodes.location) for name in names[rows]]
    rotations = _rotations(nodes)[rows]
    translations = np.stack([nodes.floats(axis) for axis in _AXES], axis=1)[rows]
    # The format's first text moves somata to the origin before the rotation; with quaternions they are not moved.
    recenter = nodes.floats("recenter", 0.0 if nodes.column("orientation_w") is not None else 1.0)[rows] != 0
    for k in np.flatnonzero(recenter).tolist():
        translations[k] -= rotations[k] @ cells[k].soma_centre
    n_without_morphology = int((is_selected & ~has_morphology).sum())
    return CellPopulation(nodes.population, nodes.ids[rows], cells, rotations, translations, n_without_morphology)


def joined_cells(populations: Sequence[CellPopulation]) -> Morphology:
    """All cells as one Morphology."""
    return join_morphologies(
        [cell.morphology for population in populations for cell in population.cells],
        rotations=np.concatenate([population.rotations for population in populations]),
        translations=np.concatenate([population.translations for population in populations]),
    )


def _rotations(nodes: Nodes) -> FloatArray:
    """(n_nodes, 3, 3): the rotation matrix of each node, from its quaternion, else from angles about the axes."""
    if nodes.column("orientation_w") is not None:
        return _matrices_of_quaternions(
            np.stack([nodes.floats(f"orientation_{axis}") for axis in "wxyz"], axis=1), nodes
        )
    # Radians about the fixed axes z, y and x, in this order.
    about = [_about_axis(k, nodes.floats(f"rotation_angle_{axis}axis")) for k, axis in enumerate(_AXES)]
    return about[0] @ about[1] @ about[2]


def _matrices_of_quaternions(quaternions: FloatArray, nodes: Nodes) -> FloatArray:
    """(n, 3, 3): rotation matrices of quaternions (n, 4), w first, of any length."""
    from scipy.spatial.transform import Rotation

    lengths = np.linalg.norm(quaternions, axis=1)  # the format does not require 1
    if (lengths == 0).any():
        raise MorphologyError(
            f"{nodes.location}: orientation of node {nodes.ids[lengths == 0][0]} is 0 0 0 0, which is not a rotation"
        )
    matrices: FloatArray = Rotation.from_quat(np.roll(quaternions, -1, axis=1)).as_matrix()  # scipy has w last
    return matrices


def _about_axis(axis: int, angles: FloatArray) -> FloatArray:
    """(n, 3, 3): rotation matrices about one axis; ``angles`` (n,) in radians."""
    matrices = np.broadcast_to(np.eye(3), (len(angles), 3, 3)).copy()
    one, other = (axis + 1) % 3, (axis + 2) % 3
    matrices[:, one, one] = matrices[:, other, other] = np.cos(angles)
    matrices[:, other, one] = np.sin(angles)
    matrices[:, one, other] = -np.sin(angles)
    return matrices
