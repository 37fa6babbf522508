"""Reports: the elements of each cell and the times, in all dialects of the format. Values are not read.

BlueCelluLab writes a row of the mapping for each site, not for each node: node ids repeat, and element ids number all
sites, so that they tell no section.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import RecordingError
from ..aliases import FloatArray, IntArray
from .elements import Elements
from .hdf5 import dataset, group_of, numbers, opened, text
from .report_kinds import other_content


@dataclass(frozen=True, eq=False)
class Report:
    """The content of a report for one population, without the values.

    Parameters
    ----------
    path : Path
        The file, absolute.
    population : str
        The population.
    times : (n_times,) float64
        ms.
    n_values : int
        The number of columns of the values.
    dtype : dtype
        Of the values.
    chunks : (int, int), optional
        Rows and columns of a chunk; None where the values are not chunked.
    node_ids : (n_nodes,) int64
        The nodes in file order, each once.
    pointers : (n_nodes + 1,) int64
        Node ``k`` has the columns ``pointers[k]`` to ``pointers[k + 1]``, half open.
    column_order : (n_values,) int64, optional
        The columns that ``pointers`` count, where those of a node are apart in the file. None: the columns themselves.
    element_ids : (n_values,) int64
        The number of each column's section.
    element_pos : (n_values,) float64, optional
        The position of each column along its section, 0 to 1.
    variable, unit : str, optional
        As the file has them.
    has_numbered_sites : bool
        True where element ids number all sites, or those of each node, from 0, as BlueCelluLab writes them.
    """

    path: Path
    population: str
    times: FloatArray
    n_values: int
    dtype: np.dtype[Any]
    chunks: tuple[int, int] | None
    node_ids: IntArray
    pointers: IntArray
    column_order: IntArray | None
    element_ids: IntArray
    element_pos: FloatArray | None
    variable: str | None
    unit: str | None
    has_numbered_sites: bool

    @property
    def dataset(self) -> str:
        """The path of the values in the file."""
        return f"/report/{self.population}/data"

    @property
    def location(self) -> str:
        """File and population, for messages."""
        return f"{self.path.name}, /report/{self.population}"

    def columns(self, node: int) -> IntArray:
        """(n,): the columns of a node; empty where it was not recorded."""
        row = self._rows.get(node)
        if row is None:
            return np.arange(0)
        low, high = self.pointers[row : row + 2]
        return np.arange(low, high) if self.column_order is None else self.column_order[low:high]

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {node: row for row, node in enumerate(self.node_ids.tolist())}

    def elements(self, node: int) -> Elements:
        """The elements of a node."""
        columns = self.columns(node)
        positions = None if self.element_pos is None else self.element_pos[columns]
        return Elements(node, self.element_ids[columns], positions, self.location)


def read_reports(path: Path, populations: Sequence[str] | None) -> list[Report]:
    """Read a report of the given populations, None for all, without the values.

    Raises
    ------
    RecordingError
        The file is not a report, or lacks a population.
    """
    content = other_content(path)
    if content is not None:
        raise RecordingError(f"{path.name}: {content}")
    with opened(path, RecordingError) as file:
        group = group_of(file, "report", file=path.name, error=RecordingError)
        wanted = list(group) if populations is None else list(populations)
        missing = [name for name in wanted if name not in group]
        if missing or not wanted:
            expected = f"population {missing[0]!r}" if missing else "any population"
            raise RecordingError(
                f"{path.name}: expected {expected} in /report, found {', '.join(group) or 'nothing'}; choose one with "
                "population="
            )
        return [_report(path, name, group_of(group, name, file=path.name, error=RecordingError)) for name in wanted]


def _report(path: Path, name: str, group: Any) -> Report:
    file: Mapping[str, Any] = {"file": path.name, "error": RecordingError}
    data = dataset(group, "data", n_dimensions=2, **file)
    mapping = group_of(group, "mapping", **file)
    n_values = data.shape[1]
    node_ids = numbers(mapping, "node_ids", **file).astype(np.int64)
    key = "index_pointer" if "index_pointers" not in mapping and "index_pointer" in mapping else "index_pointers"
    pointers = numbers(mapping, key, **file).astype(np.int64)
    if len(pointers) == len(node_ids):  # as the format's first text has it; most files have one more
        pointers = np.append(pointers, n_values)
    is_rising = len(pointers) and pointers[0] >= 0 and pointers[-1] <= n_values and (np.diff(pointers) >= 0).all()
    if len(pointers) != len(node_ids) + 1 or not is_rising:
        raise RecordingError(
            f"{path.name}: {mapping.name}/{key} must hold {len(node_ids) + 1} increasing numbers for {len(node_ids)} "
            f"nodes, {n_values} at most; found {len(pointers)}, {pointers.min(initial=0)} to {pointers.max(initial=0)}"
        )
    element_ids = numbers(mapping, "element_ids", size=n_values, **file).astype(np.int64)
    is_one_row_per_site = n_values > 1 and np.array_equal(pointers, np.arange(n_values + 1))
    is_numbered, order = np.array_equal(element_ids, np.arange(n_values)), None
    if len(np.unique(node_ids)) < len(node_ids):
        node_ids, pointers, order = _grouped(node_ids, pointers)
        first = np.repeat(pointers[:-1], np.diff(pointers))
        is_numbered |= np.array_equal(element_ids[order], np.arange(len(order)) - first)
    positions = None
    if "element_pos" in mapping:
        positions = numbers(mapping, "element_pos", size=n_values, **file).astype(np.float64)
    unit = next((text(data.attrs[key]) for key in ("units", "unit") if key in data.attrs), None)
    return Report(
        path.absolute(),
        name,
        _times(numbers(mapping, "time", size=3, **file), mapping["time"], data, path.name),
        n_values,
        data.dtype,
        data.chunks,
        node_ids,
        pointers,
        order,
        element_ids,
        positions,
        text(data.attrs["variable"]) if "variable" in data.attrs else None,
        unit,
        is_one_row_per_site and is_numbered,
    )


def _grouped(node_ids: IntArray, pointers: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Nodes, each once, with their pointers and the order of columns, of a mapping with several rows for a node.

    Nodes are in the order in which they first appear, the columns of each in that of the file.
    """
    nodes, first, node_of_row = np.unique(node_ids, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    counts = np.diff(pointers)
    node_of_column = np.repeat(rank[node_of_row], counts)
    columns = np.arange(pointers[0], pointers[-1])
    sizes = np.bincount(node_of_column, minlength=len(nodes))
    return nodes[np.argsort(first)], np.append(0, np.cumsum(sizes)), columns[np.argsort(node_of_column, kind="stable")]


def _times(start_stop_step: npt.NDArray[Any], stored: Any, data: Any, file: str) -> FloatArray:
    """(n_times,): the times of the rows, ms, from start, without stop."""
    start, stop, step = start_stop_step.astype(np.float64).tolist()
    unit = text(stored.attrs.get("units", "ms"))
    if unit != "ms" or not (np.isfinite(start_stop_step).all() and step > 0 and stop > start):
        raise RecordingError(
            f"{file}: {stored.name} must hold start, stop and step in ms, got {start:g}, {stop:g}, {step:g} in {unit}"
        )
    n_rows = data.shape[0]
    if not n_rows or abs(n_rows - (stop - start) / step) > 1.5:  # some writers include the stop, or round
        raise RecordingError(
            f"{file}: {data.name} must have {round((stop - start) / step)} rows for the times {start:g} to {stop:g} ms "
            f"by {step:g}, found {n_rows}; is the file complete?"
        )
    return np.asarray(start + step * np.arange(n_rows))
