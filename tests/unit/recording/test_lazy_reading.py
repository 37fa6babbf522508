"""Only the rows that are asked for are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_recordings import CountedRows, lines, recording

from gpu_morph.data import recording as module
from gpu_morph.data.audit import audit
from gpu_morph.data.value_map import map_values


def test_making_one_reads_no_row():
    rows = CountedRows(np.zeros((3, 2)))
    recording(values=rows)
    assert rows.asked == []


def test_a_row_reads_one_row():
    rows = CountedRows(np.arange(6.0).reshape(3, 2))
    assert recording(values=rows).row(1).tolist() == [2, 3]
    assert rows.asked == [1]


def test_mapping_and_audit_read_no_row():
    rows = CountedRows(np.zeros((3, 2)))
    source = recording(values=rows)
    map_values(source, [0], [0.5])
    audit(lines([[0, 0, 0], [1, 0, 0]]), source)
    assert rows.asked == []


@pytest.fixture(params=["memmap", "h5py", "dask"])
def rows_from_elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Three rows of two compartments, in a file or not yet computed."""
    values = np.array([[-70, np.nan], [-65, 30], [-80, -75]])
    if request.param == "memmap":
        np.save(tmp_path / "values.npy", values)
        yield np.load(tmp_path / "values.npy", mmap_mode="r")
    elif request.param == "h5py":
        with pytest.importorskip("h5py").File(tmp_path / "values.h5", "w") as file:
            yield file.create_dataset("v", data=values)
    else:
        yield pytest.importorskip("dask.array").from_array(values, chunks=(2, 1))


def test_any_source_that_slices_by_row_is_accepted(rows_from_elsewhere):
    rows = rows_from_elsewhere
    source = recording(values=rows)
    assert source.values is rows
    assert source.row(1).tolist() == [-65, 30]
    assert type(source.row(1)) is np.ndarray
    assert source.value_range() == (-80, 30)


def test_columns_are_read_alone_if_the_source_can_slice_columns(rows_from_elsewhere):
    assert recording(values=rows_from_elsewhere).columns([1], 1, 3).tolist() == [[30], [-75]]


@pytest.mark.parametrize("block_bytes", [1, 10**6])
def test_columns_of_other_sources_are_taken_from_whole_rows(monkeypatch, block_bytes):
    monkeypatch.setattr(module, "_BLOCK_BYTES", block_bytes)
    rows = CountedRows(np.arange(6.0).reshape(3, 2))
    found = recording(values=rows).columns([1, 0, 1], 1, 3)
    assert found.tolist() == [[3, 2, 3], [5, 4, 5]]
    assert found.dtype == np.float32
    assert all(read.start >= 1 for read in rows.asked)
    assert recording(values=rows).columns([], 0, 3).shape == (3, 0)
