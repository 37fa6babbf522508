"""Values that lie in files, as references: small enough to travel, and read without keeping what was read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from .file_rows import DatasetRows, mapped_rows


def chunk_rows(values: Any) -> int:
    """Rows that a source reads at once, where it is in chunks; else 1."""
    chunks = getattr(values, "chunks", None)
    if not chunks:
        return 1
    return int(chunks[0]) if isinstance(chunks[0], int | np.integer) else int(max(chunks[0], default=1))


def referenced(values: Any) -> Any:
    """What stands for ``values`` in a pickle: a reference to their file where there is one, else themselves."""
    mapped = mapped_rows(values)
    if mapped is not None:
        return mapped
    kind = type(values)
    if kind.__module__.split(".")[0] == "h5py" and kind.__name__ == "Dataset":
        path = Path(os.fsdecode(values.file.filename))
        if path.is_file() and values.name is not None:
            return DatasetRows(path.absolute(), values.name, values.dtype, values.shape, values.chunks)
    return values


class RowSource(Protocol):
    """Anything two-dimensional that slices by row: ndarray, memmap, h5py, zarr or dask array."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n_times, n_compartments)."""

    def __getitem__(self, rows: Any, /) -> Any:
        """Rows, as something ``numpy.asarray`` takes."""
