"""PolyData: points, vertices and lines with values, in VTK's legacy file format.

Files have version 3.0 of the format, which VTK has read since its early releases. VTK 9.5 and older stop reading a
text file at a NaN, so data that are not finite are written as binary. Names of arrays are single words: VTK writes and
reads a blank as %20.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from ..system.atomic_files import write_bytes

Array = npt.NDArray[Any]

_TYPES = {"f4": "float", "f8": "double", "i4": "int"}  # numpy's and VTK's names
_UNQUOTED = "".join(chr(code) for code in range(33, 127) if chr(code) not in '%"')  # written in names as they are
_TIME_DECIMALS = 9  # of a time in ms


@dataclass(frozen=True, eq=False)
class PolyData:
    """Contents of a file. A cell, in VTK's sense, is a vertex or a polyline.

    Parameters
    ----------
    points : (n_points, 3) float32
        µm.
    sizes : (n_cells,) int64
        Number of points of each cell; cells have consecutive points. A cell of one point is a vertex, others are
        polylines.
    point_data, cell_data : dict of str to array
        Named arrays, (n,) or (n, 3) of float32, float64 or int32, of the points and of the cells.
    label_names : tuple of str
        Field data "label_names".
    time : float or None
        Field data "TimeValue", ms.
    """

    points: npt.NDArray[np.float32]
    sizes: npt.NDArray[np.int64]
    point_data: dict[str, Array] = field(default_factory=dict)
    cell_data: dict[str, Array] = field(default_factory=dict)
    label_names: tuple[str, ...] = ()
    time: float | None = None


def write_polydata(target: Path, polydata: PolyData, *, n_decimals: int | None) -> None:
    """Write a file, atomically.

    Vertices precede polylines, and cell data have the same order. Viewers colour by the first array with one number
    per point.

    Parameters
    ----------
    target : Path
        The file.
    polydata : PolyData
        Its contents.
    n_decimals : int or None
        Decimals of the numbers of a text file. None, or data that are not finite: the file is binary.
    """
    write_bytes(target, _contents(polydata, n_decimals))


class _Encoding(Protocol):
    """Encoding of numbers and strings: text or binary."""

    name: str

    def numbers(self, values: Array, n_decimals: int | None) -> bytes: ...

    def words(self, texts: Sequence[str]) -> bytes: ...


class _Text:
    name = "ASCII"

    def numbers(self, values: Array, n_decimals: int | None) -> bytes:
        one = "%d" if values.dtype.kind == "i" else f"%.{n_decimals}f"
        line = " ".join([one] * _width(values)) + "\n"
        return (line * len(values) % tuple(values.ravel().tolist())).encode()

    def words(self, texts: Sequence[str]) -> bytes:
        return b"".join(_encoded(text) + b"\n" for text in texts)


class _Binary:
    name = "BINARY"

    def numbers(self, values: Array, n_decimals: int | None) -> bytes:
        rounded = values if n_decimals is None else values.round(n_decimals)
        return rounded.astype(values.dtype.newbyteorder(">")).tobytes() + b"\n"

    def words(self, texts: Sequence[str]) -> bytes:
        return b"".join(struct.pack(">Q", len(text.encode())) + text.encode() for text in texts) + b"\n"


def _contents(polydata: PolyData, n_decimals: int | None) -> bytes:
    n_points, sizes, is_line = len(polydata.points), polydata.sizes, polydata.sizes > 1
    in_order = np.argsort(is_line, kind="stable")
    point_data = polydata.point_data
    cell_data = {name: values[in_order] for name, values in polydata.cell_data.items()}
    is_finite = all(np.isfinite(values).all() for values in (*point_data.values(), *cell_data.values()))
    # VTK reads on at an empty array in a text file.
    is_text = n_decimals is not None and is_finite and n_points > 0
    encoding: _Encoding = _Text() if is_text else _Binary()

    def field_data(arrays: dict[str, Array]) -> list[bytes]:
        parts = [b"FIELD FieldData %d\n" % len(arrays)] if arrays else []
        for name, values in arrays.items():
            shape = b" %d %d %s\n" % (_width(values), len(values), _type(values))
            parts += [_encoded(name), shape, encoding.numbers(values, n_decimals)]
        return parts

    parts = [b"# vtk DataFile Version 3.0\nby gpu_morph, in um and ms\n%s\nDATASET POLYDATA\n" % encoding.name.encode()]
    fields = []
    if polydata.label_names:
        names = polydata.label_names
        fields += [b"label_names 1 %d string\n" % len(names) + encoding.words(names)]
    if polydata.time is not None:
        fields += [b"TimeValue 1 1 double\n" + encoding.numbers(np.array([polydata.time]), _TIME_DECIMALS)]
    if fields:
        parts += [b"FIELD FieldData %d\n" % len(fields), *fields]
    parts += [b"POINTS %d float\n" % n_points, encoding.numbers(polydata.points, n_decimals)]
    for keyword, chosen in ((b"VERTICES", ~is_line), (b"LINES", is_line)):
        if chosen.any():
            cells = _cells(sizes, chosen)
            parts += [b"%s %d %d\n" % (keyword, np.count_nonzero(chosen), len(cells)), encoding.numbers(cells, 0)]
    if cell_data:
        parts += [b"CELL_DATA %d\n" % len(sizes), *field_data(cell_data)]
    if point_data:
        parts += [b"POINT_DATA %d\n" % n_points]
        shown = next((name for name, values in point_data.items() if values.ndim == 1), None)
        if shown is not None:
            values = point_data[shown]
            parts += [b"SCALARS %s %s 1\nLOOKUP_TABLE default\n" % (_encoded(shown), _type(values))]
            parts += [encoding.numbers(values, n_decimals)]
        parts += field_data({name: values for name, values in point_data.items() if name != shown})
    return b"".join(parts)


def _cells(sizes: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Connectivity of the chosen cells: for each the number of its points, then their indices."""
    points = np.flatnonzero(np.repeat(chosen, sizes))
    first = np.cumsum(sizes[chosen]) - sizes[chosen]
    return np.insert(points, first, sizes[chosen]).astype(np.int32)


def _width(values: Array) -> int:
    """Numbers per point or cell: 1 or 3."""
    return int(values.shape[1]) if values.ndim > 1 else 1


def _type(values: Array) -> bytes:
    return _TYPES[values.dtype.str[1:]].encode()


def _encoded(name: str) -> bytes:
    return quote(name, safe=_UNQUOTED).encode()
