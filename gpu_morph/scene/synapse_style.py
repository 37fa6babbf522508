"""SynapseStyle: how synapses are shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..data.arrays import finite_number
from ..data.synapse_events import SynapseEvents
from ..errors import SceneError, unknown_name
from .colors import ColorLike, Rgba, opaque_color, parse_color
from .palettes import population_colors


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
    colors: Mapping[str, ColorLike] | None = None
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
            colors = {str(name): color for name, color in self.colors.items()}
            parsed = {name: opaque_color(color, f"the colour of {name!r}") for name, color in colors.items()}
            object.__setattr__(self, "colors", parsed)

    def population_colors(self, events: SynapseEvents) -> dict[str, Rgba]:
        """The colour of each population, in the order of ``events.population_names``.

        Raises
        ------
        SceneError
            ``colors`` names a population that is not there.
        """
        given, palette = self.colors or {}, population_colors()
        for name in given:
            if name not in events.population_names:
                raise SceneError(unknown_name("SynapseStyle(colors=)", "population", name, events.population_names))
        return {name: parse_color(given[name]) if name in given else next(palette) for name in events.population_names}
