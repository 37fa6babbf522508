"""Networks of NetPyNE: in this process, or in the files that it saves."""

from __future__ import annotations

import gzip
import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...data.morphology import Morphology
from ...data.recording import Recording
from ...data.synapse_events import SynapseEvents
from ...errors import GpuMorphError, MorphologyError
from ...system.arguments import checked_flag, checked_path
from ..aliases import AnyPath
from ..text_source import first_bytes, read_text
from .netpyne_network import Network, Saved
from .netpyne_results import network_recording, network_synapses

_PICKLE = b"\x80"  # the first byte of all pickles since protocol 2
_PICKLE_ENDINGS = (".pkl", ".pickle", ".dpk")
_SAVING = (
    "save with cfg.saveJson = True and cfg.saveDataInclude = ['simData', 'simConfig', 'netParams', 'net'], or call "
    "from_netpyne(sim) in the process of the model"
)

Parts = tuple[Morphology, Recording | None, SynapseEvents | None]


def from_netpyne(sim: Any, variable: str | None = "v") -> Parts:
    """Read the network of a NetPyNE simulation. The model is not changed.

    Parameters
    ----------
    sim : module
        ``netpyne.sim``, after ``sim.create()`` or ``sim.simulate()``.
    variable : str, optional
        "v" for the membrane potential; any other variable of ``cfg.recordTraces``, such as "ina" or "gna_hh" (its
        ``var``, an underscore and its ``mech``); or the key of a trace, such as "V_dend". None: no recording.

    Returns
    -------
    morphology : Morphology
        The cells, by their gid; sections of a cell are in the order of ``cell.secs``. ``section_cell`` is the gid,
        ``section_names`` are "population.cell_gid.section", such as "PYR.cell_3.soma". Coordinates are NEURON's: (x,
        -y, z) of the cell's tags, because NetPyNE's y is a depth. Cells without 3-d points get those that
        ``sim.net.defineCellShapes()`` would give them. Cells without sections are left out.
    recording : Recording or None
        A column for each site at which a trace was recorded, at the centre of its segment. None if ``variable`` is
        "v" and no potential was recorded.
    synapses : SynapseEvents or None
        The connections, by their section and location. Populations are the presynaptic populations, or the labels of
        NetStims. Events are the recorded presynaptic spikes, later by the connection's delay. Gap junctions, which
        spikes do not activate, are the population "gap junction", without events. None when there are no connections.

    Raises
    ------
    MorphologyError
        There are no cells with sections, or their geometry is incomplete.
    RecordingError
        The variable was not recorded; the message lists those that were. It is a signal outside of the cells, LFP or
        dipole. Or traces do not fit their times.

    Warns
    -----
    UserWarning
        No potential was recorded, or point neurons are left out.

    Examples
    --------
    >>> from netpyne import sim, specs
    >>> net = specs.NetParams({"popParams": {"E": {"cellType": "PYR", "numCells": 2}}})
    >>> _ = net.importCellParams("PYR", fileName="cell.swc", cellName="PYR")
    >>> sim.create(net, specs.SimConfig())  # doctest: +SKIP
    >>> morphology, recording, synapses = gm.from_netpyne(sim)  # doctest: +SKIP
    >>> morphology.n_cells  # doctest: +SKIP
    2
    """
    net = getattr(sim, "net", None)
    if net is None or not hasattr(sim, "cfg"):
        raise MorphologyError("there is no network; call sim.create(netParams, simConfig) before from_netpyne(sim)")
    params = getattr(net, "params", None)
    cells, gathered = list(getattr(net, "cells", ())), list(getattr(net, "allCells", ()))
    saved = Saved(
        # After a parallel run, this process has its own cells only, but all gathered ones.
        cells=[_fields(cell) for cell in (gathered if len(gathered) > len(cells) else cells)],
        cell_params=_fields(getattr(params, "cellParams", {})),
        synapse_params=_fields(getattr(params, "synMechParams", {})),
        config=_fields(sim.cfg),
        data=_fields(getattr(sim, "allSimData", None) or getattr(sim, "simData", {})),
        name="NetPyNE",
        is_running=True,
    )
    return _parts(saved, variable)


def _fields(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else vars(given)


def read_netpyne(path: AnyPath, variable: str | None = "v", *, run: bool = False) -> Parts:
    """Read a network that NetPyNE saved.

    Parameters
    ----------
    path : path
        A ``.json`` file of ``cfg.saveJson``, plain or gzipped. Or a ``.pkl`` file of ``cfg.savePickle``, with ``run``.
    variable : str, optional
        As in `from_netpyne`.
    run : bool
        True: unpickle a ``.pkl`` file. A pickle is a program: it **can do anything** that you can do. Do so with files
        that you trust only.

    Returns
    -------
    morphology, recording, synapses
        As from `from_netpyne`. The sections of a cell are in the order of the file, which is alphabetic: numbers differ
        from those of `from_netpyne`, names do not.

    Raises
    ------
    MorphologyError
        The file is a pickle and ``run`` is False; or it is damaged, holds something else, or has no cells.
    RecordingError
        As from `from_netpyne`.
    OSError
        The file cannot be opened.

    Warns
    -----
    UserWarning
        As from `from_netpyne`.

    Examples
    --------
    >>> import json
    >>> soma = {"geom": {"L": 20, "diam": 20}, "topol": {}, "mechs": {}}
    >>> cell = {"gid": 0, "tags": {"pop": "E", "x": 0, "y": 0, "z": 0}, "secs": {"soma": soma}, "conns": []}
    >>> with open("model_data.json", "w") as file:
    ...     json.dump({"net": {"params": {}, "cells": [cell]}, "simData": {}}, file)
    ...
    >>> morphology, recording, synapses = gm.read_netpyne("model_data.json", variable=None)
    >>> morphology.section_names
    ('E.cell_0.soma',)
    """
    path, run = checked_path(path, "path"), checked_flag(run, "run")
    is_pickle = first_bytes(path, 1) == _PICKLE or path.suffix.lower() in _PICKLE_ENDINGS
    if is_pickle and not run:
        raise MorphologyError(
            f"{path.name} is a pickle, and a pickle can run any program when it is read; save with cfg.saveJson = True "
            "and read the .json, or say run=True if you made the file"
        )
    content = _unpickled(path) if is_pickle else _parsed(path)
    net = content.get("net") if isinstance(content, Mapping) else None
    if not isinstance(net, Mapping) or not isinstance(net.get("cells"), list):
        raise MorphologyError(f"{path.name} has no cells of NetPyNE, which stand in net.cells; {_SAVING}")
    params = _mapping(net, "params")
    saved = Saved(
        cells=net["cells"],
        cell_params=_mapping(params, "cellParams"),
        synapse_params=_mapping(params, "synMechParams"),
        config=_mapping(content, "simConfig"),
        data=_mapping(content, "simData"),
        name=path.name,
        is_running=False,
    )
    return _parts(saved, variable)


def _mapping(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = content.get(key)
    return value if isinstance(value, Mapping) else {}


def _parsed(path: Path) -> Any:
    text = read_text(path).text
    try:
        return json.loads(text.encode("latin-1"))  # which read_text decodes; JSON is UTF-8
    except RecursionError as cause:
        raise MorphologyError(f"{path.name}: nested too deeply for a file of NetPyNE; {_SAVING}") from cause
    except ValueError as cause:
        raise MorphologyError(f"{path.name} is not a JSON file of NetPyNE: {cause}; {_SAVING}") from cause


def _unpickled(path: Path) -> Any:
    content = path.read_bytes()
    try:
        return pickle.loads(gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content)
    except ImportError as cause:
        raise MorphologyError(f"{path.name} needs {cause.name} to be unpickled; pip install netpyne") from cause
    except Exception as cause:
        raise MorphologyError(f"{path.name} cannot be unpickled: {cause}; {_SAVING}") from cause


def _parts(saved: Saved, variable: str | None) -> Parts:
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # the checks of the results find what is not finite
            network = Network(saved)
            recording = None if variable is None else network_recording(saved, network, variable)
            return network.morphology, recording, network_synapses(saved, network)
    except GpuMorphError:
        raise
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError) as cause:
        raise MorphologyError(
            f"{saved.name}: not as NetPyNE 1 makes it ({type(cause).__name__}: {cause}); {_SAVING}"
        ) from cause
