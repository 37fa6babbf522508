"""Arrays in one compressed stream come back as they were."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph.export.packed_arrays import PackedArrays

TYPES = {"u1": np.uint8, "u2": np.uint16, "u4": np.uint32, "i4": np.int32, "f4": np.float32}


def unpacked(packed: bytes, described: dict[str, Any]) -> npt.NDArray[Any]:
    """As arrays.js does it."""
    dtype, shape = np.dtype(TYPES[described["type"]]), (described["rows"], described["columns"])
    n, size = shape[0] * shape[1], dtype.itemsize
    planes = np.frombuffer(packed, np.uint8, n * size, described["start"]).reshape(size, n)
    steps = np.ascontiguousarray(planes.T).view(f"<u{size}").reshape(shape)
    return np.cumsum(steps, axis=0, dtype=steps.dtype).view(dtype)


def test_arrays_of_all_types_come_back() -> None:
    random = np.random.default_rng(5)
    arrays = [random.integers(0, 255, (7, 3)).astype(dtype) for dtype in TYPES.values()]
    arrays += [np.array([[np.nan, -1.5], [np.inf, 3e38]], dtype=np.float32), np.zeros((0, 4), dtype=np.int32)]
    store = PackedArrays()
    described = [store.add(array) for array in arrays]
    packed = zlib.decompress(base64.b64decode(store.base64()))
    for array, description in zip(arrays, described, strict=True):
        np.testing.assert_array_equal(unpacked(packed, description), array)


def test_a_list_of_numbers_has_one_column() -> None:
    store = PackedArrays()
    assert store.add(np.arange(5, dtype=np.int32)) == {"type": "i4", "rows": 5, "columns": 1, "start": 0}


def test_rows_that_change_little_take_little() -> None:
    values = (1000 + np.arange(1000)[:, None] + np.arange(100)).astype(np.uint16)
    store = PackedArrays()
    store.add(values)
    assert len(store.base64()) < values.nbytes / 50


def test_another_type_is_an_error() -> None:
    with pytest.raises(TypeError, match="float64"):
        PackedArrays().add(np.zeros(3))
