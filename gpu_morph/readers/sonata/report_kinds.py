"""Kinds of reports. Those of compartments are drawn; of others this says what they are, and what reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import RecordingError
from .hdf5 import opened

_OF_COMPARTMENTS = ("compartment", "summation", "compartment_set", "membrane_report", "soma_report")
_VALUES = "h5py or libsonata read its values, for a plot beside the film"
_SYNAPSES = (
    "a report of synapses, whose elements are edges: it has no value for the neurite between them, and several for one "
    f'site. read_sonata(config, edges="all") (--edges all) shows the synapses when spikes reach them; {_VALUES}'
)
_ELECTRODES = f"a report of potentials at electrodes, which are outside of the cells; {_VALUES}"
_OTHERS = {  # by ``type`` of neurodamus, or ``module`` of bmtk
    **dict.fromkeys(("synapse", "netcon_report"), _SYNAPSES),
    **dict.fromkeys(("lfp", "extracellular", "ecp"), _ELECTRODES),
}
_CONTENTS = {  # of other files of a simulation, by their groups
    "ecp": f"potentials at electrodes, as bmtk writes them, which are outside of the cells; {_VALUES}",
    "spikes": "spikes of SONATA; read_sonata(config, spikes=...) has them at the somata",
    "nodes": "nodes of SONATA; read_sonata and info take the circuit's configuration",
    "edges": "edges of SONATA; read_sonata and info take the circuit's configuration",
}


def kind_of(entry: Mapping[str, Any], path: Path) -> str:
    """The type of a report in the configuration; for a file without an entry, that of electrodes by its name, or ""."""
    named = "lfp" if path.stem.lower().startswith(("lfp", "ecp")) else ""
    return str(entry.get("type", entry.get("module")) or ("" if entry else named))


def undrawn(entry: Mapping[str, Any], path: Path) -> str | None:
    """Why a report is not drawn; None for one of compartments, and for one whose type nothing tells."""
    kind = kind_of(entry, path)
    if not kind or kind in _OF_COMPARTMENTS:
        return None
    return _OTHERS.get(kind, f"a report of type {kind!r}; those of compartments, summations and somata can be drawn")


def check_drawn(entry: Mapping[str, Any], path: Path) -> None:
    """Raise RecordingError for a report of something other than compartments."""
    reason = undrawn(entry, path)
    if reason is not None:
        raise RecordingError(f"{path.name}: {reason}")


def other_content(path: Path) -> str | None:
    """What an HDF5 file of a simulation that is no report holds; None for a report and for anything else."""
    with opened(path, RecordingError) as file:
        return None if "report" in file else next((text for name, text in _CONTENTS.items() if name in file), None)
