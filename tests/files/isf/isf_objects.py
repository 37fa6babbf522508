"""Objects with the attributes of a cell of the In Silico Framework."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

N_TIMES = 4


class Section(SimpleNamespace):
    """A section with the attributes that are read; iterating gives its segments."""

    def __iter__(self) -> Any:
        return iter(SimpleNamespace(x=x) for x in self.segment_x)


def section(points: Any, *, label: str = "Dendrite", n_segments: int = 1, level: float = 0, **changes: Any) -> Section:
    """A section whose segments have the constant potential ``level`` plus their number, mV."""
    vectors = [np.full(N_TIMES, level + k) for k in range(n_segments)]
    fields: dict[str, Any] = {
        "pts": points,
        "diamList": [2.0] * len(points),
        "label": label,
        "parent": None,
        "parentx": 1.0,
        "segment_x": (np.arange(n_segments) + 0.5) / n_segments,
        "recVList": vectors,
        "recordVars": {"Ca.cai": [-v for v in vectors]},
    }
    return Section(**fields | changes)


def cell(**changes: Any) -> SimpleNamespace:
    """A soma, a dendrite of two segments, and myelin without a recording."""
    soma = section([[0, 0, 0], [10, 0, 0]], label="Soma", level=-70)
    dendrite = section([[5, 0, 0], [5, 9, 0], [5, 20, 0]], n_segments=2, level=-60, parent=soma, parentx=0.5)
    myelin = section([[5, 0, 0], [5, -9, 0]], label="Myelin", parent=soma, parentx=0.5, recVList=[], recordVars={})
    fields = {"sections": [soma, dendrite, myelin], "tVec": np.arange(N_TIMES) * 0.5, "synapses": {}}
    return SimpleNamespace(**fields | changes)


def synapse(position: Any, *spikes: float) -> SimpleNamespace:
    return SimpleNamespace(coordinates=np.array(position), preCell=SimpleNamespace(spikeTimes=list(spikes)))
