"""The values of a report, left in its file and read by rows when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.arrays import FrozenArrays
from ...errors import RecordingError
from ..aliases import IntArray
from .hdf5 import dataset, opened

_GAP = 1024  # columns that are rather read and thrown away than stepped over


@dataclass(frozen=True, eq=False)
class ReportValues(FrozenArrays):
    """Columns of one or more datasets side by side, in any order, read by rows as they are asked for.

    A reference: it travels to other processes as paths and columns, and opens the file for each reading.

    Parameters
    ----------
    path : Path
        The file.
    parts : tuple of (str, (n,) int64)
        Datasets and which of their columns.
    n_rows : int
        Rows of each dataset.
    dtype : dtype
        Of the values.
    chunks : (int, int) or None
        Rows and columns of a chunk in the file; None where rows lie one after the other.
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
        """Two: a column may be asked for beside rows."""
        return 2

    def __getitem__(
        self, rows: int | np.integer[Any] | slice | tuple[slice, int | np.integer[Any]]
    ) -> npt.NDArray[Any]:
        if isinstance(rows, tuple):
            some, column = rows
            return np.asarray(self._column(range(self.shape[1])[column]).read(some)[:, 0])
        if isinstance(rows, slice):
            return self.read(rows)
        row = range(self.n_rows)[rows]  # counts from the end, and has the usual error
        return np.asarray(self.read(slice(row, row + 1))[0])

    def read(self, rows: slice) -> npt.NDArray[Any]:
        """(n, n_compartments): these rows.

        Raises
        ------
        RecordingError
            The file has changed or is damaged.
        OSError
            The file is gone.
        """
        wanted = range(self.n_rows)[rows]
        if not wanted:
            return np.empty((0, self.shape[1]), dtype=self.dtype)
        rising = slice(min(wanted), max(wanted) + 1, abs(wanted.step))  # HDF5 reads forwards
        values = np.empty((len(wanted), self.shape[1]), dtype=self.dtype)
        with opened(self.path, RecordingError) as file:
            for (name, _), spans in zip(self.parts, self._spans, strict=True):
                stored = dataset(file, name, n_dimensions=2, file=self.path.name, error=RecordingError)
                if stored.shape[0] != self.n_rows:
                    raise RecordingError(
                        f"{self.path.name}: {name} had {self.n_rows} rows, now {stored.shape[0]}; read the report again"
                    )
                for span in spans:
                    values[:, span.places] = stored[rising, span.low : span.high][:, span.sources]
        return values if wanted.step > 0 else values[::-1]

    def of_columns(self, columns: IntArray) -> ReportValues:
        """Some of the columns, rising, in the same file."""
        ends = np.cumsum([0, *(len(own) for _, own in self.parts)])
        within = [columns[(columns >= low) & (columns < high)] - low for low, high in pairwise(ends.tolist())]
        parts = [(name, own[some]) for (name, own), some in zip(self.parts, within, strict=True) if len(some)]
        return replace(self, parts=tuple(parts))

    def _column(self, column: int) -> ReportValues:
        """One of the columns by itself."""
        ends = np.cumsum([len(columns) for _, columns in self.parts])
        part = int(np.searchsorted(ends, column, side="right"))
        name, columns = self.parts[part]
        return replace(self, parts=((name, columns[column - ends[part] :][:1]),))

    @cached_property
    def _spans(self) -> tuple[tuple[_Span, ...], ...]:
        """What to read of each part."""
        first, spans = 0, []
        for _, columns in self.parts:
            spans.append(tuple(_spans(columns, first)))
            first += len(columns)
        return tuple(spans)


@dataclass(frozen=True)
class _Span:
    """Columns ``low`` up to ``high`` of the file, which of them are wanted, and where they go."""

    low: int
    high: int
    sources: slice | IntArray
    places: slice | IntArray


def _spans(columns: IntArray, first: int) -> Iterator[_Span]:
    order = np.argsort(columns, kind="stable")
    rising = columns[order]
    for piece in np.split(np.arange(len(order)), np.flatnonzero(np.diff(rising) > _GAP) + 1):
        if len(piece):
            low, high = int(rising[piece[0]]), int(rising[piece[-1]]) + 1
            yield _Span(low, high, _sliced(rising[piece] - low), _sliced(first + order[piece]))


def _sliced(indices: IntArray) -> slice | IntArray:
    """The same indices as a slice, which is faster, where they count up one by one."""
    return slice(int(indices[0]), int(indices[-1]) + 1) if (np.diff(indices) == 1).all() else indices
