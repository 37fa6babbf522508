"""HDF5 morphologies of version 1: one in a file, or many in a container.

``points`` holds x, y, z and diameter. Each row of ``structure`` is a section: the index of its first point, its type,
and its parent's row (https://morphology-documentation.readthedocs.io/en/latest/h5v1.html). A container has one group
for each morphology.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ..aliases import AnyPath, FloatArray, IntArray
from ..file_format import FileFormat
from ..hdf5_file import SIGNATURE, opened, read_whole, whole_numbers
from ..sections import Section, label_of_type, morphology_of
from ..soma_contour import soma_body
from ..text_source import MAX_COORDINATE, check_scale

_SOMA = 1


def read_h5(path: AnyPath, *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read an HDF5 morphology.

    Sections are in the order of the rows of ``structure``. Neurites are attached to the middle of the soma.

    Parameters
    ----------
    path : str or path-like
        The file.
    scale : float
        µm per unit of the file.
    name : str, optional
        The group of a morphology in a container.

    Returns
    -------
    Morphology
        One cell. Labels are "soma", "axon", "dend", "apic", "undefined" and, for other types n, "custom{n}"; glia have
        "process" and "endfoot", spines "head" and "neck". The soma's contour becomes a solid, see
        `readers.soma_contour`; a centre line with diameters is as thick as they say, a single point is a sphere.

    Raises
    ------
    MorphologyError
        The file is not such a morphology; the message starts with the file and names the dataset and the reason. Or the
        file is a container and ``name`` is missing or unknown; the message lists the names. Or h5py is not installed.
    OSError
        The file cannot be opened.
    ValueError
        ``scale`` is not positive and finite.
    """
    check_scale(scale)
    path = Path(path)
    with opened(path, MorphologyError) as file:
        location, group = _selected(file, path.name, name)
        rows = _dataset(group, "points", 4, location).astype(np.float64)
        structure = whole_numbers(_dataset(group, "structure", 3, location), f"{location}: structure", MorphologyError)
        family = _cell_family(group)
    _check(rows, structure, location, scale=scale)
    ends = [*structure[1:, 0], len(rows)]
    sections = []
    for (first, kind, parent), end in zip(structure.tolist(), ends, strict=True):
        points, diameters = rows[first:end, :3], rows[first:end, 3]
        if kind == _SOMA:
            points, diameters = soma_body([rows[first:end]])
        parent = max(parent, -1)  # a root has -1, in some files the soma has -2
        parent_x = 0.0 if parent < 0 else 0.5 if structure[parent, 1] == _SOMA else 1.0
        sections.append(Section(points, diameters, label_of_type(kind, family), parent, parent_x))
    return morphology_of(sections, scale=scale, name=location)


def _selected(file: Any, file_name: str, name: str | None) -> tuple[str, Any]:
    """The location of a morphology for error messages, and its group."""
    if name is None and ("points" in file or "structure" in file):
        return file_name, file
    groups = {key: group for key in sorted(file) if hasattr(group := file.get(key), "keys")}
    names = [key for key, group in groups.items() if "points" in group and "structure" in group]
    if name in names:
        return f"{file_name}, {name}", groups[name]
    if names:
        problem = "choose one with name=" if name is None else f"none is called {name!r}"
        listed = ", ".join(names[:20]) + (f", ... ({len(names)} in all)" if len(names) > 20 else "")
        raise MorphologyError(f"{file_name}: a container of morphologies, {problem}; it holds {listed}")
    if name is not None:
        raise MorphologyError(f"{file_name}: not a container of morphologies, got name={name!r}; leave out name=")
    if any("raw" in group and "structure" in group for group in groups.values()):
        raise MorphologyError(f"{file_name}: a morphology of the obsolete version 2; convert it to version 1")
    found = ", ".join(file) or "nothing"
    raise MorphologyError(f"{file_name}: expected datasets points and structure, found {found}; is it a morphology?")


def _dataset(group: Any, name: str, n_columns: int, location: str) -> npt.NDArray[Any]:
    shape, kind = getattr(group.get(name), "shape", None), getattr(getattr(group.get(name), "dtype", None), "kind", "")
    if shape is None or len(shape) != 2 or shape[1] != n_columns or not shape[0] or kind not in "iuf":
        found = "nothing" if shape is None else f"{group[name].dtype} of shape {shape}"
        raise MorphologyError(
            f"{location}: {name} must hold numbers of shape (n, {n_columns}), found {found}; is it a morphology of "
            "version 1?"
        )
    return read_whole(group[name], MorphologyError)


def _cell_family(group: Any) -> int:
    """The number of the family; 0, neurons, where there is none."""
    attributes = getattr(group.get("metadata"), "attrs", {})
    family = np.ravel(attributes.get("cell_family", 0))
    return int(family[0]) if family.size and family.dtype.kind in "iu" else 0


def _check(rows: FloatArray, structure: IntArray, location: str, *, scale: float) -> None:
    """Raise MorphologyError unless ``points`` (rows) and ``structure`` are a valid morphology."""
    bad = ~(np.abs(rows) <= MAX_COORDINATE / scale) | (np.arange(4) == 3) & (rows < 0)
    if bad.any():
        row = int(bad.any(axis=1).argmax())
        raise MorphologyError(
            f"{location}: points[{row}] is {rows[row].tolist()}, expected finite x, y, z and a diameter of 0 or more"
        )
    first, kind, parent = structure.T
    n_points = np.diff(first, append=len(rows))
    if first[0] != 0 or (n_points < 1).any():
        row = 0 if first[0] else int((n_points < 1).argmax())
        raise MorphologyError(
            f"{location}: structure[{row}] begins at point {first[row]} of {len(rows)}; the first section must begin "
            "at point 0, and each must have at least one point"
        )
    if (kind < 0).any():
        row = int((kind < 0).argmax())
        raise MorphologyError(f"{location}: structure[{row}] has type {kind[row]}, expected 0 or more; correct it")
    if (parent >= len(structure)).any():
        row = int((parent >= len(structure)).argmax())
        raise MorphologyError(
            f"{location}: structure[{row}] has parent {parent[row]}, expected a row below {len(structure)}; correct it"
        )
    somata = np.flatnonzero(kind == _SOMA)
    if len(somata) > 1 or (parent[somata] >= 0).any():
        raise MorphologyError(
            f"{location}: expected at most one section of type 1 (soma), without a parent; got rows {somata.tolist()} "
            f"with parents {parent[somata].tolist()}"
        )


def _looks_like(head: bytes) -> bool:
    return head.startswith(SIGNATURE)


FORMAT = FileFormat("HDF5", endings=(".h5", ".hdf5"), looks_like=_looks_like, read=read_h5, has_names=True, up="y")
