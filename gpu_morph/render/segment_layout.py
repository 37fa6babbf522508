"""SegmentLayout: the attributes of the shaders that draw segments, in the order of their data."""

from __future__ import annotations

from dataclasses import dataclass, replace

IN_RIBBON = 4  # segments; as in ribbon.vert and ribbon.frag


@dataclass(frozen=True)
class SegmentLayout:
    """Names of attributes.

    Attributes
    ----------
    template : str
        Two coordinates of each vertex of the template.
    vertices : tuple of str
        x, y, z and radius of each vertex of an instance: the one before, the ends of its segments, the one after.
    values : tuple of (str, int)
        The values at the ends of segments, and how many of them an attribute takes.
    frames : tuple of str
        The frames at the two ends of a segment, see `joint_frames`, and of a fillet the surface of its parent, see
        `surfaces_at`; if the shader takes them.
    """

    template: str
    vertices: tuple[str, ...]
    values: tuple[tuple[str, int], ...]
    frames: tuple[str, ...] = ()


MESH = SegmentLayout(
    "a_template",
    ("a_before", "a_start", "a_end", "a_after"),
    (("a_values", 2),),
    ("a_frame_start", "a_frame_end"),
)
FILLET = replace(MESH, frames=(*MESH.frames, "a_parent", "a_parent_axis", "a_parent_profile"))
RIBBON = SegmentLayout(
    "a_corner",
    ("a_before", *(f"a_vertex_{k}" for k in range(IN_RIBBON + 1)), "a_after"),
    (("a_values", IN_RIBBON), ("a_last_value", 1)),
)
