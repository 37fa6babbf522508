"""The tubes of a scene in groups of one opacity, each with its style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..data.arrays import IntArray
from ..scene.coloring import Coloring, fixed_coloring
from ..scene.colors import to_bytes
from ..scene.scene import Scene
from .geometry.tube_geometry import TubeGeometry, geometry_subset
from .glow import Glow
from .tube_style import TubeStyle

StyledTubes = tuple[TubeGeometry, TubeStyle]


def tube_groups(
    scene: Scene, coloring: Coloring, geometry: TubeGeometry, *, magnification: float = 1.0, glow: Glow | None = None
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
    magnification : float
        See `TubeStyle`.
    glow : Glow, optional
        Of tubes that are opaque.
    """

    def styled(part: TubeGeometry, sections: Sequence[int] | IntArray, opacity: float = 1.0) -> list[StyledTubes]:
        dimmed = None if glow is None else glow.dimmed(opacity * coloring.opacity)
        return _styled(scene, coloring, part, sections, magnification, dimmed)

    opacities = coloring.section_opacities
    if opacities is None:
        return [(1.0, styled(geometry, range(scene.morphology.n_sections)))]
    groups = []
    for opacity in sorted({*opacities.tolist()} - {0.0}, reverse=True):
        sections = np.flatnonzero(opacities == np.float32(opacity))
        groups.append((opacity, styled(geometry_subset(geometry, sections), sections, opacity)))
    return groups


def _styled(
    scene: Scene,
    coloring: Coloring,
    geometry: TubeGeometry,
    sections: Sequence[int] | IntArray,
    magnification: float,
    glow: Glow | None,
) -> list[StyledTubes]:
    """The outline of highlighted sections, if they have one, then the sections themselves."""
    highlight = scene.highlight
    style = TubeStyle(
        coloring.table,
        lighting=scene.look.is_lit or scene.look.is_glowing,
        material=scene.look.material,
        glow=glow if glow is None or coloring.has_scale else glow.steady(),
        min_width=scene.min_width,
        highlight=(0, 0, 0) if highlight is None else to_bytes(highlight.rgba[:3]),
        depth_cue=scene.depth_cue_strength,
        background=scene.background_rgba[:3],
        magnification=magnification,
    )
    outlines = []
    if highlight is not None and highlight.style == "outline":
        outlined = geometry_subset(geometry, np.intersect1d(highlight.sections, sections))
        table = fixed_coloring(highlight.color).table
        outline = TubeStyle(table, lighting=False, min_width=scene.min_width, outline=highlight.width)
        outline = replace(outline, glow=None if glow is None else glow.steady())
        outlines = [(outlined, outline)]
    return [*outlines, (geometry, style)]
