"""Colormaps as the tables that shaders take (library: cmap)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import brief, near_names
from .colors import ColorLike, parse_color, to_bytes
from .norms import LUT_SIZE, Norm

HIGHLIGHTED = float(np.finfo(np.float32).max)  # the value that has the highlight's colour; see colormap.glsl

# gpu_morph's own colormaps by name, each as cmap.Colormap takes it; "_r" reverses them. They come before cmap's of the
# same name, which a test allows for replacements only.
OWN_COLORMAPS: dict[str, Any] = {
    # cmap lacks matplotlib's jump at 0.25 in this map (matplotlib/_cm.py), which changes its reds up to the end.
    "gist_stern": (
        (0.0, "black"),
        (0.0547, (1.0, 0.0547, 0.1094)),
        (0.25, (0.027, 0.25, 0.5)),
        (0.25, (0.25, 0.25, 0.5)),
        (0.5, (0.5, 0.5, 1.0)),
        (0.735, (0.735, 0.735, 0.0)),
        (1.0, "white"),
    ),
}


@dataclass(frozen=True, eq=False)
class ColorTable:
    """What a shader needs to colour values.

    Attributes
    ----------
    entries : (n, 3) uint8
        Colours of the values from ``clim[0]`` to ``clim[1]``: of equal steps, or of those between ``edges``.
    under, over, missing : (3,) uint8
        Colours of values below and above that range, and of NaN.
    clim : (float, float)
        The values at the two ends.
    edges : (n + 1,) float64 or None
        The values between which a colour holds, rising, the lower one included. None: equal steps.
    """

    entries: npt.NDArray[np.uint8]
    under: npt.NDArray[np.uint8]
    over: npt.NDArray[np.uint8]
    missing: npt.NDArray[np.uint8]
    clim: tuple[float, float]
    edges: npt.NDArray[np.float64] | None = None

    def fraction(self, value: float) -> float:
        """How far along the colours a value stands, 0 to 1."""
        low, high = self.clim
        if self.edges is None:
            return min(max((value - low) / (high - low), 0.0), 1.0)
        return float(np.interp(value, self.edges, np.linspace(0, 1, len(self.edges))))

    def value(self, fraction: float) -> float:
        """The value at a fraction of the colours' length, 0 to 1."""
        edges = np.array(self.clim) if self.edges is None else self.edges
        return float(np.interp(fraction, np.linspace(0, 1, len(edges)), edges))


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
            made = Colormap(cmap)  # type: ignore[arg-type]
            made(_centres())  # without colours it fails only now
            return made
        except Exception as cause:
            raise ValueError(f"cmap must be the name of a colormap or a colormap, got {brief(cmap)}") from cause
    own_name = cmap.removeprefix("matplotlib:")
    if own_name.removesuffix("_r") in OWN_COLORMAPS:
        stops = Colormap(OWN_COLORMAPS[own_name.removesuffix("_r")]).color_stops
        return Colormap(stops.reversed() if own_name.endswith("_r") else stops, name=cmap)
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
        known = {key.split(":")[-1] for key in Colormap.catalog()} | OWN_COLORMAPS.keys()
    finally:
        logger.disabled = was_disabled
    near = near_names(name.rpartition(":")[2], known)
    raise ValueError(
        f"cmap: unknown colormap {cmap!r}: give a name of matplotlib, cmocean or colorcet, such as 'viridis', "
        f"'cmocean:thermal' or 'colorcet:fire'{near}"
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


def color_table(cmap: object, nan_color: ColorLike, clim: tuple[float, float], norm: Norm | None = None) -> ColorTable:
    """The table of a colormap whose ends stand for the two values of ``clim``; its own colours beyond them."""
    entries, colormap = lookup_table(cmap), parse_colormap(cmap)
    under = entries[0] if colormap.under_color is None else _rgb_bytes(tuple(colormap.under_color))
    over = entries[-1] if colormap.over_color is None else _rgb_bytes(tuple(colormap.over_color))
    missing = _rgb_bytes(nan_color)
    if norm is None:
        return ColorTable(entries, under, over, missing, clim)
    below, within, above = norm.entries(LUT_SIZE)
    under, over = (end if k < 0 else entries[k] for k, end in ((below, under), (above, over)))
    if norm.clip:
        under, over = entries[within[0]], entries[within[-1]]
    return ColorTable(entries[list(within)], under, over, missing, clim, norm.edges(clim))


def _rgb_bytes(color: ColorLike) -> npt.NDArray[np.uint8]:
    return to_bytes(parse_color(color)[:3])


def _centres() -> npt.NDArray[np.float64]:
    """The middle of each entry, which is right for smooth maps and for those of a few colours."""
    return (np.arange(LUT_SIZE) + 0.5) / LUT_SIZE
