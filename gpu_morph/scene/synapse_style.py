"""SynapseStyle: how synapses are shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..data.arrays import finite_number
from ..data.synapse_events import SynapseEvents
from ..errors import SceneError
from .colors import Rgba, parse_color
from .palettes import shades_of

# Okabe and Ito's colours (https://jfly.uni-koeln.de/color/), which the colour-blind tell apart, without black; those
# first that stand out most from viridis and from grey. A bluish one follows a reddish one.
_PALETTE = ("#d55e00", "#56b4e9", "#f0e442", "#cc79a7", "#0072b2", "#e69f00", "#009e73")
_SHADES = (0.0, 0.55, -0.35)  # of the palette, again and again: as it is, towards white, towards black


@dataclass(frozen=True, kw_only=True)
class SynapseStyle:
    """How synapses are shown: as small balls, from a spike on.

    Parameters
    ----------
    diameter : float
        µm.
    min_diameter : float
        Pixels; no marker is drawn smaller.
    duration : float
        ms that a marker is shown, from its synapse's spike on.
    fade : bool
        True: markers shrink to nothing while they are shown.
    colors : {population: colour}, optional
        Opaque ones; populations that are not in it get colours of a colour-blind-safe palette.
    show_all : bool
        True: all synapses are shown all the time, active or not.

    Raises
    ------
    SceneError
        A size or a duration that is none, or something that is no opaque colour.
    """

    diameter: float = 3.0
    min_diameter: float = 6.0
    duration: float = 2.0
    fade: bool = False
    colors: Mapping[str, Any] | None = None
    show_all: bool = False

    def __post_init__(self) -> None:
        for name, expected, least in (
            ("diameter", "0 or more µm", 0.0),
            ("min_diameter", "0 or more pixels", 0.0),
            ("duration", "positive ms", math.ulp(0.0)),
        ):
            number = finite_number(getattr(self, name), name=name, expected=expected, least=least, error=SceneError)
            object.__setattr__(self, name, number)
        for name in ("fade", "show_all"):
            if getattr(self, name) not in (True, False):
                raise SceneError(f"{name} must be True or False, got {getattr(self, name)!r}")
        if self.colors is not None:
            if not isinstance(self.colors, Mapping):
                raise SceneError(f"colors must be a dict of populations' names and colours, got {self.colors!r}")
            parsed = {str(name): _opaque(color, str(name)) for name, color in self.colors.items()}
            object.__setattr__(self, "colors", parsed)

    def population_colors(self, events: SynapseEvents) -> dict[str, Rgba]:
        """The colour of each population, in the order of ``events.population_names``."""
        given, further = self.colors or {}, _default_colors()
        return {name: given[name] if name in given else next(further) for name in events.population_names}


def _opaque(color: Any, population: str) -> Rgba:
    try:
        rgba = parse_color(color)
    except ValueError as cause:
        raise SceneError(f"the colour of {population!r}: {cause}") from cause
    if rgba[3] < 1:
        raise SceneError(f"the colour of {population!r} must be opaque, got {color!r} with alpha {rgba[3]:g}")
    return rgba


def _default_colors() -> Iterator[Rgba]:
    """The palette, then its light and its dark shades, and again."""
    return shades_of(_PALETTE, _SHADES)
