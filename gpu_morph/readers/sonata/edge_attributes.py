"""Attributes of edges, from the groups of a population of edges and from its table of edge types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import RecordingError
from ..aliases import FloatArray, IntArray


class EdgeAttributes:
    """Attributes of some edges: from their group in the file, else from their type.

    Parameters
    ----------
    file : str
        The file's name, for messages.
    group : h5py.Group
        The population of edges.
    block : slice
        A range of edges.
    rows : (n,) int64
        The wanted edges, counted from the beginning of the block.
    types : mapping
        The attributes of each edge type.
    """

    def __init__(
        self, file: str, group: Any, block: slice, rows: IntArray, types: Mapping[int, Mapping[str, str]]
    ) -> None:
        self._file, self._group, self._n_edges, self._types = file, group, len(rows), types
        self._type_ids = group["edge_type_id"][block][rows] if types and "edge_type_id" in group else None
        if "edge_group_id" in group:
            self._group_ids = group["edge_group_id"][block][rows].astype(np.int64)
            self._rows = group["edge_group_index"][block][rows].astype(np.int64)
        else:
            self._group_ids, self._rows = np.zeros(len(rows), dtype=np.int64), rows + block.start

    def floats(self, names: Sequence[str]) -> FloatArray:
        """(n,): the first of these attributes that exists; NaN for edges without any."""
        values = np.full(self._n_edges, np.nan)
        for group_id in np.unique(self._group_ids).tolist():
            stored, is_member = self._group.get(str(group_id)), self._group_ids == group_id
            name = next((name for name in names if stored is not None and name in stored), None)
            if name is not None:
                rows = self._rows[is_member]
                low, high = int(rows.min()), int(rows.max()) + 1
                if stored[name].shape[0] < high:
                    raise RecordingError(
                        f"{self._file}: {stored[name].name} must have {high} values, found {stored[name].shape[0]}; is "
                        "the file complete?"
                    )
                values[is_member] = stored[name][low:high][rows - low]
        for type_id, attributes in self._types.items() if self._type_ids is not None else ():
            word = next((attributes[name] for name in names if name in attributes), None)
            is_missing = np.isnan(values) & (self._type_ids == type_id)
            if word is not None and is_missing.any():
                values[is_missing] = _number(word)
        return values


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return np.nan
