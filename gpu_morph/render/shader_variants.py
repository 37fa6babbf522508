"""Parts of which shaders are made: what a scene does not need costs nothing.

Branches would not do: software computes both sides.
"""

from __future__ import annotations

from typing import Literal

from ..scene.camera import Camera

# What becomes of the fragments of segments: "color" draws them, "glow" their light, "surface" their depth alone, "list"
# appends them to a list, and "number" writes which segment is where.
Output = Literal["color", "glow", "surface", "list", "number"]
# What a scene has that the usual one lacks. "edges": a colour table whose entries have no equal steps; "material":
# another one than that of `USUAL` in scene/styles.py; "perspective": spheres have ellipses for images.
# "solid": of thick tubes, solid fragments alone are drawn; "fillet": normals turn into those of the parent.
Variant = Literal["edges", "material", "perspective", "solid", "fillet"]
Variants = frozenset[Variant]
USUAL_PARTS: Variants = frozenset()
ONLY_SOLID: Variants = frozenset({"solid"})


def camera_variants(*cameras: Camera) -> Variants:
    """The variants that draw what any of some cameras sees."""
    is_flat = all(camera.projection == "orthographic" for camera in cameras)
    return USUAL_PARTS if is_flat else frozenset({"perspective"})
