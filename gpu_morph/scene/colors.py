"""Colour names and colormaps, as the numbers that shaders take (library: cmap)."""

from __future__ import annotations

import difflib
import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import brief

Rgba = tuple[float, float, float, float]
LUT_SIZE = 256  # entries; matplotlib's own resolution
HIGHLIGHTED = float(np.finfo(np.float32).max)  # the value that stands for the highlight's colour; see colormap.glsl

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
# cmap has this one without matplotlib's jump at 0.25 (matplotlib/_cm.py), and so with other reds up to the end.
_GIST_STERN = (
    (0.0, "black"),
    (0.0547, (1.0, 0.0547, 0.1094)),
    (0.25, (0.027, 0.25, 0.5)),
    (0.25, (0.25, 0.25, 0.5)),
    (0.5, (0.5, 0.5, 1.0)),
    (0.735, (0.735, 0.735, 0.0)),
    (1.0, "white"),
)


def parse_color(color: object) -> Rgba:
    """Red, green, blue and alpha, 0 to 1 each, of a colour.

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
    except (TypeError, ValueError) as cause:
        raise ValueError(f"a colour is a name, hex, or RGB(A) from 0 to 1, got {brief(color)}") from cause
    if values.shape not in ((3,), (4,)) or not np.all((values >= 0) & (values <= 1)):
        raise ValueError(f"a colour as numbers is 3 or 4 values from 0 to 1, got {brief(color)}")
    red, green, blue, alpha = (*values.tolist(), 1.0)[:4]
    return red, green, blue, alpha


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

    try:
        red, green, blue, alpha = (float(channel) for channel in Color(key))
    except ValueError as cause:
        raise ValueError(
            f"unknown colour {name!r}: give a CSS or matplotlib name, hex like '#1f77b4', or RGB(A) from 0 to 1"
        ) from cause
    return red, green, blue, alpha


def parse_colormap(cmap: object) -> Any:
    """A ``cmap.Colormap`` from a name of matplotlib, cmocean or colorcet, or from anything cmap takes.

    Where several collections have a name, matplotlib's is meant.

    Raises
    ------
    ValueError
        An unknown name; the message proposes near ones.
    """
    from cmap import Colormap

    if isinstance(cmap, Colormap):
        return cmap  # with its own colours for under and over
    if not isinstance(cmap, str):
        try:
            if hasattr(cmap, "get_under"):  # matplotlib's: cmap would forget its extremes and shift its steps
                colors = [tuple(color) for color in cmap(_centres())]  # type: ignore[operator]
                under, over = tuple(cmap.get_under()), tuple(cmap.get_over())  # type: ignore[attr-defined]
                return Colormap(colors, interpolation="nearest", under=under, over=over)
            return Colormap(cmap)  # type: ignore[arg-type]
        except Exception as cause:
            raise ValueError(f"cmap must be the name of a colormap or a colormap, got {brief(cmap)}") from cause
    if cmap.removeprefix("matplotlib:") in ("gist_stern", "gist_stern_r"):
        stops = Colormap(_GIST_STERN).color_stops
        return Colormap(stops.reversed() if cmap.endswith("_r") else stops, name=cmap)
    prefixes = ("",) if ":" in cmap else ("matplotlib:", "")
    # cmap prints a warning where a bare name stands in several collections; the order above decides that.
    logger, name = logging.getLogger("cmap"), _dotted(cmap)
    was_disabled, logger.disabled = logger.disabled, True
    try:
        for prefix in prefixes:
            try:
                return Colormap(prefix + name)
            except ValueError:
                continue
        known = {key.split(":")[-1] for key in Colormap.catalog()}
    finally:
        logger.disabled = was_disabled
    near = difflib.get_close_matches(name.split(":")[-1].lower(), sorted(known), n=5, cutoff=0.5)
    hint = f"; near ones are {', '.join(near)}" if near else ""
    raise ValueError(
        f"unknown colormap {cmap!r}: give a name of matplotlib, cmocean or colorcet, such as 'viridis', "
        f"'cmocean:thermal' or 'colorcet:fire'{hint}"
    )


def _dotted(name: str) -> str:
    """``cmo.thermal`` and ``cc.fire``, as those packages' users write them."""
    for short, long in (("cmo.", "cmocean:"), ("cmocean.", "cmocean:"), ("cc.", "colorcet:")):
        if name.startswith(short):
            return long + name.removeprefix(short)
    return name


def lookup_table(cmap: object) -> npt.NDArray[np.uint8]:
    """Colours of a colormap, as matplotlib indexes them.

    A value scaled to x in 0..1 has the colour ``table[min(int(x * 256), 255)]``.

    Returns
    -------
    (256, 3) uint8
    """
    return to_bytes(np.asarray(parse_colormap(cmap)(_centres()))[:, :3])


def _centres() -> npt.NDArray[np.float64]:
    """The middle of each entry: right for smooth maps and for those of a few colours alike."""
    return (np.arange(LUT_SIZE) + 0.5) / LUT_SIZE


def to_bytes(color: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Channels 0 to 1 as 0 to 255, rounded."""
    return np.clip(np.round(np.asarray(color, dtype=np.float64) * 255), 0, 255).astype(np.uint8)


def luminance(color: Any) -> float:
    """Relative luminance of a colour, 0 to 1 (WCAG 2)."""
    channels = np.asarray(color[:3], dtype=np.float64)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


@dataclass(frozen=True, eq=False)
class ColorTable:
    """What a shader needs to colour values: bytes per channel, and the values they stand for."""

    entries: npt.NDArray[np.uint8]  # (n, 3): equal steps of the values from clim[0] to clim[1]
    under: npt.NDArray[np.uint8]  # (3,)
    over: npt.NDArray[np.uint8]  # (3,)
    missing: npt.NDArray[np.uint8]  # (3,): NaN
    clim: tuple[float, float]
