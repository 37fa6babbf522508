"""The synapses of a cell as they are shown: their positions, groups and markers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..data.synapse_events import SynapseEvents, regrouped
from ..errors import brief
from ..readers.simulators.isf import isf_synapses
from ..scene.annotations.base import checked_number
from ..scene.synapse_style import SynapseStyle
from ..system.user_warning import warn_user
from .alignment import Alignment
from .synapse_groups import default_groups

_MARKER_POINTS = 6.0  # smallest diameter of a marker
_MOST_LISTED = 12


def shown_synapses(
    cell: Any,
    alignment: Alignment,
    group_of: Callable[[str], str] | None,
    colors: Mapping[str, Any],
    *,
    all_spikes: bool,
) -> SynapseEvents | None:
    """The cell's synapses in the drawn cell's coordinates, in groups; None, with a warning, when it has none.

    ``group_of`` is ``synapse_group_function``; None or ``str`` means `default_groups`.
    """
    synapses = isf_synapses(cell, all_spikes=all_spikes)
    if synapses is None:
        warn_user("synapses are to be shown, but the cell has none")
        return None
    if group_of is None or group_of is str:
        group_of = default_groups(synapses.population_names, colors)
    return regrouped(replace(synapses, positions=alignment.apply(synapses.positions)), group_of)


def group_colors(colors: Mapping[str, Any], synapses: SynapseEvents | None) -> dict[str, Any]:
    """The colours of groups that the cell has: ISF's dict may name those of other cells too.

    It warns if a dict names no group of the cell.
    """
    if synapses is None:
        return dict(colors)
    own = {name: color for name, color in colors.items() if name in synapses.population_names}
    if colors and not own:
        there = ", ".join(map(repr, synapses.population_names[:_MOST_LISTED]))
        more = ", ..." if len(synapses.population_names) > _MOST_LISTED else ""
        warn_user(
            f"population_to_color_dict names no group of the cell's synapses, so it colours none; there are "
            f"{there}{more}; got {brief(list(colors))}"
        )
    return own


def marker_style(*, duration: float, fade: bool, colors: Mapping[str, Any], show_all: bool) -> SynapseStyle:
    """How markers look; ``duration`` is ``time_show_syn_activ`` in ms."""
    return SynapseStyle(
        min_diameter=_MARKER_POINTS,
        duration=checked_duration(duration),
        fade=fade,
        colors=colors or None,
        show_all=show_all,
    )


def checked_duration(duration: Any) -> float:
    """``time_show_syn_activ`` as positive ms."""
    return checked_number(duration, "time_show_syn_activ", "positive ms", above=0)
