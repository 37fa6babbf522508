"""Reports: which elements of which cells were recorded when, in either dialect of the format."""

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

    ``ids`` say in which section each is; ``given`` where in it, 0 to 1, where the file says so. Where ``is_chosen``
    they are places that somebody chose, whose numbers tell nothing of the sections.
    """

    node: int
    ids: IntArray
    given: FloatArray | None
    place: str
    is_chosen: bool = False

    @cached_property
    def starts(self) -> IntArray:
        """Where the elements of each section begin."""
        return np.flatnonzero(np.diff(self.ids, prepend=-1))

    @cached_property
    def counts(self) -> IntArray:
        """How many elements each section has."""
        return np.diff(self.starts, append=len(self.ids))

    @cached_property
    def positions(self) -> FloatArray:
        """Where in their sections they are, 0 to 1: as given, else the middles of equal parts."""
        if self.given is not None:
            return self.given
        counts = np.repeat(self.counts, self.counts)
        return np.asarray((np.arange(len(self.ids)) - np.repeat(self.starts, self.counts) + 0.5) / counts)

    def check(self) -> None:
        """Raise RecordingError where given positions do not rise from 0 to 1 within each section."""
        if self.given is None or self.is_chosen or not len(self.ids):
            return
        rises = np.diff(self.given, prepend=-np.inf) > 0
        rises[self.starts] = True
        if not (rises.all() and (self.given >= 0).all() and (self.given <= 1).all()):
            raise RecordingError(
                f"{self.place}: element_pos of node {self.node} must rise within 0..1 in each section; say where the "
                "elements are by mapping="
            )


@dataclass(frozen=True, eq=False)
class Report:
    """What a file holds of one population; ``columns`` of node ``k`` are ``pointers[k]`` up to ``pointers[k + 1]``.

    ``is_chosen`` is that of its `Elements`.
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
    is_chosen: bool = False

    @property
    def dataset(self) -> str:
        """The dataset of the values."""
        return f"/report/{self.population}/data"

    @property
    def place(self) -> str:
        """How messages call it."""
        return f"{self.path.name}, /report/{self.population}"

    def columns(self, node: int) -> IntArray:
        """The columns of a node; none where it was not reported."""
        row = self._rows.get(node)
        return np.arange(0) if row is None else np.arange(self.pointers[row], self.pointers[row + 1])

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {node: row for row, node in enumerate(self.node_ids.tolist())}

    def elements(self, node: int) -> Elements:
        """The elements of a node."""
        columns = self.columns(node)
        given = None if self.element_pos is None else self.element_pos[columns]
        return Elements(node, self.element_ids[columns], given, self.place, self.is_chosen)


def read_reports(path: Path, populations: Sequence[str] | None) -> list[Report]:
    """What a report says of its populations, all but the values themselves.

    Raises
    ------
    RecordingError
        Populations that are not in it, or a file that is no report.
    """
    with opened(path, RecordingError) as file:
        group = group_of(file, "report", file=path.name, error=RecordingError)
        wanted = list(group) if populations is None else list(populations)
        missing = [name for name in wanted if name not in group]
        if missing or not wanted:
            what = f"population {missing[0]!r}" if missing else "any population"
            raise RecordingError(
                f"{path.name}: expected {what} in /report, found {', '.join(group) or 'nothing'}; choose by population="
            )
        return [_report(path, name, group_of(group, name, file=path.name, error=RecordingError)) for name in wanted]


def _report(path: Path, name: str, group: Any) -> Report:
    file: Mapping[str, Any] = {"file": path.name, "error": RecordingError}
    data = dataset(group, "data", n_dimensions=2, **file)
    mapping = group_of(group, "mapping", **file)
    n_values = data.shape[1]
    node_ids = numbers(mapping, "node_ids", **file).astype(np.int64)
    old_name = "index_pointer" if "index_pointers" not in mapping and "index_pointer" in mapping else "index_pointers"
    pointers = numbers(mapping, old_name, **file).astype(np.int64)
    if len(pointers) == len(node_ids):  # as the format's first text has it; files have one more
        pointers = np.append(pointers, n_values)
    is_rising = len(pointers) and pointers[0] >= 0 and pointers[-1] <= n_values and (np.diff(pointers) >= 0).all()
    if len(pointers) != len(node_ids) + 1 or not is_rising:
        raise RecordingError(
            f"{path.name}: {mapping.name}/{old_name} must hold {len(node_ids) + 1} rising numbers for {len(node_ids)} "
            f"nodes, {n_values} at most; found {len(pointers)}, {pointers.min(initial=0)} to {pointers.max(initial=0)}"
        )
    if len(np.unique(node_ids)) < len(node_ids):
        raise RecordingError(f"{path.name}: {mapping.name}/node_ids names a node twice; correct it")
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


def _times(given: npt.NDArray[Any], stored: Any, data: Any, file: str) -> FloatArray:
    """The times of the rows, ms: from start on, stop left out."""
    start, stop, step = given.astype(np.float64).tolist()
    unit = text(stored.attrs.get("units", "ms"))
    if unit != "ms" or not (np.isfinite(given).all() and step > 0 and stop > start):
        raise RecordingError(
            f"{file}: {stored.name} must hold start, stop and step in ms, got {start:g}, {stop:g}, {step:g} in {unit}"
        )
    n_rows = data.shape[0]
    if not n_rows or abs(n_rows - (stop - start) / step) > 1.5:  # some writers count the stop too, or round
        raise RecordingError(
            f"{file}: {data.name} must have {round((stop - start) / step)} rows for the times {start:g} to {stop:g} ms "
            f"by {step:g}, found {n_rows}; is the file complete?"
        )
    return np.asarray(start + step * np.arange(n_rows))


def variable_and_unit(report: Report, said: Mapping[str, Any]) -> tuple[str, str]:
    """What was recorded and its unit, by the run's configuration, else by the file.

    Some simulators write "mV" for every variable: it is believed of voltages alone.
    """
    named = said.get("variable_name") or report.variable
    if isinstance(named, list):
        named = ",".join(map(str, named))
    variable = str(named) if named else "v" if report.unit in (None, "mV") else report.path.stem
    unit = said.get("unit") or (report.unit if report.unit != "mV" else None)
    return ("v", str(unit or "mV")) if is_voltage(variable) else (variable, str(unit or ""))
