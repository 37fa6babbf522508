"""Batches of segments: all segments of one level of detail, drawn by one instanced call.

A rasterizer's work grows with the number of triangles. Segments that are a few pixels wide are therefore drawn as
ribbons, several segments to a quad, and the fragment shader finds the segment of each pixel. Thicker segments are drawn
as meshes, one each.
"""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np
import numpy.typing as npt

from ..geometry.joint_frames import joint_frames
from ..geometry.ribbons import ribbons
from ..geometry.tube_geometry import TubeGeometry
from ..geometry.tube_template import tube_template
from ..segment_layout import FILLET, IN_RIBBON, MESH, RIBBON, SegmentLayout
from . import quad
from .buffers import Attributes, Buffer, VertexArray
from .owned import owned
from .program import Program


class SegmentBatch:
    """The segments of one level of detail: a template and its instances, of one or several segments each.

    Parameters
    ----------
    layout : SegmentLayout
        The program's attributes.
    template : (n_template_vertices, 2) float32
        Coordinates along and across.
    triangles : (3 * n_triangles,) uint32
        Of the template.
    vertices : (n_instances, n) int32
        Indices of the vertices of each instance: the one before, the ends of its segments, the one after.
    frames : (n_instances, n_frames, 4) float32, optional
        See `SegmentLayout`.

    ``vertices`` and ``frames`` are the parameters. ``geometry``, ``values`` and ``sorted_frames`` are the buffers that
    hold the instances' attributes in drawing order.
    """

    def __init__(
        self,
        layout: SegmentLayout,
        template: npt.NDArray[np.float32],
        triangles: npt.NDArray[np.uint32],
        vertices: npt.NDArray[np.int32],
        frames: npt.NDArray[np.float32] | None = None,
    ) -> None:
        self.vertices = self._in_order = vertices
        n_instances, n = vertices.shape
        self.frames = frames
        with ExitStack() as resources:
            self._template, self._triangles = (owned(resources, Buffer(one)) for one in (template, triangles))
            self.geometry = owned(resources, Buffer(16 * n_instances * n))
            self.values = owned(resources, Buffer(4 * n_instances * (n - 2)))
            self.sorted_frames = owned(resources, Buffer(0 if frames is None else frames.nbytes))
            self._buffers = resources.pop_all()
        self._attributes = [
            Attributes(self._template, [(layout.template, 2)], per_instance=False),
            Attributes(self.geometry, [(name, 4) for name in layout.vertices]),
            Attributes(self.values, layout.values),
        ]
        if frames is not None:
            self._attributes.append(Attributes(self.sorted_frames, [(name, 4) for name in layout.frames]))
        self._arrays: dict[Program, VertexArray] = {}

    @property
    def ends(self) -> npt.NDArray[np.int32]:
        """(n_segments, 2) int32: indices of the vertices at the segments' ends, in drawing order."""
        inner = self._in_order[:, 1:-1]
        return np.stack([inner[:, :-1], inner[:, 1:]], axis=-1).reshape(-1, 2)

    def sort(
        self,
        vertices: npt.NDArray[np.float32],
        depth: npt.NDArray[np.float32],
        outside: npt.NDArray[np.uint8] | None = None,
    ) -> None:
        """Order the instances from far to near, so that soft edges blend over what is behind them.

        Parameters
        ----------
        vertices : (n_vertices, 4) float32
            x, y, z relative to the camera's center, and radius; µm.
        depth : (n_vertices,) float32
            Towards the viewer, µm.
        outside : (n_vertices,) uint8, optional
            See `SeenSpace`: instances that are not seen are not drawn.
        """
        key = depth[self.vertices[:, 1]] + depth[self.vertices[:, -2]]
        key -= key.min(initial=0.0)
        steps = (key * (65535 / max(float(key.max(initial=0.0)), 1e-6))).astype(np.uint16)  # sorted ten times faster
        if outside is None:
            order = np.argsort(steps, kind="stable")
        else:  # steps are those of all, so that the order of two does not depend on which others are seen
            seen = np.flatnonzero(np.bitwise_and.reduce(outside[self.vertices[:, 1:-1]], axis=1) == 0)
            order = seen[np.argsort(steps[seen], kind="stable")]
        self._in_order = self.vertices.take(order, axis=0)
        self.geometry.upload(vertices.take(self._in_order, axis=0))
        if self.frames is not None:
            self.sorted_frames.upload(self.frames.take(order, axis=0))

    def set_values(self, values: npt.NDArray[np.float32]) -> None:
        """Upload the values, (n_vertices,) float32, to the ends of segments."""
        self.values.upload(values.take(self._in_order[:, 1:-1]))

    def set_numbers(self) -> None:
        """Upload the segments' numbers in drawing order, for the values at their starts."""
        n_instances, n_ends = len(self._in_order), self.vertices.shape[1] - 2
        numbers = np.arange(n_instances)[:, None] * (n_ends - 1) + np.arange(n_ends)
        self.values.upload(numbers.astype(np.float32))  # exact up to 16 million

    def draw(self, program: Program) -> None:
        """Draw the instances."""
        if program not in self._arrays:
            self._arrays[program] = program.vertex_array(self._attributes, self._triangles)
        program.draw(self._arrays[program], len(self._in_order))

    def delete(self) -> None:
        """Free the buffers."""
        for array in self._arrays.values():
            array.delete()
        self._arrays.clear()
        self._buffers.close()


class Ribbons(SegmentBatch):
    """Segments of a few pixels' width or less, up to four to a quad.

    Parameters
    ----------
    geometry : TubeGeometry
        All tubes.
    segments : (n,) int64
        The segments to draw, rising.
    """

    def __init__(self, geometry: TubeGeometry, segments: npt.NDArray[np.int64]) -> None:
        super().__init__(RIBBON, quad.CORNERS, quad.TRIANGLES, ribbons(geometry, segments, longest=IN_RIBBON))


class Meshes(SegmentBatch):
    """Thick segments, each a half tube of ``n_strips`` strips; other parameters as for `Ribbons`."""

    def __init__(self, geometry: TubeGeometry, segments: npt.NDArray[np.int64], n_strips: int) -> None:
        template = tube_template(n_strips)
        vertices = geometry.segments[segments]
        super().__init__(MESH, template.coordinates, template.triangles, vertices, joint_frames(geometry, segments))


class Fillets(SegmentBatch):
    """Thick segments beside the parent that they grow out of, whose normals turn into the parent's; as `Meshes`."""

    def __init__(
        self, geometry: TubeGeometry, segments: npt.NDArray[np.int64], surfaces: npt.NDArray[np.float32], n_strips: int
    ) -> None:
        template = tube_template(n_strips)
        vertices, frames = geometry.segments[segments], joint_frames(geometry, segments)
        frames = np.concatenate([frames, surfaces], axis=1)
        super().__init__(FILLET, template.coordinates, template.triangles, vertices, frames)
