"""What is masked is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labelled_values import TIMES, VALUES, recorded

import gpu_morph as gm
from gpu_morph.errors import RecordingError


@pytest.mark.parametrize("dtype", ["f8", "f4", "i2", "i4", "u1"])
@pytest.mark.parametrize("is_mapped", [False, True])
def test_what_is_masked_is_missing(tmp_path: Path, dtype: str, is_mapped: bool) -> None:
    values = np.array([[1, 2], [3, 4], [5, 6]], dtype=dtype)
    if is_mapped:
        np.save(tmp_path / "v.npy", values)
        values = np.load(tmp_path / "v.npy", mmap_mode="r")
    recording = recorded(TIMES, np.ma.masked_array(values, [[0, 0], [0, 1], [0, 0]]))
    np.testing.assert_array_equal([recording.row(k) for k in range(3)], [[1, 2], [3, np.nan], [5, 6]])
    assert recording.value_range() == (1, 6)
    np.testing.assert_array_equal(recording.columns([1], 0, 3), [[2], [np.nan], [6]])


def test_rows_that_are_read_may_have_masks() -> None:
    class Rows:
        shape, dtype, ndim = (3, 2), np.dtype("i2"), 2

        def __getitem__(self, rows: Any) -> Any:
            return np.ma.masked_array(VALUES.astype("i2"), VALUES == 30)[rows]

    recording = recorded(TIMES, Rows())
    np.testing.assert_array_equal(recording.row(1), [-65, np.nan])
    np.testing.assert_array_equal(recording.columns([1], 1, 2), [[np.nan]])


def test_masked_points_have_no_value() -> None:
    values = gm.PointValues(np.ma.masked_less([1, 2, 3], 2), name="d", unit="µm").values
    np.testing.assert_array_equal(values, [np.nan, 2, 3])


def test_masked_times_and_points_are_refused() -> None:
    with pytest.raises(RecordingError, match="times must be finite"):
        recorded(np.ma.masked_greater(TIMES, 0.7), VALUES)
    with pytest.raises(RecordingError, match="section must hold whole numbers"):
        gm.Recording(TIMES, VALUES, section=np.ma.masked_array([0, 1], [0, 1]), position=[0.2, 0.8])


class AstropyMasked:
    """Numbers with a mask, as astropy has them."""

    def __init__(self, numbers: Any, mask: Any) -> None:
        self._numbers, self.mask, self.shape = np.asarray(numbers), mask, np.shape(numbers)

    @property
    def unmasked(self) -> np.ndarray:
        return self._numbers


def test_masks_inside_of_lists_and_of_astropy_and_dask_are_missing_values() -> None:
    masked = np.ma.masked_equal(VALUES, -65)
    given = [list(masked), AstropyMasked(VALUES, masked.mask), [[-70, -60], [np.ma.masked, 30], [-80, -75]]]
    given.append(
        pytest.importorskip("dask.array").ma.masked_equal(pytest.importorskip("dask.array").from_array(VALUES), -65)
    )
    for values in given:
        row = recorded(TIMES, values).row(1)
        assert np.isnan(row[0])
        assert row[1] == 30
