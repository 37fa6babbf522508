"""Traces, spikes and connections of a NetPyNE network, as a Recording and SynapseEvents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ...data.recording import Recording, is_voltage
from ...data.synapse_events import SynapseEvents
from ...errors import RecordingError, unknown_name
from ...system.user_warning import warn_user
from ..aliases import FloatArray
from .netpyne_network import Network, Saved

_ADVICE = (
    "set cfg.recordCells = ['all'] and cfg.recordTraces = {{'trace': {{'sec': 'soma', 'loc': 0.5, 'var': {!r}}}}}, and "
    "call sim.simulate()"
)
_SIGNAL = re.compile(r"(LFP|CSD|dipole)(Sum|Pops|Cells)?$", re.IGNORECASE)  # in ``simData``
_GAP_JUNCTION = "gap junction"


def network_recording(saved: Saved, network: Network, variable: str) -> Recording | None:
    """The recorded traces of one variable; see `gpu_morph.from_netpyne`."""
    asked = "v" if is_voltage(variable) else variable
    columns: dict[tuple[int, float], FloatArray] = {}
    recorded: list[str] = []
    found, has_unit = asked, True
    for key, params in (saved.config.get("recordTraces") or {}).items():
        name = _variable(params)
        traces = saved.data.get(key)
        if name is None or not isinstance(traces, Mapping) or not traces:
            continue
        recorded += [name, key]
        if asked not in (name, key):
            continue
        found, has_unit = name, not {"synMech", "pointp"} & params.keys()
        for cell, trace in traces.items():
            if cell.startswith("cell_time_"):
                raise RecordingError(
                    f"{saved.name}: {key!r} has its own times for each cell; run with a number of ms as cfg.recordStep "
                    "instead of 'adaptive'"
                )
            if isinstance(trace, Mapping):  # of several synapses
                continue
            site = network.site(int(cell.removeprefix("cell_")), params["sec"], params.get("loc", 0.5), is_segment=True)
            if site is not None and len(trace):
                columns.setdefault(site, np.array(trace, dtype=np.float32))
    if not columns:
        if asked == "v":
            warn_user(f"{saved.name} has no recording of membrane potentials; {_ADVICE.format('v')}")
            return None
        if _SIGNAL.match(asked) and asked not in recorded:
            raise RecordingError(
                f"{saved.name}: {variable!r} is a signal outside of the cells, which has no site on them and is not "
                "drawn; its values stand in simData, for a plot beside the film"
            )
        if asked in recorded:
            raise RecordingError(f"{saved.name}: {variable!r} has no values yet; call sim.simulate()")
        known = unknown_name("variable", "recording of", variable, recorded)
        raise RecordingError(f"{saved.name}: {known}; {_ADVICE.format(variable)}")
    lengths = {len(column) for column in columns.values()}
    times = _times(saved, max(lengths))
    if lengths != {len(times)}:
        raise RecordingError(
            f"{saved.name}: traces of {variable!r} have {sorted(lengths)} values, there are {len(times)} times; record "
            "all in one run"
        )
    section, position = zip(*columns, strict=True)
    return Recording(
        times,
        np.stack(list(columns.values()), axis=1),
        section=np.array(section, dtype=np.int32),
        position=np.array(position, dtype=np.float32),
        name=found,
        unit="mV" if found == "v" else _unit(found) if saved.is_running and has_unit else "",
    )


def _variable(params: Mapping[str, Any]) -> str | None:
    """The name of a trace's variable; None for one that is not of a section."""
    if "sec" not in params or "var" not in params or "stim" in params:
        return None
    variable = str(params["var"])
    if "synMech" in params:
        return f"{variable}_{params['synMech']}"
    if "mech" in params:
        return f"{variable}_{params['mech']}"
    return "v" if is_voltage(variable) else variable


def _times(saved: Saved, n: int) -> FloatArray:
    """(n_times,) ms."""
    times = saved.data.get("t")
    if times is not None and len(times):
        return np.array(times, dtype=np.float64)
    return np.arange(n, dtype=np.float64) * float(saved.config.get("recordStep", 0.1))


def _unit(variable: str) -> str:
    from neuron import h

    return str(h.units(variable))


def network_synapses(saved: Saved, network: Network) -> SynapseEvents | None:
    """The connections to sections, with presynaptic spikes; see `gpu_morph.from_netpyne`."""
    spikes, stimuli = _spikes(saved), saved.data.get("stims") or {}
    sites: list[tuple[int, float]] = []
    populations: list[str] = []
    times: list[FloatArray] = []
    for gid, connection in _connections(saved):
        site = network.site(gid, connection.get("sec"), connection.get("loc", 0.5))
        if site is None:
            continue
        source = connection.get("preGid")
        if _is_gap_junction(connection, saved):
            name, activity = _GAP_JUNCTION, np.empty(0)
        elif isinstance(source, str):  # "NetStim"
            name = str(connection.get("preLabel", source))
            activity = np.array(stimuli.get(f"cell_{gid}", {}).get(name, ()), dtype=np.float64)
        else:
            name = network.population.get(int(source), "") if source is not None else ""
            activity = spikes.get(float(source), np.empty(0)) if source is not None else np.empty(0)
        sites.append(site)
        populations.append(name)
        times.append(activity + float(connection.get("delay") or 0.0))
    if not sites:
        return None
    section, position = zip(*sites, strict=True)
    names = tuple(dict.fromkeys(populations))
    number = {name: k for k, name in enumerate(names)}
    return SynapseEvents(
        positions=network.morphology.locate(section, position).astype(np.float32),
        population=np.array([number[name] for name in populations], dtype=np.int32),
        population_names=names,
        event_synapse=np.repeat(np.arange(len(sites), dtype=np.int32), [len(one) for one in times]),
        event_time=np.concatenate(times),
        section=np.array(section, dtype=np.int32),
    )


def _is_gap_junction(connection: Mapping[str, Any], saved: Saved) -> bool:
    """True where a variable of the presynaptic cell acts directly, not its spikes."""
    if connection.get("pointer") or connection.get("gapJunction"):
        return True
    mechanism = saved.synapse_params.get(str(connection.get("synMech")))
    return isinstance(mechanism, Mapping) and mechanism.get("pointerParams") is not None


def _connections(saved: Saved) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The gid of each postsynaptic cell, and the connection; lists of ``cfg.compactConnFormat`` become mappings."""
    keys = saved.config.get("compactConnFormat") or ()
    for cell in saved.cells:
        for connection in cell.get("conns") or ():
            if isinstance(connection, Mapping):
                yield int(cell["gid"]), connection
            else:
                yield int(cell["gid"]), dict(zip(keys, connection, strict=True))


def _spikes(saved: Saved) -> dict[float, FloatArray]:
    """The spike times of each cell, ms, by its gid."""
    times = np.array(saved.data.get("spkt", ()), dtype=np.float64)
    gids = np.array(saved.data.get("spkid", ()), dtype=np.float64)
    if times.shape != gids.shape or times.ndim != 1:
        raise RecordingError(
            f"{saved.name}: spkt and spkid must have the same shape, got {times.shape} and {gids.shape}"
        )
    order = np.lexsort((times, gids))
    found, first = np.unique(gids[order], return_index=True)
    return dict(zip(found.tolist(), np.split(times[order], first[1:]), strict=True)) if len(times) else {}
