"""Attributes of edges, from the groups of a population of edges and from its table of edge types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import RecordingError
from ..aliases import FloatArray, IntArray
from .hdf5 import dataset, group_of


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

        def column(name: str) -> IntArray:
            stored = self._dataset(group, name, block.start + int(rows.max()) + 1)
            return np.asarray(stored[block][rows]).astype(np.int64)

        self._type_ids = column("edge_type_id") if types and "edge_type_id" in group else None
        if "edge_group_id" in group:
            self._group_ids, self._rows = column("edge_group_id"), column("edge_group_index")
            if self._rows.min() < 0:
                raise RecordingError(f"{file}: {group.name}/edge_group_index must not be negative")
        else:
            self._group_ids, self._rows = np.zeros(len(rows), dtype=np.int64), rows + block.start

    def floats(self, names: Sequence[str]) -> FloatArray:
        """(n,): the first of these attributes that exists; NaN for edges without any."""
        values = np.full(self._n_edges, np.nan)
        for group_id in np.unique(self._group_ids).tolist():
            if str(group_id) not in self._group:
                continue
            attributes = group_of(self._group, str(group_id), file=self._file, error=RecordingError)
            name, is_member = next((name for name in names if name in attributes), None), self._group_ids == group_id
            if name is not None:
                rows = self._rows[is_member]
                low, high = int(rows.min()), int(rows.max()) + 1
                values[is_member] = self._dataset(attributes, name, high)[low:high][rows - low]
        for type_id, of_type in self._types.items() if self._type_ids is not None else ():
            word = next((of_type[name] for name in names if name in of_type), None)
            is_missing = np.isnan(values) & (self._type_ids == type_id)
            if word is not None and is_missing.any():
                values[is_missing] = _number(word)
        return values

    def _dataset(self, parent: Any, name: str, least: int) -> Any:
        """A dataset of numbers with so many values at least, not yet read."""
        found = dataset(parent, name, n_dimensions=1, file=self._file, error=RecordingError)
        if found.shape[0] < least:
            raise RecordingError(
                f"{self._file}: {found.name} must have {least} values, found {found.shape[0]}; is the file complete?"
            )
        return found


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return np.nan
