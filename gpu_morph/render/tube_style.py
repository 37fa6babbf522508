"""TubeStyle: how tubes look, as the uniforms of their shaders."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..scene.colormaps import ColorTable
from ..scene.styles import USUAL, Material
from .glow import Glow
from .shader_variants import Output, Variant, Variants

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
# Of outlines and cell, each pass is drawn before the next one: what is behind the edge of an outline may be the cell's.
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
    magnification : float
        See `gpu_morph.render.supersampling.magnification`.
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
    magnification: float = 1.0
    material: Material = USUAL.material
    glow: Glow | None = None

    @property
    def output(self) -> Output:
        """What the shaders draw."""
        return "color" if self.glow is None else "glow"

    @property
    def variants(self) -> Variants:
        """The variants of the shaders that draw this."""
        needed: dict[Variant, bool] = {
            "edges": self.table.edges is not None,
            "material": self.lighting and self.material != USUAL.material,
        }
        return frozenset(variant for variant, is_needed in needed.items() if is_needed)

    def uniforms(self, variants: Variants) -> dict[str, Any]:
        """The uniforms that decide where tubes are drawn and how they are lit.

        ``variants`` are those of the shaders, here and below: at least `variants`.
        """
        material = self.material
        uniforms: dict[str, Any] = {
            "u_min_width": self.min_width,
            "u_lighting": float(self.lighting),
            "u_pixel": 1 / self.magnification,
            "u_depth_cue": self.depth_cue,
            "u_outline_width": self.outline,
        }
        if "material" in variants:
            uniforms["u_material"] = (material.shadow, material.diffuse, material.gloss, material.shininess)
            uniforms["u_rim_shade"] = material.rim
        return uniforms

    def color_uniforms(self) -> dict[str, Any]:
        """The uniforms of colours; textures are in `textures`."""
        table = self.table
        glow = {} if self.glow is None else {"u_glow": (self.glow.rest, self.glow.active)}
        return glow | {
            "u_clim": table.clim,
            "u_under": table.under / 255,
            "u_over": table.over / 255,
            "u_missing": table.missing / 255,
            "u_highlight": np.asarray(self.highlight) / 255,
            "u_n_entries": len(table.entries),
            "u_background": self.background,
        }

    def textures(self, variants: Variants) -> dict[str, npt.NDArray[Any]]:
        """The uniforms that are textures, as images: (height, width, channels)."""
        textures: dict[str, npt.NDArray[Any]] = {"u_lut": self.table.entries[np.newaxis]}
        if "edges" in variants:
            edges = self.table.edges
            if edges is None:  # of equal steps
                edges = np.linspace(*self.table.clim, len(self.table.entries) + 1)
            textures["u_edges"] = edges.astype(np.float32)[np.newaxis, :, np.newaxis]
        return textures
