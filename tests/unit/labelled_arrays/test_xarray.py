"""Arrays of xarray are read by row, with their coordinates."""

from __future__ import annotations

import re

import numpy as np
import pytest
from labelled_values import TIMES, VALUES, check, recorded

import gpu_morph as gm
from gpu_morph.errors import GpuMorphError, RecordingError


def test_a_dimension_of_xarray_that_is_named_with_its_unit_is_time() -> None:
    xr = pytest.importorskip("xarray")
    check(None, xr.DataArray(VALUES.T, dims=("segment", "time_ms"), coords={"time_ms": TIMES}))
    with pytest.raises(RecordingError, match="times must be"):
        recorded(None, xr.DataArray(VALUES, dims=("sample", "segment")))


def test_an_array_of_xarray_has_its_coordinate_as_times() -> None:
    xr = pytest.importorskip("xarray")
    check(None, xr.DataArray(VALUES, dims=("time", "compartment"), coords={"time": TIMES}))
    check(None, xr.DataArray(VALUES.T, dims=("compartment", "time"), coords={"time": TIMES}))
    check(TIMES, xr.DataArray(VALUES))
    steps = np.array([0, 500, 1000]).astype("timedelta64[us]")
    check(None, xr.DataArray(VALUES, dims=("time", "compartment"), coords={"time": steps}))


@pytest.mark.parametrize("is_lazy", [False, True])
def test_an_array_of_xarray_is_converted_by_its_attribute(is_lazy: bool) -> None:
    xr, da = pytest.importorskip("xarray"), pytest.importorskip("dask.array")
    times = ("time", np.array(TIMES) / 1000, {"units": "s"})
    values = da.from_array(VALUES / 1000) if is_lazy else VALUES / 1000
    check(None, xr.DataArray(values, dims=("time", "x"), coords={"time": times}, attrs={"units": "volts"}))
    with pytest.raises(RecordingError, match="values must be in mV, got 'mM'"):
        recorded(TIMES, xr.DataArray(values, attrs={"units": "mM"}))


def test_a_large_array_of_xarray_is_read_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    xr = pytest.importorskip("xarray")
    monkeypatch.setattr("gpu_morph.data.labelled_arrays._LOADED_BYTES", 1)
    array = xr.DataArray(VALUES / 1000, dims=("time", "x"), coords={"time": TIMES}, attrs={"units": "V"})
    check(None, array)
    assert type(recorded(None, array).values).__name__ == "ConvertedRows"


def test_a_dataset_is_refused() -> None:
    xr = pytest.importorskip("xarray")
    with pytest.raises(RecordingError, match=re.escape("give a DataArray, such as dataset['v']")):
        recorded(TIMES, xr.Dataset({"v": (("t", "x"), VALUES)}))


def test_the_attribute_unit_of_xarray_counts_as_units_does() -> None:
    xarray = pytest.importorskip("xarray")
    for word in ("unit", "units"):
        check(TIMES, xarray.DataArray(VALUES / 1000, dims=("time", "c"), attrs={word: "V"}))
        cell = gm.Morphology(
            xarray.DataArray([[0, 0, 0], [0, 0, 0.009]], attrs={word: "mm"}), [1, 1], [0, 2], [-1], [0], ["dend"]
        )
        assert cell.points[1].tolist() == [0, 0, 9]
        with pytest.raises(GpuMorphError, match="coordinates must be in µm, got 'V'"):
            gm.locate(cell, xarray.DataArray([[0, 0, 0.0045]], attrs={word: "V"}))
