"""HDF5 morphologies of version 1, alone in a file or many in a container.

``points`` holds x, y, z and diameter; each row of ``structure`` a section: the index of its first point, its type,
its parent's row (https://morphology-documentation.readthedocs.io/en/latest/h5v1.html). A container has a group per
morphology.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ..sections import Section, morphology_of
from ..soma_contour import solid_of
from ..text_source import check_scale

_SOMA = 1
_NEURON = {0: "undefined", _SOMA: "soma", 2: "axon", 3: "dend", 4: "apic"}
_LABELS = {0: _NEURON, 1: _NEURON | {2: "process", 3: "endfoot"}, 2: _NEURON | {2: "head", 3: "neck"}}  # by family
_LARGEST = 1e30


def read_h5(path: str | os.PathLike[str], *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read an HDF5 morphology.

    Sections stand in the file's order. Neurites hang on the middle of the soma.

    Parameters
    ----------
    path : str or path-like
        The file.
    scale : float
        µm per unit of the file.
    name : str, optional
        Which morphology of a container.

    Returns
    -------
    Morphology
        Of one cell. Labels are "soma", "axon", "dend", "apic", "undefined" and, for other types n, "custom{n}";
        "process" and "endfoot" of glia, "head" and "neck" of a spine. The soma's contour becomes a solid, see
        `contour`; a single point stays a sphere.

    Raises
    ------
    MorphologyError
        A file that is not such a morphology; the message starts with the file and says where and why. Or a
        container, and no ``name`` or an unknown one: the message lists what it holds. Or h5py is not installed.
    OSError
        A file that cannot be opened.
    ValueError
        A ``scale`` that is not positive and finite.
    """
    check_scale(scale)
    path = Path(path)
    try:
        import h5py
    except ImportError as cause:
        raise MorphologyError(f'{path.name}: HDF5 needs h5py; pip install "gpu_morph[hdf5]"') from cause
    path.open("rb").close()  # the system's own error for a file that is not there
    try:
        with h5py.File(path, "r") as file:
            place, group = _chosen(file, path.name, name)
            rows = _dataset(group, "points", 4, place).astype(np.float64)
            structure = _dataset(group, "structure", 3, place).astype(np.int64)
            family = np.ravel(group["metadata"].attrs.get("cell_family", 0)) if "metadata" in group else [0]
    except MorphologyError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError) as cause:  # what h5py makes of damage in its many places
        raise MorphologyError(f"{path.name}: no readable HDF5 file ({cause}); get the file again") from cause
    _check(rows, structure, place, scale=scale)
    labels = _LABELS.get(int(family[0]), _NEURON)
    ends = [*structure[1:, 0], len(rows)]
    sections = []
    for (first, kind, parent), end in zip(structure.tolist(), ends, strict=True):
        points, diameters = rows[first:end, :3], rows[first:end, 3]
        if kind == _SOMA:
            points, diameters = solid_of([points]) or (points, diameters)
        parent = max(parent, -1)  # roots have -1, the soma of some files -2
        parent_x = 0.0 if parent < 0 else 0.5 if structure[parent, 1] == _SOMA else 1.0
        sections.append(Section(points, diameters, labels.get(kind, f"custom{kind}"), parent, parent_x))
    return morphology_of(sections, scale=scale, name=place)


def _chosen(file: Any, file_name: str, name: str | None) -> tuple[str, Any]:
    """What messages call a morphology, and its group."""
    if name is None and ("points" in file or "structure" in file):
        return file_name, file
    groups = {key: group for key in sorted(file) if hasattr(group := file.get(key), "keys")}
    names = [key for key, group in groups.items() if "points" in group and "structure" in group]
    if name in names:
        return f"{file_name}, {name}", groups[name]
    if names:
        given = "choose one by name=" if name is None else f"none is called {name!r}"
        listed = ", ".join(names[:20]) + (f", ... ({len(names)} in all)" if len(names) > 20 else "")
        raise MorphologyError(f"{file_name}: a container of morphologies, {given}; it holds {listed}")
    if name is not None:
        raise MorphologyError(f"{file_name}: no container of morphologies, got name={name!r}; leave it out")
    if any("raw" in group and "structure" in group for group in groups.values()):
        raise MorphologyError(f"{file_name}: a morphology of version 2, which is out of use; convert it to version 1")
    found = ", ".join(file) or "nothing"
    raise MorphologyError(f"{file_name}: expected datasets points and structure, found {found}; is it a morphology?")


def _dataset(group: Any, name: str, n_columns: int, place: str) -> npt.NDArray[Any]:
    shape, kind = getattr(group.get(name), "shape", None), getattr(getattr(group.get(name), "dtype", None), "kind", "")
    if shape is None or len(shape) != 2 or shape[1] != n_columns or not shape[0] or kind not in "iuf":
        found = "nothing" if shape is None else f"{group[name].dtype} of shape {shape}"
        raise MorphologyError(
            f"{place}: {name} must hold numbers of shape (n, {n_columns}), found {found}; is it a version 1 morphology?"
        )
    return np.asarray(group[name][:])


def _check(rows: npt.NDArray[np.float64], structure: npt.NDArray[np.int64], place: str, *, scale: float) -> None:
    bad = ~(np.abs(rows) <= _LARGEST / scale) | (np.arange(4) == 3) & (rows < 0)
    if bad.any():
        row = int(bad.any(axis=1).argmax())
        raise MorphologyError(
            f"{place}: points[{row}] is {rows[row].tolist()}, expected finite x, y, z and a diameter of 0 or more"
        )
    first, kind, parent = structure.T
    n_points = np.diff(first, append=len(rows))
    if first[0] != 0 or (n_points < 1).any():
        row = 0 if first[0] else int((n_points < 1).argmax())
        raise MorphologyError(
            f"{place}: structure[{row}] begins at point {first[row]} of {len(rows)}; sections must begin at point 0, "
            "follow each other and have a point each"
        )
    if (kind < 0).any():
        row = int((kind < 0).argmax())
        raise MorphologyError(f"{place}: structure[{row}] has type {kind[row]}, expected 0 or more; correct it")
    if (parent >= len(structure)).any():
        row = int((parent >= len(structure)).argmax())
        raise MorphologyError(
            f"{place}: structure[{row}] has parent {parent[row]}, expected a row below {len(structure)}; correct it"
        )
    somata = np.flatnonzero(kind == _SOMA)
    if len(somata) > 1 or (parent[somata] >= 0).any():
        raise MorphologyError(
            f"{place}: expected one section of type 1 (soma) at most, and it a root; got rows {somata.tolist()} with "
            f"parents {parent[somata].tolist()}"
        )
