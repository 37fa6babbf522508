"""References to values in a file: they pickle small, and read from the file without keeping what was read."""

from __future__ import annotations

import math
import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import RecordingError

_COLUMN_BYTES = 16 * 1024  # read at once of a column that is contiguous in the file


@dataclass(frozen=True, eq=False)
class MappedRows:
    """The values of a memmap, read from its file.

    A memmap keeps every page that it has touched in the memory of the process. Here no page is kept.

    Parameters
    ----------
    path : path
        The file.
    dtype : dtype
        Type of the values.
    shape : (int, int)
        Rows and columns.
    strides : (int, int)
        Bytes from one row to the next and from one column to the next.
    offset : int
        Bytes before the first value.
    """

    path: Path
    dtype: np.dtype[Any]
    shape: tuple[int, int]
    strides: tuple[int, int]
    offset: int

    @property
    def ndim(self) -> int:
        """2: ``[rows, columns]`` works."""
        return 2

    @property
    def nbytes(self) -> int:
        """Bytes of all values."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def chunks(self) -> tuple[int, int] | None:
        """None if rows are contiguous in the file; (rows, 1) worth reading at once if columns are."""
        if abs(self.strides[1]) <= abs(self.strides[0]):
            return None
        return max(1, _COLUMN_BYTES // self.dtype.itemsize), 1

    def __getitem__(self, rows: Any) -> npt.NDArray[Any]:
        """A copy of these rows.

        Raises
        ------
        OSError
            The file does not exist or cannot be read.
        RecordingError
            The file is shorter than it was.
        """
        n_columns, item = self.shape[1], self.dtype.itemsize
        is_row = isinstance(rows, int | np.integer)
        wanted = slice(rows, None if rows == -1 else rows + 1) if is_row else rows
        if is_row and not -self.shape[0] <= rows < self.shape[0]:
            raise IndexError(f"there are {self.shape[0]} rows, got row {rows}")
        try:
            if isinstance(wanted, slice) and self.strides == (n_columns * item, item):
                values = self._contiguous_rows(range(self.shape[0])[wanted])
            else:
                values = self._mapped(wanted)
        except ValueError as cause:
            raise RecordingError(f"{self.path}: the file is shorter than it was: {cause}; open it again") from cause
        return values[0] if is_row else values

    def _contiguous_rows(self, wanted: range) -> npt.NDArray[Any]:
        """Whole rows of a file in which they follow each other."""
        if not wanted:
            return np.empty((0, self.shape[1]), dtype=self.dtype)
        low, high = min(wanted), max(wanted) + 1
        if abs(wanted.step) > 1:
            return np.concatenate([self._contiguous_rows(range(row, row + 1)) for row in wanted])
        count = (high - low) * self.shape[1]
        values = np.fromfile(self.path, self.dtype, count, offset=self.offset + low * self.strides[0])
        values = values.reshape(high - low, self.shape[1])
        return values if wanted.step > 0 else values[::-1]

    def _mapped(self, wanted: Any) -> npt.NDArray[Any]:
        """Any other selection, through a mapping that is closed afterwards."""
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapping:
            view = np.ndarray(self.shape, self.dtype, buffer=mapping, offset=self.offset, strides=self.strides)
            values = np.array(view[wanted])
            del view  # else the mapping cannot be closed
        return values


@dataclass(frozen=True, eq=False)
class DatasetRows:
    """A dataset of an HDF5 file. The file is opened for each reading.

    Parameters
    ----------
    path : path
        The file.
    name : str
        Name of the dataset.
    dtype, shape, chunks
        As in h5py.
    """

    path: Path
    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    chunks: tuple[int, ...] | None

    @property
    def ndim(self) -> int:
        """As in h5py."""
        return len(self.shape)

    def __getitem__(self, rows: Any) -> npt.NDArray[Any]:
        """The same as ``dataset[rows]`` of h5py.

        Raises
        ------
        OSError
            The file does not exist, or another program writes to it.
        RecordingError
            The dataset no longer exists or has another shape.
        """
        import h5py

        with h5py.File(self.path, "r") as file:
            stored = file.get(self.name)
            if not isinstance(stored, h5py.Dataset) or stored.shape != self.shape:
                raise RecordingError(
                    f"{self.path}: {self.name} is no longer a dataset of shape {self.shape}; make the Recording again"
                )
            return np.asarray(stored[rows])


def mapped_rows(values: Any) -> MappedRows | None:
    """A reference to the values of a memmap or a view of one; None for other arrays, or if no file has the values."""
    root = values
    while isinstance(root, np.ndarray) and isinstance(root.base, np.ndarray):
        root = root.base
    if not isinstance(root, np.memmap) or root.mode == "c" or root.filename is None or values.ndim != 2:
        return None
    if any(stride < 0 for stride in values.strides) or values.dtype.hasobject:
        return None
    path, offset = Path(root.filename), root.offset + values.ctypes.data - root.ctypes.data
    extent = sum((count - 1) * stride for count, stride in zip(values.shape, values.strides, strict=True))
    if not values.size or not path.is_file() or os.stat(path).st_size < offset + extent + values.dtype.itemsize:
        return None
    return MappedRows(path, values.dtype, values.shape, values.strides, offset)


def dataset_rows(dataset: Any) -> DatasetRows | None:
    """A reference to a dataset of h5py; None if it has no name or its file cannot be opened again."""
    path = Path(os.fsdecode(dataset.file.filename))
    if not path.is_file() or dataset.name is None:
        return None
    return DatasetRows(path.absolute(), dataset.name, dataset.dtype, dataset.shape, dataset.chunks)
