"""Arrays of the data objects are checked once and cannot be changed afterwards."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.arrays import FrozenArrays, frozen_array, read_only


class ProbeError(ValueError):
    """The error class that a data object passes."""


def frozen(values: Any, dtype: Any = np.float32) -> np.ndarray:
    return frozen_array(values, dtype, name="probe", error=ProbeError)


@dataclass(frozen=True, eq=False)
class Pair(FrozenArrays):
    left: np.ndarray
    right: Any


def test_read_only_gives_the_same_array_back():
    array = np.zeros(2)
    assert read_only(array) is array
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


@pytest.mark.parametrize("values", [[1, 2], (1.0, 2.0), np.array([1, 2], dtype=np.int16), range(1, 3)])
def test_every_kind_of_numbers_becomes_an_array_of_the_wanted_type(values):
    array = frozen(values)
    assert array.dtype == np.float32
    assert array.tolist() == [1, 2]


def test_it_cannot_be_written_to():
    array = frozen([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 5


def test_later_changes_of_the_callers_arrays_have_no_effect():
    mine = np.array([1, 2], dtype=np.float32)
    array = frozen(mine)
    mine[0] = 5
    assert array.tolist() == [1, 2]


def test_a_read_only_view_of_a_writeable_array_is_copied():
    mine = np.array([1, 2], dtype=np.float32)
    view = mine[:]
    view.flags.writeable = False
    array = frozen(view)
    mine[0] = 5
    assert array.tolist() == [1, 2]


def test_an_array_that_is_frozen_already_is_shared():
    array = frozen([1.0, 2.0])
    assert frozen(array) is array


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_are_contiguous_by_rows(order):
    given = read_only(np.array([[1, 2], [3, 4]], dtype=np.float32, order=order))
    array = frozen(given)
    assert array.flags.c_contiguous
    assert array.tolist() == [[1, 2], [3, 4]]


def test_whole_numbers_may_come_as_floats():
    assert frozen([0.0, 3.0], np.int32).tolist() == [0, 3]


@pytest.mark.parametrize(
    ("values", "wrong"), [([0, 1.5], "1.5"), ([2**31], "2147483648"), ([np.nan], "nan"), ([3e9], "3000000000.0")]
)
def test_a_number_that_is_no_index_is_named(values, wrong):
    with pytest.raises(ProbeError, match=rf"probe must hold whole numbers of type int32, got {wrong}"):
        frozen(values, np.int32)


@pytest.mark.parametrize("values", [["soma"], [[1], [1, 2]], object(), {1: 2}])
def test_values_that_are_not_numbers_are_refused_with_name_and_cause(values):
    with pytest.raises(ProbeError, match="probe must be numbers of type float32: ") as caught:
        frozen(values)
    assert isinstance(caught.value.__cause__, (TypeError, ValueError))


def test_an_integer_too_large_for_any_type_is_refused():
    with pytest.raises(ProbeError, match="probe must be numbers of type int64"):
        frozen([2**70], np.int64)


def test_a_float_too_large_for_the_type_becomes_infinite_for_later_checks():
    assert np.isinf(frozen([1e300])).all()


@pytest.mark.parametrize("duplicate", [lambda p: pickle.loads(pickle.dumps(p)), copy.copy, copy.deepcopy])
def test_arrays_are_read_only_after_a_copy(duplicate):
    twin = duplicate(Pair(frozen([1.0]), "right"))
    assert twin.left.tolist() == [1]
    assert twin.right == "right"
    with pytest.raises(ValueError, match="read-only"):
        twin.left[0] = 5


def test_a_pickle_has_the_fields_only():
    pair = Pair(frozen([1.0]), "right")
    pair.__dict__["cache"] = np.zeros(1000)
    twin = pickle.loads(pickle.dumps(pair))
    assert not hasattr(twin, "cache")
