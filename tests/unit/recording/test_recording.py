"""A Recording is checked when it is made, and cannot be changed."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
from small_recordings import recording

from gpu_morph.data.recording import Recording
from gpu_morph.errors import RecordingError

# What it holds


def test_it_knows_what_was_recorded():
    source = recording(name="cai", unit="mM")
    assert source.n_compartments == 2
    assert repr(source) == "Recording('cai', 'mM', 3 times from 0 to 2.5 ms, 2 compartments)"


def test_it_is_a_voltage_in_millivolts_by_default():
    assert (recording().name, recording().unit) == ("v", "mV")


def test_values_may_be_a_list():
    assert recording(values=[[1, 2], [3, 4], [5, 6]]).row(1).tolist() == [3, 4]


def test_a_row_is_float32():
    row = recording(values=np.array([[1, 2], [3, 4], [5, 6]], dtype=np.int64)).row(2)
    assert row.dtype == np.float32
    assert row.tolist() == [5, 6]


@pytest.mark.parametrize("is_pickled", [False, True])
@pytest.mark.parametrize("name", ["times", "section", "position"])
def test_arrays_cannot_be_written_to(name, is_pickled):
    source = pickle.loads(pickle.dumps(recording())) if is_pickled else recording()
    with pytest.raises(ValueError, match="read-only"):
        getattr(source, name)[0] = 0


def test_a_pickle_holds_the_same_values():
    twin = pickle.loads(pickle.dumps(recording(name="cai", unit="mM")))
    assert (twin.name, twin.unit) == ("cai", "mM")
    assert [twin.row(k).tolist() for k in range(3)] == [recording().row(k).tolist() for k in range(3)]


# Checks


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.zeros((2, 3))}, "(n_times, n_compartments) = (3, 2), got (2, 3): transpose it"),
        ({"values": np.zeros((3, 3))}, "(n_times, n_compartments) = (3, 2), got (3, 3)"),
        ({"values": np.zeros(6)}, "(n_times, n_compartments) = (3, 2), got (6,)"),
        ({"values": [[1, 2]]}, "(n_times, n_compartments) = (3, 2), got (1, 2)"),
        ({"position": [0.5]}, "section and position must have one entry per compartment each, got 2 and 1"),
        ({"times": [[0, 1, 2]]}, "times must have one dimension, got shape (1, 3)"),
        ({"section": 0}, "section must have one dimension, got shape ()"),
        ({"position": [[0.5, 0.6]]}, "position must have one dimension, got shape (1, 2)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(changes, message):
    with pytest.raises(RecordingError, match=f"(?m){re.escape(message)}$"):
        recording(**changes)


def test_there_is_at_least_one_time():
    with pytest.raises(RecordingError, match="times must hold at least one time, got none"):
        recording(times=[], values=np.zeros((0, 2)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_times_must_be_finite(bad):
    with pytest.raises(RecordingError, match="times must be finite, in ms"):
        recording(times=[0, 1, bad])


@pytest.mark.parametrize(
    ("times", "got"), [([0, 1, 1], "1.0 ms is followed by 1.0"), ([0, 2, 1], "2.0 ms is followed by 1.0")]
)
def test_times_must_increase(times, got):
    with pytest.raises(RecordingError, match=rf"times must increase strictly; times\[1\] = {got} ms"):
        recording(times=times)


def test_times_may_be_uneven():
    assert recording(times=[-1, 0, 100]).times.tolist() == [-1, 0, 100]


def test_a_section_must_not_be_negative():
    with pytest.raises(RecordingError, match="section must not be negative, got -2"):
        recording(section=[0, -2])


def test_a_section_must_be_a_whole_number():
    with pytest.raises(RecordingError, match=r"section must hold whole numbers of type int32, got 0\.5"):
        recording(section=[0, 0.5])


@pytest.mark.parametrize(("bad", "shown"), [(-0.1, "-0.1"), (1.25, "1.25"), (np.nan, "nan"), (75, "75.0")])
def test_a_position_is_a_fraction(bad, shown):
    expected = rf"position must lie in 0\.\.1 \(relative arc length\), got {shown}\d* for compartment 1"
    with pytest.raises(RecordingError, match=expected):
        recording(position=[0.5, bad])


@pytest.mark.parametrize("values", [np.array([["a"]]), np.array([[1j]]), np.array([[None]])])
def test_values_are_real_numbers(values: np.ndarray) -> None:
    with pytest.raises(RecordingError, match="values must be real numbers, got an array of"):
        Recording([0.0], values, section=[0], position=[0.5])
