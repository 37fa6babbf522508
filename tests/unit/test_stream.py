"""Rows are read ahead in blocks that fit the file's chunks and a budget; errors of the source are raised."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph.data import row_stream as module
from gpu_morph.data.lazy_rows import adapt_rows
from gpu_morph.data.recording import Recording
from gpu_morph.data.row_stream import RowStream, memory_bytes, row_blocks

DT = 0.1  # ms


class Source:
    """A source whose rows have their number as values; it records reads and threads."""

    def __init__(self, n_rows: int, n_columns: int = 4, chunks: Any = None) -> None:
        self.shape, self.dtype, self.chunks = (n_rows, n_columns), np.dtype(np.float32), chunks
        self.reads: list[tuple[int, int]] = []
        self.threads: set[str] = set()
        self.bad: int | None = None

    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]:
        wanted = np.arange(self.shape[0])[rows]
        self.threads.add(threading.current_thread().name)
        self.reads.append((int(np.min(wanted)), int(np.max(wanted)) + 1))
        if self.bad is not None and self.bad in np.atleast_1d(wanted):
            raise OSError("the disk is gone")
        return np.multiply.outer(wanted, np.ones(self.shape[1])).astype(np.float32)

    @property
    def n_rows_read(self) -> int:
        return sum(stop - start for start, stop in self.reads)


def recording(values: Any) -> Recording:
    n = values.shape[1]
    return Recording(DT * np.arange(values.shape[0]), values, section=np.zeros(n), position=np.linspace(0, 1, n))


def shown(source: Any, rows: Any, **options: Any) -> list[float]:
    with RowStream(recording(source), rows, **options) as stream:
        return [float(stream.row(row)[0]) for row in rows]


def planned(rows: Any, chunk: int | None, max_rows: int) -> list[tuple[int, int]]:
    edges = None if chunk is None else np.arange(0, 10**4 + 1, chunk)
    return [(one.start, one.stop) for one in row_blocks(np.asarray(rows), edges=edges, max_rows=max_rows)]


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "gpu_morph rows"]


# Blocks


@pytest.mark.parametrize(
    ("rows", "chunk", "max_rows", "expected"),
    [
        ([], None, 10, []),
        (range(6), None, 100, [(0, 6)]),
        (range(6), None, 4, [(0, 4), (4, 6)]),
        ([0, 10, 20, 21], None, 100, [(0, 1), (10, 11), (20, 22)]),
        (range(0, 30, 10), 25, 100, [(0, 21)]),  # within a chunk, all is read anyway
        ([3, 24, 30, 55], 25, 100, [(3, 25), (30, 31), (55, 56)]),
        (range(60), 25, 50, [(0, 50), (50, 60)]),
        (range(60), 25, 70, [(0, 60)]),
        (range(80), 25, 40, [(0, 25), (25, 50), (50, 80)]),
        (range(10, 60), 25, 40, [(10, 50), (50, 60)]),
        (range(25), 25, 10, [(0, 10), (10, 20), (20, 25)]),
    ],
)
def test_blocks_follow_the_chunks_and_the_largest_size(rows, chunk, max_rows, expected):
    assert planned(rows, chunk, max_rows) == expected


@pytest.mark.parametrize("seed", range(20))
def test_each_row_is_in_one_block(seed):
    random = np.random.default_rng(seed)
    rows = np.flatnonzero(random.random(500) < random.choice([0.05, 0.5, 1]))
    chunk, most = random.choice([None, 1, 7, 100]), int(random.integers(1, 200))
    edges = None if chunk is None else np.append(np.arange(0, 500, chunk), 500)
    made = list(row_blocks(rows, edges=edges, max_rows=most))
    assert np.concatenate([one.rows for one in made]).tolist() == rows.tolist()
    assert all(one.start == one.rows[0] and one.stop == one.rows[-1] + 1 <= one.start + most for one in made)


def test_edges_are_those_of_the_chunks():
    assert adapt_rows(Source(10)).chunks is None
    assert adapt_rows(Source(10, chunks=(4, 1))).chunks.row_edges.tolist() == [0, 4, 8, 10]
    assert adapt_rows(Source(10, chunks=((3, 7), (4,)))).chunks.row_edges.tolist() == [0, 3, 10]


# Rows


@pytest.mark.parametrize("chunks", [None, (1, 4), (16, 4), (25, 1), ((30, 50, 20), (4,))])
@pytest.mark.parametrize("rows", [range(100), range(3, 90, 7), [0, 99], [5]])
@pytest.mark.parametrize("memory", ["2 GiB", 1600, 16])
def test_every_row_has_its_own_values(chunks, rows, memory):
    source = Source(100, chunks=chunks)
    assert shown(source, rows, memory=memory) == list(rows)
    assert source.threads == {"gpu_morph rows"}


def test_rows_that_no_frame_shows_are_not_read():
    source = Source(1000)
    shown(source, range(0, 1000, 50))
    assert source.n_rows_read == 20


def test_a_chunk_of_columns_is_read_once():
    source = Source(100, chunks=(25, 1))
    shown(source, range(100))
    assert source.reads == [(0, 100)]
    source = Source(100, chunks=(25, 1))
    shown(source, range(100), memory=4 * 16 * 30)  # four times 30 rows
    assert source.reads == [(0, 25), (25, 50), (50, 75), (75, 100)]


def test_frames_finer_than_the_recording_read_each_row_once():
    source = Source(60)
    times = np.arange(0, 59 * DT, DT / 7)
    with RowStream.of_frames(recording(source), times, sampling="linear", step=None, memory=4 * 16 * 10) as stream:
        for moment in times:
            for row in {int(moment / DT), int(moment / DT) + 1}:
                assert stream.row(row)[0] == row
    assert source.n_rows_read == 60
    assert source.threads == {"gpu_morph rows"}


@pytest.mark.parametrize("order", [[50, 20, 51, 3], [99, 0, 0, 99], [10, 10, 11, 9]])
def test_rows_out_of_order_or_unannounced_are_read_when_requested(order):
    with RowStream(recording(Source(100)), [10, 11, 50, 51, 99], memory=64) as stream:
        assert [float(stream.row(row)[0]) for row in order] == order


@pytest.mark.parametrize("times", [[3, 2, 1], [1, np.nan, 2], [1, None, 2], []])
def test_nothing_is_read_ahead_if_frames_are_not_in_order(times):
    source = Source(100)
    with RowStream.of_frames(recording(source), times, sampling="nearest", step=None) as stream:
        assert source.reads == []
        assert stream.row(7)[0] == 7
    assert source.threads == {"MainThread"}


def test_an_array_in_memory_is_left_where_it_is():
    values = np.arange(20.0).reshape(10, 2)
    with RowStream(recording(values), range(10)) as stream:
        assert [stream.row(k).tolist() for k in range(10)] == values.tolist()
        assert "gpu_morph rows" not in {thread.name for thread in threading.enumerate()}


# The budget


@pytest.mark.parametrize("rows", [range(4000), range(0, 4000, 3)])
@pytest.mark.parametrize("chunks", [None, (250, 1)])
def test_no_more_is_held_than_was_allowed(monkeypatch, rows, chunks):
    monkeypatch.setattr(module, "_AHEAD_BYTES", 2**60)
    memory = 64 * 1024
    source, held = Source(4000, chunks=chunks), []
    with RowStream(recording(source), rows, memory=memory) as stream:
        read = Source.__getitem__

        def watched(rows: slice) -> Any:
            with stream._changed:  # this runs in the reader's thread, and the other one takes rows meanwhile
                ahead = sum(kept.nbytes for kept in stream._ahead)
                now = 0 if stream._shown is None else stream._shown.nbytes
            held.append(ahead + now + 2 * 16 * (rows.stop - rows.start))  # read, and a copy
            return read(source, rows)

        monkeypatch.setattr(Source, "__getitem__", lambda self, rows: watched(rows))
        for row in rows:
            stream.row(row)
    assert len(held) > 1
    assert max(held) <= memory


def test_reading_ahead_pauses_when_the_budget_is_used(monkeypatch):
    source, pauses, has_room = Source(10**5), threading.Event(), RowStream._has_room

    def watched(stream: RowStream, n_bytes: int) -> bool:
        there_is = has_room(stream, n_bytes)
        if not there_is:
            pauses.set()
        return there_is

    monkeypatch.setattr(RowStream, "_has_room", watched)
    with RowStream(recording(source), range(10**5), memory=4 * 16 * 100) as stream:
        stream.row(0)
        assert pauses.wait(60)
        assert source.n_rows_read <= 300


@pytest.mark.parametrize(
    ("given", "n_bytes"),
    [
        ("2 GiB", 2**31),
        ("500 MB", 5 * 10**8),
        ("1.5kib", 1536),
        ("64", 64),
        (2**20, 2**20),
        ("1 TB", 10**12),
        ("3M", 3 * 10**6),
    ],
)
def test_memory_is_a_number_of_bytes(given, n_bytes):
    assert memory_bytes(given) == n_bytes


@pytest.mark.parametrize("bad", ["", "much", "2 GiBi", "-1", -1, 0, "0 GB", None, 1.5e9j, True, "iB"])
def test_memory_that_is_no_number_of_bytes_is_refused(bad):
    with pytest.raises(ValueError, match=r'memory must be a number of bytes, such as "2 GiB"'):
        memory_bytes(bad)


# Errors


def test_an_error_of_the_source_is_raised_by_row():
    source = Source(100)
    source.bad = 50
    with RowStream(recording(source), range(100), memory=4 * 16 * 10) as stream:
        assert [float(stream.row(row)[0]) for row in range(50)] == list(range(50))
        for _ in range(2):
            with pytest.raises(OSError, match="the disk is gone"):
                stream.row(50)


def test_leaving_early_ends_the_thread():
    with RowStream(recording(Source(1000)), range(1000), memory=640) as stream:
        stream.row(0)
        thread = stream._thread
        assert thread is not None
        assert thread.is_alive()
    assert not thread.is_alive()
    assert stream.row(5)[0] == 5


# Files


@pytest.fixture(params=["memmap", "fortran", "view", "rows", "columns", "zarr", "dask"])
def kept(request: pytest.FixtureRequest, tmp_path: Path):
    """600 rows of 5 columns in a source of each kind, and their values."""
    values = np.random.default_rng(0).normal(size=(600, 5)).astype(np.float32)
    kind, path = request.param, tmp_path / "values"
    if kind == "memmap":
        values.tofile(path)
        yield np.memmap(path, np.float32, "r", shape=(600, 5)), values
    elif kind == "fortran":
        np.ascontiguousarray(values.T).tofile(path)
        yield np.memmap(path, np.float32, "r", shape=(5, 600)).T, values
    elif kind == "view":
        values.tofile(path)
        yield np.asarray(np.memmap(path, np.float32, "r", shape=(600, 5)))[100::2, 1:4], values[100::2, 1:4]
    elif kind == "zarr":
        zarr = pytest.importorskip("zarr")
        array = zarr.create_array(str(path), shape=(600, 5), chunks=(64, 2), dtype="f4")
        array[:] = values
        yield array, values
    elif kind == "dask":
        yield pytest.importorskip("dask.array").from_array(values, chunks=(70, 5)), values
    else:
        with pytest.importorskip("h5py").File(path, "w") as file:
            chunks = {"rows": (1, 5), "columns": (250, 1)}[kind]
            yield file.create_dataset("v", data=values, chunks=chunks), values


@pytest.mark.parametrize("rows", [slice(None), slice(None, None, 13)])
@pytest.mark.parametrize("memory", ["1 GiB", 4000])
def test_rows_of_files_have_the_values_that_were_written(kept, rows, memory):
    source, values = kept
    numbers = np.arange(len(values))[rows]
    with RowStream(recording(source), numbers, memory=memory) as stream:
        np.testing.assert_array_equal([stream.row(row) for row in numbers.tolist()], values[rows])
