"""HDF5 files of SONATA: opened for reading, with errors that name file and dataset.

All functions take ``error``, the class of error to raise: MorphologyError for a circuit, RecordingError for results.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import GpuMorphError
from ..aliases import IntArray
from ..hdf5_file import check_size, whole_numbers
from ..hdf5_file import opened as opened  # for the other modules of this package

_NUMBER_KINDS = "iufb"


def group_of(parent: Any, name: str, *, file: str, error: type[GpuMorphError]) -> Any:
    """The group ``name`` of a file or group; ``file`` is the file's name for messages."""
    found = parent.get(name)
    if not hasattr(found, "keys"):
        raise error(f"{file}: expected a group {_path(parent, name)}, found {_listed(parent)}; is it the right file?")
    return found


def numbers(
    parent: Any, name: str, *, file: str, error: type[GpuMorphError], size: int | None = None
) -> npt.NDArray[Any]:
    """(n,): all numbers of a one-dimensional dataset; an error if there are not ``size``."""
    array = np.asarray(dataset(parent, name, n_dimensions=1, file=file, error=error)[:])
    if size is not None and len(array) != size:
        raise error(
            f"{file}: {_path(parent, name)} must hold {size} numbers, found {len(array)}; is the file complete?"
        )
    return array


def indices(parent: Any, name: str, *, file: str, error: type[GpuMorphError], size: int | None = None) -> IntArray:
    """(n,) int64: as `numbers`; an error if they are not whole."""
    stored = numbers(parent, name, file=file, error=error, size=size)
    return whole_numbers(stored, f"{file}: {_path(parent, name)}", error)


def dataset(parent: Any, name: str, *, n_dimensions: int, file: str, error: type[GpuMorphError]) -> Any:
    """An h5py dataset of numbers, not yet read; an error if it declares more than its file can hold."""
    found = parent.get(name)
    shape, dtype = getattr(found, "shape", None), getattr(found, "dtype", None)
    if shape is None or dtype is None or len(shape) != n_dimensions or dtype.kind not in _NUMBER_KINDS:
        description = f"{dtype} of shape {shape}" if shape is not None else _listed(parent)
        raise error(
            f"{file}: {_path(parent, name)} must be a dataset of numbers with {n_dimensions} dimension"
            f"{'s' if n_dimensions > 1 else ''}, found {description}"
        )
    check_size(found, error)
    return found


def text(value: Any) -> str:
    """An attribute or a value as text; h5py returns bytes, str or arrays of one of them."""
    value = value.item() if isinstance(value, np.ndarray | np.generic) and value.size == 1 else value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _path(parent: Any, name: str) -> str:
    return f"{parent.name.rstrip('/')}/{name}"


def _listed(parent: Any) -> str:
    return ", ".join(list(parent)[:20]) or "nothing"
