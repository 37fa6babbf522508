"""Tables, arrays of xarray, quantities and masked arrays are converted to plain values, or refused."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.data.quantities import has_unit, unit_factor
from gpu_morph.errors import GpuMorphError, RecordingError, SceneError

TIMES = [0.0, 0.5, 1.0]
VALUES = np.array([[-70, -60], [-65, 30], [-80, -75.0]])


def recorded(times: Any, values: Any, **more: Any) -> gm.Recording:
    return gm.Recording(times, values, section=[0, 0], position=[0.2, 0.8], **more)


def check(times: Any, values: Any, **more: Any) -> None:
    recording = recorded(times, values, **more)
    np.testing.assert_allclose(recording.times, TIMES)
    rows = np.stack([recording.row(k) for k in range(3)])
    np.testing.assert_allclose(rows, VALUES, rtol=1e-6)
    assert {type(recording.row(0)), type(recording.times)} == {np.ndarray}
    assert recording.value_range() == pytest.approx((-80, 30))
    assert recording.columns([1], 1, 3).tolist() == pytest.approx(np.array([[30], [-75]]))


class Quantity(np.ndarray):
    """An array with a unit, as packages of quantities have it: it converts between a unit and a thousandth of it."""

    unit_text = ""

    @property
    def units(self) -> str:
        return self.unit_text

    @property
    def magnitude(self) -> np.ndarray:
        return np.asarray(self)

    def to(self, unit: str) -> Quantity:
        factors = {(f"{prefix}{base}", f"m{base}"): f for base in "Vs" for prefix, f in (("", 1e3), ("m", 1))}
        if (self.unit_text, unit) not in factors:
            raise KeyError(f"no way from {self.unit_text} to {unit}")
        return quantity(np.asarray(self) * factors[self.unit_text, unit], unit)


def quantity(numbers: Any, unit: str) -> Quantity:
    made = np.asarray(numbers, dtype=float).view(Quantity)
    made.unit_text = unit
    return made


def pint_quantity(numbers: Any, unit: str) -> Any:
    return pytest.importorskip("pint").UnitRegistry().Quantity(np.array(numbers), unit)


def quantities_quantity(numbers: Any, unit: str) -> Any:
    return pytest.importorskip("quantities").Quantity(np.array(numbers), unit)


def astropy_quantity(numbers: Any, unit: str) -> Any:
    return pytest.importorskip("astropy.units").Quantity(np.array(numbers), unit)


def brian_quantity(numbers: Any, unit: str) -> Any:
    if find_spec("brian2") is None:
        pytest.skip("needs Brian2")
    try:
        from brian2.units import allunits, stdunits
    except AttributeError:
        pytest.skip("this Brian2 does not work with this numpy")
    found = {"s": "second", "V": "volt"}.get(unit, unit)
    return np.array(numbers) * getattr(stdunits, found, getattr(allunits, found, None))


MAKERS = pytest.mark.parametrize(
    "make", [quantity, pint_quantity, quantities_quantity, astropy_quantity, brian_quantity]
)


@MAKERS
def test_quantities_are_converted(make: Any) -> None:
    check(make(np.array(TIMES) / 1000, "s"), make(VALUES / 1000, "V"))
    check(TIMES, make(VALUES, "mV"))
    check(list(make(TIMES, "ms")) if make is not quantity else make(TIMES, "ms"), VALUES)


@MAKERS
def test_quantities_of_another_dimension_are_refused(make: Any) -> None:
    for times, values, name in ((TIMES, make(VALUES, "ms"), "values"), (make(TIMES, "mV"), VALUES, "times")):
        with pytest.raises(RecordingError, match=rf"{name} must be in m[Vs], got a quantity in .*: convert it"):
            recorded(times, values)
    with pytest.raises(RecordingError, match="values must be without a unit, got a quantity in"):
        recorded(TIMES, make(VALUES, "mV"), unit="")


@MAKERS
def test_a_quantity_is_not_taken_for_a_number(make: Any) -> None:
    five = quantity(5.0, "ms") if make is quantity else make([5.0, 5.0], "ms")[0]
    with pytest.raises(ValueError, match="azim must be finite degrees as a plain number, got a quantity"):
        gm.Camera(azim=five)
    with pytest.raises(GpuMorphError, match="position must be without a unit, got a quantity in"):
        gm.Recording(TIMES, VALUES, section=[0, 0], position=make([0.2, 0.8], "mV"))


def test_coordinates_and_diameters_can_be_quantities() -> None:
    pint = pytest.importorskip("pint")
    unit = pint.UnitRegistry()
    cell = gm.Morphology([[0, 0, 0], [0, 0, 0.009]] * unit.mm, [1000, 1000] * unit.nm, [0, 2], [-1], [0], ["dend"])
    assert cell.points[1].tolist() == [0, 0, 9]
    assert cell.diameters.tolist() == [1, 1]
    assert gm.locate(cell, [[0, 0, 0.0045]] * unit.mm).position == pytest.approx([0.5])


def test_other_units_are_converted() -> None:
    for make in (pint_quantity, quantities_quantity):
        current = recorded(TIMES, make(VALUES, "pA"), name="i", unit="nA")
        np.testing.assert_allclose(current.row(0), VALUES[0] / 1000, rtol=1e-6)


def test_a_signal_of_neo_has_its_own_times() -> None:
    neo, pq = pytest.importorskip("neo"), pytest.importorskip("quantities")
    check(None, neo.AnalogSignal(VALUES / 1000, units="V", sampling_period=500 * pq.us))


# Tables


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


def test_a_dimension_of_xarray_that_is_named_with_its_unit_is_time() -> None:
    xr = pytest.importorskip("xarray")
    check(None, xr.DataArray(VALUES.T, dims=("segment", "time_ms"), coords={"time_ms": TIMES}))
    with pytest.raises(RecordingError, match="times must be"):
        recorded(None, xr.DataArray(VALUES, dims=("sample", "segment")))


def test_true_and_false_are_no_numbers_of_sections() -> None:
    with pytest.raises(RecordingError, match="section must hold whole numbers of type int32, got True and False"):
        gm.Recording(TIMES, VALUES, section=[True, False], position=[0.2, 0.8])


def test_millivolts_in_another_spelling_may_be_volts() -> None:
    with pytest.warns(UserWarning, match="are they in volts"):
        gm.Recording([0.0], [[-0.07, -0.06]], section=[0, 0], position=[0.2, 0.8], unit="mv")


def test_coordinates_in_millimetres_give_a_warning() -> None:
    morphology, _ = gm.demo_cell()
    where = morphology.locate([5, 50, 150], [0.5, 0.5, 0.5])
    root = morphology.points[0]
    with pytest.warns(UserWarning, match=r"all 3 coordinates lie within .* are they in mm"):
        gm.Recording.at(morphology, [0.0], [[1.0, 2, 3]], coordinates=root + (where - root) / 1000)


def test_temperatures_of_quantities_are_not_converted_without_their_offset() -> None:
    pq, pint = pytest.importorskip("quantities"), pytest.importorskip("pint")
    sites = {"section": [0], "position": [0.5], "name": "T"}
    assert gm.Recording([0.0], [[20.0]] * pq.degC, unit="°C", **sites).row(0).tolist() == [20]
    with pytest.raises(RecordingError, match=r"values must be in K, got a quantity in degC.*offset"):
        gm.Recording([0.0], [[20.0]] * pq.degC, unit="K", **sites)
    kelvins = gm.Recording([0.0], pint.UnitRegistry().Quantity([[20.0]], "degC"), unit="K", **sites)
    assert kelvins.row(0) == pytest.approx([293.15])


# xarray


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


# Masks


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


# Others


def test_time_differences_are_converted() -> None:
    steps = np.array([0, 500, 1000]).astype("timedelta64[us]")
    for times in (steps, list(steps), [timedelta(microseconds=k) for k in (0, 500, 1000)], steps.astype(object)):
        check(times, VALUES)
    with pytest.raises(RecordingError, match="times must be in ms from the start of the simulation, got dates"):
        recorded([datetime(2020, 1, 1 + k) for k in range(3)], VALUES)
    with pytest.raises(RecordingError, match="times must be in ms from the start of the simulation, got dates"):
        recorded(np.array(["2020-01-01", "2020-01-02", "2020-01-03"], dtype="datetime64[D]"), VALUES)


@pytest.mark.parametrize(
    ("times", "values", "message"),
    [
        (TIMES, [[1, 2], [3], [4, 5]], "values must have shape (n_times, n_compartments), got what is no array"),
        (None, VALUES, "times must be (n_times,) ms, got None"),
        (["0", "1", "2"], VALUES, "times must be numbers of type float64: got an array of"),
        (TIMES, [["a", "b"]] * 3, "values must be real numbers"),
    ],
)
def test_what_is_no_recording_is_refused(times: Any, values: Any, message: str) -> None:
    with pytest.raises(RecordingError, match=re.escape(message)):
        recorded(times, values)


@pytest.mark.parametrize("name", ["name", "unit"])
def test_name_and_unit_are_texts(name: str) -> None:
    with pytest.raises(RecordingError, match=f"{name} must be a str, got None"):
        recorded(TIMES, VALUES, **{name: None})
    with pytest.raises(SceneError, match=f"{name} must be a str, got 5"):
        gm.PointValues([1.0], **{name: 5})


def test_an_attribute_units_makes_no_quantity() -> None:
    class Dataset:
        units, shape, dtype = "V", (3, 2), np.dtype(float)

        def __getitem__(self, rows: Any) -> Any:
            return VALUES[rows]

    assert not has_unit(Dataset())
    assert recorded(TIMES, Dataset()).row(0).tolist() == [-70, -60]


@pytest.mark.parametrize(
    ("given", "wanted", "factor"),
    [
        ("V", "mV", 1e3),
        ("volts", "mV", 1e3),
        ("mV", "mV", 1),
        ("Millivolt", "mV", 1),
        ("s", "ms", 1e3),
        ("seconds", "ms", 1e3),
        ("msec", "ms", 1),
        ("us", "ms", 1e-3),
        ("µM", "mM", 1e-3),
        ("pA", "nA", 1e-3),
        ("nS", "uS", 1e-3),
        ("siemens", "µS", 1e6),
        ("microns", "µm", 1),
        ("mM", "mV", None),
        ("furlong", "µm", None),
        ("", "mV", None),
        ("", "", 1),
    ],
)
def test_texts_of_units_are_compared(given: str, wanted: str, factor: float | None) -> None:
    assert unit_factor(given, wanted) == (None if factor is None else pytest.approx(factor))


# Volts


def test_millivolts_that_look_like_volts_give_a_warning() -> None:
    with pytest.warns(UserWarning, match="all values of 'v' lie within ±1 mV: are they in volts"):
        recorded(TIMES, VALUES / 1000)


def test_lazy_values_give_the_warning_when_their_range_is_computed() -> None:
    class Rows:
        shape, dtype = (3, 2), np.dtype(float)

        def __getitem__(self, rows: Any) -> Any:
            return VALUES[rows] / 1000

    recording = recorded(TIMES, Rows())
    with pytest.warns(UserWarning, match="are they in volts"):
        recording.value_range()


def test_other_values_give_no_warning() -> None:
    later = np.zeros((9, 2))
    later[3] = -65
    gm.Recording(np.arange(9), later + 0.1, section=[0, 0], position=[0, 1])
    recorded(TIMES, VALUES / 1000, name="cai", unit="mM").value_range()
    recorded(TIMES, VALUES * 0).value_range()
    recorded(TIMES, VALUES / 1000, unit="V").value_range()
    recorded(TIMES, np.linspace(0, 0.9, 6).reshape(3, 2)).value_range()


# Quantities and masks inside of lists, arrays of objects and tables


def objects(rows: Any) -> np.ndarray:
    made = np.empty(np.shape(rows), dtype=object)
    for index in np.ndindex(made.shape):
        made[index] = quantity(np.asarray(rows)[index], "V")
    return made


def test_quantities_inside_of_lists_and_objects_are_converted() -> None:
    volts = VALUES / 1000
    check(TIMES, objects(volts))
    check(TIMES, [VALUES[0], quantity(volts[1], "V"), quantity(volts[2], "V")])
    times = np.empty(3, dtype=object)
    for k, time in enumerate(TIMES):
        times[k] = quantity(time / 1000, "s")
    check(times, VALUES)
    check([0.0, *times[1:]], VALUES)
    with pytest.raises(RecordingError, match="values must be in mV, got a quantity in V2"):
        recorded(TIMES, [VALUES[0], quantity(volts[1], "V2"), VALUES[2]])


def test_quantities_inside_of_tables_are_converted() -> None:
    pandas = pytest.importorskip("pandas")
    check(TIMES, pandas.DataFrame(objects(VALUES / 1000)))
    check(pandas.Series([quantity(time / 1000, "s") for time in TIMES]), VALUES)


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


def test_limits_and_centers_with_a_unit_are_refused() -> None:
    morphology, recording = gm.demo_cell()
    for volts in (quantity([-0.09, 0.04], "V"), [quantity(-0.09, "V"), quantity(0.04, "V")]):
        with pytest.raises(SceneError, match="clim must be two numbers in the recording's unit"):
            gm.Scene(morphology, recording, clim=volts)
    with pytest.raises(ValueError, match="center must be three finite coordinates in µm as plain numbers"):
        gm.Camera(center=quantity([0, 0, 0.1], "s"))


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


def test_tables_whose_rows_are_columns_are_refused() -> None:
    table = type("Table", (), {"__module__": "pyarrow.lib", "shape": (3, 2)})()
    with pytest.raises(RecordingError, match=r"give table.to_pandas\(\)"):
        recorded(TIMES, table)
    lazy = type("LazyFrame", (), {"__module__": "polars.lazyframe"})()
    with pytest.raises(RecordingError, match="collect it first"):
        recorded(TIMES, lazy)
