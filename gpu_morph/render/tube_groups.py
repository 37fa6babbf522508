"""The tubes of a scene in groups of one opacity, each with its style."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data.arrays import IntArray
from ..scene.coloring import Coloring, fixed_coloring
from ..scene.colors import to_bytes
from ..scene.scene import Scene
from .geometry.tube_geometry import TubeGeometry, geometry_subset
from .tube_style import TubeStyle

StyledTubes = tuple[TubeGeometry, TubeStyle]


def tube_groups(
    scene: Scene, coloring: Coloring, geometry: TubeGeometry, *, supersample: int = 1
) -> list[tuple[float, list[StyledTubes]]]:
    """Opacities, from the greatest down, and the tubes that have them, in drawing order.

    Parameters
    ----------
    scene : Scene
        Its highlight, lighting, depth cue and smallest width are used.
    coloring : Coloring
        Of the scene.
    geometry : TubeGeometry
        Of the scene. Those of the groups have all its vertices.
    supersample : int
        See `TubeStyle`.
    """

    def styled(part: TubeGeometry, sections: Sequence[int] | IntArray) -> list[StyledTubes]:
        return _styled(scene, coloring, part, sections, supersample)

    opacities = coloring.section_opacities
    if opacities is None:
        return [(1.0, styled(geometry, range(scene.morphology.n_sections)))]
    groups = []
    for opacity in sorted({*opacities.tolist()} - {0.0}, reverse=True):
        sections = np.flatnonzero(opacities == np.float32(opacity))
        groups.append((opacity, styled(geometry_subset(geometry, sections), sections)))
    return groups


def _styled(
    scene: Scene, coloring: Coloring, geometry: TubeGeometry, sections: Sequence[int] | IntArray, supersample: int
) -> list[StyledTubes]:
    """The outline of highlighted sections, if they have one, then the sections themselves."""
    highlight = scene.highlight
    style = TubeStyle(
        coloring.table,
        lighting=scene.lighting,
        min_width=scene.min_width,
        highlight=(0, 0, 0) if highlight is None else to_bytes(highlight.rgba[:3]),
        depth_cue=scene.depth_cue_strength,
        background=scene.background_rgba[:3],
        supersample=supersample,
    )
    outlines = []
    if highlight is not None and highlight.style == "outline":
        outlined = geometry_subset(geometry, np.intersect1d(highlight.sections, sections))
        table = fixed_coloring(highlight.color).table
        outline = TubeStyle(table, lighting=False, min_width=scene.min_width, outline=highlight.width)
        outlines = [(outlined, outline)]
    return [*outlines, (geometry, style)]
