"""Checked, contiguous, read-only arrays that pickle; checked numbers."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from ..errors import brief
from ..system.arguments import is_sequence
from .masks import filled, has_mask
from .quantities import has_unit, in_attributed_unit, in_unit
from .xyz_columns import in_xyz_order

Array = TypeVar("Array", bound=npt.NDArray[Any])
FloatArray: TypeAlias = npt.NDArray[np.float64]
Float32Array: TypeAlias = npt.NDArray[np.float32]
IntArray: TypeAlias = npt.NDArray[np.int64]


def read_only(array: Array) -> Array:
    """The same array, made read-only."""
    array.flags.writeable = False
    return array


def frozen_array(
    values: npt.ArrayLike, dtype: npt.DTypeLike, *, name: str, error: type[ValueError], unit: str | None = None
) -> npt.NDArray[Any]:
    """A C-contiguous, read-only array of ``dtype``: ``values`` itself if it is one and owns its data, else a copy.

    Quantities are converted to ``unit``, and refused if there is none. What is masked is NaN. Of a table, ``unit`` "µm"
    takes the columns x, y and z.

    Raises
    ------
    error
        ``values`` are not numbers, or ``dtype`` cannot hold them: a fraction as an index, for example.
    """
    wanted = np.dtype(dtype)
    if unit == "µm":
        values = in_xyz_order(values)
    if has_unit(values):
        values = in_unit(values, unit or "", name=name, error=error)
    elif unit:
        values = in_attributed_unit(values, unit, name=name, error=error)
    try:
        given = filled(values) if has_mask(values) else np.asarray(values)
        if given.dtype == object and has_unit(given):
            given = in_unit(given, unit or "", name=name, error=error)
        if given.dtype.kind not in "biufO":
            raise TypeError(f"got an array of {given.dtype}")
        if given.dtype == wanted and given.flags.c_contiguous and not given.flags.writeable and given.base is None:
            return given
        with np.errstate(over="ignore", invalid="ignore"):
            array = np.array(given, dtype=wanted, order="C", copy=True)
    except (TypeError, ValueError, OverflowError) as cause:
        if isinstance(cause, error) and name in str(cause):  # of a unit
            raise
        raise error(f"{name} must be numbers of type {wanted.name}: {cause}") from cause
    if wanted.kind == "i" and given.dtype.kind == "b":
        raise error(
            f"{name} must hold whole numbers of type {wanted.name}, got True and False: give np.flatnonzero(...)"
        )
    if wanted.kind == "i" and not np.array_equal(array, given):
        wrong = given.reshape(-1)[np.flatnonzero((array != given).reshape(-1))[0]]
        raise error(f"{name} must hold whole numbers of type {wanted.name}, got {wrong}")
    return read_only(array)


def checked_float_type(dtype: Any, name: str) -> np.dtype[Any]:
    """``dtype`` as a type of numpy's real numbers; raises TypeError for anything else."""
    found: np.dtype[Any] | None
    try:
        found = np.dtype(dtype)
    except (TypeError, ValueError, SyntaxError):  # numpy's parser of texts raises the last
        found = None
    if dtype is None or found is None or found.kind != "f":
        raise TypeError(f"{name} must be a type of real numbers such as np.float32, got {brief(dtype)}")
    return found


def finite_number(
    value: Any, *, name: str, expected: str, least: float = -math.inf, error: type[ValueError] = ValueError
) -> float:
    """``value`` as a float; see `as_decimal`.

    Raises
    ------
    error
        ``value`` is not a number, not finite, or below ``least``. The message says what was ``expected``.
    """
    if has_unit(value):
        raise error(f"{name} must be {expected} as a plain number, got a quantity, {brief(value)}: convert it first")
    try:
        number = math.nan if isinstance(value, str | bytes) or np.ndim(value) else float(as_decimal(value))
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or number < least:
        raise error(f"{name} must be {expected}, got {brief(value)}")
    return number


def as_decimal(value: Any) -> Any:
    """A number of type float32 or float16 as the decimal number that it was rounded from; others as they are.

    ``float(np.float32(0.1))`` is 0.10000000149, of which 10 steps are more than 1.
    """
    is_short = getattr(value, "dtype", None) in (np.float32, np.float16) and np.ndim(value) == 0
    return float(str(value)) if is_short else value


def texts(words: Any, *, name: str, error: type[ValueError]) -> tuple[str, ...]:
    """A tuple of str, from a sequence of them or of what has a text.

    Raises
    ------
    error
        ``words`` are not a sequence.
    """
    if not is_sequence(words):
        raise error(f"{name} must be a sequence of str, got {brief(words)}")
    return tuple(str(word) for word in words)


def as_slice(indices: IntArray) -> slice | None:
    """The same indices as a slice if they count up one by one, else None. A slice is faster."""
    if not len(indices):
        return slice(0, 0)
    return slice(int(indices[0]), int(indices[-1]) + 1) if (np.diff(indices) == 1).all() else None


class FrozenArrays:
    """Base of dataclasses of arrays. A pickle has the fields only; unpickled arrays are read-only."""

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            if type(value) is np.ndarray:
                read_only(value)
            object.__setattr__(self, name, value)
