"""Sources of rows: what a user gives, and the one interface through which the package reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from .arrays import IntArray


class SliceableRows(Protocol):
    """What a `Recording` takes as values: ndarray, memmap, h5py dataset, zarr or dask array, or a class like these.

    More attributes are used if they are there:

    dtype
        Type of the values; float64 if absent.
    ndim
        2 if ``values[rows, columns]`` works, too, for an int or a slice of columns.
    chunks
        Rows and columns of a chunk, as in h5py; or the lengths of all chunks along both axes, as in dask.
    path
        File of the values. A cluster compares its size and time of change.
    of_columns
        Method that takes (n,) int64 rising columns and returns values of these alone.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """(n_times, n_compartments)."""

    def __getitem__(self, rows: Any, /) -> Any:
        """(n_rows, n_compartments), or (n_compartments,) for an int; something that ``numpy.asarray`` takes."""


@dataclass(frozen=True, eq=False)
class Chunks:
    """Chunks of a source. The source reads each of them whole.

    Parameters
    ----------
    row_edges : (n_chunks + 1,) int64
        First row of each chunk along the rows, and the number of rows.
    n_columns : int
        Columns of the widest chunk.
    """

    row_edges: IntArray
    n_columns: int

    @property
    def n_rows(self) -> int:
        """Rows of the longest chunk."""
        return int(np.diff(self.row_edges).max(initial=1))


class RowSource(Protocol):
    """Values of a recording, (n_rows, n_columns), of which the package reads the rows that it needs."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n_rows, n_columns)."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values as stored."""

    @property
    def chunks(self) -> Chunks | None:
        """Chunks of the file; None if a row is read without others."""

    @property
    def has_columns(self) -> bool:
        """True if `read` gets columns without the rest of their rows."""

    @property
    def is_in_memory(self) -> bool:
        """True for an array in memory: there is nothing to read ahead."""

    @property
    def is_array(self) -> bool:
        """True for an array in memory or mapped from a file: nothing is decompressed or computed."""

    @property
    def path(self) -> Path | None:
        """The file of the values, if there is one."""

    @property
    def reference(self) -> Any:
        """What a pickle has instead of the values: a reference to their file if possible, else the values."""

    def read(self, rows: int | slice, columns: int | slice | None = None) -> npt.NDArray[Any]:
        """Values of these rows, and of these columns or all, in the shape that numpy's indexing gives."""

    def of_columns(self, columns: IntArray) -> Any:
        """Values of some columns, (n,) int64, as a `Recording` takes them; nothing is read that is not in memory."""
