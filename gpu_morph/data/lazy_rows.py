"""Adapters of values that are read when they are needed to one interface, `row_source.RowSource`.

A user gives a `Recording` anything that slices by row (`row_source.SliceableRows`). `adapt_rows` makes a `RowSource` of
it, once per recording, and the rest of the package reads through that. To add a kind of source:

- Of your own: write a class as `SliceableRows` describes it. It needs no change here. `file_rows.DatasetRows` and
  ``readers.sonata.values.ReportValues`` are examples: they open their file for each reading, so they pickle small.
- Of another library, whose objects need special treatment: subclass `SlicedRows`, override the members that
  differ, and add a branch to `adapt_rows`. `Hdf5Rows` is an example. Only `adapt_rows` examines objects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import RecordingError
from .arrays import IntArray, as_slice
from .file_rows import MappedRows, dataset_rows, mapped_rows
from .masks import filled
from .row_source import Chunks, RowSource


@dataclass(frozen=True, eq=False)
class SlicedRows:
    """The adapter of any `SliceableRows`; base class of the others.

    ``chunk_shape`` and ``column_subset`` are the ``chunks`` and ``of_columns`` of `SliceableRows`, or None.
    """

    values: Any
    dtype: np.dtype[Any]
    has_columns: bool
    chunk_shape: Any = None
    path: Path | None = None
    column_subset: Callable[[IntArray], Any] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """(n_rows, n_columns)."""
        return tuple(self.values.shape)

    @cached_property
    def chunks(self) -> Chunks | None:
        """See `RowSource`."""
        if self.chunk_shape is None or isinstance(self.chunk_shape, Chunks):
            return self.chunk_shape
        rows, columns = self.chunk_shape
        if isinstance(rows, int | np.integer):
            edges = np.append(np.arange(0, self.shape[0], rows), self.shape[0])
        else:  # dask: lengths of all chunks
            edges = np.append(0, np.cumsum(rows))
        return Chunks(edges, int(np.max(columns)))

    @property
    def is_in_memory(self) -> bool:
        """See `RowSource`."""
        return False

    @property
    def is_array(self) -> bool:
        """See `RowSource`."""
        return isinstance(self.values, MappedRows)

    @property
    def reference(self) -> Any:
        """See `RowSource`."""
        return self.values

    def read(self, rows: int | slice, columns: int | slice | None = None) -> npt.NDArray[Any]:
        """See `RowSource`."""
        if columns is None:
            return filled(self.values[rows])  # netCDF4's variables give masked arrays
        if self.has_columns:
            return filled(self.values[rows, columns])
        return filled(self.values[rows])[..., columns]

    def of_columns(self, columns: IntArray) -> Any:
        """See `RowSource`."""
        return ChosenColumns(self, columns) if self.column_subset is None else self.column_subset(columns)


class ArrayRows(SlicedRows):
    """The adapter of arrays in memory, and of subclasses of ndarray."""

    @property
    def is_array(self) -> bool:
        """See `RowSource`."""
        return True

    @property
    def is_in_memory(self) -> bool:
        """See `RowSource`."""
        return type(self.values) is np.ndarray

    def of_columns(self, columns: IntArray) -> Any:
        """See `RowSource`."""
        span = as_slice(columns)
        if span is not None:
            return self.values[:, span]
        return self.values[:, columns] if self.is_in_memory else super().of_columns(columns)


@dataclass(frozen=True, eq=False, kw_only=True)
class MemmapRows(ArrayRows):
    """The adapter of memmaps and of views of them.

    Rows are read through the file: a memmap would keep every page it has touched in the memory of the process.
    """

    mapped: MappedRows

    @property
    def is_in_memory(self) -> bool:
        """See `RowSource`."""
        return False

    @property
    def reference(self) -> Any:
        """See `RowSource`."""
        return mapped_rows(self.values) or self.values

    def read(self, rows: int | slice, columns: int | slice | None = None) -> npt.NDArray[Any]:
        """See `RowSource`."""
        if columns is None:
            try:
                return np.asarray(self.mapped[rows])
            except FileNotFoundError:  # the file has been deleted; the memmap still has its values
                pass
        return super().read(rows, columns)


class Hdf5Rows(SlicedRows):
    """The adapter of h5py's datasets."""

    @property
    def reference(self) -> Any:
        """See `RowSource`."""
        return dataset_rows(self.values) or self.values


class DaskRows(SlicedRows):
    """The adapter of dask arrays."""

    @property
    def name(self) -> str:
        """Dask's name of the array: arrays with the same name have the same values."""
        return str(self.values.name)


@dataclass(frozen=True, eq=False)
class ChosenColumns:
    """Some columns of a source, as values of a `Recording`.

    Parameters
    ----------
    source : RowSource
        Where they are read.
    columns : (n_chosen,) int64
        Columns of the source, in the order in which they are shown.
    """

    source: RowSource
    columns: IntArray

    @property
    def shape(self) -> tuple[int, int]:
        """(n_times, n_chosen)."""
        return self.source.shape[0], len(self.columns)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        return self.source.dtype

    @property
    def ndim(self) -> int:
        """2 if columns can be read without the rest of their rows, else 1."""
        return 2 if self.source.has_columns else 1

    @property
    def chunks(self) -> Chunks | None:
        """Chunks of the source."""
        return self.source.chunks

    def of_columns(self, columns: IntArray) -> Any:
        """Values of some of these columns."""
        return self.source.of_columns(self.columns[columns])

    def __getitem__(self, key: Any) -> npt.NDArray[Any]:
        """As numpy's ``values[rows]`` and ``values[rows, columns]``."""
        rows, chosen = (key[0], self.columns[key[1]]) if isinstance(key, tuple) else (key, self.columns)
        if np.ndim(chosen) == 0:
            return self.source.read(rows, int(chosen))
        span = as_slice(chosen)
        return self.source.read(rows)[..., chosen] if span is None else self.source.read(rows, span)

    def __getstate__(self) -> dict[str, Any]:
        """A pickle refers to the source's file, as that of a Recording does."""
        return {"source": self.source.reference, "columns": self.columns}

    def __setstate__(self, state: dict[str, Any]) -> None:
        object.__setattr__(self, "source", adapt_rows(state["source"]))
        object.__setattr__(self, "columns", state["columns"])


def sliceable(values: Any) -> Any:
    """``values`` if they have a shape; else an array of them.

    Raises
    ------
    RecordingError
        They are a list of rows of different lengths.
    """
    if hasattr(values, "shape"):
        return values
    try:
        return np.asarray(values)
    except (TypeError, ValueError, OverflowError) as cause:
        raise RecordingError(
            f"values must have shape (n_times, n_compartments), got what is no array of numbers: {cause}"
        ) from cause


def adapt_rows(values: Any) -> RowSource:
    """The source that reads ``values``; see `SliceableRows`."""
    interface: dict[str, Any] = {
        "dtype": np.dtype(getattr(values, "dtype", np.float64)),
        "has_columns": getattr(values, "ndim", 1) == 2,
    }
    if isinstance(values, np.ndarray):
        mapped = mapped_rows(values)
        if mapped is None:
            return ArrayRows(values, **interface)
        return MemmapRows(values, **interface, chunk_shape=mapped.chunks, path=mapped.path, mapped=mapped)
    interface["chunk_shape"] = getattr(values, "chunks", None) or None
    library, name = type(values).__module__.split(".")[0], type(values).__name__
    if library == "dask":
        return DaskRows(values, **interface)
    if library == "h5py" and name == "Dataset":
        stored = dataset_rows(values)
        return Hdf5Rows(values, **interface, path=None if stored is None else stored.path)
    if library != "netCDF4":  # its variables raise KeyError for an attribute path
        interface |= {"path": getattr(values, "path", None), "column_subset": getattr(values, "of_columns", None)}
    return SlicedRows(values, **interface)
