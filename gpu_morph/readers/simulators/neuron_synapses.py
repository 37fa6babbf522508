"""Synapses of the model in a running NEURON: point processes, and the events of the NetCons that end at them."""

from __future__ import annotations

import warnings
from typing import Literal, NamedTuple

import numpy as np

from ...data.morphology import Morphology
from ...data.synapse_events import SynapseEvents
from ...errors import RecordingError
from ..aliases import FloatArray
from .neuron import NeuronMorphology, hoc_interpreter
from .neuron_point_processes import PointSynapse, point_synapses, presynaptic_type
from .neuron_spikes import SpikeSources, has_source

GroupBy = Literal["mechanism", "cell"]


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


class Arrivals(NamedTuple):
    """What has reached a synapse from one population.

    Parameters
    ----------
    synapse : PointSynapse
        The synapse.
    number : int
        Its index among those of the morphology.
    population : str
        The population.
    times : (n,) float64
        ms.
    """

    synapse: PointSynapse
    number: int
    population: str
    times: FloatArray


class _Model:
    """The synapses and connections that exist now. No object of NEURON is kept, which would keep it in the model."""

    def __init__(self, morphology: NeuronMorphology, group_by: GroupBy) -> None:
        try:
            found = list(point_synapses(morphology))
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
            population = self.synapses[k].mechanism if group_by == "mechanism" else presynaptic_type(netcon)
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
        self.morphology, self._group_by = morphology, group_by
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
            self._model = _Model(self.morphology, self._group_by)
            self._model.record()
        except RecordingError as problem:
            self._problem = problem
        self._model.forget()

    def arrivals(self) -> list[Arrivals]:
        """What has reached each synapse, apart for each population from which it came."""
        if self._problem is not None:
            raise RecordingError(f"synapses were not recorded: {self._problem}") from self._problem
        synapses, connections, sources = self._model.synapses, self._model.connections, self._model.sources
        connected = {connection.synapse for connection in connections}
        times: dict[tuple[int, str], list[FloatArray]] = {(one.synapse, one.population): [] for one in connections}
        times |= {(k, synapse.mechanism): [] for k, synapse in enumerate(synapses) if k not in connected}
        if sources is not None:
            for index, one in enumerate(connections):
                times[one.synapse, one.population].append(sources.times(index) + one.delay)
            for k, synapse in enumerate(synapses):
                if synapse.onset is not None and k not in connected:
                    times[k, synapse.mechanism].append(np.array([synapse.onset]))
        end = hoc_interpreter().t
        found = []
        for (k, population), parts in times.items():
            together = np.concatenate([[], *parts])
            found.append(Arrivals(synapses[k], k, population, together[together <= end]))
        return found

    def events(self) -> SynapseEvents:
        """The synapses and events; see `SynapseRecorder`."""
        arrivals = self.arrivals()
        names = list(dict.fromkeys(one.population for one in arrivals))
        section = np.array([one.synapse.section for one in arrivals], dtype=np.int32)
        position = [one.synapse.position for one in arrivals]
        return SynapseEvents(
            positions=self.morphology.locate(section, position).astype(np.float32),
            population=np.array([names.index(one.population) for one in arrivals], dtype=np.int32),
            population_names=tuple(names),
            event_synapse=np.repeat(np.arange(len(arrivals), dtype=np.int32), [len(one.times) for one in arrivals]),
            event_time=np.concatenate([[], *(one.times for one in arrivals)]),
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

    def times_of_synapses(self, morphology: NeuronMorphology) -> list[tuple[PointSynapse, FloatArray]]:
        """Each synapse, and the times (n,) ms at which events have reached it since the last ``h.finitialize()``.

        Raises
        ------
        RecordingError
            The recorder is of other sections than those of the morphology; or as from `events`.
        """
        if morphology.neuron_sections != self._run.morphology.neuron_sections:
            raise RecordingError("the recorder is of other sections; make it by record_synapses of this cell")
        found: dict[int, tuple[PointSynapse, list[FloatArray]]] = {}
        for one in self._run.arrivals():
            found.setdefault(one.number, (one.synapse, []))[1].append(one.times)
        return [(synapse, np.concatenate(parts)) for synapse, parts in found.values()]


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

    Examples
    --------
    >>> from neuron import h
    >>> soma = h.Section(name="soma")
    >>> stim, synapse = h.NetStim(), h.ExpSyn(soma(0.5))
    >>> stim.number, stim.start = 1, 1
    >>> connection = h.NetCon(stim, synapse)
    >>> morphology = gm.from_neuron([soma])
    >>> synapses = gm.record_synapses(morphology)
    >>> _ = h.load_file("stdrun.hoc")
    >>> _ = h.finitialize(-65)
    >>> _ = h.continuerun(4)
    >>> synapses.events().event_time.tolist()
    [2.0]
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
