"""The compartments of a cell of LFPy, and the synapses on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...data.morphology import Morphology
from ...data.synapse_events import SynapseEvents
from ...system.user_warning import warn_user
from ..aliases import FloatArray
from .neuron import NeuronMorphology
from .neuron_synapses import SynapseRecorder


class Compartments:
    """The section and position of each compartment, in LFPy's order."""

    def __init__(self, morphology: NeuronMorphology) -> None:
        self.segments = [segment for section in morphology.neuron_sections for segment in section]
        counts = [section.nseg for section in morphology.neuron_sections]
        self.n = len(self.segments)
        self.section = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        x = np.array([segment.x for segment in self.segments])
        self.position = np.where(np.repeat(morphology.is_reversed, counts), 1 - x, x)

    def site(self, compartment: int) -> tuple[int, float]:
        """Section and position of a compartment."""
        return int(self.section[compartment]), float(self.position[compartment])


def cell_synapses(
    cell: Any, morphology: NeuronMorphology, compartments: Compartments, recorder: SynapseRecorder | None
) -> SynapseEvents | None:
    """The cell's synapses, at the centres of their compartments, with the recorder's events."""
    found: list[_Synapse] = []
    for synapse in getattr(cell, "synapses", ()):
        # LFPy has no public name for them. It deletes the NetStims at the end of a run; asking NetCons that have lost
        # their source for recorded times ends the process.
        given = np.asarray(cell._sptimeslist[synapse._ns_index], dtype=np.float64).reshape(-1)
        found.append(_Synapse(str(synapse.syntype), *compartments.site(int(synapse.idx)), given))
    number = {(segment.sec, segment.x): k for k, segment in enumerate(compartments.segments)}
    for process in getattr(cell, "netconsynapses", ()):
        segment = process.get_segment()
        kind, site = process.hname().partition("[")[0], compartments.site(number[segment.sec, segment.x])
        found.append(_Synapse(kind, *site, np.empty(0)))
    if recorder is not None:
        found = _with_recorded(found, recorder, morphology)
    if not found:
        return None
    is_after_run = getattr(cell, "synapses", None) and getattr(cell, "tvec", None) is not None
    if is_after_run and recorder is None and not any(len(one.times) for one in found):
        warn_user(
            f"none of {len(found)} synapses has times: LFPy does not keep those of set_spike_times_w_netstim; call "
            "recorder = record_synapses(from_lfpy(cell, None)[0]) before the run and from_lfpy(cell, synapses=recorder)"
        )
    return _events(found, morphology)


class _Synapse(NamedTuple):
    """A synapse, with the times (n,) ms of its events."""

    kind: str
    section: int
    position: float
    times: FloatArray


def _with_recorded(
    synapses: Sequence[_Synapse], recorder: SynapseRecorder, morphology: NeuronMorphology
) -> list[_Synapse]:
    """The synapses with what was recorded at a synapse of their type and site, and those that LFPy does not have."""
    recorded: dict[tuple[str, int, float], list[FloatArray]] = {}
    for point, times in recorder.times_of_synapses(morphology):
        recorded.setdefault((point.mechanism, point.section, point.position), []).append(times)
    found = []
    for one in synapses:
        of_site = recorded.get((one.kind, one.section, one.position))
        found.append(one._replace(times=np.append(one.times, of_site.pop(0))) if of_site else one)
    return found + [_Synapse(*site, times) for site, of_site in recorded.items() for times in of_site]


def _events(synapses: Sequence[_Synapse], morphology: Morphology) -> SynapseEvents:
    names = tuple(dict.fromkeys(one.kind for one in synapses))
    section = np.array([one.section for one in synapses], dtype=np.int32)
    return SynapseEvents(
        positions=morphology.locate(section, [one.position for one in synapses]).astype(np.float32),
        population=np.array([names.index(one.kind) for one in synapses], dtype=np.int32),
        population_names=names,
        event_synapse=np.repeat(np.arange(len(synapses), dtype=np.int32), [len(one.times) for one in synapses]),
        event_time=np.concatenate([np.sort(one.times) for one in synapses]),
        section=section,
    )
