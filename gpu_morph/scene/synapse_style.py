"""SynapseStyle: sizes, colours and durations of synapses' markers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..data.arrays import finite_number
from ..data.synapse_events import SynapseEvents
from ..errors import SceneError, unknown_name
from ..system.arguments import check_choice, check_type
from .colors import ColorLike, Rgba, opaque_color, parse_color
from .palettes import population_colors


@dataclass(frozen=True, kw_only=True)
class SynapseStyle:
    """How synapses are drawn: as spheres, from each of their events on.

    Parameters
    ----------
    diameter : float
        µm.
    min_diameter : float
        No marker is drawn smaller; pixels of a picture 1,080 high, and in proportion in others, as text.
    duration : float
        ms for which a marker is shown after an event.
    fade : bool
        True: markers shrink to nothing during ``duration``.
    colors : {population: colour}, optional
        Opaque colours. The other populations get colours of a palette for colour-blind people.
    show_all : bool
        True: all synapses are shown at all times.
    thin_out : bool
        True: where many markers are shown for the length of the neurites, they are smaller and have fainter rims, so
        that the cell stays visible; where they still overlap, they are translucent, and the colour shows their density.
        The greatest number that is shown at once decides, so that markers of a film keep their size.

    Raises
    ------
    SceneError
        A wrong size or duration, or a colour that is not opaque; when a Scene is made, a population that is not there.

    Examples
    --------
    >>> style = gm.SynapseStyle(diameter=4, duration=3, fade=True, colors={"thalamus": "crimson"})
    >>> style.duration
    3.0
    """

    diameter: float = 3.0
    min_diameter: float = 6.0
    duration: float = 2.0
    fade: bool = False
    colors: Mapping[str, ColorLike] | None = None
    show_all: bool = False
    thin_out: bool = True

    def __post_init__(self) -> None:
        for name, expected, least in (
            ("diameter", "0 or more µm", 0.0),
            ("min_diameter", "0 or more pixels", 0.0),
            ("duration", "positive ms", math.ulp(0.0)),
        ):
            number = finite_number(getattr(self, name), name=name, expected=expected, least=least, error=SceneError)
            object.__setattr__(self, name, number)
        for name in ("fade", "show_all", "thin_out"):
            check_choice(getattr(self, name), (True, False), name, error=SceneError)
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
        check_type(events, SynapseEvents, "events")
        given, palette = self.colors or {}, population_colors()
        for name in given:
            if name not in events.population_names:
                raise SceneError(unknown_name("SynapseStyle(colors=)", "population", name, events.population_names))
        return {name: parse_color(given[name]) if name in given else next(palette) for name in events.population_names}
