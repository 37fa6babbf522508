"""Groups of synapses: which populations belong together, and which of them a legend lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.synapse_events import SynapseEvents
from ..scene.annotations import SynapseLegend
from ..scene.annotations.base import View
from ..scene.annotations.canvas import Canvas, line_height
from ..scene.colors import Rgba
from ..scene.picture_unit import usual_text

_INACTIVE = "inactive"  # a group that legends leave out
_MOST_SINGLE = 12  # populations that a legend lists one by one
_CROWDED_HEIGHT = 0.3  # of the picture, at most, where text had to be made smaller
_NO_MARK: Rgba = (0.0, 0.0, 0.0, 0.0)
_LAST_PART = re.compile(r"(?<=.)[\s_.:/-][^\s_.:/-]*$")  # "_C2" of "L4ss_C2"


def default_groups(names: Iterable[str], colors: Mapping[str, Any]) -> Callable[[str], str]:
    """The group of each population when none are given: itself, or of many populations what their names begin with.

    "VPM_C2" and "VPM_E1" are both "VPM" if there are more than 12 populations. A population that has a colour of its
    own in ``colors`` stays alone.
    """
    every = list(names)
    beginnings = {name: _LAST_PART.sub("", name) for name in every}
    n_shared = Counter(beginnings.values())
    if len(every) <= _MOST_SINGLE:
        return str
    return lambda name: beginnings[name] if n_shared[beginnings[name]] > 1 and name not in colors else name


@dataclass(frozen=True, kw_only=True)
class ActiveSynapseLegend(SynapseLegend):
    """The groups that are active in a film, with the numbers of their synapses.

    Parameters
    ----------
    entries : sequence of (str, str)
        Each group's name and what the legend says for it.
    """

    entries: tuple[tuple[str, str], ...]

    def _colors(self, view: View) -> Mapping[str, Rgba]:
        shown, n_more = self.entries, 0
        if view.text < usual_text(view.size):  # there is little space: the layout has tried larger text
            n_rows = max(2, int(_CROWDED_HEIGHT * view.size[1] / line_height(view.text)))
            shown = shown if len(shown) <= n_rows else shown[: n_rows - 1]
            n_more = len(self.entries) - len(shown)
        colors = {text: view.synapse_colors[name] for name, text in shown}
        return colors | {f"+{n_more} more": _NO_MARK} if n_more else colors

    def _mark(self, canvas: Canvas, x: float, y: float, color: Rgba, edge: Rgba | None, view: View) -> None:
        if color != _NO_MARK:
            super()._mark(canvas, x, y, color, edge, view)


def legend_entries(
    synapses: SynapseEvents, colors: Mapping[str, Any], *, start: float | None, stop: float | None, duration: float
) -> tuple[tuple[str, str], ...]:
    """Groups with active synapses and their texts, such as "VPM (26)": those of ``colors`` first, in its order.

    The others follow, the largest first.

    Parameters
    ----------
    synapses : SynapseEvents
        In groups.
    colors : {group: colour}
        ``population_to_color_dict``.
    start, stop : float or None
        ms: a synapse counts if it is shown between them. None for both: all synapses count.
    duration : float
        ms that a synapse is shown.
    """
    active = np.ones(synapses.n_synapses, dtype=bool)
    if start is not None and stop is not None:
        times = synapses.event_time
        active[:] = False
        active[synapses.event_synapse[(times > start - duration) & (times <= stop)]] = True
    counts = np.bincount(synapses.population[active], minlength=len(synapses.population_names)).tolist()
    found = {name: n for name, n in zip(synapses.population_names, counts, strict=True) if n and not is_inactive(name)}
    first = [name for name in colors if name in found]
    others = sorted(found.keys() - set(first), key=lambda name: (-found[name], name))
    return tuple((name, f"{name} ({found[name]})") for name in (*first, *others))


def is_inactive(name: str) -> bool:
    """True for the group that no legend lists."""
    return name.strip().lower() == _INACTIVE
