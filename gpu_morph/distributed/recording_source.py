"""Where workers get the rows of a recording from."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import IntArray
from ..data.lazy_rows import DaskRows
from ..data.row_source import RowSource
from ..data.row_stream import RowStream
from ..data.sampling import needed_rows
from ..scene.scene import Scene
from .sent_rows import SentRows

_MAX_REFERENCE_BYTES = 2**20  # what pickles smaller than this refers to values and does not contain them
_MAX_SENT_BYTES = 2**27  # of rows that are sent with a piece


class RecordingSource:
    """Where workers get the rows of a scene's recording from.

    Workers read values of a file that they can open. The cluster computes values of a dask array. All others are read
    by this process and sent.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._rows = scene.recording.row_source if scene.recording is not None and scene.shows_values else None
        self.is_dask = isinstance(self._rows, DaskRows)
        self.reference = None if self._rows is None or self.is_dask else small_reference(self._rows)
        self._sends_rows = self._rows is not None

    def use_reference(self) -> None:
        """Send the reference instead of rows: all workers can open it."""
        self._sends_rows = False

    @property
    def needs_fingerprint(self) -> bool:
        """True if values must be read to identify them: they are sent, and `values_id` does not identify them."""
        return self._sends_rows and not self.values_id()

    def values_id(self) -> str:
        """Identifies values in a file or a dask array without reading them; "" for others."""
        if isinstance(self._rows, DaskRows):
            return self._rows.name
        if self._rows is None or self.reference is None:
            return ""
        digest = hashlib.sha256(pickle.dumps(self.reference))
        if self._rows.path is not None:
            state = os.stat(self._rows.path)
            digest.update(f"{state.st_size} {state.st_mtime_ns}".encode())
        return digest.hexdigest()

    @property
    def recording_id(self) -> int:
        """The same for sources of one recording."""
        return id(self._scene.recording)

    @property
    def outermost_rows(self) -> tuple[int, int]:
        """Numbers of the first and the last row."""
        assert self._scene.recording is not None
        return 0, len(self._scene.recording.times) - 1

    @property
    def payload_values(self) -> Any:
        """The values of the recording in a payload: the reference, or `SentRows`; None without a recording."""
        if self._scene.recording is None:
            return None
        is_reference = self.reference is not None and not self._sends_rows
        return self.reference if is_reference else SentRows(tuple(self._scene.recording.values.shape))

    def rows_to_send(self, times: npt.NDArray[np.float64]) -> IntArray | None:
        """Numbers of the rows that frames at ``times`` (ms) need; None if no rows are sent."""
        scene = self._scene
        if not self._sends_rows or scene.recording is None:
            return None
        step = None if scene.time_range is None else scene.time_range.windows
        return needed_rows(scene.recording.times, times, sampling=scene.sampling, step=step)

    def max_piece_length(self, times: npt.NDArray[np.float64]) -> int | None:
        """Frames per piece for which the rows to send stay small enough; None if no rows are sent."""
        rows = self.rows_to_send(times)
        if rows is None:
            return None
        assert self._scene.recording is not None
        n_bytes = 4 * max(1, self._scene.recording.n_compartments) * len(rows)
        return max(1, _MAX_SENT_BYTES * len(times) // n_bytes)

    def read(self, rows: IntArray, memory: int | str) -> npt.NDArray[np.float32]:
        """Read rows in this process.

        Returns
        -------
        (n_rows, n_compartments) float32
        """
        recording = self._scene.recording
        assert recording is not None
        values = np.empty((len(rows), recording.n_compartments), dtype=np.float32)
        with RowStream(recording, rows, memory=memory) as stream:
            for index, row in enumerate(rows.tolist()):
                values[index] = stream.row(row)
        return values

    def dask_rows(self, rows: IntArray) -> Any:
        """The same as a dask array, for the cluster to compute."""
        assert self._scene.recording is not None
        values: Any = self._scene.recording.values
        first, last = int(rows[0]), int(rows[-1])
        return values[slice(first, last + 1) if last - first + 1 == len(rows) else rows].astype(np.float32)


def small_reference(rows: RowSource) -> Any:
    """The reference to the values for other processes; None if they are in memory or do not pickle small."""
    if rows.is_in_memory:
        return None
    reference = rows.reference
    try:
        pickle.Pickler(_SmallFile(), protocol=5).dump(reference)
    except Exception:  # too large, or not picklable
        return None
    return reference


class _SmallFile(io.RawIOBase):
    """Accepts no more bytes than a reference may have."""

    def __init__(self) -> None:
        self._n_bytes = 0

    def write(self, data: Any, /) -> int:
        n_bytes = memoryview(data).nbytes
        self._n_bytes += n_bytes
        if self._n_bytes > _MAX_REFERENCE_BYTES:
            raise ValueError("too large for a reference")
        return n_bytes


def hash_of_rows(values: Any, rows: Iterable[int]) -> bytes:
    """A hash of some rows, by which two processes find out whether they read the same values."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(np.asarray(values[row], dtype=np.float32).tobytes())
    return digest.digest()
