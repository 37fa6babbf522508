"""Colours: what users may give as one, and its red, green, blue and alpha (library: cmap)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SceneError, brief, near_names

Rgba = tuple[float, float, float, float]
ColorLike = str | Sequence[float] | npt.NDArray[np.floating[Any]]  # see parse_color
_MIDDLE_LUMINANCE = 0.179  # of a grey from which black and white differ alike (WCAG 2)

# Tableau's ten colours as matplotlib names them; cmap knows CSS names only.
_TABLEAU = {
    "blue": "#1f77b4",
    "orange": "#ff7f0e",
    "green": "#2ca02c",
    "red": "#d62728",
    "purple": "#9467bd",
    "brown": "#8c564b",
    "pink": "#e377c2",
    "gray": "#7f7f7f",
    "grey": "#7f7f7f",
    "olive": "#bcbd22",
    "cyan": "#17becf",
}
# matplotlib's one-letter names mean other shades than CSS does; cmap reads r, b, k and w as matplotlib does.
_LETTERS: dict[str, Rgba] = {
    "g": (0.0, 0.5, 0.0, 1.0),
    "c": (0.0, 0.75, 0.75, 1.0),
    "m": (0.75, 0.0, 0.75, 1.0),
    "y": (0.75, 0.75, 0.0, 1.0),
}
_CYCLE = tuple(hexadecimal for name, hexadecimal in _TABLEAU.items() if name != "grey")


def parse_color(color: object) -> Rgba:
    """Red, green, blue and alpha of a colour, 0 to 1 each.

    Parameters
    ----------
    color : str or sequence of 3 or 4 floats
        A CSS or matplotlib name in any case ("grey", "tab:blue", "C0"), hex ("#rgb", "#rrggbb",
        "#rrggbbaa"), a grey level as a string ("0.5"), or RGB(A) from 0 to 1. Names from the xkcd
        survey ("xkcd:sky blue") need matplotlib.

    Raises
    ------
    ValueError
        Not a colour.
    """
    if isinstance(color, str):
        return _parse_name(color)
    try:
        values = np.asarray(color, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as cause:
        raise ValueError(f"a colour is a name, hex, or RGB(A) from 0 to 1, got {brief(color)}") from cause
    if values.shape not in ((3,), (4,)) or not np.all((values >= 0) & (values <= 1)):
        raise ValueError(f"a colour as numbers is 3 or 4 values from 0 to 1, got {brief(color)}")
    red, green, blue, alpha = (*values.tolist(), 1.0)[:4]
    return red, green, blue, alpha


def checked_color(color: object, name: str) -> Rgba:
    """`parse_color`, with the ``name`` of the argument in the message.

    Raises
    ------
    SceneError
        Not a colour.
    """
    try:
        return parse_color(color)
    except ValueError as cause:
        raise SceneError(f"{name}: {cause}") from cause


def opaque_color(color: object, name: str, *, hint: str = "") -> Rgba:
    """`checked_color` of a colour that must be opaque; ``hint`` ends the message if it is not.

    Raises
    ------
    SceneError
        Not a colour, or an alpha below 1.
    """
    rgba = checked_color(color, name)
    if rgba[3] < 1:
        raise SceneError(f"{name} must be opaque, got {brief(color)} with alpha {rgba[3]:g}{hint}")
    return rgba


@lru_cache(maxsize=1024)
def _parse_name(name: str) -> Rgba:
    key = name.strip().lower()
    if key in _LETTERS:
        return _LETTERS[key]
    if key.startswith("xkcd:"):
        try:
            from matplotlib.colors import to_rgba
        except ImportError as cause:
            raise ValueError(f"the colour {name!r} needs matplotlib: pip install matplotlib") from cause
        try:
            return to_rgba(key)
        except ValueError as cause:
            raise ValueError(f"unknown colour {name!r}: the xkcd survey has no such name") from cause
    if key.startswith("tab:") and key[4:] in _TABLEAU:
        key = _TABLEAU[key[4:]]
    elif key.startswith("c") and key[1:].isdecimal():
        key = _CYCLE[int(key[1:]) % len(_CYCLE)]
    else:
        try:
            level = float(key)
        except ValueError:
            pass
        else:
            return parse_color((level, level, level))
    from cmap import Color
    from PIL import ImageColor

    try:
        red, green, blue, alpha = (float(channel) for channel in Color(key))
    except ValueError as cause:
        raise ValueError(
            f"unknown colour {name!r}: give a CSS or matplotlib name, hex like '#1f77b4', or RGB(A) from 0 to 1"
            f"{near_names(name, ImageColor.colormap)}"
        ) from cause
    return red, green, blue, alpha


def to_bytes(color: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Channels from 0..1 to 0..255, rounded."""
    return np.clip(np.round(np.asarray(color, dtype=np.float64) * 255), 0, 255).astype(np.uint8)


def luminance(color: Any) -> float:
    """Relative luminance of a colour, 0 to 1 (WCAG 2)."""
    channels = np.asarray(color[:3], dtype=np.float64)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def is_light(color: Rgba) -> bool:
    """True for a colour on which black is easier to read than white (WCAG 2)."""
    return luminance(color) > _MIDDLE_LUMINANCE


def contrast(one: Rgba, other: Rgba) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(one: Rgba, other: Rgba, fraction: float) -> Rgba:
    """An opaque colour between two, ``fraction`` of the way from one to the other."""
    red, green, blue = ((1 - fraction) * a + fraction * b for a, b in zip(one[:3], other[:3], strict=True))
    return red, green, blue, 1.0
