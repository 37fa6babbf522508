"""One range of colours for all scenes that show a variable."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...errors import SceneError
from ..colormaps import lookup_table, parse_colormap
from ..scene import Scene


def shows_same(scene: Scene, main: Scene) -> bool:
    """True for scenes whose colours stand for recordings of one name."""
    names = [one.recording.name for one in (scene, main) if one.recording is not None and one.shows_values]
    return len(names) == 2 and names[0] == names[1]


def shared_clim(scenes: Iterable[Scene], main: Scene) -> tuple[float, float] | None:
    """The range of values of all scenes that show what ``main`` shows; None if it shows no values.

    Raises
    ------
    SceneError
        Their colormaps, norms or given ranges differ.
    """
    group = [scene for scene in scenes if shows_same(scene, main)]
    if main.recording is None or not group:
        return None
    shared = f"the shared ColorBar stands for {main.recording.name!r} in {len(group)} panels"
    table = lookup_table(parse_colormap(group[0].cmap))
    for scene in group[1:]:
        if not np.array_equal(lookup_table(parse_colormap(scene.cmap)), table) or scene.norm != group[0].norm:
            raise SceneError(
                f"{shared}, but they differ in cmap or norm: give all the same, or each scene a ColorBar of its own"
            )
    given = {scene.clim for scene in group if scene.clim is not None}
    if len(given) > 1:
        raise SceneError(
            f"{shared}, but they have clim {', '.join(map(str, sorted(given)))}: give all the same, or each scene a "
            "ColorBar of its own"
        )
    ranges = [clim for clim in given or [scene.resolved().clim for scene in group] if clim is not None]
    return min(low for low, _ in ranges), max(high for _, high in ranges)
