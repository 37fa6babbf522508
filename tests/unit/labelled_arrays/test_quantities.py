"""Quantities are converted, or refused."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from labelled_values import TIMES, VALUES, check, objects, quantity, recorded

import gpu_morph as gm
from gpu_morph.data.quantities import has_unit, unit_factor
from gpu_morph.errors import GpuMorphError, RecordingError, SceneError


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


def test_temperatures_of_quantities_are_not_converted_without_their_offset() -> None:
    pq, pint = pytest.importorskip("quantities"), pytest.importorskip("pint")
    sites = {"section": [0], "position": [0.5], "name": "T"}
    assert gm.Recording([0.0], [[20.0]] * pq.degC, unit="°C", **sites).row(0).tolist() == [20]
    with pytest.raises(RecordingError, match=r"values must be in K, got a quantity in degC.*offset"):
        gm.Recording([0.0], [[20.0]] * pq.degC, unit="K", **sites)
    kelvins = gm.Recording([0.0], pint.UnitRegistry().Quantity([[20.0]], "degC"), unit="K", **sites)
    assert kelvins.row(0) == pytest.approx([293.15])


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


def test_limits_and_centers_with_a_unit_are_refused() -> None:
    morphology, recording = gm.demo_cell()
    for volts in (quantity([-0.09, 0.04], "V"), [quantity(-0.09, "V"), quantity(0.04, "V")]):
        with pytest.raises(SceneError, match="clim must be two numbers in the recording's unit"):
            gm.Scene(morphology, recording, clim=volts)
    with pytest.raises(ValueError, match="center must be three finite coordinates in µm as plain numbers"):
        gm.Camera(center=quantity([0, 0, 0.1], "s"))
