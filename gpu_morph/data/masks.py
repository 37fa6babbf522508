"""Arrays of which some entries are masked, as plain arrays with NaN there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

_PLAIN_TYPES = frozenset({float, int, bool, str, np.float64, np.float32, np.int64, np.int32, np.bool_})


def filled(array: Any) -> npt.NDArray[Any]:
    """The array with NaN for what is masked; integers become floats then.

    Masked arrays of numpy, astropy and dask, and lists of them, have a mask.
    """
    if isinstance(array, list | tuple):
        return np.array([filled(one) for one in array]) if has_mask(array) else np.asarray(array)
    if type(array).__module__.partition(".")[0] == "dask" and hasattr(array, "compute"):
        array = array.compute()
    if hasattr(type(array), "unmasked") and hasattr(array, "mask"):  # of astropy
        array = np.ma.MaskedArray(np.asarray(array.unmasked), mask=array.mask)
    if not isinstance(array, np.ma.MaskedArray):
        return np.asarray(array)
    if not np.ma.is_masked(array):
        return np.asarray(array.data)
    is_float = array.dtype.kind == "f"
    dtype = array.dtype if is_float else np.float32 if array.dtype.itemsize <= 2 else np.float64
    return np.where(np.ma.getmaskarray(array), np.nan, array.data).astype(dtype)


def is_plain(values: Sequence[Any]) -> bool:
    """True for a list or tuple of plain numbers and texts, or of such lists, all equally deep: a fast check."""
    while (kinds := set(map(type, values))) and kinds <= {list, tuple}:
        values = list(chain.from_iterable(values))
    return kinds <= _PLAIN_TYPES


def has_mask(values: Any) -> bool:
    """True for a masked array in memory, and for a list or tuple with one."""
    if isinstance(values, list | tuple):
        return not is_plain(values) and any(has_mask(one) for one in values)
    return isinstance(values, np.ma.MaskedArray) or (hasattr(type(values), "unmasked") and hasattr(values, "mask"))
