"""Lists of colours: one for each section, or one for each point of each section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import SceneError
from ..scene.colors import Rgba, opaque_color
from ..scene.point_values import PointValues
from .drawn_sections import DrawnSections

_MOST_COLORS = 256  # entries of a colormap
_DEPTH_CUE = 0.3  # as of colours of sections; what has a colormap has none


class ListedColors(NamedTuple):
    """Colours for `Scene`: its ``color``, and its other arguments that these colours need."""

    color: Any
    options: dict[str, Any]


def is_color_list(color: Any) -> bool:
    """True for a list of colours, False for one colour as a word or as numbers."""
    return _is_sequence(color) and len(color) > 0 and not _is_number(color[0])


def listed_colors(color: Any, sections: DrawnSections) -> ListedColors:
    """A list with an entry for each drawn section, or for each of the cell: a colour, or a list of one for each point.

    Raises
    ------
    SceneError
        Not as many entries as sections or points, or something that is no opaque colour.
    """
    n_cell, n_drawn = sections.cell.n_sections, len(sections.numbers)
    if len(color) not in (n_cell, n_drawn):
        drawn = "" if n_cell == n_drawn else f" of cell.sections, or each of the {n_drawn} that are drawn"
        raise SceneError(
            f"color as a list must hold one colour for each of the {n_cell} sections{drawn}, got {len(color)}"
        )
    chosen = [color[k] for k in sections.numbers.tolist()] if len(color) == n_cell else list(color)
    if not any(is_color_list(one) for one in chosen):
        return ListedColors(chosen, {})
    return _by_point(chosen, sections)


def _by_point(chosen: Sequence[Any], sections: DrawnSections) -> ListedColors:
    """Colours of points as values that count the different colours, and the colormap that has these."""
    numbers: dict[Rgba, int] = {}
    values: list[int] = []
    counts = np.diff(sections.morphology.section_offsets).tolist()
    for section, given, n_points in zip(sections.numbers.tolist(), chosen, counts, strict=True):
        colors = list(given) if is_color_list(given) else [given] * n_points
        if len(colors) != n_points:
            raise SceneError(
                f"color has {len(colors)} colours for section {section}, which has {n_points} points: give one for the "
                "section or one for each point"
            )
        rgba = [opaque_color(one, f"the colour of a point of section {section}") for one in colors]
        values += [numbers.setdefault(one, len(numbers)) for one in rgba]
    if len(numbers) > _MOST_COLORS:
        raise SceneError(f"at most {_MOST_COLORS} different colours of points can be shown, got {len(numbers)}")
    from cmap import Colormap

    entries = [*numbers, *[next(iter(numbers))] * (_MOST_COLORS - len(numbers))]
    options = {
        "cmap": Colormap(entries, interpolation="nearest"),
        "clim": (0.0, float(_MOST_COLORS)),
        "interpolation": "nearest",
        "depth_cue": _DEPTH_CUE,
    }
    return ListedColors(PointValues(np.array(values, dtype=np.float32) + 0.5), options)


def _is_sequence(given: Any) -> bool:
    return isinstance(given, list | tuple) or (isinstance(given, np.ndarray) and given.ndim > 0)


def _is_number(given: Any) -> bool:
    return isinstance(given, float | int | np.number)
