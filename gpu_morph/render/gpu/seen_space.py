"""SeenSpace: what a camera sees, so that segments outside are not drawn.

A rasterizer throws them away as well, but only after each vertex of each mesh has been computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ...scene.camera import Camera
from ...scene.lens import focal_distance

_MARGIN = 16.0  # pixels around the image, besides the widths of lines and outlines
_WIDENING = 1.5  # of a sphere's image at most, by what half-spaces that touch the sphere allow, in perspective


class SeenSpace:
    """What a camera sees, as half-spaces: one for each side of the image, and in perspective one in front of the eye.

    Parameters
    ----------
    camera : Camera
        Its directions count.
    uniforms : mapping
        Those of view.glsl and tube_radius.glsl.
    turn : float
        Degrees by which the camera may turn away from its directions, at most.
    """

    def __init__(self, camera: Camera, uniforms: Mapping[str, Any], *, turn: float) -> None:
        nearness, scale = uniforms["u_inverse_eye_distance"], uniforms["u_scale"]
        (x, y), (width, height) = uniforms["u_middle"], uniforms["u_size"]
        margin = _MARGIN + uniforms["u_min_width"] + uniforms["u_outline_width"]
        # A point of the lens that is r beside the eye sees what is at the distance d moved by r |d / focus - 1|, which
        # is less than r + r d / focus.
        lens = scale * camera.aperture / 2
        margin += lens * camera.eye_distance / focal_distance(camera) if lens else 0.0
        left, right, top, bottom = x + margin, width + margin - x, y + margin, height + margin - y
        # Of view coordinates: inside where normal . position + offset > 0.
        normals = np.array(
            [
                (scale, 0.0, -left * nearness),
                (-scale, 0.0, -right * nearness),
                (0.0, -scale, -top * nearness),
                (0.0, scale, -bottom * nearness),
                (0.0, 0.0, -nearness),
            ]
        )
        offsets = np.array([left + lens, right + lens, top + lens, bottom + lens, 1.0])
        if not nearness:  # orthographic
            normals, offsets = normals[:4], offsets[:4]
        lengths = np.linalg.norm(normals, axis=1)
        self._normals = (normals / lengths[:, None]) @ camera.axes
        self._offsets, self._turn = offsets / lengths, np.radians(turn)

    def outside(self, vertices: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """(n_vertices,): a bit for each half-space that a vertex's sphere is outside of.

        A segment is not seen where its ends have a bit in common.

        Parameters
        ----------
        vertices : (n_vertices, 4) float32
            x, y, z relative to the camera's center, and radius; µm.
        """
        positions, radii = vertices[:, :3], vertices[:, 3]
        reach = np.sqrt(np.einsum("ij,ij->i", positions, positions))
        reach *= np.float32(self._turn)
        reach += np.float32(_WIDENING) * radii
        bits = np.zeros(len(vertices), dtype=np.uint8)
        for bit, (normal, offset) in enumerate(zip(self._normals, self._offsets, strict=True)):
            distance = np.einsum("ij,j->i", positions, normal.astype(np.float32))
            bits |= (distance + reach < -offset).astype(np.uint8) << np.uint8(bit)
        return bits
