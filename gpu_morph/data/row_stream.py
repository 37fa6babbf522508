"""RowStream: rows of a recording of any size, read ahead by a thread within a memory budget.

It reads through `row_source.RowSource`; a new kind of source is added in `lazy_rows` and needs no change here.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import brief
from .arrays import IntArray
from .frame_times import PeakWindows
from .recording import Recording
from .sampling import Sampling, needed_rows

MEMORY = "2 GiB"
_RUN_BYTES = 32 * 2**20  # consecutive rows that are read at once
_AHEAD_BYTES = 64 * 2**20  # rows that wait for use; more of them do not make films faster


def memory_bytes(memory: int | str, *, name: str = "memory") -> int:
    """Bytes as an int, from an int or from a text such as "2 GiB" or "500 MB". ``name`` is for the message.

    Raises
    ------
    ValueError
        ``memory`` is neither, or 0.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*(?:([kmgt])(i?))?b?\s*", str(memory), re.IGNORECASE)
    if match:
        power = "kmgt".index(match[2].lower()) + 1 if match[2] else 0
        size = int(min(float(match[1]), 2.0**62) * (1024 if match[3] else 1000) ** power)
        if size:
            return size
    raise ValueError(f'{name} must be a number of bytes, such as "2 GiB" or "500 MB", got {memory!r}')


@dataclass(frozen=True, eq=False)
class RowBlock:
    """Rows that are read at once: ``start`` up to ``stop``. Those in ``rows`` are kept."""

    start: int
    stop: int
    rows: IntArray

    def kept(self, read: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Of the values that were read, the rows to keep."""
        return read if len(read) == len(self.rows) else read[self.rows - self.start]


def row_blocks(rows: IntArray, *, edges: IntArray | None, max_rows: int) -> Iterator[RowBlock]:
    """Divide rows into blocks.

    Consecutive rows and rows of one chunk are in one block. Others are apart, so that rows which no frame shows are not
    read. A run of more than ``max_rows`` is divided, between two chunks if possible.

    Parameters
    ----------
    rows : (n,) int64
        Rising, each once.
    edges : (n_chunks + 1,) int64 or None
        As in `row_source.Chunks`; None for a source without chunks.
    max_rows : int
        Rows that a block spans at most.
    """
    if not len(rows):
        return
    chunk = rows if edges is None else np.searchsorted(edges, rows, side="right")
    for run in np.split(rows, np.flatnonzero((np.diff(rows) > 1) & (np.diff(chunk) > 0)) + 1):
        first = 0
        while first < len(run):
            start = int(run[first])
            stop = start + max_rows
            if edges is not None and run[-1] >= stop:
                edge = int(edges[np.searchsorted(edges, stop, side="right") - 1])
                stop = edge if edge > start else stop
            last = int(np.searchsorted(run, stop))
            yield RowBlock(start, int(run[last - 1]) + 1, run[first:last])
            first = last


class RowStream:
    """Rows of a recording, read ahead by a thread and discarded after use.

    Use it in ``with``: leaving ends the thread. Rows that are not in ``rows``, or that are requested out of order, are
    read when `row` is called. There is no thread for recordings in memory.

    Parameters
    ----------
    recording : Recording
        The rows are read through its ``row_source``.
    rows : (n,) int
        Rows that will be requested, rising, each once.
    memory : int or str
        Bytes held at once, such as "2 GiB": the block in use, blocks that wait, the block that is being read, and a
        copy of it that the source may make. At least one row is held. Each chunk is read once if the budget is four
        times the bytes of a chunk's rows.
    """

    def __init__(self, recording: Recording, rows: Sequence[int] | IntArray, *, memory: int | str = MEMORY) -> None:
        quarter = memory_bytes(memory) // 4
        self._source = source = recording.row_source
        self._row_bytes = recording.n_bytes // len(recording.times)
        row_bytes = max(1, self._row_bytes)
        self._edges = edges = None if source.chunks is None else source.chunks.row_edges
        chunk_rows = 1 if source.chunks is None else source.chunks.n_rows
        max_rows = max(1, min(quarter, max(_RUN_BYTES, chunk_rows * row_bytes)) // row_bytes)
        planned = np.asarray(rows, dtype=np.int64)[: 0 if source.is_in_memory else None]
        self._blocks = list(row_blocks(planned, edges=edges, max_rows=max_rows))
        self._starts = np.array([block.start for block in self._blocks], dtype=np.int64)
        self._max_ahead = min(quarter, _AHEAD_BYTES)
        self._number = -1  # of the block in use
        self._shown: npt.NDArray[Any] | None = None  # the block in use
        self._last: tuple[int, npt.NDArray[Any]] | None = None  # last row of the block before: its number and values
        self._ahead: deque[npt.NDArray[Any]] = deque()
        self._changed = threading.Condition()
        self._reading = threading.Lock()  # sources need not be thread-safe
        self._error: BaseException | None = None
        self._is_ended = not self._blocks
        self._thread: threading.Thread | None = None
        self.n_bytes = 0  # requested from the source so far

    @property
    def most_held(self) -> int:
        """Bytes that are held at once at most: the block in use, blocks that wait, the one being read and a copy."""
        kept = max((len(block.rows) for block in self._blocks), default=0) * self._row_bytes
        read = max((block.stop - block.start for block in self._blocks), default=0) * self._row_bytes
        return kept + 2 * read + max(kept, min(self._max_ahead, len(self._blocks) * kept))

    @property
    def file_bytes(self) -> int:
        """Bytes to read for all announced rows; chunks count whole."""
        edges, n_rows = self._edges, 0
        for block in self._blocks:
            if edges is None:
                n_rows += block.stop - block.start
            else:
                first, end = np.searchsorted(edges, [block.start, block.stop - 1], side="right")
                n_rows += int(edges[end] - edges[first - 1])
        return n_rows * self._row_bytes

    @classmethod
    def of_frames(
        cls,
        recording: Recording,
        times: Sequence[float | None] | npt.NDArray[np.float64],
        *,
        sampling: Sampling,
        step: float | PeakWindows | None,
        memory: int | str = MEMORY,
    ) -> RowStream:
        """The stream for frames at ``times`` (ms). Rows are read ahead only if the times do not decrease."""
        try:
            frames = np.atleast_1d(np.asarray(times, dtype=np.float64))
        except (TypeError, ValueError, OverflowError) as cause:
            raise ValueError(f"times must be times in ms, got {brief(times)}: {cause}") from cause
        is_in_order = bool(np.all(np.diff(frames) >= 0))  # False with NaN
        announced = frames if is_in_order and not recording.row_source.is_in_memory else frames[:0]
        return cls(recording, needed_rows(recording.times, announced, sampling=sampling, step=step), memory=memory)

    def __enter__(self) -> RowStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the thread, after the block that it is reading, and discard all rows."""
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        self._ahead.clear()
        self._shown = self._last = None

    def row(self, index: int) -> npt.NDArray[np.float32]:
        """(n_compartments,) float32: the values at ``recording.times[index]``.

        Raises
        ------
        Exception
            The source raised it when the thread read ahead.
        """
        number = int(np.searchsorted(self._starts, index, side="right")) - 1
        if number >= 0:
            rows = self._blocks[number].rows
            within = int(np.searchsorted(rows, index))
            if within < len(rows) and rows[within] == index:
                while self._number < number and self._advance():
                    pass
                if self._number == number and self._shown is not None:
                    return _as_row(self._shown[within])
                if self._last is not None and self._last[0] == index:
                    return _as_row(self._last[1])
        with self._reading:
            self.n_bytes += self._row_bytes
            return _as_row(self._source.read(index))

    def _advance(self) -> bool:
        """Wait for the next block and use it; False if the stream is closed."""
        if self._thread is None and not self._is_ended:
            self._thread = threading.Thread(target=self._read_ahead, name="gpu_morph rows", daemon=True)
            self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._ahead or self._error is not None or self._is_ended)
            if not self._ahead:
                if self._error is not None:
                    raise self._error
                return False
            if self._shown is not None:
                self._last = int(self._blocks[self._number].rows[-1]), np.array(self._shown[-1])
            self._shown = self._ahead.popleft()
            self._number += 1
            self._changed.notify_all()
        return True

    def _read_ahead(self) -> None:
        """Read all blocks, one after the other; the thread runs this."""
        try:
            for block in self._blocks:
                n_bytes = len(block.rows) * self._row_bytes
                with self._changed:
                    self._changed.wait_for(lambda: self._is_ended or self._has_room(n_bytes))  # noqa: B023
                    if self._is_ended:
                        return
                with self._reading:
                    self.n_bytes += (block.stop - block.start) * self._row_bytes
                    read = self._source.read(slice(block.start, block.stop))
                kept = block.kept(read)
                del read
                with self._changed:
                    self._ahead.append(kept)
                    self._changed.notify_all()
        except BaseException as error:  # raised again in the thread that calls row()
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _has_room(self, n_bytes: int) -> bool:
        return not self._ahead or sum(kept.nbytes for kept in self._ahead) + n_bytes <= self._max_ahead


def _as_row(values: Any) -> npt.NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32).reshape(-1)
