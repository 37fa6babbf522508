"""HDF5 files of SONATA: opened for reading, with errors that name file and dataset.

All functions take ``error``, the class of error to raise: MorphologyError for a circuit, RecordingError for results.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import GpuMorphError

_NUMBER_KINDS = "iufb"


@contextmanager
def opened(path: Path, error: type[GpuMorphError]) -> Iterator[Any]:
    """An open HDF5 file, which is closed at the end.

    Raises
    ------
    error
        h5py is not installed, or the file is damaged or of another format; the message names the file.
    OSError
        The file does not exist or cannot be read.
    """
    try:
        import h5py
    except ImportError as cause:
        raise error(f'{path.name}: HDF5 needs h5py; pip install "gpu_morph[hdf5]"') from cause
    path.open("rb").close()  # h5py's error for a missing file is less clear than the system's
    try:
        with h5py.File(path, "r") as file:
            yield file
    except OSError as cause:
        raise error(f"{path.name}: not a readable HDF5 file ({cause}); get the file again") from cause


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
    array = dataset(parent, name, n_dimensions=1, file=file, error=error)[:]
    if size is not None and len(array) != size:
        raise error(
            f"{file}: {_path(parent, name)} must hold {size} numbers, found {len(array)}; is the file complete?"
        )
    return np.asarray(array)


def dataset(parent: Any, name: str, *, n_dimensions: int, file: str, error: type[GpuMorphError]) -> Any:
    """An h5py dataset of numbers, not yet read."""
    found = parent.get(name)
    shape, dtype = getattr(found, "shape", None), getattr(found, "dtype", None)
    if shape is None or dtype is None or len(shape) != n_dimensions or dtype.kind not in _NUMBER_KINDS:
        description = f"{dtype} of shape {shape}" if shape is not None else _listed(parent)
        raise error(
            f"{file}: {_path(parent, name)} must be a dataset of numbers with {n_dimensions} dimension"
            f"{'s' if n_dimensions > 1 else ''}, found {description}"
        )
    return found


def text(value: Any) -> str:
    """An attribute or a value as text; h5py returns bytes, str or arrays of one of them."""
    value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _path(parent: Any, name: str) -> str:
    return f"{parent.name.rstrip('/')}/{name}"


def _listed(parent: Any) -> str:
    return ", ".join(list(parent)[:20]) or "nothing"
