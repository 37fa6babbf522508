"""Styles: how surfaces take the light, and what is drawn beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["flat", "matte", "glossy", "cover", "glow"]


@dataclass(frozen=True)
class Material:
    """How a surface takes the light.

    The colour is multiplied by ``shadow + diffuse * w**2``, at most 1, where w is 1 towards the light and 0 away from
    it, and by ``1 - rim`` at the silhouette. White of the weight ``gloss`` is added where the surface mirrors the
    light, in a spot that is smaller, the greater ``shininess`` is.
    """

    shadow: float = 0.56
    diffuse: float = 0.50
    gloss: float = 0.14
    shininess: float = 32.0
    rim: float = 0.12


@dataclass(frozen=True)
class Look:
    """What a style stands for.

    Parameters
    ----------
    material : Material
        Of the surfaces.
    is_lit : bool
        False: colours are exactly the colormap's.
    is_shadowed : bool
        With ambient occlusion and silhouettes.
    is_glowing : bool
        Cells are light that is added up on a dark background.
    """

    material: Material = Material()
    is_lit: bool = True
    is_shadowed: bool = False
    is_glowing: bool = False


USUAL, FLAT = Look(), Look(is_lit=False)  # with and without light, where no style is given
STYLES: dict[str, Look] = {
    "flat": FLAT,
    "matte": Look(Material(shadow=0.60, diffuse=0.46, gloss=0.0, rim=0.16)),
    "glossy": Look(Material(shadow=0.44, diffuse=0.62, gloss=0.60, shininess=90.0, rim=0.25)),
    "cover": Look(Material(shadow=0.46, diffuse=0.60, gloss=0.25, shininess=48.0, rim=0.22), is_shadowed=True),
    "glow": Look(Material(shadow=0.50, diffuse=0.55, gloss=0.0, rim=0.45), is_lit=False, is_glowing=True),
}
