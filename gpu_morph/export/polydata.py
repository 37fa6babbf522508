"""PolyData: points, vertices and lines with values, as VTK's legacy file format has them.

The format's version 3.0, which VTK has read since its early releases. Two traps: VTK 9.5 and older take a
NaN in a text for its end, so what is not finite is written binary; and names are words, in which VTK
writes and reads blanks and the like as %20.
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
_PLAIN = "".join(chr(code) for code in range(33, 127) if chr(code) not in '%"')  # stands in names as it is
_TIME_DECIMALS = 9  # of ms


@dataclass(frozen=True, eq=False)
class PolyData:
    """What a file shows.

    ``points`` (n_points, 3) float32 µm. ``sizes`` (n_cells,) int share them out, in order: a cell of one point
    is a vertex, a longer one a polyline. Named arrays, (n,) or (n, 3) of float32, float64 or int32, belong to the
    points and to the cells. ``label_names`` and ``time`` (ms) go to the field data "label_names" and "TimeValue".
    """

    points: npt.NDArray[np.float32]
    sizes: npt.NDArray[np.int64]
    point_data: dict[str, Array] = field(default_factory=dict)
    cell_data: dict[str, Array] = field(default_factory=dict)
    label_names: tuple[str, ...] = ()
    time: float | None = None


def write_polydata(target: Path, polydata: PolyData, *, n_decimals: int | None) -> None:
    """Write a file: a text with numbers of that many decimals, or binary where that is None or something not finite.

    The file has its vertices first, and the cells' arrays in this order. Its first array of one number per
    point is the attribute that viewers colour by. It appears when it is whole.
    """
    write_bytes(target, _contents(polydata, n_decimals))


class _Encoding(Protocol):
    """How numbers and words are written."""

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
    # An empty array in a text is one that VTK reads on for.
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
    """Of each chosen cell the number of its points, and then these."""
    points = np.flatnonzero(np.repeat(chosen, sizes))
    first = np.cumsum(sizes[chosen]) - sizes[chosen]
    return np.insert(points, first, sizes[chosen]).astype(np.int32)


def _width(values: Array) -> int:
    """Numbers per point or cell."""
    return int(values.shape[1]) if values.ndim > 1 else 1


def _type(values: Array) -> bytes:
    return _TYPES[values.dtype.str[1:]].encode()


def _encoded(name: str) -> bytes:
    return quote(name, safe=_PLAIN).encode()
