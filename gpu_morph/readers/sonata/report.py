"""Reports: the elements of each cell and the times, in both dialects of the format. Values are not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.recording import is_voltage
from ...errors import RecordingError
from ..aliases import FloatArray, IntArray
from .hdf5 import dataset, group_of, numbers, opened, text


@dataclass(frozen=True, eq=False)
class Elements:
    """The elements of one cell, in the order of the file.

    Parameters
    ----------
    node : int
        The cell's node.
    ids : (n_elements,) int64
        The number of each element's section.
    stored_positions : (n_elements,) float64, optional
        The position of each element along its section, 0 to 1. None where the file has none.
    location : str
        File and population, for messages.
    is_compartment_set : bool
        True for elements of a compartment set, whose counts do not depend on the sizes of sections.
    """

    node: int
    ids: IntArray
    stored_positions: FloatArray | None
    location: str
    is_compartment_set: bool = False

    @cached_property
    def starts(self) -> IntArray:
        """(n_sections,): the index of the first element of each section."""
        return np.flatnonzero(np.diff(self.ids, prepend=-1))

    @cached_property
    def counts(self) -> IntArray:
        """(n_sections,): the number of elements of each section."""
        return np.diff(self.starts, append=len(self.ids))

    @cached_property
    def positions(self) -> FloatArray:
        """(n_elements,): the stored positions, else the centres of equal parts of each section."""
        if self.stored_positions is not None:
            return self.stored_positions
        counts = np.repeat(self.counts, self.counts)
        return np.asarray((np.arange(len(self.ids)) - np.repeat(self.starts, self.counts) + 0.5) / counts)

    def check(self) -> None:
        """Raise RecordingError unless stored positions increase from 0 to 1 within each section."""
        if self.stored_positions is None or self.is_compartment_set or not len(self.ids):
            return
        is_rising = np.diff(self.stored_positions, prepend=-np.inf) > 0
        is_rising[self.starts] = True
        if not (is_rising.all() and (self.stored_positions >= 0).all() and (self.stored_positions <= 1).all()):
            raise RecordingError(
                f"{self.location}: element_pos of node {self.node} must increase within 0 to 1 in each section; give "
                "the sites of the elements by mapping="
            )


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
        The nodes in file order.
    pointers : (n_nodes + 1,) int64
        Node ``k`` has the columns ``pointers[k]`` to ``pointers[k + 1]``, half open.
    element_ids : (n_values,) int64
        The number of each column's section.
    element_pos : (n_values,) float64, optional
        The position of each column along its section, 0 to 1.
    variable, unit : str, optional
        As the file has them.
    is_compartment_set : bool
        As in `Elements`.
    """

    path: Path
    population: str
    times: FloatArray
    n_values: int
    dtype: np.dtype[Any]
    chunks: tuple[int, int] | None
    node_ids: IntArray
    pointers: IntArray
    element_ids: IntArray
    element_pos: FloatArray | None
    variable: str | None
    unit: str | None
    is_compartment_set: bool = False

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
        return np.arange(0) if row is None else np.arange(self.pointers[row], self.pointers[row + 1])

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {node: row for row, node in enumerate(self.node_ids.tolist())}

    def elements(self, node: int) -> Elements:
        """The elements of a node."""
        columns = self.columns(node)
        positions = None if self.element_pos is None else self.element_pos[columns]
        return Elements(node, self.element_ids[columns], positions, self.location, self.is_compartment_set)


def read_reports(path: Path, populations: Sequence[str] | None) -> list[Report]:
    """Read a report of the given populations, None for all, without the values.

    Raises
    ------
    RecordingError
        The file is not a report, or lacks a population.
    """
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
    if len(np.unique(node_ids)) < len(node_ids):
        raise RecordingError(f"{path.name}: {mapping.name}/node_ids contains a node twice; correct it")
    element_ids = numbers(mapping, "element_ids", size=n_values, **file).astype(np.int64)
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
        element_ids,
        positions,
        text(data.attrs["variable"]) if "variable" in data.attrs else None,
        unit,
    )


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


def variable_and_unit(report: Report, entry: Mapping[str, Any]) -> tuple[str, str]:
    """The recorded variable and its unit, from the report's entry in the run's configuration, else from the file.

    Some simulators write "mV" for every variable, so that this unit counts for voltages only.
    """
    named = entry.get("variable_name") or report.variable
    if isinstance(named, list):
        named = ",".join(map(str, named))
    variable = str(named) if named else "v" if report.unit in (None, "mV") else report.path.stem
    unit = entry.get("unit") or (report.unit if report.unit != "mV" else None)
    return ("v", str(unit or "mV")) if is_voltage(variable) else (variable, str(unit or ""))
