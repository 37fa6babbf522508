"""Point processes of NEURON that are synapses: what they are, where they are, and what activates them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..sections import label_of
from .neuron import NeuronMorphology, hoc_interpreter

_ONSET = "AlphaSynapse"  # takes no events; it has one activation, at its `onset`


class PointSynapse(NamedTuple):
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


def point_synapses(morphology: NeuronMorphology) -> Iterator[tuple[Any, PointSynapse]]:
    """The point processes that are synapses, and what they are."""
    mechanisms = {*_event_targets(), _ONSET}
    for k, (section, is_reversed) in enumerate(zip(morphology.neuron_sections, morphology.is_reversed, strict=True)):
        for segment in section.allseg():
            for process in segment.point_processes():
                if (mechanism := _type_name(process)) in mechanisms:
                    position = 1 - segment.x if is_reversed else segment.x
                    onset = process.onset if mechanism == _ONSET else None
                    yield process, PointSynapse(mechanism, k, position, onset)


def _event_targets() -> Iterator[str]:
    """The names of the point processes to which a NetCon can lead."""
    h = hoc_interpreter()
    kinds, name = h.MechanismType(1), h.ref("")
    for k in range(int(kinds.count())):
        kinds.select(k)
        kinds.selected(name)
        if kinds.is_netcon_target(k):
            yield name[0]


def presynaptic_type(netcon: Any) -> str:
    """The type of the presynaptic cell of a NetCon."""
    segment = netcon.preseg()
    cell = netcon.precell() or netcon.pre() or (None if segment is None else segment.sec.cell())
    if cell is not None:
        return _type_name(cell) if hasattr(cell, "hname") else type(cell).__name__
    return "gid" if segment is None else label_of(segment.sec.name())


def _type_name(owner: Any) -> str:
    return re.sub(r"\[\d+\]$", "", str(owner.hname()))
