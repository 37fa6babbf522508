"""PackedArrays: numbers as one compressed stream, which the page's arrays.js unpacks.

Neighbouring rows are alike: each array is stored as differences from row to row, of its bits as unsigned integers, and
byte by byte, all lowest bytes first. zlib then compresses everything at once.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

_TYPES = {"|u1": "u1", "<u2": "u2", "<u4": "u4", "<i4": "i4", "<f4": "f4"}  # numpy's names and the page's


class PackedArrays:
    """Collects arrays; ``base64()`` gives all of them."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._n_bytes = 0

    def add(self, array: npt.NDArray[Any]) -> dict[str, Any]:
        """Add an array of uint8, uint16, uint32, int32 or float32, (n,) or (n, m); what describes it to the page.

        Raises
        ------
        TypeError
            Another dtype.
        """
        rows = np.ascontiguousarray(array if array.ndim > 1 else array[:, np.newaxis])
        if rows.dtype.str not in _TYPES:
            raise TypeError(f"arrays of a page have one of the types {', '.join(_TYPES)}, got {rows.dtype}")
        bits = rows.view(f"<u{rows.dtype.itemsize}")
        steps = np.diff(bits, axis=0, prepend=np.zeros_like(bits[:1]))  # wraps around
        planes = np.ascontiguousarray(steps).view(np.uint8).reshape(-1, rows.dtype.itemsize).T
        start = self._n_bytes
        self._parts.append(planes.tobytes())
        self._n_bytes += rows.nbytes
        return {"type": _TYPES[rows.dtype.str], "rows": rows.shape[0], "columns": rows.shape[1], "start": start}

    def base64(self) -> str:
        """All arrays, compressed, as text."""
        return base64.b64encode(zlib.compress(b"".join(self._parts), 6)).decode("ascii")
