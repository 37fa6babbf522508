"""Tables are read by the names and units of their columns."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from labelled_values import TIMES, VALUES, check, objects, quantity, recorded

import gpu_morph as gm
from gpu_morph.errors import RecordingError


def test_rows_of_a_table_are_times_whatever_its_columns_and_index_are() -> None:
    pd = pytest.importorskip("pandas")
    for columns, index in (("ab", None), ([0, 1], [5, 6, 7]), ([1, 0], list("xyz"))):
        check(TIMES, pd.DataFrame(VALUES, columns=list(columns), index=index))
    check(pd.Series(TIMES), pd.DataFrame(VALUES))


def test_an_index_of_times_is_taken_if_no_times_are_given() -> None:
    pd = pytest.importorskip("pandas")
    check(None, pd.DataFrame(VALUES, index=TIMES))
    check(None, pd.DataFrame(VALUES, index=pd.to_timedelta(TIMES, unit="ms")))
    for index in (None, list("xyz")):
        with pytest.raises(RecordingError, match="got None, and the table's index has no times"):
            recorded(None, pd.DataFrame(VALUES, index=index))


def test_missing_values_of_a_table_are_nan() -> None:
    pd = pytest.importorskip("pandas")
    recording = recorded(TIMES, pd.DataFrame({"a": pd.array([1, None, 3], dtype="Int64"), "b": [4.0, 5.0, None]}))
    np.testing.assert_array_equal([recording.row(k) for k in range(3)], [[1, 4], [np.nan, 5], [3, np.nan]])


def test_a_table_with_texts_is_refused() -> None:
    pd = pytest.importorskip("pandas")
    with pytest.raises(RecordingError, match="values must be real numbers, got a table"):
        recorded(TIMES, pd.DataFrame({"name": list("abc"), "v": TIMES}))


def test_tables_of_polars_are_read_by_row() -> None:
    check(TIMES, pytest.importorskip("polars").DataFrame(VALUES))


def test_a_table_whose_columns_are_times_is_refused() -> None:
    pd = pytest.importorskip("pandas")
    turned = pd.DataFrame(np.arange(9.0).reshape(3, 3), columns=TIMES)
    with pytest.raises(RecordingError, match=r"got a table whose columns are: give table\.T"):
        gm.Recording(TIMES, turned, section=[0, 0, 0], position=[0.1, 0.5, 0.9])


@pytest.mark.parametrize("name", ["time", "t", "Time (ms)", "t_ms"])
def test_a_column_of_times_is_no_compartment(name: str) -> None:
    pd = pytest.importorskip("pandas")
    with pytest.raises(RecordingError, match=r"a table with a column .* give it as times"):
        recorded(TIMES, pd.DataFrame({name: TIMES, "a": VALUES[:, 0]}))


def test_an_index_whose_name_has_a_unit_is_converted() -> None:
    pd = pytest.importorskip("pandas")
    check(None, pd.DataFrame(VALUES, index=pd.Index(np.array(TIMES) / 1000, name="time (s)")))
    check(None, pd.DataFrame(VALUES, index=pd.Index(TIMES, name="time [ms]")))


@pytest.mark.parametrize("name", ["time_s", "t [s]", "Time, s", "time/s", "t in s", "Time (sec)"])
def test_names_of_times_that_end_with_a_unit_are_converted(name: str) -> None:
    pd = pytest.importorskip("pandas")
    seconds = np.array(TIMES) / 1000
    check(None, pd.DataFrame(VALUES, index=pd.Index(seconds, name=name)))
    check(pd.Series(seconds, name=name), VALUES)
    if find_spec("xarray"):
        xr = pytest.importorskip("xarray")
        check(None, xr.DataArray(VALUES, dims=(name, "segment"), coords={name: seconds}))
    check(pd.Series(TIMES, name="t_step"), VALUES)


@pytest.mark.parametrize("names", ["zyx", "ZXY", ["y_um", "x_um", "z_um"], ["z (mm)", "y (mm)", "x (mm)"]])
def test_coordinates_in_a_table_are_found_by_the_names_of_columns(names: Any) -> None:
    pd = pytest.importorskip("pandas")
    axes = {"x": [1.0, 2], "y": [30.0, 40], "z": [500.0, 600]}
    factor = 1000 if "mm" in names[0] else 1
    table = pd.DataFrame({"id": [7, 8]} | {name: np.array(axes[name[0].lower()]) / factor for name in names})
    expected = np.array(list(axes.values()), dtype=np.float32).T
    np.testing.assert_allclose(gm.SynapseEvents(table, [0, 0], ("E",), [0], [0.0]).positions, expected)
    cell = gm.Morphology(table, [1, 1], [0, 2], [-1], [0], ["dend"])
    np.testing.assert_allclose(cell.points, expected)
    assert gm.locate(cell, table).position.tolist() == [0, 1]


def test_true_and_false_are_no_numbers_of_sections() -> None:
    with pytest.raises(RecordingError, match="section must hold whole numbers of type int32, got True and False"):
        gm.Recording(TIMES, VALUES, section=[True, False], position=[0.2, 0.8])


def test_quantities_inside_of_tables_are_converted() -> None:
    pandas = pytest.importorskip("pandas")
    check(TIMES, pandas.DataFrame(objects(VALUES / 1000)))
    check(pandas.Series([quantity(time / 1000, "s") for time in TIMES]), VALUES)


def test_tables_whose_rows_are_columns_are_refused() -> None:
    table = type("Table", (), {"__module__": "pyarrow.lib", "shape": (3, 2)})()
    with pytest.raises(RecordingError, match=r"give table.to_pandas\(\)"):
        recorded(TIMES, table)
    lazy = type("LazyFrame", (), {"__module__": "polars.lazyframe"})()
    with pytest.raises(RecordingError, match="collect it first"):
        recorded(TIMES, lazy)
