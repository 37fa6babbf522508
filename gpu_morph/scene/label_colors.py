"""LabelColors: a colour for each label of sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Okabe and Ito's palette (https://jfly.uni-koeln.de/color/): told apart by the colour-blind as well.
_LABEL_COLORS = {
    "soma": "#4d4d4d",
    "dend": "#0072b2",
    "basal": "#0072b2",
    "apic": "#d55e00",
    "axon": "#009e73",
    "ais": "#e69f00",
    "myelin": "#56b4e9",
}


@dataclass(frozen=True)
class LabelColors:
    """A colour for each section's label.

    Parameters
    ----------
    colors : {label: colour}, optional
        In any case of the labels' letters. None: a colour-blind-safe one for soma, dendrites, axon, initial
        segment and myelin, under the names that simulators give them; with ``labels``, one for each of these.
    other : colour
        Of labels without one.
    labels : (n_sections,) sequence of str, optional
        A label for each section in place of the morphology's own: that of its cell's population or type, as
        `by_cell` gives it.

    Examples
    --------
    >>> LabelColors(labels=by_cell(circuit.morphology, circuit.populations))
    """

    colors: Mapping[str, Any] | None = None
    other: Any = "grey"
    labels: Sequence[str] | None = field(default=None, kw_only=True)

    def of(self, label: str) -> Any:
        """The colour of a label."""
        asked = label.strip().lower()
        if self.colors is not None:
            return next((color for name, color in self.colors.items() if name.strip().lower() == asked), self.other)
        return next((color for name, color in _LABEL_COLORS.items() if asked.startswith(name)), self.other)
