"""What a scene's ``color`` stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..errors import SceneError, near_names
from .color_scale import full_range
from .coloring import Coloring, cell_coloring, fixed_coloring, label_coloring, section_coloring
from .colormaps import color_table
from .colors import ColorLike, Rgba
from .label_colors import LabelColors
from .point_values import PointValues, point_recording

_LABELS, _CELLS = ("label", "labels"), ("cell", "cells")


def cell_colors(
    color: Any,
    morphology: Morphology,
    recording: Recording | None,
    *,
    shows_values: bool,
    background: Rgba,
    cmap: Any,
    clim: tuple[float, float] | None,
    norm: Any,
    nan_color: ColorLike,
) -> Coloring:
    """The coloring that ``color`` stands for, without opacities and overlays; parameters as of `Scene`.

    Raises
    ------
    SceneError
        It is neither the recorded variable nor a colour.
    """
    if shows_values or isinstance(color, PointValues):
        values = point_recording(color, morphology) if isinstance(color, PointValues) else recording
        assert values is not None
        span = clim or full_range(values, norm)
        if norm is not None:
            norm, span = norm.with_clim(span)
        table = color_table(cmap, nan_color, span, norm)
        return Coloring(values, is_static=not shows_values, table=table, has_scale=True)
    word = color.strip().lower() if isinstance(color, str) else None
    if word in _CELLS:
        return cell_coloring(morphology, background)
    if word in _LABELS:
        color = LabelColors()
    elif isinstance(color, Mapping) and color and all(isinstance(key, str) for key in color):
        color = LabelColors(color)
    if isinstance(color, LabelColors):
        return label_coloring(color, morphology, background)
    if isinstance(color, Mapping) or _is_list_of_colors(color):
        return section_coloring(color, morphology)
    try:
        return fixed_coloring(color)
    except ValueError as cause:
        names = () if recording is None else (recording.name,)
        have = f"the recording is {names[0]!r}" if names else "there is no recording"
        near = near_names(color, (_LABELS[0], _CELLS[0], *names))
        raise SceneError(f"color is neither a recorded variable ({have}) nor a colour: {cause}{near}") from cause


def _is_list_of_colors(color: Any) -> bool:
    """True for a sequence of colours, False for one colour as numbers."""
    try:
        return not isinstance(color, str) and len(color) > 0 and not isinstance(color[0], float | int | np.number)
    except (TypeError, KeyError):
        return False
