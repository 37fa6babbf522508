"""Whatever slices by row is adapted once, to one interface."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.file_rows import DatasetRows, MappedRows
from gpu_morph.data.lazy_rows import (
    ArrayRows,
    ChosenColumns,
    DaskRows,
    Hdf5Rows,
    MemmapRows,
    SlicedRows,
    adapt_rows,
)
from gpu_morph.data.recording import Recording

VALUES = np.arange(24, dtype=np.float32).reshape(6, 4)


class OnlyRows:
    """The least that a class of rows has to have."""

    shape = VALUES.shape

    def __getitem__(self, rows: Any) -> Any:
        return VALUES[rows]


def made(kind: str, folder: Path) -> Any:
    """The values, kept in some kind of source."""
    if kind == "array":
        return VALUES
    if kind == "memmap":
        np.save(folder / "v.npy", VALUES)
        return np.load(folder / "v.npy", mmap_mode="r")
    if kind == "mapped":
        return adapt_rows(made("memmap", folder)).reference
    if kind in ("hdf5", "dataset"):
        h5py = pytest.importorskip("h5py")
        with h5py.File(folder / "v.h5", "w") as file:
            file.create_dataset("v", data=VALUES, chunks=(4, 2))
        dataset = h5py.File(folder / "v.h5")["v"]
        return dataset if kind == "hdf5" else adapt_rows(dataset).reference
    if kind == "zarr":
        array = pytest.importorskip("zarr").create_array(str(folder / "v"), shape=(6, 4), chunks=(4, 2), dtype="f4")
        array[:] = VALUES
        return array
    if kind == "dask":
        return pytest.importorskip("dask.array").from_array(VALUES, chunks=((4, 2), (3, 1)))
    if kind == "columns":
        return adapt_rows(made("hdf5", folder)).of_columns(np.array([0, 1, 2, 3]))
    return OnlyRows()


# Class of the adapter, has columns, is in memory, is an array, edges of chunks, widest chunk.
KINDS = {
    "array": (ArrayRows, True, True, True, None, None),
    "memmap": (MemmapRows, True, False, True, None, None),
    "mapped": (SlicedRows, True, False, True, None, None),
    "hdf5": (Hdf5Rows, True, False, False, [0, 4, 6], 2),
    "dataset": (SlicedRows, True, False, False, [0, 4, 6], 2),
    "zarr": (SlicedRows, True, False, False, [0, 4, 6], 2),
    "dask": (DaskRows, True, False, False, [0, 4, 6], 3),
    "columns": (SlicedRows, True, False, False, [0, 4, 6], 2),
    "only rows": (SlicedRows, False, False, False, None, None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_adapter_says_what_a_source_can_do(tmp_path, kind):
    source = adapt_rows(made(kind, tmp_path))
    chunks = source.chunks
    found = (
        type(source),
        source.has_columns,
        source.is_in_memory,
        source.is_array,
        None if chunks is None else chunks.row_edges.tolist(),
        None if chunks is None else chunks.n_columns,
    )
    assert found == KINDS[kind]
    assert source.shape == VALUES.shape
    assert source.dtype == (np.float64 if kind == "only rows" else np.float32)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [2, slice(1, 5), slice(4, 100)], ids=str)
@pytest.mark.parametrize("columns", [None, 3, slice(1, 3)], ids=str)
def test_every_source_reads_rows_and_columns_as_numpy_does(tmp_path, kind, rows, columns):
    read = adapt_rows(made(kind, tmp_path)).read(rows, columns)
    assert type(read) is np.ndarray or read.ndim == 0
    np.testing.assert_array_equal(read, VALUES[rows] if columns is None else VALUES[rows, columns])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("columns", [[1, 2], [0, 3], []], ids=str)
def test_columns_of_every_source_are_values_again(tmp_path, kind, columns):
    chosen = np.array(columns, dtype=np.int64)
    part = adapt_rows(adapt_rows(made(kind, tmp_path)).of_columns(chosen))
    np.testing.assert_array_equal(part.read(slice(1, 5)), VALUES[1:5, chosen])


@pytest.mark.parametrize("kind", ["memmap", "mapped", "hdf5", "dataset", "zarr", "dask"])
def test_a_reference_reads_the_same_in_another_process(tmp_path, kind):
    reference = pickle.loads(pickle.dumps(adapt_rows(made(kind, tmp_path)).reference))
    np.testing.assert_array_equal(adapt_rows(reference).read(slice(0, 6)), VALUES)
    assert isinstance(reference, MappedRows) == (kind in ("memmap", "mapped"))
    assert isinstance(reference, DatasetRows) == (kind in ("hdf5", "dataset"))


@pytest.mark.parametrize("kind", ["memmap", "mapped", "hdf5", "dataset"])
def test_the_file_of_values_is_known(tmp_path, kind):
    assert adapt_rows(made(kind, tmp_path)).path == tmp_path / ("v.npy" if kind.startswith("m") else "v.h5")


def test_columns_of_a_file_pickle_as_a_reference(tmp_path):
    columns = adapt_rows(made("memmap", tmp_path)).of_columns(np.array([0, 3]))
    assert isinstance(columns, ChosenColumns)
    twin = pickle.loads(pickle.dumps(columns))
    assert isinstance(twin.source.reference, MappedRows)
    np.testing.assert_array_equal(twin[2:4], VALUES[2:4, [0, 3]])


def test_a_memmap_outlives_the_name_of_its_file(tmp_path):
    source = adapt_rows(made("memmap", tmp_path))
    (tmp_path / "v.npy").unlink()
    np.testing.assert_array_equal(source.read(slice(0, 6)), VALUES)


def test_a_class_of_its_own_may_choose_columns_and_name_its_file():
    class Rows(OnlyRows):
        path = Path("rows.bin")

        def of_columns(self, columns: Any) -> Any:
            return VALUES[:, columns]

    source = adapt_rows(Rows())
    assert source.path == Path("rows.bin")
    assert type(source.of_columns(np.array([1, 3]))) is np.ndarray


def test_a_recording_adapts_its_values_once_and_shows_them_as_they_were_given(tmp_path):
    values = made("memmap", tmp_path)
    recording = Recording(np.arange(6), values, section=[0] * 4, position=[0, 0.2, 0.5, 1])
    assert recording.values is values
    assert recording.row_source is recording.row_source
    other = replace(recording, values=OnlyRows())
    assert isinstance(recording.row_source, MemmapRows)
    assert isinstance(other.row_source, SlicedRows)
    twin = pickle.loads(pickle.dumps(recording))
    np.testing.assert_array_equal(twin.row_source.read(slice(0, 6)), VALUES)
