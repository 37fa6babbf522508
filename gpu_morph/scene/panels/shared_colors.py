"""One range of colours for all scenes that show a variable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import SceneError
from ..colormaps import lookup_table, parse_colormap
from ..scene import Scene


def with_shared_clim(panels: Any, main: Scene) -> Any:
    """Panels in which all scenes that show the variable of ``main`` have one range of values.

    Raises
    ------
    SceneError
        Their colormaps, norms or given ranges differ.
    """

    def is_one(scene: Scene) -> bool:
        if not (scene.shows_values and main.shows_values):
            return False
        assert scene.recording is not None
        assert main.recording is not None
        return scene.recording.name == main.recording.name

    group = [scene for scene in panels.scenes if is_one(scene)]
    if len(group) < 2:
        return panels
    assert main.recording is not None
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
    ranges = list(given) or [scene.resolved().clim for scene in group]
    known = [clim for clim in ranges if clim is not None]
    clim = min(low for low, _ in known), max(high for _, high in known)
    return panels.with_scenes(lambda scene: replace(scene, clim=clim) if is_one(scene) else scene)
