"""HDF5 files as SONATA has them: opened for reading, with errors that name file and dataset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import GpuMorphError

_NUMBERS = "iufb"


@contextmanager
def opened(path: Path, error: type[GpuMorphError]) -> Iterator[Any]:
    """An HDF5 file, closed at the end; what cannot be read of it is an ``error`` that names the file.

    Raises
    ------
    error
        h5py is not installed, or the file is damaged or of another format.
    OSError
        The file is not there or may not be read.
    """
    try:
        import h5py
    except ImportError as cause:
        raise error(f'{path.name}: HDF5 needs h5py; pip install "gpu_morph[hdf5]"') from cause
    path.open("rb").close()  # the system's own error for a file that is not there
    try:
        with h5py.File(path, "r") as file:
            yield file
    except OSError as cause:
        raise error(f"{path.name}: no readable HDF5 file ({cause}); get the file again") from cause


def group_of(parent: Any, name: str, *, file: str, error: type[GpuMorphError]) -> Any:
    """A group within a file or group."""
    found = parent.get(name)
    if not hasattr(found, "keys"):
        raise error(f"{file}: expected a group {_place(parent, name)}, found {_listed(parent)}; is it the right file?")
    return found


def numbers(
    parent: Any, name: str, *, file: str, error: type[GpuMorphError], size: int | None = None
) -> npt.NDArray[Any]:
    """All numbers of a dataset of one dimension."""
    array = dataset(parent, name, n_dimensions=1, file=file, error=error)[:]
    if size is not None and len(array) != size:
        raise error(
            f"{file}: {_place(parent, name)} must hold {size} numbers, found {len(array)}; is the file complete?"
        )
    return np.asarray(array)


def dataset(parent: Any, name: str, *, n_dimensions: int, file: str, error: type[GpuMorphError]) -> Any:
    """A dataset of numbers, not yet read."""
    found = parent.get(name)
    shape, dtype = getattr(found, "shape", None), getattr(found, "dtype", None)
    if shape is None or dtype is None or len(shape) != n_dimensions or dtype.kind not in _NUMBERS:
        is_there = f"{dtype} of shape {shape}" if shape is not None else _listed(parent)
        raise error(
            f"{file}: {_place(parent, name)} must be a dataset of numbers with {n_dimensions} dimension"
            f"{'s' if n_dimensions > 1 else ''}, found {is_there}"
        )
    return found


def text(value: Any) -> str:
    """An attribute or a value as text: h5py gives bytes, str or arrays of one of them."""
    value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _place(parent: Any, name: str) -> str:
    return f"{parent.name.rstrip('/')}/{name}"


def _listed(parent: Any) -> str:
    return ", ".join(list(parent)[:20]) or "nothing"
