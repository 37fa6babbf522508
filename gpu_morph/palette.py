"""Colours for things of equal rank, cells or populations: told apart by the colour-blind, and from the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .colors import Rgba, luminance, parse_color

# Okabe and Ito's colours (https://jfly.uni-koeln.de/color/) without black, in the order of their own chart.
OKABE_ITO = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
# Those first that are farthest apart, on white and on black; a bluish one follows a reddish one.
_OF_LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#f0e442")
_SHADES = (0.0, -0.4, 0.45)  # as they are, towards black, towards white
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
    n_colors = len(_OF_LINES) * len(_SHADES)
    every = [color for color, _ in zip(shades_of(_OF_LINES, _SHADES), range(n_colors), strict=False)]
    return [color for color in every if contrast(color, background) >= _LEAST_CONTRAST]


def contrast(one: Rgba, other: Rgba) -> float:
    """1 to 21: how well two colours can be told apart by their brightness (WCAG 2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
