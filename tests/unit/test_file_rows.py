"""Recordings in files pickle as references, which read the values of the file."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.file_rows import DatasetRows, MappedRows, mapped_rows
from gpu_morph.data.lazy_rows import adapt_rows
from gpu_morph.data.recording import Recording
from gpu_morph.errors import RecordingError

VALUES = np.arange(4000, dtype=np.float64).reshape(1000, 4)


def recording(values: Any) -> Recording:
    n = values.shape[1]
    return Recording(np.arange(values.shape[0]), values, section=np.zeros(n), position=np.linspace(0, 1, n))


@pytest.fixture
def mapped(tmp_path: Path) -> np.memmap:
    """1000 rows of 4 columns."""
    np.save(tmp_path / "values.npy", VALUES)
    return np.load(tmp_path / "values.npy", mmap_mode="r")


VIEWS = {
    "whole": lambda a: a,
    "array": lambda a: np.asarray(a),
    "later": lambda a: a[10:20],
    "some rows": lambda a: a[5:900:3],
    "some columns": lambda a: a[:, 1:3],
    "columns first": lambda a: a.reshape(4, 1000).T,
    "a view of a view": lambda a: np.asarray(a[7:])[3:, 2:],
}
ROWS = [0, -1, 3, np.int64(2), slice(None), slice(2, 5), slice(8, 1, -2), slice(0, 8, 3), slice(4, 4)]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("rows", ROWS, ids=str)
def test_a_reference_reads_the_same_as_the_memmap(mapped, view, rows):
    array = VIEWS[view](mapped)
    reference = mapped_rows(array)
    assert reference is not None
    np.testing.assert_array_equal(reference[rows], array[rows])
    assert (reference.shape, reference.dtype, reference.nbytes) == (array.shape, array.dtype, array.nbytes)
    assert type(reference[rows]) is np.ndarray


@pytest.mark.parametrize("view", VIEWS)
def test_single_columns_can_be_read(mapped, view):
    array = VIEWS[view](mapped)
    expected = array[2:9, [1, 0]].astype(np.float32)
    for values in (array, mapped_rows(array)):
        np.testing.assert_array_equal(recording(values).columns([1, 0], 2, 9), expected)


def test_a_row_that_does_not_exist_is_an_index_error(mapped):
    for row in (1000, -1001):
        with pytest.raises(IndexError, match=rf"there are 1000 rows, got row {row}"):
            mapped_rows(mapped)[row]


@pytest.mark.parametrize("view", VIEWS)
def test_a_recording_of_a_memmap_pickles_as_a_reference(mapped, view):
    source = recording(VIEWS[view](mapped))
    twin = pickle.loads(pickle.dumps(source))
    assert isinstance(twin.values, MappedRows)
    assert len(pickle.dumps(source)) < len(pickle.dumps(recording(np.array(source.values))))
    assert [twin.row(k).tolist() for k in range(5)] == [source.row(k).tolist() for k in range(5)]
    assert twin.value_range() == source.value_range()
    assert pickle.loads(pickle.dumps(twin)).row(3).tolist() == source.row(3).tolist()


def test_contiguous_columns_are_read_in_blocks_of_rows(mapped):
    assert mapped_rows(mapped).chunks is None
    assert mapped_rows(mapped.reshape(4, 1000).T).chunks == (2048, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: np.array(a),
        lambda a: a[::-1],
        lambda a: np.load(a.filename, mmap_mode="c"),
        lambda a: a[:0],
        lambda a: a[0],
        lambda a: a + 1,
    ],
)
def test_arrays_that_no_file_has_get_no_reference(mapped, change):
    array = change(mapped)
    assert mapped_rows(array) is None
    assert adapt_rows(array).reference is array


def test_a_file_that_has_become_shorter_is_an_error(mapped):
    reference = mapped_rows(mapped)
    Path(mapped.filename).write_bytes(b"0" * 300)
    for other in (reference, MappedRows(reference.path, reference.dtype, (4, 1000), (8, 32), reference.offset)):
        with pytest.raises(RecordingError, match="shorter than it was"):
            other[3:]
    Path(mapped.filename).unlink()
    with pytest.raises(FileNotFoundError):
        reference[0]


def test_a_recording_of_an_hdf5_dataset_pickles_as_a_reference(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("some/v", data=VALUES, chunks=(100, 1))
    with h5py.File(tmp_path / "a.h5") as file:
        pickled = pickle.dumps(recording(file["some/v"]))
    twin = pickle.loads(pickled)
    assert len(pickled) < 10_000
    assert isinstance(twin.values, DatasetRows)
    assert twin.values.chunks == (100, 1)
    assert twin.row(7).tolist() == VALUES[7].tolist()
    assert twin.columns([3], 5, 8).tolist() == VALUES[5:8, 3:].tolist()
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("some/v", data=VALUES[:5])
    with pytest.raises(RecordingError, match="some/v is no longer a dataset of shape"):
        twin.row(0)


def test_a_dask_array_travels_by_itself():
    source = recording(pytest.importorskip("dask.array").from_array(VALUES, chunks=(100, 4)))
    assert pickle.loads(pickle.dumps(source)).row(7).tolist() == VALUES[7].tolist()
