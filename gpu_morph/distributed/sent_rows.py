"""Rows of a recording that are sent to a worker with a piece."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import IntArray
from ..errors import RecordingError


class SentRows:
    """The values of a recording of which only some rows are present: those of the current piece.

    Parameters
    ----------
    shape : (int, int)
        Of the whole recording: times and compartments.
    """

    dtype = np.dtype(np.float32)

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self._rows: IntArray = np.zeros(0, dtype=np.int64)
        self._values = np.zeros((0, shape[1]), dtype=np.float32)

    def fill(self, rows: IntArray, values: npt.NDArray[np.float32]) -> None:
        """Replace the rows that are present.

        Parameters
        ----------
        rows : (n_rows,) int64
            Row numbers, increasing.
        values : (n_rows, n_compartments) float32
            Their values.
        """
        self._rows, self._values = rows, np.asarray(values)

    def __getitem__(self, key: Any) -> npt.NDArray[np.float32]:
        rows = np.array(range(self.shape[0])[key])
        indices = np.searchsorted(self._rows, rows)
        found = self._rows[np.minimum(indices, len(self._rows) - 1)] if len(self._rows) else rows - 1
        if not np.array_equal(found, rows):
            raise RecordingError(f"rows {key} of the recording were not sent with this piece")
        values: npt.NDArray[np.float32] = self._values[indices]
        return values
