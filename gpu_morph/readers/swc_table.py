"""Tables of SWC nodes, such as pandas.DataFrame, as the text of an SWC file."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.section_kinds import section_kind
from ..errors import MorphologyError
from .aliases import FloatArray, IntArray
from .sections import TYPE_OF_LABEL

_COLUMNS = {  # usual names in small letters and without underscores, the likeliest first
    "id": ("nodeid", "id", "sampleid", "sample", "sampleno", "pointno", "pointid", "n", "treenodeid"),
    "type": ("label", "structure", "structureid", "structureidentifier", "typeid", "type", "t", "kind"),
    "x": ("x", "xum", "xpos"),
    "y": ("y", "yum", "ypos"),
    "z": ("z", "zum", "zpos"),
    "radius": ("radius", "r", "radii", "radiusum"),
    "diameter": ("diameter", "d", "diam"),
    "parent": ("parentid", "parent", "pid", "parentsample", "parentno", "parenttreenodeid", "p", "parentnodeid"),
}
_ORDER = ("id", "type", "x", "y", "z", "radius", "parent")
_OPTIONAL = ("id", "type", "diameter")


def swc_text(table: Any, *, name: str) -> bytes:
    """The content of an SWC file with a line for each row of a table.

    Parameters
    ----------
    table : pandas.DataFrame, or an object like it
        With columns of the usual names, in any case and order, or seven columns without names, as SWC has them. Without
        ids, its index has them. Without types, all nodes are of type 0.
    name : str
        What it is, for error messages.

    Raises
    ------
    MorphologyError
        A column is missing, or has other things than numbers.
    """
    found = _columns(table, name)
    numbers = {key: _numbers(found[key], key, name) for key in ("x", "y", "z")}
    radius = _numbers(found["radius"], "radius", name) if "radius" in found else None
    if radius is None:
        radius = _numbers(found["diameter"], "diameter", name) / 2
    ids = _whole(found.get("id", table.index), "id", name)
    parents = _whole(found["parent"], "parent", name)
    types = _types(found["type"]) if "type" in found else np.zeros(len(ids), dtype=np.int64)
    return node_text(ids, types, numbers["x"], numbers["y"], numbers["z"], radius, parents)


def node_text(ids: Any, types: Any, x: Any, y: Any, z: Any, radius: Any, parents: Any) -> bytes:
    """The content of an SWC file with these columns, (n_nodes,) each. Reading it gives the same numbers."""
    columns = [np.asarray(one).astype(np.int64) for one in (ids, types)]
    columns += [np.asarray(one).astype(np.float64) for one in (x, y, z, radius)]
    rows = zip(*(one.tolist() for one in (*columns, np.asarray(parents).astype(np.int64))), strict=True)
    return ("\n".join(" ".join(map(repr, row)) for row in rows) + "\n").encode()


def _columns(table: Any, name: str) -> dict[str, Any]:
    names = list(table.columns)
    if len(names) >= len(_ORDER) and not any(isinstance(one, str) for one in names):
        return {key: table.iloc[:, k] for k, key in enumerate(_ORDER)}
    by_word = {_word(one): k for k, one in reversed([*enumerate(names)])}
    found = {}
    for key, words in _COLUMNS.items():
        column = next((by_word[word] for word in words if word in by_word), None)
        if column is not None:
            found[key] = table.iloc[:, column]
    missing = [key for key in _ORDER if key not in found and key not in _OPTIONAL]
    if "diameter" in found and "radius" in missing:
        missing.remove("radius")
    if missing:
        raise MorphologyError(
            f"{name}: columns for {', '.join(missing)} are missing; SWC has {', '.join(_ORDER)}, the table has "
            f"{', '.join(map(str, names)) or 'none'}"
        )
    return found


def _word(column: Any) -> str:
    return str(column).strip(" #").lower().replace("_", "").replace(" ", "")


def _numbers(column: Any, key: str, name: str) -> FloatArray:
    try:
        return np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise MorphologyError(f"{name}: the column for {key} must hold numbers ({cause})") from cause


def _whole(column: Any, key: str, name: str) -> IntArray:
    """(n,) int64. A parent that is missing is -1."""
    try:
        if (kind := getattr(column, "dtype", None)) is not None and np.issubdtype(kind, np.integer):
            return np.asarray(column, dtype=np.int64)
    except TypeError:  # a dtype that NumPy does not know
        pass
    values = _numbers([np.nan if one is None else one for one in column], key, name)
    if key == "parent":
        values = np.where(np.isnan(values), -1, values)
    if not (np.isfinite(values) & (values % 1 == 0)).all():
        row = int((~(np.isfinite(values) & (values % 1 == 0))).argmax())
        raise MorphologyError(f"{name}: {key} of row {row} must be a whole number, got {values[row]}")
    return values.astype(np.int64)


def _types(column: Any) -> npt.NDArray[np.int64]:
    """Types of SWC, from numbers or from words such as "soma"; 0 for what is neither."""
    return np.array([_type(one) for one in column], dtype=np.int64)


def _type(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):  # None, NaN and words
        return TYPE_OF_LABEL.get(section_kind(str(value)), 0)
