"""RowStream: rows of a recording of any size, read ahead of their use by a thread, within a budget of memory."""

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

from .recording import Recording
from .sampling import Sampling, needed_rows

IntArray = npt.NDArray[np.int64]

MEMORY = "2 GiB"
_RUN_BYTES = 32 * 2**20  # of rows that follow each other: what is worth reading at once
_AHEAD_BYTES = 64 * 2**20  # what waits to be shown; more would only fill memory


def memory_bytes(memory: int | str) -> int:
    """A number of bytes, given as such or as "2 GiB" or "500 MB".

    Raises
    ------
    ValueError
        Anything else, or nothing.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*(?:([kmgt])(i?))?b?\s*", str(memory), re.IGNORECASE)
    if match:
        power = "kmgt".index(match[2].lower()) + 1 if match[2] else 0
        size = int(float(match[1]) * (1024 if match[3] else 1000) ** power)
        if size:
            return size
    raise ValueError(f'memory must be a number of bytes, such as "2 GiB" or "500 MB", got {memory!r}')


@dataclass(frozen=True, eq=False)
class RowBlock:
    """What is read at once: rows from ``start`` up to ``stop``, of which ``rows`` are kept."""

    start: int
    stop: int
    rows: IntArray

    def kept(self, read: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The rows that are kept of those that were read."""
        return read if len(read) == len(self.rows) else read[self.rows - self.start]


def row_blocks(rows: IntArray, *, edges: IntArray | None, max_rows: int) -> Iterator[RowBlock]:
    """Cut rising rows into what is read at once.

    Rows of one chunk, and rows that follow each other, are read together, others apart, so that what no frame shows
    is not read. No block spans more than ``max_rows``; where a longer run must be cut, it is cut between chunks
    if it can be.
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
    """Rows of a recording in the order in which they are asked for: read ahead by a thread, then forgotten.

    Use it in ``with``: leaving ends the thread. Rows that were not announced, or come out of order, are read when
    they are asked for. Recordings in memory need no thread and get none.

    Parameters
    ----------
    recording : Recording
        Where the rows come from. A memmap is read through its file, so that memory stays free of its pages.
    rows : (n,) int
        Those that will be asked for, rising, each once.
    memory : int or str
        Bytes that may be held at once, such as "2 GiB", counting what is shown, what waits, what is being read and a
        copy that the source may make. One row is read in any case. Where chunks have many rows, a budget of four
        times the bytes of so many rows lets each chunk be read once.
    """

    def __init__(self, recording: Recording, rows: Sequence[int] | IntArray, *, memory: int | str = MEMORY) -> None:
        share = memory_bytes(memory) // 4
        self._source = source = recording.row_source
        self._row_bytes = recording.n_bytes // len(recording.times)
        row_bytes = max(1, self._row_bytes)
        self._edges = edges = None if source.chunks is None else source.chunks.row_edges
        chunk_rows = 1 if source.chunks is None else source.chunks.n_rows
        max_rows = max(1, min(share, max(_RUN_BYTES, chunk_rows * row_bytes)) // row_bytes)
        planned = np.asarray(rows, dtype=np.int64)[: 0 if source.is_in_memory else None]
        self._blocks = list(row_blocks(planned, edges=edges, max_rows=max_rows))
        self._starts = np.array([block.start for block in self._blocks], dtype=np.int64)
        self._most_ahead = min(share, _AHEAD_BYTES)
        self._number = -1  # of the block that is shown
        self._shown: npt.NDArray[Any] | None = None
        self._last: tuple[int, npt.NDArray[Any]] | None = None  # of the block before
        self._ahead: deque[npt.NDArray[Any]] = deque()
        self._changed = threading.Condition()
        self._reading = threading.Lock()  # one reader at a time: sources need not be safe for more
        self._error: BaseException | None = None
        self._is_ended = not self._blocks
        self._thread: threading.Thread | None = None
        self.n_bytes = 0  # that were read so far, as far as the source is told

    @property
    def most_held(self) -> int:
        """Bytes that are held at once, at most: what is shown, what waits, what is read and a copy of it."""
        kept = max((len(block.rows) for block in self._blocks), default=0) * self._row_bytes
        read = max((block.stop - block.start for block in self._blocks), default=0) * self._row_bytes
        return kept + 2 * read + max(kept, min(self._most_ahead, len(self._blocks) * kept))

    @property
    def file_bytes(self) -> int:
        """Bytes that the file has to give for all announced rows: whole chunks, where it has some."""
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
        step: float | None,
        memory: int | str = MEMORY,
    ) -> RowStream:
        """The rows that frames at ``times`` (ms) are made of; nothing is read ahead where these go backwards."""
        frames = np.asarray(times, dtype=np.float64)
        goes_on = bool(np.all(np.diff(frames) >= 0))  # false with NaN
        announced = frames if goes_on and not recording.row_source.is_in_memory else frames[:0]
        return cls(recording, needed_rows(recording.times, announced, sampling=sampling, step=step), memory=memory)

    def __enter__(self) -> RowStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the thread, when it has read what it is reading, and forget all rows."""
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
            What the source raised when it was read ahead.
        """
        number = int(np.searchsorted(self._starts, index, side="right")) - 1
        if number >= 0:
            rows = self._blocks[number].rows
            place = int(np.searchsorted(rows, index))
            if place < len(rows) and rows[place] == index:
                while self._number < number and self._advance():
                    pass
                if self._number == number and self._shown is not None:
                    return _as_row(self._shown[place])
                if self._last is not None and self._last[0] == index:
                    return _as_row(self._last[1])
        with self._reading:
            self.n_bytes += self._row_bytes
            return _as_row(self._source.read(index))

    def _advance(self) -> bool:
        """Show the next block, waiting for it; False when the stream is closed."""
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
        """What the thread does."""
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
        except BaseException as error:  # whatever it is, it belongs to whoever asks for rows
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _has_room(self, n_bytes: int) -> bool:
        return not self._ahead or sum(kept.nbytes for kept in self._ahead) + n_bytes <= self._most_ahead


def _as_row(values: Any) -> npt.NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32).reshape(-1)
