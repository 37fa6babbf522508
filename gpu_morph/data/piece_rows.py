"""PieceRows: rows of a recording for a film whose pieces are drawn in turns, read ahead for each piece."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from .frame_times import PeakWindows
from .recording import Recording
from .row_stream import RowStream, memory_bytes
from .sampling import Sampling, needed_rows


class PieceRows:
    """The values of a recording that is read from a file, as `SliceableRows`. Use it in ``with``, as a `RowStream`.

    Parameters
    ----------
    recording : Recording
        Where the rows are read.
    pieces : sequence of (n_frames,) float64
        Times of the frames of each piece, ms, rising.
    sampling, step
        As in `RowStream.of_frames`.
    memory : int or str
        Bytes held at once, for all pieces.
    """

    dtype = np.dtype(np.float32)

    def __init__(
        self,
        recording: Recording,
        pieces: Sequence[npt.NDArray[np.float64]],
        *,
        sampling: Sampling,
        step: float | PeakWindows | None,
        memory: int | str,
    ) -> None:
        self.shape = recording.row_source.shape
        self._source = recording.row_source
        rows = [needed_rows(recording.times, times, sampling=sampling, step=step) for times in pieces]
        share = memory_bytes(memory) // len(pieces)
        self._streams = [RowStream(recording, needed, memory=max(1, share)) for needed in rows]
        self._first_rows = [int(needed[0]) for needed in rows]
        self._open = ExitStack()

    def __enter__(self) -> PieceRows:
        for stream in self._streams:
            self._open.enter_context(stream)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def __getitem__(self, rows: int | slice) -> npt.NDArray[Any]:
        if isinstance(rows, slice):
            return self._source.read(rows)
        piece = int(np.searchsorted(self._first_rows, rows, side="right")) - 1
        return self._streams[max(piece, 0)].row(rows)
