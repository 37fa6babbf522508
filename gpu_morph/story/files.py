"""Files that a story names: morphologies, recordings, arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..api import read_mesh, read_morphology
from ..data.derived_morphology import join_morphologies
from ..data.spike_rows import from_spikes
from ..data.synapse_events import SynapseEvents
from ..readers.recordings import is_hdf5, read_recording
from ..readers.simulators.isf_synapses import read_isf_synapses
from ..readers.sonata import read_report, read_sonata
from .arrays import array, file, rows, times
from .entry import Entry
from .part import Part, Table, fitting


def recording(entry: Entry, morphology: Any) -> Any:
    """A recording of the scene's morphology: an .npz file, a SONATA report and how it is read, or spikes."""
    table = entry.table("path")
    part = fitting(table, _REPORT, _SPIKES)
    if part is _REPORT and "path" in table and not is_hdf5(table["path"].file()):
        part = _RECORDING
    return part.made(entry, table, morphology, {"morphology": morphology})


def _name_or_file(entry: Entry, _: Any) -> Any:
    """A file where there is one; else a name."""
    if not isinstance(entry.value, str):
        return entry.value
    path = entry.path()
    return path if path.is_file() else entry.value


def _files(entry: Entry, _: Any) -> list[Path]:
    return [item.file() for item in entry.items()]


def _spikes(entry: Entry, _: Any) -> Any:
    """Times of spikes by cell: {0 = [2.0, 9.0]}, or rows in the order of the cells."""
    if isinstance(entry.value, dict):
        for key, item in entry.table().items():
            if not key.isdecimal():
                raise item.error(f"{item.name} must be the number of a cell, such as 0 = [2.0, 9.0], got {key!r}")
        return entry.by_number()
    given = rows(entry, None)
    return dict(enumerate(given)) if isinstance(given, list) else given


def cells(entry: Entry, _: Any) -> Any:
    """A cell, or several that are joined to a circuit."""
    return fitting(entry.table("path"), _MORPHOLOGY, _JOINED).read(entry, None)


def synapses(entry: Entry, morphology: Any) -> Any:
    """Synapses of files of the In Silico Framework, or of arrays."""
    table = entry.table()
    part = fitting(table, _ISF_SYNAPSES, _SYNAPSE_ARRAYS)
    return part.made(entry, table, morphology, {"morphology": morphology} if part is _ISF_SYNAPSES else {})


_MORPHOLOGY = Part(read_morphology, readers={"path": file}, without=("run",), first="path")
_JOINED = Part(
    join_morphologies,
    readers={
        "morphologies": lambda entry, _: [_MORPHOLOGY.read(item, None) for item in entry.items()],
        "rotations": array,
        "translations": array,
    },
)
_SPIKES = Part(from_spikes, readers={"spikes": _spikes, "times": times}, without=("morphology",))
_SYNAPSE_ARRAYS = Part(
    SynapseEvents,
    readers=dict.fromkeys(("positions", "population", "event_synapse", "event_time", "section"), array),
)
_ISF_SYNAPSES = Part(
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
