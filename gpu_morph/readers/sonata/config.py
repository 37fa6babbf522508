"""Configurations of circuits and simulations: the paths of their files.

Formats: https://github.com/AllenInstitute/sonata/blob/master/docs/SONATA_DEVELOPER_GUIDE.md and
https://sonata-extension.readthedocs.io.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ...errors import MorphologyError, RecordingError, brief
from ...system.arguments import checked_path
from ...system.regular_file import limited_bytes

_MAX_PATH = 4096  # characters of a path, the limit of Linux
_MAX_NESTING = 50  # variables of a manifest within each other
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SIMULATION_KEYS = ("run", "reports", "output", "network")


@dataclass(frozen=True)
class NodesFile:
    """A file of nodes, its table of node types, and the entries of its populations in the configuration."""

    path: Path
    types: Path | None
    populations: Mapping[str, Mapping[str, Any]] | None


@dataclass(frozen=True)
class EdgesFile:
    """A file of edges, its table of edge types, and those of its populations that the circuit uses; None: all."""

    path: Path
    types: Path | None
    populations: tuple[str, ...] | None


@dataclass(frozen=True)
class Document:
    """A JSON file whose paths can contain variables of its manifest."""

    path: Path
    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read a file.

        Raises
        ------
        MorphologyError
            The file is not a JSON object, is larger than 1 GiB, or is a device or a pipe; the message has
            the location of the error.
        OSError
            The file cannot be opened.
        """
        stored = limited_bytes(path, MorphologyError)
        try:
            content = json.loads(stored)
        except ValueError as cause:
            raise MorphologyError(f"{path.name}: not JSON ({cause}); correct it") from cause
        except RecursionError as cause:
            raise MorphologyError(f"{path.name}: its lists or objects are nested too deep; correct it") from cause
        if not isinstance(content, dict):
            raise MorphologyError(f"{path.name}: expected a JSON object, found a {type(content).__name__}")
        return cls(path, content)

    def part(self, *keys: str) -> Mapping[str, Any]:
        """The object at a path of keys; empty where there is none."""
        found: Any = self.content
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def resolved(self, text: Any, key: str = "a path") -> Path:
        """A path with its variables replaced, relative to the folder of this file.

        Parameters
        ----------
        text : str
            The path in the file.
        key : str
            Its key, for messages.

        Raises
        ------
        MorphologyError
            It is not a path, or its variables are missing, contain themselves, or make a path of more than 4096
            characters.
        """
        return self.path.parent / self._substituted(self.path_text(text, key), (), {})

    def path_text(self, text: Any, key: str) -> str:
        """A path as the file has it; a MorphologyError if it is no text that can be a path."""
        if not isinstance(text, str) or any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
            raise MorphologyError(f"{self.path.name}: {key} must be a path, got {brief(text)}; correct it")
        if len(text) > _MAX_PATH:
            raise MorphologyError(
                f"{self.path.name}: {key} is a path of more than {_MAX_PATH} characters: {brief(text)}; shorten it"
            )
        return text

    def _substituted(self, text: str, outer: tuple[str, ...], known: dict[str, str]) -> str:
        """The text with its variables replaced.

        ``outer`` are the variables whose values contain it, ``known`` those that have been worked out: without them,
        variables that contain others twice would take exponential time.
        """

        def value(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if name == "configdir":
                return str(self.path.parent)
            if name not in known:
                known[name] = self._substituted(self._variable(name, text, outer), (*outer, name), known)
            return known[name]

        return self.path_text(_VARIABLE.sub(value, text), f"{brief(text)} with its variables")

    def _variable(self, name: str, text: str, outer: tuple[str, ...]) -> str:
        """The value of a variable that ``text`` needs, as the manifest has it."""
        if name in outer or len(outer) > _MAX_NESTING:
            problem = "contains itself" if name in outer else f"is nested deeper than {_MAX_NESTING} variables"
            raise MorphologyError(f"{self.path.name}: the variable ${name} of the manifest {problem}; correct it")
        manifest = self.part("manifest")
        found = next((manifest[key] for key in (f"${name}", f"${{{name}}}", name) if key in manifest), None)
        if found is None:
            known = ", ".join(manifest) or "nothing"
            raise MorphologyError(
                f"{self.path.name}: {brief(text)} needs the variable ${name}, but the manifest defines {known}; "
                "correct one of them"
            )
        return self.path_text(found, f"the variable ${name} of the manifest")


@dataclass(frozen=True)
class Config:
    """The configuration of a circuit, and of its simulation where there is one."""

    circuit: Document
    simulation: Document | None

    @cached_property
    def nodes_files(self) -> tuple[NodesFile, ...]:
        """The circuit's files of nodes."""
        entries = self.circuit.part("networks").get("nodes")
        files = []
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict) or not isinstance(entry.get("nodes_file"), str):
                raise MorphologyError(f"{self.circuit.path.name}: each of networks/nodes needs a nodes_file; add it")
            types = entry.get("node_types_file")
            populations = entry.get("populations")
            files.append(
                NodesFile(
                    self.circuit.resolved(entry["nodes_file"], "nodes_file"),
                    self.circuit.resolved(types, "node_types_file") if types and types != "NULL" else None,
                    _entries(populations, f"{self.circuit.path.name}: populations")
                    if isinstance(populations, dict)
                    else None,
                )
            )
        if not files:
            raise MorphologyError(
                f"{self.circuit.path.name}: expected a circuit configuration with networks/nodes; give that file, or a "
                "simulation's with its path under network"
            )
        return tuple(files)

    @cached_property
    def edges_files(self) -> tuple[EdgesFile, ...]:
        """The circuit's files of edges; the files themselves can be missing."""
        entries = self.circuit.part("networks").get("edges")
        files = []
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("edges_file"), str):
                types, populations = entry.get("edge_types_file"), entry.get("populations")
                files.append(
                    EdgesFile(
                        self.circuit.resolved(entry["edges_file"], "edges_file"),
                        self.circuit.resolved(types, "edge_types_file") if types and types != "NULL" else None,
                        tuple(populations) if isinstance(populations, dict) else None,
                    )
                )
        return tuple(files)

    def morphology_folders(self, properties: Mapping[str, Any]) -> list[Path]:
        """The folders of a population's morphologies: its own, else those of the circuit."""
        components = {**self.circuit.part("components"), **properties}
        others = components.get("alternate_morphologies")
        folders = [components.get("morphologies_dir"), *(others.values() if isinstance(others, dict) else ())]
        return [self.circuit.resolved(folder) for folder in folders if isinstance(folder, str)]

    @cached_property
    def node_sets(self) -> Mapping[str, Any]:
        """The node sets of circuit and simulation; the simulation's override those of the circuit."""
        found: dict[str, Any] = {}
        for document in (self.circuit, self.simulation):
            name = document.content.get("node_sets_file") if document else None
            if document and isinstance(name, str):
                found.update(Document.read(document.resolved(name)).content)
        return found

    @property
    def reports(self) -> Mapping[str, Any]:
        """The entries of the simulation's reports, by name."""
        if self.simulation is None:
            return {}
        return _entries(self.simulation.part("reports"), f"{self.simulation.path.name}: reports")

    def report_path(self, name: str) -> Path:
        """The file of a report."""
        assert self.simulation is not None
        file_name = self.reports[name].get("file_name") or name
        file_name = self.simulation.path_text(file_name, f"file_name of the report {name!r}")
        return self._output(file_name if file_name.endswith(".h5") else f"{file_name}.h5")

    @property
    def spikes_path(self) -> Path | None:
        """The file of the simulation's spikes; None where it does not exist."""
        if not self.simulation:
            return None
        named = self.simulation.part("output").get("spikes_file")
        names = [named] if isinstance(named, str) else ["out.h5", "spikes.h5"]  # the defaults of the formats
        return next((path for path in map(self._output, names) if path.is_file()), None)

    @property
    def input_spikes_paths(self) -> list[Path]:
        """The files of input spikes that exist."""
        inputs = self.simulation.part("inputs") if self.simulation else {}
        named = [
            entry.get(key)
            for entry in inputs.values()
            if isinstance(entry, dict)
            for key in ("spike_file", "input_file")
        ]
        assert self.simulation is not None or not named
        paths = [self.simulation.resolved(name) for name in named if isinstance(name, str)] if self.simulation else []
        return [path for path in dict.fromkeys(paths) if path.suffix == ".h5" and path.is_file()]

    def _output(self, name: str) -> Path:
        """The path of an output file: in the output folder, unless its name contains a folder."""
        assert self.simulation is not None
        if "/" in name:
            return self.simulation.resolved(name)
        folder = self.simulation.part("output").get("output_dir") or "output"
        return self.simulation.resolved(folder, "output_dir") / self.simulation.path_text(name, "a file of the output")


def _entries(found: Mapping[str, Any], key: str) -> dict[str, Mapping[str, Any]]:
    """An object of objects; null counts as an empty one."""
    for name, entry in found.items():
        if entry is not None and not isinstance(entry, Mapping):
            raise MorphologyError(f"{key}/{name} must be a JSON object, got {brief(entry)}; correct it")
    return {name: entry or {} for name, entry in found.items()}


def read_config(path: str | os.PathLike[str], *, circuit: str | os.PathLike[str] | None = None) -> Config:
    """Read the configuration of a simulation or a circuit, and of the other where it is named.

    Parameters
    ----------
    path : path
        The configuration of a simulation, a circuit, or both.
    circuit : path, optional
        The circuit's configuration, if ``path`` does not name it.

    Raises
    ------
    MorphologyError
        A file is not a configuration, or no circuit is found.
    OSError
        A file cannot be opened.
    """
    first = Document.read(Path(path).absolute())
    run: Document | None = first if any(key in first.content for key in _SIMULATION_KEYS) else None
    if isinstance(first.content.get("simulation"), str):
        run = Document.read(first.resolved(first.content["simulation"]))
    if circuit is not None:
        return Config(Document.read(Path(circuit).absolute()), run)
    if "networks" in first.content:
        return Config(first, run)
    for document in (first, run):
        if document and isinstance(document.content.get("network"), str):
            return Config(Document.read(document.resolved(document.content["network"])), run)
    usual = first.path.with_name("circuit_config.json")  # the format's default
    if usual.is_file():
        return Config(Document.read(usual), run)
    raise MorphologyError(
        f"{first.path.name}: it names no circuit (network), and its folder has no circuit_config.json; give the "
        "circuit's configuration by circuit="
    )


def chosen_report(config: Config, report: str | os.PathLike[str]) -> tuple[Path, Mapping[str, Any]]:
    """The file of a report, and its entry in the simulation's configuration, which can be empty.

    Raises
    ------
    RecordingError
        ``report`` is neither the name of a report nor a file.
    """
    name = os.fspath(checked_path(report, "report"))
    if name in config.reports:
        return config.report_path(name), config.reports[name]
    path = Path(report)
    if not path.is_file() and path.suffix != ".h5":
        known = ", ".join(config.reports) or "none"
        raise RecordingError(f"report must be the path of a file or one of the run's reports ({known}), got {name!r}")
    entries = [entry for key, entry in config.reports.items() if config.report_path(key).name == path.name]
    return path, entries[0] if entries else {}
