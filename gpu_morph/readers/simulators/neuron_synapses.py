"""Synapses of the model in a running NEURON: point processes, and the events of the NetCons that end at them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from ...data.morphology import Morphology
from ...data.synapse_events import SynapseEvents
from ...errors import RecordingError
from ..sections import label_of
from .neuron import NeuronMorphology, hoc_interpreter
from .neuron_spikes import SpikeSources, has_source

GroupBy = Literal["mechanism", "cell"]
_ONSET = "AlphaSynapse"  # takes no events; it has one activation, at its `onset`


class _Synapse(NamedTuple):
    """A point process that is a synapse.

    Parameters
    ----------
    mechanism : str
        Its mechanism, such as "ExpSyn".
    section : int
        Its section in the morphology.
    position : float
        0 to 1, from the end at the parent.
    onset : float, optional
        ms, its only activation, if it takes no events.
    """

    mechanism: str
    section: int
    position: float
    onset: float | None


class _Connection(NamedTuple):
    """A NetCon that ends at a synapse.

    Parameters
    ----------
    synapse : int
        The index of the synapse.
    population : str
        The name of its population.
    delay : float
        ms.
    """

    synapse: int
    population: str
    delay: float


class _Model:
    """The synapses and connections that exist now. No object of NEURON is kept, which would keep it in the model."""

    def __init__(self, morphology: NeuronMorphology, group_by: GroupBy) -> None:
        try:
            found = list(_synapses(morphology))
        except ReferenceError as cause:
            raise RecordingError("a section was deleted from NEURON; call from_neuron again") from cause
        if not found:
            raise RecordingError(
                "no section of the morphology has a synapse, a point process that takes events, such as ExpSyn; create "
                "them before calling record_synapses"
            )
        self.synapses = [synapse for _, synapse in found]
        self.connections: list[_Connection] = []
        self.sources: SpikeSources | None = None
        number = {process: k for k, (process, _) in enumerate(found)}
        incoming = [netcon for netcon in hoc_interpreter().List("NetCon") if netcon.syn() in number]
        self.n_without_source = sum(not has_source(netcon) for netcon in incoming)
        self._netcons = [netcon for netcon in incoming if has_source(netcon) and netcon.active()]
        for netcon in self._netcons:
            k = number[netcon.syn()]
            population = self.synapses[k].mechanism if group_by == "mechanism" else _cell_type(netcon)
            self.connections.append(_Connection(k, population, netcon.delay))

    def record(self) -> None:
        """Record the sources of the connections."""
        self.sources = SpikeSources(self._netcons)

    def forget(self) -> None:
        """Keep no object of the model."""
        self._netcons = []


class _SynapseRun:
    """Records the events of runs; those of the last one are kept."""

    def __init__(self, morphology: NeuronMorphology, group_by: GroupBy) -> None:
        self._morphology, self._group_by = morphology, group_by
        self._problem: RecordingError | None = None
        self._model = _Model(morphology, group_by)
        self._model.forget()

    @property
    def n_without_source(self) -> int:
        """The number of NetCons without a source."""
        return self._model.n_without_source

    def start(self) -> None:
        """Record a run. An error is kept for `events`: NEURON, which calls this, cannot pass it on."""
        self._problem, self._model.sources = None, None  # releases the sources before they are looked at again
        try:
            self._model = _Model(self._morphology, self._group_by)
            self._model.record()
        except RecordingError as problem:
            self._problem = problem
        self._model.forget()

    def events(self) -> SynapseEvents:
        """The synapses and events; see `SynapseRecorder`."""
        if self._problem is not None:
            raise RecordingError(f"synapses were not recorded: {self._problem}") from self._problem
        synapses, connections, sources = self._model.synapses, self._model.connections, self._model.sources
        connected = {connection.synapse for connection in connections}
        pairs = [(connection.synapse, connection.population) for connection in connections]
        pairs += [(k, synapse.mechanism) for k, synapse in enumerate(synapses) if k not in connected]
        entries = {pair: entry for entry, pair in enumerate(dict.fromkeys(pairs))}
        owner, times = [], []
        if sources is not None:
            arrivals = [sources.times(k) + connection.delay for k, connection in enumerate(connections)]
            arrivals += [
                np.array([] if (at := synapses[k].onset) is None else [at]) for k, _ in pairs[len(connections) :]
            ]
            for pair, arrival in zip(pairs, arrivals, strict=True):
                times.append(arrival[arrival <= hoc_interpreter().t])
                owner.append(np.full(len(times[-1]), entries[pair]))
        names = list(dict.fromkeys(name for _, name in entries))
        section = np.array([synapses[k].section for k, _ in entries], dtype=np.int32)
        position = [synapses[k].position for k, _ in entries]
        return SynapseEvents(
            positions=self._morphology.locate(section, position).astype(np.float32),
            population=np.array([names.index(name) for _, name in entries], dtype=np.int32),
            population_names=tuple(names),
            event_synapse=np.concatenate([[], *owner]).astype(np.int32),
            event_time=np.concatenate([[], *times]),
            section=section,
        )


class SynapseRecorder:
    """What `record_synapses` has set up; `events` returns the synapses and their events."""

    def __init__(self, run: _SynapseRun) -> None:
        self._run = run
        # NEURON calls this at the beginning of each h.finitialize, as long as the recorder exists.
        self._handler = hoc_interpreter().FInitializeHandler(3, run.start)

    def events(self) -> SynapseEvents:
        """The synapses, and the events that have reached them since the last ``h.finitialize()``.

        Before a run there are no events. An event counts when it arrives: spike plus delay.

        Raises
        ------
        RecordingError
            NEURON cannot record a source.
        """
        return self._run.events()


def record_synapses(morphology: Morphology, *, group_by: GroupBy = "mechanism") -> SynapseRecorder:
    """Make NEURON record the events of synapses. Call this before ``h.finitialize()``.

    Synapses are the point processes that take events, on the sections of the morphology. NetCons and point processes
    that are created later, but before ``h.finitialize()``, are recorded too. The model is not changed: what records it
    is removed when the recorder is deleted.

    Parameters
    ----------
    morphology : Morphology
        A morphology from `from_neuron`.
    group_by : "mechanism" or "cell"
        What the populations are: mechanisms, such as "ExpSyn"; or types of presynaptic cells, which are templates,
        Python classes, or artificial cells such as "NetStim". By "cell", a point process on which several types
        converge is one synapse of each. With sources in other processes, the type is "gid".

    Returns
    -------
    SynapseRecorder
        Its ``events()`` returns the `SynapseEvents`.

    Raises
    ------
    RecordingError
        No section has a synapse, the morphology is not from `from_neuron`, or its sections were deleted.
    ValueError
        ``group_by`` is neither.

    Warns
    -----
    UserWarning
        NetCons have no source: the events of ``h.NetCon(None, synapse).event(t)`` are not recorded.
    """
    if not isinstance(morphology, NeuronMorphology):
        raise RecordingError("record_synapses needs a morphology from from_neuron, made in this process")
    if group_by not in ("mechanism", "cell"):
        raise ValueError(f'group_by must be "mechanism" or "cell", got {group_by!r}')
    run = _SynapseRun(morphology, group_by)
    if run.n_without_source:
        advice = "use h.VecStim or h.NetStim as their source to see their events"
        warnings.warn(f"{run.n_without_source} NetCon without a source; {advice}", UserWarning, stacklevel=2)
    return SynapseRecorder(run)


def _synapses(morphology: NeuronMorphology) -> Iterator[tuple[Any, _Synapse]]:
    """The point processes that are synapses, and what they are."""
    mechanisms = {*_event_targets(), _ONSET}
    for k, (section, is_reversed) in enumerate(zip(morphology.neuron_sections, morphology.is_reversed, strict=True)):
        for segment in section.allseg():
            for process in segment.point_processes():
                if (mechanism := _type_name(process)) in mechanisms:
                    position = 1 - segment.x if is_reversed else segment.x
                    onset = process.onset if mechanism == _ONSET else None
                    yield process, _Synapse(mechanism, k, position, onset)


def _event_targets() -> Iterator[str]:
    """The names of the point processes to which a NetCon can lead."""
    h = hoc_interpreter()
    kinds, name = h.MechanismType(1), h.ref("")
    for k in range(int(kinds.count())):
        kinds.select(k)
        kinds.selected(name)
        if kinds.is_netcon_target(k):
            yield name[0]


def _cell_type(netcon: Any) -> str:
    """The type of the presynaptic cell of a NetCon."""
    segment = netcon.preseg()
    cell = netcon.precell() or netcon.pre() or (None if segment is None else segment.sec.cell())
    if cell is not None:
        return _type_name(cell) if hasattr(cell, "hname") else type(cell).__name__
    return "gid" if segment is None else label_of(segment.sec.name())


def _type_name(owner: Any) -> str:
    return re.sub(r"\[\d+\]$", "", str(owner.hname()))
