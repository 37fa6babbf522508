"""Palettes: colours for kinds of sections, and for cells, populations and traces, which are of equal rank."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import count, islice

from ..data.section_kinds import APICAL, AXON, DENDRITE, INITIAL_SEGMENT, MYELIN, SOMA, section_kind
from .colors import Rgba, contrast, is_light, parse_color, to_bytes

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
_SECTION_COLORS_ON_DARK = _SECTION_COLORS | {SOMA: "#b3b3b3", DENDRITE: SKY_BLUE, MYELIN: PURPLE}
_UNDEFINED = ("", "undefined", "unknown")
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
# More colours: a turn in hue that never comes back to where it was, at these lightnesses and chromas (OKLCH).
_GOLDEN_ANGLE, _LIGHTNESSES, _CHROMAS = 137.50776, (0.62, 0.48, 0.78), (0.15, 0.09, 0.12)
_MOST_COLORS = 1024
LEAST_CONTRAST = 1.6  # WCAG 2; a thin line of less contrast cannot be seen


def section_color(label: str, *, on_dark: bool = False) -> str | None:
    """The default colour of a section's label by its kind, on a light or a dark background; None for an unknown kind.

    An unknown kind that begins with the name of a known one, such as "dend_11", has its colour.
    """
    colors, kind = _SECTION_COLORS_ON_DARK if on_dark else _SECTION_COLORS, section_kind(label)
    if kind in colors:
        return colors[kind]
    if kind.startswith("basal"):
        return colors[DENDRITE]
    return next((color for known, color in colors.items() if kind.startswith(known)), None)


def label_colors(labels: Sequence[str], background: Rgba) -> dict[str, Rgba | None]:
    """Default colours of different labels: by kind, and for unknown kinds colours of the palette that no other has.

    None for sections whose kind is undefined.
    """
    by_kind = {label: section_color(label, on_dark=not is_light(background)) for label in labels}
    found = {label: parse_color(color) if color else None for label, color in by_kind.items()}
    unknown = [label for label, color in by_kind.items() if color is None and section_kind(label) not in _UNDEFINED]
    free = [color for color in cell_colors(background, len(found) + len(unknown)) if color not in found.values()]
    return found | dict(zip(unknown, free, strict=False))


def cell_colors(background: Rgba, n_colors: int) -> list[Rgba]:
    """``n_colors`` colours for cells or labels on a background, without those of too little contrast to it.

    Colours that follow each other differ most, and up to 1,024 are different; then they are those from the first on.
    """
    palette, shades = (
        (_CELLS_ON_LIGHT, _CELL_SHADES_ON_LIGHT) if is_light(background) else (_CELLS_ON_DARK, _CELL_SHADES_ON_DARK)
    )
    readable = (color for color in _colors(palette, shades) if contrast(color, background) >= LEAST_CONTRAST)
    different = list(islice(readable, min(n_colors, _MOST_COLORS)))
    return [different[k % len(different)] for k in range(n_colors)]


def population_colors() -> Iterator[Rgba]:
    """Colours of synapses' populations, without end: the palette, its light and its dark shades, then other hues."""
    return _colors(_POPULATIONS, _POPULATION_SHADES)


def trace_colors(background: Rgba) -> list[Rgba]:
    """Colours of several traces on a background."""
    return [parse_color(color) for color in (_TRACES_ON_LIGHT if is_light(background) else _TRACES_ON_DARK)]


def stimulus_color(background: Rgba) -> Rgba:
    """The default colour of a stimulus on a background."""
    return parse_color(VERMILLION if is_light(background) else _STIMULUS_ON_DARK)


def _colors(palette: Sequence[str], shades: Sequence[float]) -> Iterator[Rgba]:
    """Different colours without end: the palette in its shades, then hues that are far from the last ones."""
    given = set()
    for shade in shades:
        for color in palette:
            shown = _shaded(parse_color(color), shade)
            given.add(_bytes_of(shown))
            yield shown
    for k in count():
        shown = _oklch(_LIGHTNESSES[k % len(_LIGHTNESSES)], _CHROMAS[k // 3 % len(_CHROMAS)], k * _GOLDEN_ANGLE)
        if _bytes_of(shown) not in given:
            given.add(_bytes_of(shown))
            yield shown


def _bytes_of(color: Rgba) -> bytes:
    return to_bytes(color[:3]).tobytes()


def _oklch(lightness: float, chroma: float, hue: float) -> Rgba:
    """A colour by how it is seen (https://bottosson.github.io/posts/oklab/); ``hue`` in degrees."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red, green, blue = (
        _encoded(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _encoded(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _encoded(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )
    return red, green, blue, 1.0


def _encoded(linear: float) -> float:
    """A linear channel as sRGB has it, 0 to 1."""
    linear = min(max(linear, 0.0), 1.0)
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _shaded(color: Rgba, shade: float) -> Rgba:
    """A colour on its way to white (1) or to black (-1)."""
    red, green, blue = (
        channel + (1 - channel) * shade if shade > 0 else channel * (1 + shade) for channel in color[:3]
    )
    return red, green, blue, color[3]
