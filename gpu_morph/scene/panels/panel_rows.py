"""Rows of panels as they are given: what they show, and their titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import SceneError, brief
from ...system.arguments import is_list_like, is_sequence
from ..plots.base import PanelPlot
from ..plots.figure_plot import FigurePlot, is_figure
from ..scene import Scene


def checked_rows(given: Any, panels: type) -> tuple[tuple[Any, ...], ...]:
    """Rows of what panels show; ``panels`` is the class of panels in panels."""
    expected = "rows must be rows of what panels show, such as [[scene_a, scene_b], [scene_c]]"
    if not is_sequence(given) or isinstance(given, Scene | panels):
        raise TypeError(f"{expected}, got {brief(given)}")
    rows = list(given)
    if not any(is_sequence(row) for row in rows):
        rows = [rows]
    for row in rows:
        if not is_list_like(row) or not len(row):
            raise TypeError(f"{expected}, got {brief(row)} as a row")
        for item in row:
            if not (item is None or isinstance(item, Scene | panels | PanelPlot) or is_figure(item)):
                raise TypeError(
                    "a panel shows a Scene, Panels, a plot (Traces, Raster, ImageSequence, FunctionPlot, a figure of "
                    f"matplotlib) or nothing (None), got {brief(item)} in rows"
                )
    return tuple(tuple(FigurePlot(item) if is_figure(item) else item for item in row) for row in rows)


def checked_titles(given: Any, counts: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """A text for each panel, "" for none."""
    if given is None:
        return tuple(("",) * count for count in counts)
    expected = f"titles must be a str for each panel, in rows of {', '.join(map(str, counts))}"
    if not is_sequence(given):
        raise SceneError(f"{expected}, got {brief(given)}")
    rows = list(given)
    if len(counts) == 1 and not any(is_sequence(row) for row in rows):
        rows = [rows]
    if len(rows) != len(counts):
        raise SceneError(f"{expected}, got {len(rows)} rows: {brief(given)}")
    rows = [(None,) * count if row is None else row for row, count in zip(rows, counts, strict=True)]
    if [len(row) if is_list_like(row) else 0 for row in rows] != list(counts):
        raise SceneError(f"{expected}, got {brief(given)}")
    for row in rows:
        for title in row:
            if not isinstance(title, str | None):
                raise SceneError(f"{expected}, got {brief(title)} as one")
    return tuple(tuple(title or "" for title in row) for row in rows)
