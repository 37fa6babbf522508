"""The range of values is that of the whole time."""

from __future__ import annotations

import numpy as np
import pytest
from small_recordings import CountedRows, recording

from gpu_morph.data import recording as module
from gpu_morph.data.recording import Recording
from gpu_morph.errors import RecordingError


def test_the_range_is_that_of_the_whole_time():
    assert recording().value_range() == (-80, 30)


def test_values_that_are_not_finite_are_left_out_of_the_range():
    values = [[np.nan, 3], [np.inf, 5], [-np.inf, np.nan]]
    assert recording(values=values).value_range() == (3, 5)


def test_a_row_without_a_finite_value_does_not_matter():
    assert recording(values=[[1, 2], [np.nan, np.nan], [0, 1]]).value_range() == (0, 2)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_without_a_finite_value_there_is_no_range(value):
    with pytest.raises(RecordingError, match=r"'cai' has no finite value: give clim=\(low, high\)"):
        recording(values=np.full((3, 2), value), name="cai").value_range()


@pytest.mark.parametrize(
    ("block_bytes", "reads"),
    [(1, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]), (32, [(0, 2), (2, 4), (4, 6)]), (10**6, [(0, 62500)])],
)
def test_the_range_is_read_once_and_in_blocks(monkeypatch, block_bytes, reads):
    monkeypatch.setattr(module, "_BLOCK_BYTES", block_bytes)
    rows = CountedRows(np.arange(10.0).reshape(5, 2))
    source = Recording(np.arange(5), rows, section=[0, 0], position=[0, 1])
    assert source.value_range() == (0, 9)
    assert [(r.start, r.stop) for r in rows.asked] == reads


@pytest.mark.parametrize("chunks", [(2, 1), ((2, 2, 1), (1, 1))])
def test_the_range_is_read_by_whole_chunks(monkeypatch, chunks):
    monkeypatch.setattr(module, "_BLOCK_BYTES", 1)
    rows = CountedRows(np.arange(10.0).reshape(5, 2))
    rows.chunks = chunks  # type: ignore[attr-defined]
    assert Recording(np.arange(5), rows, section=[0, 0], position=[0, 1]).value_range() == (0, 9)
    assert [(r.start, r.stop) for r in rows.asked] == [(0, 2), (2, 4), (4, 6)]


@pytest.mark.parametrize("index", [(0, 1), (2, 0), (4, 1)])
def test_an_extreme_in_any_block_is_found(monkeypatch, index):
    monkeypatch.setattr(module, "_BLOCK_BYTES", 32)
    values = np.zeros((5, 2))
    values[index] = 7
    assert Recording(np.arange(5), values, section=[0, 0], position=[0, 1]).value_range() == (0, 7)
    assert Recording(np.arange(5), -values, section=[0, 0], position=[0, 1]).value_range() == (-7, 0)
