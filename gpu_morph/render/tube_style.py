"""TubeStyle: how tubes look, as the uniforms of their shaders."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..scene.colormaps import ColorTable
from ..scene.styles import USUAL, Material
from .glow import Glow

# Levels of detail: (largest radius in pixels, strips of the half tube); one strip means ribbons, n strips look like a
# tube with 2 n sides. The fragment shader finds the exact surface, so that levels differ in speed only.
LEVELS = ((2.0, 1), (8.0, 2), (40.0, 4), (np.inf, 8))


@dataclass(frozen=True)
class Pass:
    """One drawing of all batches of a kind: the range of coverage, from and below (None: all), and whether it hides."""

    draws_ribbons: bool
    coverage_range: tuple[float, float] | None
    writes_depth: bool


# Ranges of coverage of the passes in which meshes are drawn. As in tube.frag and ribbon.frag.
SOLID, STRONG_EDGE, FAINT_EDGE = (0.999, 2.0), (0.75, 0.999), (0.002, 0.75)
# In drawing order. Edges are smoothed by blending. What is behind an edge must therefore be drawn before it, and an
# edge must not hide what is drawn after it. Instances of a batch are sorted from far to near. Meshes are drawn in three
# passes: solid fragments, strong edges, and after the ribbons faint edges. Most fragments of ribbons are edges: like
# faint edges they write no depth, and hide each other by their order alone; they write it where tubes are drawn later.
PASSES = (
    Pass(False, SOLID, True),
    Pass(False, STRONG_EDGE, True),
    Pass(True, None, False),
    Pass(False, FAINT_EDGE, False),
)


@dataclass(frozen=True, eq=False)
class TubeStyle:
    """How tubes look.

    Parameters
    ----------
    table : ColorTable
        Colours of the values.
    lighting : bool
        See Scene.
    min_width : float
        Pixels.
    highlight : (3,) uint8
        Colour of the value `HIGHLIGHTED`.
    depth_cue : float
        Weight of the background's colour at the far end of the depth range, 0 to 1.
    background : (red, green, blue)
        0 to 1.
    outline : float
        Pixels added to the radii. Tubes with an outline are drawn behind the tubes that they surround.
    supersample : int
        Pixels that are drawn for a pixel of the picture, along each axis.
    material : Material
        How the surface takes the light.
    glow : Glow, optional
        The light that tubes give, instead of surfaces.
    """

    table: ColorTable
    _: KW_ONLY
    lighting: bool
    min_width: float
    highlight: npt.ArrayLike = (0, 0, 0)
    depth_cue: float = 0.0
    background: tuple[float, float, float] = (1.0, 1.0, 1.0)
    outline: float = 0.0
    supersample: int = 1
    material: Material = USUAL.material
    glow: Glow | None = None

    def uniforms(self) -> dict[str, Any]:
        """The uniforms that decide where tubes are drawn and how they are lit."""
        material = self.material
        return {
            "u_min_width": self.min_width,
            "u_lighting": float(self.lighting),
            "u_pixel": 1 / self.supersample,
            "u_surface": 0.0,
            "u_glow": (0.0, 0.0) if self.glow is None else (self.glow.rest, self.glow.active),
            "u_material": (material.shadow, material.diffuse, material.gloss, material.shininess),
            "u_rim_shade": material.rim,
            "u_depth_cue": self.depth_cue,
            "u_outline_width": self.outline,
        }

    def color_uniforms(self) -> dict[str, Any]:
        """The uniforms of colours; textures are in `textures`."""
        table = self.table
        return {
            "u_clim": table.clim,
            "u_under": table.under / 255,
            "u_over": table.over / 255,
            "u_missing": table.missing / 255,
            "u_highlight": np.asarray(self.highlight) / 255,
            "u_n_entries": len(table.entries),
            "u_has_edges": float(table.edges is not None),
            "u_background": self.background,
        }

    def textures(self) -> dict[str, npt.NDArray[Any]]:
        """The uniforms that are textures, as images: (height, width, channels)."""
        edges = np.zeros(1) if self.table.edges is None else self.table.edges
        return {
            "u_lut": self.table.entries[np.newaxis],
            "u_edges": edges.astype(np.float32)[np.newaxis, :, np.newaxis],
        }
