"""The values of a report, which stay in the file; rows are read when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.arrays import FrozenArrays, as_slice
from ...errors import RecordingError
from ..aliases import IntArray
from .hdf5 import dataset, opened

_MAX_GAP = 1024  # unwanted columns between wanted ones that are read with them, which is faster than two reads


@dataclass(frozen=True, eq=False)
class ReportValues(FrozenArrays):
    """Columns of one or more datasets, side by side and in any order, of which rows are read when needed.

    It opens the file for each reading. Its pickle holds the path and the columns, not the values.

    Parameters
    ----------
    path : Path
        The file.
    parts : tuple of (str, (n,) int64)
        The path of each dataset in the file, and its columns.
    n_rows : int
        Rows of each dataset.
    dtype : dtype
        Of the values.
    chunks : (int, int) or None
        Rows and columns of a chunk in the file; None where rows are contiguous.
    """

    path: Path
    parts: tuple[tuple[str, IntArray], ...]
    n_rows: int
    dtype: np.dtype[Any]
    chunks: tuple[int, int] | None

    @property
    def shape(self) -> tuple[int, int]:
        """(n_times, n_compartments)."""
        return self.n_rows, sum(len(columns) for _, columns in self.parts)

    @property
    def ndim(self) -> int:
        """2: a column can be read as well as rows."""
        return 2

    def __getitem__(
        self, rows: int | np.integer[Any] | slice | tuple[slice, int | np.integer[Any]]
    ) -> npt.NDArray[Any]:
        if isinstance(rows, tuple):
            row_slice, column = rows
            return np.asarray(self._column(range(self.shape[1])[column]).read(row_slice)[:, 0])
        if isinstance(rows, slice):
            return self.read(rows)
        row = range(self.n_rows)[rows]  # accepts negative rows, and raises the usual IndexError
        return np.asarray(self.read(slice(row, row + 1))[0])

    def read(self, rows: slice) -> npt.NDArray[Any]:
        """(n_rows, n_compartments): a range of rows.

        Raises
        ------
        RecordingError
            The file has changed or is damaged.
        OSError
            The file does not exist any more.
        """
        wanted = range(self.n_rows)[rows]
        if not wanted:
            return np.empty((0, self.shape[1]), dtype=self.dtype)
        rising = slice(min(wanted), max(wanted) + 1, abs(wanted.step))  # HDF5 takes positive steps only
        values = np.empty((len(wanted), self.shape[1]), dtype=self.dtype)
        with opened(self.path, RecordingError) as file:
            for (name, _), spans in zip(self.parts, self._spans, strict=True):
                stored = dataset(file, name, n_dimensions=2, file=self.path.name, error=RecordingError)
                if stored.shape[0] != self.n_rows:
                    raise RecordingError(
                        f"{self.path.name}: {name} had {self.n_rows} rows, now {stored.shape[0]}; read the report again"
                    )
                for span in spans:
                    values[:, span.columns] = stored[rising, span.low : span.high][:, span.wanted]
        return values if wanted.step > 0 else values[::-1]

    def of_columns(self, columns: IntArray) -> ReportValues:
        """The values of some columns (n,) int64, in increasing order, of the same file."""
        ends = np.cumsum([0, *(len(part_columns) for _, part_columns in self.parts)])
        indices = [columns[(columns >= low) & (columns < high)] - low for low, high in pairwise(ends.tolist())]
        parts = [
            (name, part_columns[index])
            for (name, part_columns), index in zip(self.parts, indices, strict=True)
            if len(index)
        ]
        return replace(self, parts=tuple(parts))

    def _column(self, column: int) -> ReportValues:
        """The values of one column."""
        ends = np.cumsum([len(columns) for _, columns in self.parts])
        part = int(np.searchsorted(ends, column, side="right"))
        name, columns = self.parts[part]
        return replace(self, parts=((name, columns[column - ends[part] :][:1]),))

    @cached_property
    def _spans(self) -> tuple[tuple[_Span, ...], ...]:
        """The spans to read of each part."""
        first, spans = 0, []
        for _, columns in self.parts:
            spans.append(tuple(_spans(columns, first)))
            first += len(columns)
        return tuple(spans)


@dataclass(frozen=True)
class _Span:
    """A range of columns of the file that is read at once.

    Parameters
    ----------
    low, high : int
        The range, half open.
    wanted : slice or (n,) int64
        The wanted columns, counted from ``low``.
    columns : slice or (n,) int64
        The columns of the values that they become.
    """

    low: int
    high: int
    wanted: slice | IntArray
    columns: slice | IntArray


def _spans(columns: IntArray, first: int) -> Iterator[_Span]:
    """The spans for columns of a dataset, which become the columns from ``first`` on."""
    order = np.argsort(columns, kind="stable")
    rising = columns[order]
    for run in np.split(np.arange(len(order)), np.flatnonzero(np.diff(rising) > _MAX_GAP) + 1):
        if len(run):
            low, high = int(rising[run[0]]), int(rising[run[-1]]) + 1
            wanted, becomes = rising[run] - low, first + order[run]
            yield _Span(low, high, as_slice(wanted) or wanted, as_slice(becomes) or becomes)
