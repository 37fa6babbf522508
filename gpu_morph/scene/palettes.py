"""Colours for things of equal rank, cells or populations: told apart by the colour-blind, and from the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from .colors import Rgba, luminance, parse_color

# Okabe and Ito's colours (https://jfly.uni-koeln.de/color/) without black.
# For lines, those first that stand out most; a bluish one follows a reddish one. Then their shades, towards black (-1)
# and towards white (1).
_ON_LIGHT = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#f0e442"), (0.0, -0.4, 0.45)
_ON_DARK = ("#56b4e9", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#0072b2"), (0.0, 0.45, -0.4)
_MIDDLE = 0.179  # the luminance of a grey from which black and white differ alike (WCAG 2)
_LEAST_CONTRAST = 1.6  # WCAG 2; a thin line that is fainter than this is lost


def shaded(color: Rgba, shade: float) -> Rgba:
    """A colour on its way to white (1) or to black (-1)."""
    red, green, blue = (
        channel + (1 - channel) * shade if shade > 0 else channel * (1 + shade) for channel in color[:3]
    )
    return red, green, blue, color[3]


def shades_of(palette: Sequence[str], shades: Sequence[float]) -> Iterator[Rgba]:
    """The palette in each of its shades, again and again."""
    while True:
        for shade in shades:
            for color in palette:
                yield shaded(parse_color(color), shade)


def distinct_colors(background: Rgba) -> list[Rgba]:
    """Colours for lines on a background, all different; those that hardly differ from it are left out.

    Neighbours in the list differ most. Of more things than colours the list begins again.
    """
    palette, shades = _ON_LIGHT if luminance(background) > _MIDDLE else _ON_DARK
    every = islice(shades_of(palette, shades), len(palette) * len(shades))
    return [color for color in every if contrast(color, background) >= _LEAST_CONTRAST]


def contrast(one: Rgba, other: Rgba) -> float:
    """1 to 21: how well two colours can be told apart by their brightness (WCAG 2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
