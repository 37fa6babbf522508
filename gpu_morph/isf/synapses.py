"""The synapses of a cell as they are shown: their positions, groups and markers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..data.synapse_events import SynapseEvents, regrouped
from ..readers.simulators.isf import isf_synapses
from ..scene.annotations.base import checked_number
from ..scene.synapse_style import SynapseStyle
from ..system.user_warning import warn_user
from .alignment import Alignment

_MARKER_POINTS = 6.0  # smallest diameter of a marker
_INACTIVE = "inactive"  # a group that legends leave out


def shown_synapses(cell: Any, alignment: Alignment, group_of: Callable[[str], str]) -> SynapseEvents | None:
    """The cell's synapses in the drawn cell's coordinates, in groups; None, with a warning, when it has none."""
    synapses = isf_synapses(cell)
    if synapses is None:
        warn_user("synapses are to be shown, but the cell has none")
        return None
    return regrouped(replace(synapses, positions=alignment.apply(synapses.positions)), group_of)


def has_active_groups(synapses: SynapseEvents) -> bool:
    """Whether any group belongs into a legend."""
    return any(name.strip().lower() != _INACTIVE for name in synapses.population_names)


def group_colors(colors: Mapping[str, Any], synapses: SynapseEvents | None) -> dict[str, Any]:
    """The colours of groups that the cell has: ISF's dict may name those of other cells too."""
    return {name: color for name, color in colors.items() if synapses is None or name in synapses.population_names}


def marker_style(
    *, duration: Any, fade: bool, colors: Mapping[str, Any], show_all: bool, pixels_per_point: float
) -> SynapseStyle:
    """How markers look; ``duration`` is ``time_show_syn_activ`` in ms."""
    return SynapseStyle(
        min_diameter=_MARKER_POINTS * max(1.0, pixels_per_point),
        duration=checked_number(duration, "time_show_syn_activ", "positive ms", above=0),
        fade=fade,
        colors=colors or None,
        show_all=show_all,
    )
