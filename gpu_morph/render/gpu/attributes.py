"""The attributes of segments: their order from far to near, and the values of a frame.

`ComputedAttributes` fills them on the GPU from what it keeps there: a frame's upload is the recording's row.
`UploadedAttributes` fills them with numpy: on a CPU that draws, which is faster so, and with OpenGL below 4.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain
from typing import Protocol

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...data.sampling import Sample
from ..vertex_values import VertexValues
from .buffers import Buffer
from .context import has_function
from .depth_sort import DepthSort, SortedInstances, n_groups
from .program import ComputeProgram, barrier
from .seen_space import SeenSpace
from .segment_batches import SegmentBatch

_N_ROWS = 4  # kept in GPU memory


class SegmentAttributes(Protocol):
    """One way of filling the attributes of segments."""

    def sort(
        self, batches: Sequence[SegmentBatch], axis: npt.NDArray[np.float64], space: SeenSpace | None = None
    ) -> None:
        """Order the instances of each batch from far to near; ``axis`` is the unit vector towards the viewer.

        Instances outside of ``space`` may be left out.
        """

    def move(self, vertices: npt.NDArray[np.float32]) -> None:
        """Set the vertices relative to another center; `sort` then fills them in."""

    def show(self, sample: Sample | None) -> bool:
        """Set the rows of the recording that a frame shows; True if they are others than before."""

    def fill(self, batches: Sequence[SegmentBatch]) -> None:
        """Fill the values of each batch with those of the frame."""

    def delete(self) -> None:
        """Free what is held on the GPU."""


class UploadedAttributes:
    """Attributes that numpy makes and OpenGL is given.

    Parameters
    ----------
    vertices : (n_vertices, 4) float32
        x, y, z relative to the camera's center, and radius; µm.
    values : VertexValues
        Of the vertices.
    """

    def __init__(self, vertices: npt.NDArray[np.float32], values: VertexValues) -> None:
        self._vertices, self._values = vertices, values
        self._shown: tuple[Sample | None, npt.NDArray[np.float32]] | None = None  # and the values of the vertices

    def sort(
        self, batches: Sequence[SegmentBatch], axis: npt.NDArray[np.float64], space: SeenSpace | None = None
    ) -> None:
        """Order the instances of each batch that ``space`` shows from far to near, along ``axis``."""
        # einsum, because the threads of @ would compete with those of the software rasterizer.
        depth = np.einsum("ij,j->i", self._vertices, np.append(axis, 0).astype(np.float32))
        outside = None if space is None else space.outside(self._vertices)
        for batch in batches:
            batch.sort(self._vertices, depth, outside)

    def move(self, vertices: npt.NDArray[np.float32]) -> None:
        """Set the vertices relative to another center; `sort` then fills them in."""
        self._vertices = vertices

    def show(self, sample: Sample | None) -> bool:
        """Set the rows of the recording that a frame shows; True if they are others than before."""
        if self._shown is not None and self._shown[0] == sample:
            return False
        self._shown = sample, self._values.at(sample)
        return True

    def fill(self, batches: Sequence[SegmentBatch]) -> None:
        """Fill the values of each batch with those of the frame."""
        assert self._shown is not None
        for batch in batches:
            batch.set_values(self._shown[1])

    def delete(self) -> None:
        """Nothing is held."""


class ComputedAttributes:
    """Attributes that compute shaders fill; parameters as for `UploadedAttributes`."""

    def __init__(self, vertices: npt.NDArray[np.float32], values: VertexValues) -> None:
        self._values = values
        self._instances: dict[SegmentBatch, SortedInstances] = {}
        self._frames: dict[SegmentBatch, tuple[Buffer, Buffer]] = {}  # numbers of frames, frames
        self._shown: tuple[Sample | None] | None = None
        self._rows: dict[int | Sample | None, Buffer] = {}  # the last one was used last
        self._first: Buffer | None = None  # rows of the frame
        self._last: Buffer | None = None
        with ExitStack() as resources:
            self._positions = Buffer(vertices)
            resources.callback(self._positions.delete)
            self._sources = Buffer(values.sources())
            resources.callback(self._sources.delete)
            self._sort = DepthSort(self._positions, _extent(vertices))
            resources.callback(self._sort.delete)
            self._fill_geometry = ComputeProgram("fill_geometry.comp")
            resources.callback(self._fill_geometry.delete)
            self._fill_values = ComputeProgram("fill_values.comp")
            resources.callback(self._fill_values.delete)
            self._resources = resources.pop_all()

    @staticmethod
    def fits(batches: Sequence[SegmentBatch], n_vertices: int) -> bool:
        """True where OpenGL has compute shaders, and takes buffers as large as these batches need."""
        if not has_function("glDispatchCompute", (4, 3)):
            return False
        largest = max([16 * n_vertices, *(batch.geometry.n_bytes for batch in batches)])
        return largest <= int(GL.glGetIntegerv(GL.GL_MAX_SHADER_STORAGE_BLOCK_SIZE))

    def sort(
        self,
        batches: Sequence[SegmentBatch],
        axis: npt.NDArray[np.float64],
        space: SeenSpace | None = None,  # noqa: ARG002 (hardware is fast enough)
    ) -> None:
        """Order the instances of each batch from far to near; ``axis`` is the unit vector towards the viewer."""
        barrier()  # earlier draws have read what is written now
        for batch in batches:
            instances = self._instances.get(batch)
            if instances is None:
                instances = self._instances[batch] = SortedInstances(batch.vertices)
                if batch.frames is not None:
                    numbers = np.arange(batch.frames.size // 4, dtype=np.int32)
                    self._frames[batch] = Buffer(numbers), Buffer(batch.frames)
            self._sort(instances, axis)
            buffers = (instances.order, instances.vertices, self._positions, batch.geometry)
            self._fill_geometry.dispatch(n_groups(batch.vertices.size), buffers=buffers)
            if batch.frames is not None:
                buffers = (instances.order, *self._frames[batch], batch.sorted_frames)
                self._fill_geometry.dispatch(n_groups(batch.frames.size // 4), buffers=buffers)

    def move(self, vertices: npt.NDArray[np.float32]) -> None:
        """Set the vertices relative to another center; `sort` then fills them in."""
        self._positions.upload(vertices)
        self._sort.set_extent(_extent(vertices))

    def show(self, sample: Sample | None) -> bool:
        """Set the rows of the recording that a frame shows; True if they are others than before."""
        if self._shown == (sample,):
            return False
        self._shown = None  # should uploading fail half way
        first, last, self._fill_values["u_fraction"] = self._values.parts(sample)
        self._first = self._row(first)
        self._last = self._first if last == first else self._row(last)
        self._shown = (sample,)
        return True

    def fill(self, batches: Sequence[SegmentBatch]) -> None:
        """Fill the values of each batch with those of the frame."""
        assert self._first is not None
        assert self._last is not None
        barrier()  # earlier draws have read what is written now
        for batch in batches:
            instances = self._instances[batch]
            buffers = (instances.order, instances.vertices, self._sources, self._first, self._last, batch.values)
            self._fill_values.dispatch(n_groups(batch.values.n_bytes // 4), buffers=buffers)
        barrier(GL.GL_VERTEX_ATTRIB_ARRAY_BARRIER_BIT)

    def _row(self, key: int | Sample | None) -> Buffer:
        """The buffer with a row: a number's, the peak of a sample's, or that of no recording."""
        buffer = self._rows.pop(key, None)
        if buffer is None:
            row = self._values.row(key)
            buffer = self._rows.pop(next(iter(self._rows))) if len(self._rows) >= _N_ROWS else Buffer(0)
            buffer.upload(row)
        self._rows[key] = buffer
        return buffer

    def delete(self) -> None:
        """Free everything."""
        for instances in self._instances.values():
            instances.delete()
        for buffer in (*self._rows.values(), *chain.from_iterable(self._frames.values())):
            buffer.delete()
        self._instances.clear()
        self._frames.clear()
        self._rows.clear()
        self._resources.close()


def _extent(vertices: npt.NDArray[np.float32]) -> float:
    """The greatest distance of a vertex from the center, µm."""
    return float(np.sqrt(np.einsum("ij,ij->i", vertices[:, :3], vertices[:, :3]).max(initial=0.0)))
