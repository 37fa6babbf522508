"""Palettes: colours for kinds of sections, and for cells, populations and traces, which are of equal rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ..data.section_kinds import APICAL, AXON, DENDRITE, INITIAL_SEGMENT, MYELIN, SOMA, section_kind
from .colors import Rgba, contrast, is_light, parse_color

# Okabe and Ito's colours without black, which colour-blind people can tell apart (https://jfly.uni-koeln.de/color/).
BLUE, VERMILLION, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
SKY_BLUE, ORANGE, YELLOW = "#56b4e9", "#e69f00", "#f0e442"

_SECTION_COLORS = {
    SOMA: "#4d4d4d",
    DENDRITE: BLUE,
    APICAL: VERMILLION,
    AXON: GREEN,
    INITIAL_SEGMENT: ORANGE,
    MYELIN: SKY_BLUE,
}
# The first of each palette contrast most with the background, and reddish and bluish colours alternate.
_CELLS_ON_LIGHT = (BLUE, VERMILLION, GREEN, PURPLE, SKY_BLUE, ORANGE, YELLOW)
_CELLS_ON_DARK = (SKY_BLUE, ORANGE, GREEN, YELLOW, PURPLE, VERMILLION, BLUE)
_TRACES_ON_LIGHT = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY_BLUE)
_TRACES_ON_DARK = (SKY_BLUE, ORANGE, GREEN, PURPLE, YELLOW, VERMILLION)
_POPULATIONS = (VERMILLION, SKY_BLUE, YELLOW, PURPLE, BLUE, ORANGE, GREEN)  # on viridis and on grey
_STIMULUS_ON_DARK = "#f0b000"
# Shades in which a palette is repeated: 0 as it is, towards white (1) and towards black (-1).
_CELL_SHADES_ON_LIGHT, _CELL_SHADES_ON_DARK = (0.0, -0.4, 0.45), (0.0, 0.45, -0.4)
_POPULATION_SHADES = (0.0, 0.55, -0.35)
_LEAST_CONTRAST = 1.6  # WCAG 2; a thin line of less contrast cannot be seen


def section_color(label: str) -> str | None:
    """The default colour of a section's label by its kind; None for an unknown kind.

    An unknown kind that begins with the name of a known one, such as "dend_11", has its colour.
    """
    kind = section_kind(label)
    if kind in _SECTION_COLORS:
        return _SECTION_COLORS[kind]
    if kind.startswith("basal"):
        return _SECTION_COLORS[DENDRITE]
    return next((color for known, color in _SECTION_COLORS.items() if kind.startswith(known)), None)


def cell_colors(background: Rgba) -> list[Rgba]:
    """Different colours for cells or labels on a background, without those of too little contrast to it.

    Colours that follow each other differ most.
    """
    palette, shades = (
        (_CELLS_ON_LIGHT, _CELL_SHADES_ON_LIGHT) if is_light(background) else (_CELLS_ON_DARK, _CELL_SHADES_ON_DARK)
    )
    every = islice(_shades_of(palette, shades), len(palette) * len(shades))
    return [color for color in every if contrast(color, background) >= _LEAST_CONTRAST]


def population_colors() -> Iterator[Rgba]:
    """Colours of synapses' populations, without end: the palette, its light and its dark shades, and again."""
    return _shades_of(_POPULATIONS, _POPULATION_SHADES)


def trace_colors(background: Rgba) -> list[Rgba]:
    """Colours of several traces on a background."""
    return [parse_color(color) for color in (_TRACES_ON_LIGHT if is_light(background) else _TRACES_ON_DARK)]


def stimulus_color(background: Rgba) -> Rgba:
    """The default colour of a stimulus on a background."""
    return parse_color(VERMILLION if is_light(background) else _STIMULUS_ON_DARK)


def _shades_of(palette: Sequence[str], shades: Sequence[float]) -> Iterator[Rgba]:
    while True:
        for shade in shades:
            for color in palette:
                yield _shaded(parse_color(color), shade)


def _shaded(color: Rgba, shade: float) -> Rgba:
    """A colour on its way to white (1) or to black (-1)."""
    red, green, blue = (
        channel + (1 - channel) * shade if shade > 0 else channel * (1 + shade) for channel in color[:3]
    )
    return red, green, blue, color[3]
