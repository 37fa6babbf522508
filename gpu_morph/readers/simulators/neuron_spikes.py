"""Spikes of the sources of NetCons in a running NEURON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import RecordingError
from .neuron import hoc_interpreter
from .neuron_run import is_coreneuron_enabled


@dataclass(frozen=True)
class _Spikes:
    """A vector that NEURON fills with the times of a source's spikes, ``delay`` ms later than they are.

    Parameters
    ----------
    vector : h.Vector
        Times, ms.
    delay : float
        ms.
    kept : tuple
        Objects of NEURON without which the vector is not filled.
    """

    vector: Any
    delay: float = 0.0
    kept: tuple[Any, ...] = ()


class SpikeSources:
    """Records the sources of NetCons, each once, without touching what the caller records.

    NEURON has one vector for each source. One that the caller uses already, also by ``pc.spike_record``, may hold the
    spikes of other sources; such a source gets an artificial cell that repeats its spikes. All is undone when this is
    deleted.
    """

    def __init__(self, netcons: Iterable[Any]) -> None:
        self._spikes: list[_Spikes] = []  # of each NetCon
        own: dict[Any, _Spikes] = {}  # by vector
        relays: dict[Any, _Spikes] = {}  # by source
        is_core = is_coreneuron_enabled()
        for netcon in netcons:
            vector = netcon.get_recordvec()
            if is_core and (netcon.srcgid() < 0 or (vector is not None and vector not in own)):
                reason = (
                    "has no gid" if netcon.srcgid() < 0 else "is recorded by pc.spike_record or NetCon.record already"
                )
                raise RecordingError(
                    f"CoreNEURON cannot record the source of {netcon}, which {reason}; give each source a gid with "
                    "pc.set_gid2node and pc.cell, and record its spikes once"
                )
            if vector is None:
                vector = hoc_interpreter().Vector()
                netcon.record(vector)
                own[vector] = _Spikes(vector)
            if vector in own:
                self._spikes.append(own[vector])
                continue
            source = _source(netcon)
            if source not in relays:
                relays[source] = _relay(netcon)
            self._spikes.append(relays[source])

    def times(self, index: int) -> npt.NDArray[np.float64]:
        """(n,) float64: times of the spikes of the source of a NetCon, ms."""
        spikes = self._spikes[index]
        # NEURON 8 makes no array of an empty vector.
        return np.array(spikes.vector.to_python(), dtype=np.float64) - spikes.delay


def has_source(netcon: Any) -> bool:
    """False for ``h.NetCon(None, target)``, whose events come from its method ``event`` and cannot be recorded."""
    is_known = netcon.srcgid() >= 0 or netcon.pre() is not None or netcon.preseg() is not None
    return bool(is_known or netcon.preloc() < -1)  # -2: a variable that is not v


def _source(netcon: Any) -> Any:
    """Something that is equal for NetCons of the same source."""
    if netcon.srcgid() >= 0:
        return netcon.srcgid()
    return netcon.pre() or netcon.preseg()


def _relay(netcon: Any) -> _Spikes:
    """An artificial cell that spikes when the source of a NetCon does, after the NetCon's delay."""
    h = hoc_interpreter()
    relay, vector = h.IntFire1(), h.Vector()
    relay.refrac = 0
    if netcon.srcgid() >= 0:
        to_relay = h.ParallelContext().gid_connect(netcon.srcgid(), relay)
    elif netcon.pre() is not None:
        to_relay = h.NetCon(netcon.pre(), relay)
    elif (segment := netcon.preseg()) is not None:
        to_relay = h.NetCon(segment._ref_v, relay, sec=segment.sec)
    else:
        raise RecordingError(f"the source of {netcon} is recorded already, and is no membrane potential")
    # The NetCon's own delay is allowed: less may not be, between threads and processes.
    to_relay.delay, to_relay.weight[0] = netcon.delay, 2
    from_relay = h.NetCon(relay, None)
    from_relay.record(vector)
    return _Spikes(vector, float(netcon.delay), (relay, to_relay, from_relay))
