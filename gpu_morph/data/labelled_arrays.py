"""Arrays that know more than their numbers, as plain times and values: pandas, xarray, neo, quantities, masks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import RecordingError, brief
from .file_rows import mapped_rows
from .masks import filled, has_mask
from .quantities import attributed_unit, has_unit, in_unit, name_and_unit, unit_factor

_FRAMES = ("pandas", "polars", "modin", "cudf")
_IS_TIME = re.compile(r"(times?|t)([ _(\[].*)?$", re.IGNORECASE)  # also "time (ms)" and "t_ms"
_LOADED_BYTES = 64 * 2**20  # an array of xarray up to this size is loaded whole


def plain_recording(times: Any, values: Any, *, unit: str) -> tuple[Any, Any]:
    """Times and values of a recording without labels, units and masks.

    Parameters
    ----------
    times : (n_times,) array-like, or None
        Numbers are ms; quantities and time differences are converted. None: the times that ``values`` have.
    values : (n_times, n_compartments)
        Numbers are in ``unit``; quantities are converted. Rows of a table are times, in the order in which they are. In
        an array of xarray the dimension "time" is along times, wherever it is.
    unit : str
        Of the recording.

    Returns
    -------
    times : array-like
        ms.
    values : array, or what reads rows
        In ``unit``; what is masked is NaN.

    Raises
    ------
    RecordingError
        There are no times, or units do not fit.
    """
    own_times: Any = None
    library = type(values).__module__.partition(".")[0]
    if library in _FRAMES:
        _check_columns(values, times)
        own_times, values = _index_times(values, needs_them=times is None), _table_numbers(values, unit=unit)
    elif library == "xarray":
        own_times, values = _xarray_parts(values, unit=unit)
    elif library == "pyarrow":
        raise RecordingError("values must have rows that are times, got a table of pyarrow: give table.to_pandas()")
    elif has_unit(values):
        own_times = getattr(values, "times", None)
        values = in_unit(values, unit, name="values", error=RecordingError)
    if times is None and own_times is None:
        raise RecordingError("times must be (n_times,) ms, got None; only arrays with times of their own need none")
    return plain_times(own_times if times is None else times), _without_mask(values)


def plain_times(times: Any) -> Any:
    """Times in ms without labels and units: numbers stay as they are."""
    library = type(times).__module__.partition(".")[0]
    if library == "xarray":
        numbers = _attributed(times, "ms", name="times")
        return numbers if attributed_unit(times) is not None else _by_name(numbers, times.name)
    if library in _FRAMES and hasattr(times, "to_numpy"):
        times = _by_name(times.to_numpy(), getattr(times, "name", None))
    if isinstance(times, list | tuple) or (type(times) is np.ndarray and times.dtype == object):
        times = _time_differences(times)
    times = in_unit(times, "ms", name="times", error=RecordingError)
    kind = getattr(getattr(times, "dtype", None), "kind", "")
    if kind == "m":
        return times / np.timedelta64(1, "ns") * 1e-6
    if kind == "M":
        raise RecordingError("times must be in ms from the start of the simulation, got dates: subtract the first one")
    return times


def _time_differences(times: Any) -> Any:
    """An array of numpy's time differences, if all times are differences or all are dates; else the times."""
    kinds = set(map(type, times.reshape(-1).tolist() if isinstance(times, np.ndarray) else times))
    for kind, names in (("m8[ns]", (timedelta, np.timedelta64)), ("M8[us]", (date, np.datetime64))):
        if kinds and all(issubclass(one, names) for one in kinds):
            return np.array(times, dtype=kind)
    return times


@dataclass(frozen=True, eq=False)
class ConvertedRows:
    """Rows that are read when needed, without their mask and times a factor, as values of a `Recording`.

    Parameters
    ----------
    source : array
        What is read, a masked memmap or an array of xarray.
    factor : float
        By which its numbers are multiplied.
    """

    source: Any
    factor: float = 1.0

    @property
    def shape(self) -> tuple[int, ...]:
        """(n_times, n_compartments)."""
        return tuple(self.source.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values as stored."""
        dtype: np.dtype[Any] = np.dtype(self.source.dtype)
        return dtype

    @property
    def ndim(self) -> int:
        """2: ``[rows, columns]`` works."""
        return len(self.shape)

    def __getitem__(self, rows: Any) -> npt.NDArray[Any]:
        """As numpy's indexing."""
        read = self.source[rows]
        numbers = filled(read if isinstance(read, np.ndarray) else read.to_numpy())
        return numbers if self.factor == 1 else numbers * self.factor


def _without_mask(values: Any) -> Any:
    if not has_mask(values):
        return values
    is_mapped = isinstance(values, np.ma.MaskedArray) and mapped_rows(values.data) is not None
    return ConvertedRows(values) if is_mapped else filled(values)


def _table_numbers(table: Any, *, unit: str) -> npt.NDArray[Any]:
    if not hasattr(table, "to_numpy"):
        raise RecordingError(f"values must be a table in memory, got {type(table).__name__}: collect it first")
    try:
        numbers = np.asarray(table.to_numpy())
        if has_unit(numbers):
            numbers = np.asarray(in_unit(numbers, unit, name="values", error=RecordingError), dtype=np.float64)
        elif numbers.dtype == object:  # pandas' own missing values
            numbers = table.to_numpy(dtype=np.float64, na_value=np.nan)
    except RecordingError:
        raise
    except (TypeError, ValueError) as cause:
        raise RecordingError(f"values must be real numbers, got a table with other columns: {cause}") from cause
    if numbers.dtype.kind not in "fiub":
        raise RecordingError(f"values must be real numbers, got a table of {numbers.dtype}: keep its numbers only")
    return np.ascontiguousarray(numbers)


def _index_times(table: Any, *, needs_them: bool) -> Any:
    """The index of a table of pandas as times, ms, where no others are given."""
    index = getattr(table, "index", None)
    if not needs_them or index is None:
        return None
    numbers = np.asarray(index)
    if type(index).__name__ == "RangeIndex" or numbers.dtype.kind not in "fium":
        raise RecordingError(
            f"times must be (n_times,) ms, got None, and the table's index has no times: {brief(index)}"
        )
    return _by_name(numbers, index.name)


def _by_name(times: Any, name: Any) -> Any:
    """Times in ms: plain numbers are in the unit that their name ends with, as in "time (s)"."""
    unit = name_and_unit(name)[1]
    factor = (
        None if unit is None or getattr(times, "dtype", np.dtype(object)).kind not in "fiu" else unit_factor(unit, "ms")
    )
    return times if factor in (None, 1.0) else times * factor


def _check_columns(table: Any, times: Any) -> None:
    """Raise RecordingError for a table whose columns are times, or of which a column is the times."""
    columns = list(getattr(table, "columns", ()))
    named = [column for column in columns if isinstance(column, str) and _IS_TIME.match(column)]
    if named:
        raise RecordingError(
            f"values must have a column for each compartment, got a table with a column {named[0]!r}: give it as "
            f"times, and table.drop(columns={named[0]!r}) as values"
        )
    if times is None or len(columns) < 2 or list(getattr(table, "index", ())) == columns:
        return
    try:
        given, numbers = (np.asarray(one, dtype=np.float64) for one in (times, columns))
    except (TypeError, ValueError):
        return
    # Columns 0, 1, 2, ... are numbers of compartments also where times are the same.
    if np.array_equal(given, numbers) and np.ptp(given - np.arange(len(given))) > 0:
        raise RecordingError("values must have rows that are times, got a table whose columns are: give table.T")


def _xarray_parts(array: Any, *, unit: str) -> tuple[Any, Any]:
    """Times and values of a DataArray."""
    if not hasattr(array, "coords") or not hasattr(array, "transpose") or hasattr(array, "data_vars"):
        raise RecordingError(
            f"values must be one array, got {type(array).__name__}: give a DataArray, such as dataset['v']"
        )
    dimensions = [name for name in array.dims if _IS_TIME.match(str(name))]
    if len(dimensions) == 1 and array.ndim == 2:
        array = array.transpose(dimensions[0], ...)
    has_times = array.ndim and array.dims[0] in array.coords
    times = array.coords[array.dims[0]] if has_times else None
    return times, _attributed(array, unit, name="values")


def _attributed(array: Any, unit: str, *, name: str) -> Any:
    """Numbers of an array of xarray, which may be lazy, in a unit: by its attribute "units" or its quantities."""
    own = attributed_unit(array)
    given = unit if own is None else own
    factor = unit_factor(given, unit)
    if array.dtype.kind in "mM":
        return plain_times(array.to_numpy())
    is_large = array.chunks is None and array.nbytes > _LOADED_BYTES and array.ndim > 1
    if not is_large and has_unit(array.data):
        return in_unit(array.data, unit, name=name, error=RecordingError)
    if factor is None:
        wanted = f"in {unit}" if unit else "without a unit"
        raise RecordingError(
            f"{name} must be {wanted}, got {given!r} (attribute units): convert them, or give unit=..."
        )
    if is_large:
        return ConvertedRows(array, factor)
    numbers = array.to_numpy() if array.chunks is None else array.data
    return numbers if factor == 1 else numbers * factor
