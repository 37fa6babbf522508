"""Files that a story names: morphologies, recordings, arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..api import read_mesh, read_morphology
from ..readers.recordings import is_hdf5, read_recording
from ..readers.simulators.isf_synapses import read_isf_synapses
from ..readers.sonata import read_report, read_sonata
from .entry import Entry
from .part import Part, Table


def file(entry: Entry, _: Any) -> Path:
    """A file that exists."""
    return entry.file()


def array(entry: Entry, _: Any) -> Any:
    """Numbers, or those of a file: .npy, or a text with a row in each line."""
    if not isinstance(entry.value, str):
        return entry.value
    path = entry.file()
    try:
        if path.suffix.lower() == ".npy":
            return np.load(path, allow_pickle=False)
        return np.loadtxt(path, delimiter="," if path.suffix.lower() == ".csv" else None, ndmin=1)
    except (OSError, ValueError, EOFError, SyntaxError, MemoryError) as cause:
        raise entry.error(
            f"{entry.name}: {entry.value!r} has no numbers that can be read ({cause}): give a .npy file, a .csv file "
            "or a text of numbers without a heading"
        ) from cause


def recording(entry: Entry, morphology: Any) -> Any:
    """A recording of the scene's morphology: an .npz file, or a SONATA report and how it is read."""
    table = entry.table("path")
    if "path" in table and not is_hdf5(table["path"].file()):
        return _RECORDING.made(entry, table, morphology, {"morphology": morphology})
    return _REPORT.made(entry, table, morphology, {"morphology": morphology})


def _name_or_file(entry: Entry, _: Any) -> Any:
    """A file where there is one; else a name."""
    if not isinstance(entry.value, str):
        return entry.value
    path = entry.path()
    return path if path.is_file() else entry.value


def _files(entry: Entry, _: Any) -> list[Path]:
    return [item.file() for item in entry.items()]


MORPHOLOGY = Part(read_morphology, readers={"path": file}, without=("run",), first="path")
SYNAPSES = Part(
    read_isf_synapses,
    readers=dict.fromkeys(("syn", "activations", "con", "spikes"), file),
    without=("morphology",),
)
CIRCUIT = Part(
    read_sonata,
    readers={
        "config": file,
        "report": _name_or_file,
        "circuit": file,
        "morphologies": _files,
        "spikes": file,
    },
    besides=("show_spikes",),
    first="config",
)
_RECORDING = Part(read_recording, readers={"path": file}, without=("morphology",))
_REPORT = Part(read_report, readers={"path": file}, without=("morphology",))


def mesh_arrays(table: Table, _: Any) -> dict[str, Any]:
    """Vertices and faces of the file that a mesh names; nothing without one."""
    if "path" not in table:
        return {}
    names = [name for name in ("path", "scale") if name in table]
    mesh = _MESH_FILE.made(table["path"], {name: table.pop(name) for name in names}, None)
    return {"vertices": mesh.vertices, "faces": mesh.faces, "name": mesh.name}


_MESH_FILE = Part(read_mesh, readers={"path": file}, without=("color", "opacity", "name"))
