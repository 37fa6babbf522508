"""Nodes: the cells of a population with their attributes, from HDF5 groups, enumerations and tables of node types."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import GpuMorphError, MorphologyError
from ..aliases import FloatArray, IntArray
from .config import Config
from .hdf5 import group_of, numbers, opened, text

_MISSING = ("", "NULL", "None")


@dataclass(frozen=True, eq=False)
class Nodes:
    """The cells of one population.

    ``properties`` are what the circuit's configuration says of the population, ``types`` the attributes of
    each node type.
    """

    path: Path
    population: str
    ids: IntArray
    type_ids: IntArray
    properties: Mapping[str, Any] = field(default_factory=dict)
    types: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """How messages call it."""
        return f"{self.path.name}, population {self.population}"

    def column(self, name: str) -> npt.NDArray[Any] | None:
        """An attribute of all nodes: text, numbers, or objects with None where some lack it; None where all do.

        What a node says itself comes before what its type says.
        """
        values = np.full(len(self.ids), None, dtype=object)
        for type_id, attributes in self.types.items():
            given = attributes.get(name)
            if given is not None and given not in _MISSING:
                values[self.type_ids == type_id] = _number_or_text(given)
        with opened(self.path, MorphologyError) as file:
            population = file["nodes"][self.population]
            for group, rows, indices in self._groups(population):
                if name in group and hasattr(group[name], "shape"):
                    values[rows] = self._read(group, name, indices)
        has_value = values != None  # noqa: E711 - element by element
        if not has_value.any():
            return None
        is_of_one_kind = len({isinstance(value, str) for value in values.tolist()}) == 1
        return np.array(values.tolist()) if has_value.all() and is_of_one_kind else values

    def floats(self, name: str, default: float = 0.0) -> FloatArray:
        """An attribute as numbers, ``default`` where a node lacks it."""
        column = self.column(name)
        if column is None:
            return np.full(len(self.ids), default)
        try:
            values = np.array([default if value is None else value for value in column.tolist()], dtype=np.float64)
        except (TypeError, ValueError) as cause:
            raise MorphologyError(f"{self.place}: {name} must hold numbers ({cause}); correct it") from cause
        if not np.isfinite(values).all():
            bad = self.ids[~np.isfinite(values)][0]
            raise MorphologyError(f"{self.place}: {name} of node {bad} is not finite; correct it")
        return values

    def _groups(self, population: Any) -> Iterator[tuple[Any, npt.NDArray[Any] | slice, npt.NDArray[Any]]]:
        """Each group of attributes, the nodes that are in it, and their rows there."""
        if "node_group_id" not in population:
            if "0" in population:
                yield population["0"], slice(None), np.arange(len(self.ids))
            return
        size = len(self.ids)
        group_ids = numbers(population, "node_group_id", file=self.path.name, error=MorphologyError, size=size)
        rows = numbers(population, "node_group_index", file=self.path.name, error=MorphologyError, size=size)
        for group_id in np.unique(group_ids).tolist():
            name = str(group_id)
            group = group_of(population, name, file=self.path.name, error=MorphologyError)
            yield group, group_ids == group_id, rows[group_ids == group_id]

    def _read(self, group: Any, name: str, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        stored = group[name]
        if len(stored.shape) != 1 or (rows.size and rows.max() >= stored.shape[0]):
            raise MorphologyError(
                f"{self.path.name}: {stored.name} must hold a value for each of {len(rows)} nodes, found shape "
                f"{stored.shape}; is the file complete?"
            )
        values = stored[:][rows]
        library = group.get("@library")
        if library is None or name not in library or values.dtype.kind not in "iu":
            is_text = values.dtype.kind in "OS"
            return np.array([text(value) for value in values], dtype=object) if is_text else np.asarray(values)
        words = np.array([text(word) for word in library[name][:]], dtype=object)
        if values.size and values.max() >= len(words):
            raise MorphologyError(
                f"{self.path.name}: {stored.name} has the value {values.max()}, its @library {len(words)} words, the "
                "first of which is 0; correct one of them"
            )
        return np.asarray(words[values])


def _number_or_text(word: str) -> Any:
    try:
        number = float(word)
    except ValueError:
        return word
    return int(number) if number.is_integer() else number


def read_populations(config: Config, wanted: list[str] | None) -> list[Nodes]:
    """The populations of a circuit, in its order; None: all whose cells may have morphologies.

    Raises
    ------
    MorphologyError
        Populations that are not there, or files that are no nodes.
    """
    found: list[Nodes] = []
    known: list[str] = []
    for entry in config.nodes_files:
        named = entry.populations
        if named is not None and not any(_is_wanted(name, said, wanted) for name, said in named.items()):
            known += named  # its file need not be there
            continue
        with opened(entry.path, MorphologyError) as file:
            nodes = group_of(file, "nodes", file=entry.path.name, error=MorphologyError)
            for name in nodes if named is None else named:
                known.append(name)
                properties = named[name] if named else {}
                if _is_wanted(name, properties, wanted):
                    population = group_of(nodes, name, file=entry.path.name, error=MorphologyError)
                    found.append(_population(entry.path, name, population, properties, entry.types))
    missing = [name for name in wanted or () if name not in known]
    if missing or not found:
        what = f"no population {missing[0]!r}" if missing else "no population with morphologies"
        raise MorphologyError(f"{config.circuit.path.name}: {what} in it; it has {', '.join(known) or 'none'}")
    return found


def _is_wanted(name: str, properties: Mapping[str, Any], wanted: list[str] | None) -> bool:
    if wanted is not None:
        return name in wanted
    return bool(properties.get("type", "biophysical") == "biophysical")


def _population(path: Path, name: str, group: Any, properties: Mapping[str, Any], types: Path | None) -> Nodes:
    type_ids = numbers(group, "node_type_id", file=path.name, error=MorphologyError).astype(np.int64)
    ids = np.arange(len(type_ids))
    if "node_id" in group:
        ids = numbers(group, "node_id", file=path.name, error=MorphologyError, size=len(type_ids)).astype(np.int64)
    said = type_table(types, "node_type_id", name, MorphologyError) if types else {}
    return Nodes(path, name, ids, type_ids, properties, said)


def type_table(path: Path, key: str, population: str, error: type[GpuMorphError]) -> dict[int, Mapping[str, str]]:
    """The attributes of each type of nodes or edges, by the number that the column ``key`` has.

    Raises
    ------
    error
        Rows without such a number.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=" ", skipinitialspace=True))
    types: dict[int, Mapping[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        if row.get("population") not in (None, *_MISSING, population):
            continue
        try:
            said = {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
            types[int(row[key])] = said
        except (KeyError, TypeError, ValueError) as cause:
            raise error(
                f"{path.name}, line {number}: expected columns divided by spaces, a whole number in {key} among "
                f"them; found {', '.join(map(str, row))}"
            ) from cause
    return types
