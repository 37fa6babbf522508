"""The colour bar and the legends of a page."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..scene.annotations.base import ColorScale
from ..scene.annotations.colorbar import ColorBar, scale_title
from ..scene.annotations.number_format import typeset
from ..scene.annotations.ticks import bar_ticks
from ..scene.color_scale import color_scale
from ..scene.colormaps import ColorTable
from ..scene.colors import Rgba, to_bytes
from ..scene.scene import Scene
from ..scene.surface import surface_scales

_USUAL_TICKS, _MOST_TICKS = 5, 9


def described_scale(scene: Scene, *, is_range_given: bool) -> dict[str, Any] | None:
    """The colour bar of a scene; None where colours stand for no quantity."""
    scale = color_scale(scene.base_coloring, scene.morphology, is_range_given=is_range_given, norm=scene.norm)
    return None if scale is None else _described(scale)


def described_overlays(scene: Scene) -> list[dict[str, Any]]:
    """The colour bars of overlays."""
    return [_described(overlay.scale(scene.nan_color)) for overlay in scene.overlays]


def described_surroundings(scene: Scene) -> list[dict[str, Any]]:
    """The colour bars of named objects around the cell whose values have colours of their own.

    Their values have no unit: the title is that of the scene's `ColorBar` of the variable, if it has one.
    """
    base = scene.base_coloring
    table = base.table if base.has_scale else None
    scales = surface_scales(scene.meshes, table, cmap=scene.cmap, nan_color=scene.nan_color)
    bars = {bar.variable: bar for bar in scene.annotations if isinstance(bar, ColorBar)}
    return [
        _described(scale, bars[name].title if name in bars else None)
        for name, scale in scales.items()
        if scale.table is not table
    ]


def described_maps(scene: Scene) -> list[dict[str, Any] | None]:
    """Of a scene with overlays, what the values from k to k + 1 stand for; None for nothing.

    ``values`` are those at equal steps along colormap k, from its start to its end.
    """
    if not scene.overlays:
        return []
    base = scene.base_coloring
    maps: list[dict[str, Any] | None] = [None]
    if base.has_scale and base.recording is not None:
        maps = [_described_map(base.recording.name, base.recording.unit, base.table)]
    return maps + [
        _described_map(overlay.recording.name, overlay.recording.unit, overlay.table(scene.nan_color))
        for overlay in scene.overlays
    ]


def _described_map(name: str, unit: str, table: ColorTable) -> dict[str, Any]:
    values = np.asarray(table.clim if table.edges is None else table.edges, dtype=np.float64)
    return {"name": name, "unit": typeset(unit), "values": values.tolist()}


def _described(scale: ColorScale, title: str | None = None) -> dict[str, Any]:
    table = scale.table
    ticks = bar_ticks(table, scale.norm, count=_USUAL_TICKS, most=_MOST_TICKS)
    return {
        "title": " ".join(scale_title(title, scale, ticks, is_long=True)),
        "unit": typeset(scale.unit),
        "ticks": [
            {"at": table.fraction(value), "label": label}
            for value, label in zip(ticks.values, ticks.labels, strict=True)
        ]
        + [{"at": table.fraction(value), "label": ""} for value in ticks.short],
        "colors": [_css(color) for color in table.entries],
        "under": _css(table.under) if scale.has_under else None,
        "over": _css(table.over) if scale.has_over else None,
        "missing": _css(table.missing) if scale.has_missing else None,
    }


def described_legend(scene: Scene) -> list[dict[str, str]]:
    """The colours of labels or cells, then those of synapses' populations."""
    colors: list[tuple[str, Rgba]] = list(scene.coloring.legend.items())
    if scene.synapses is not None and scene.synapses.n_synapses:
        colors += scene.synapse_style.population_colors(scene.synapses).items()
    return [{"name": name, "color": _css(to_bytes(rgba[:3]))} for name, rgba in colors]


def _css(color: npt.NDArray[np.uint8]) -> str:
    return "#" + "".join(f"{int(channel):02x}" for channel in color)
