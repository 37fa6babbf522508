"""The shaders of a page, in GLSL ES 3.00."""

from __future__ import annotations

from functools import partial

from ..render.shader_variants import Variants
from ..scene.styles import Look
from .glsl_es import es_shader


def page_shaders(variants: Variants, look: Look) -> dict[str, dict[str, str]]:
    """Those of tubes, markers and annotations, with the passes of a look: by program, then by what they do."""
    shader = partial(es_shader, variants=variants)
    sources = {
        name: {"vertex": shader(f"{name}.vert"), "fragment": shader(f"{name}.frag")}
        for name in ("ribbon", "tube", "marker", "sprite")
    }
    for name in ("ribbon", "tube"):
        sources[name]["numbered"] = shader(f"{name}.frag", output="number")
        if look.is_glowing:
            sources[name]["light"] = shader(f"{name}.frag", output="glow")
        if look.is_shadowed:
            sources[name]["surface"] = shader(f"{name}.frag", output="surface")
    passes = ["average", "glow_blur", "glow_picture"] if look.is_glowing else []
    passes += ["occlusion", "cover"] if look.is_shadowed else []
    sources |= {name: {"vertex": es_shader("full.vert"), "fragment": es_shader(f"{name}.frag")} for name in passes}
    sources["fill"] = {"vertex": shader("sprite.vert"), "fragment": shader("fill.frag")}
    return sources


def surface_shaders(variants: Variants) -> dict[str, dict[str, str]]:
    """Those of what is around the cell. They share the camera with the cell, and with it the scale of depths."""
    shader = partial(es_shader, variants=(variants & {"perspective"}) | {"material"})
    return {"mesh": {"vertex": shader("mesh.vert"), "fragment": shader("mesh.frag")}}
