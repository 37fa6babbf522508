"""Nodes: the cells of a population and their attributes, from HDF5 groups, enumerations and tables of node types."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import GpuMorphError, MorphologyError
from ...system.regular_file import limited_bytes
from ..aliases import FloatArray, IntArray
from ..hdf5_file import read_whole
from .config import Config
from .hdf5 import group_of, indices, opened, text

_MISSING = ("", "NULL", "None")


@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes of one population.

    Parameters
    ----------
    path : Path
        The file of nodes.
    population : str
        The population.
    ids, type_ids : (n_nodes,) int64
        The id and the type of each node, in file order.
    properties : mapping
        The population's entry in the circuit's configuration.
    types : mapping
        The attributes of each node type.
    """

    path: Path
    population: str
    ids: IntArray
    type_ids: IntArray
    properties: Mapping[str, Any] = field(default_factory=dict)
    types: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """File and population, for messages."""
        return f"{self.path.name}, population {self.population}"

    def column(self, name: str) -> npt.NDArray[Any] | None:
        """(n_nodes,): an attribute, as text or numbers, or as objects with None for nodes without it.

        None if no node has the attribute. A node's own value overrides that of its type.
        """
        values = np.full(len(self.ids), None, dtype=object)
        for type_id, attributes in self.types.items():
            word = attributes.get(name)
            if word is not None and word not in _MISSING:
                values[self.type_ids == type_id] = _number_or_text(word)
        with opened(self.path, MorphologyError) as file:
            population = file["nodes"][self.population]
            for group, rows, group_rows in self._groups(population):
                if name in group and hasattr(group[name], "shape"):
                    values[rows] = self._read(group, name, group_rows)
        has_value = values != None  # noqa: E711 - elementwise
        if not has_value.any():
            return None
        is_of_one_kind = len({isinstance(value, str) for value in values.tolist()}) == 1
        return np.array(values.tolist()) if has_value.all() and is_of_one_kind else values

    def floats(self, name: str, default: float = 0.0) -> FloatArray:
        """(n_nodes,): an attribute as float64, ``default`` for nodes without it."""
        column = self.column(name)
        if column is None:
            return np.full(len(self.ids), default)
        try:
            values = np.array([default if value is None else value for value in column.tolist()], dtype=np.float64)
        except (TypeError, ValueError) as cause:
            raise MorphologyError(f"{self.location}: {name} must hold numbers ({cause}); correct it") from cause
        if not np.isfinite(values).all():
            bad = self.ids[~np.isfinite(values)][0]
            raise MorphologyError(f"{self.location}: {name} of node {bad} is not finite; correct it")
        return values

    def _groups(self, population: Any) -> Iterator[tuple[Any, npt.NDArray[Any] | slice, npt.NDArray[Any]]]:
        """Each group of attributes, its nodes, and their rows in it."""
        if "node_group_id" not in population:
            if "0" in population:
                group = group_of(population, "0", file=self.path.name, error=MorphologyError)
                yield group, slice(None), np.arange(len(self.ids))
            return
        size = len(self.ids)
        group_ids = indices(population, "node_group_id", file=self.path.name, error=MorphologyError, size=size)
        rows = indices(population, "node_group_index", file=self.path.name, error=MorphologyError, size=size)
        for group_id in np.unique(group_ids).tolist():
            name = str(group_id)
            group = group_of(population, name, file=self.path.name, error=MorphologyError)
            yield group, group_ids == group_id, rows[group_ids == group_id]

    def _read(self, group: Any, name: str, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        stored = group[name]
        if len(stored.shape) != 1 or (rows.size and not 0 <= rows.min() <= rows.max() < stored.shape[0]):
            raise MorphologyError(
                f"{self.path.name}: {stored.name} must hold a value for each of {len(rows)} nodes, found shape "
                f"{stored.shape}; is the file complete?"
            )
        values = read_whole(stored, MorphologyError)[rows]
        library = group.get("@library")
        if not hasattr(library, "keys") or name not in library or values.dtype.kind not in "iu":
            is_text = values.dtype.kind in "OS"
            return np.array([text(value) for value in values], dtype=object) if is_text else np.asarray(values)
        words = np.array([text(word) for word in np.ravel(read_whole(library[name], MorphologyError))], dtype=object)
        outside = values[(values < 0) | (values >= len(words))]
        if outside.size:
            raise MorphologyError(
                f"{self.path.name}: {stored.name} has the value {outside.max()}, but its @library has {len(words)} "
                "words, counted from 0; correct one of them"
            )
        return np.asarray(words[values])


def _number_or_text(word: str) -> Any:
    try:
        number = float(word)
    except ValueError:
        return word
    return int(number) if number.is_integer() else number


def read_populations(config: Config, wanted: list[str] | None) -> list[Nodes]:
    """Read the nodes of populations, in the order of the circuit; None: all biophysical ones.

    Raises
    ------
    MorphologyError
        A population does not exist, or a file does not hold nodes.
    """
    found: list[Nodes] = []
    known: list[str] = []
    for nodes_file in config.nodes_files:
        named = nodes_file.populations
        if named is not None and not any(_is_wanted(name, entry, wanted) for name, entry in named.items()):
            known += named  # a file that is not needed can be missing
            continue
        with opened(nodes_file.path, MorphologyError) as file:
            nodes = group_of(file, "nodes", file=nodes_file.path.name, error=MorphologyError)
            for name in nodes if named is None else named:
                known.append(name)
                properties = named[name] if named else {}
                if _is_wanted(name, properties, wanted):
                    population = group_of(nodes, name, file=nodes_file.path.name, error=MorphologyError)
                    found.append(_population(nodes_file.path, name, population, properties, nodes_file.types))
    missing = [name for name in wanted or () if name not in known]
    if missing or not found:
        problem = f"no population {missing[0]!r}" if missing else "no population with morphologies"
        raise MorphologyError(f"{config.circuit.path.name}: {problem}; it has {', '.join(known) or 'none'}")
    return found


def _is_wanted(name: str, properties: Mapping[str, Any], wanted: list[str] | None) -> bool:
    if wanted is not None:
        return name in wanted
    return bool(properties.get("type", "biophysical") == "biophysical")


def _population(path: Path, name: str, group: Any, properties: Mapping[str, Any], types: Path | None) -> Nodes:
    type_ids = indices(group, "node_type_id", file=path.name, error=MorphologyError)
    ids = np.arange(len(type_ids))
    if "node_id" in group:
        ids = indices(group, "node_id", file=path.name, error=MorphologyError, size=len(type_ids))
    attributes = type_table(types, "node_type_id", name, MorphologyError) if types else {}
    return Nodes(path, name, ids, type_ids, properties, attributes)


def type_table(path: Path, key: str, population: str, error: type[GpuMorphError]) -> dict[int, Mapping[str, str]]:
    """Read the attributes of each type of nodes or edges, by its number in the column ``key``.

    Raises
    ------
    error
        A row has no such number, or the file is not a table, is larger than 1 GiB, or is a device or a pipe.
    """
    try:
        lines = io.StringIO(limited_bytes(path, error).decode("utf-8"), newline="")
        rows = list(csv.DictReader(lines, delimiter=" ", skipinitialspace=True))
    except (csv.Error, UnicodeDecodeError) as cause:
        raise error(f"{path.name}: not a table in UTF-8 ({cause}); get the file again") from cause
    types: dict[int, Mapping[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        if row.get("population") not in (None, *_MISSING, population):
            continue
        try:
            texts = {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
            types[int(row[key])] = texts
        except (KeyError, TypeError, ValueError) as cause:
            raise error(
                f"{path.name}, line {number}: expected columns separated by spaces, with a whole number in {key}; "
                f"found {', '.join(map(str, row))}"
            ) from cause
    return types
