"""DepthSort: the order of instances from far to near, by compute shaders (OpenGL 4.3).

A radix sort of 16-bit keys in two passes, 8 bits each. Equal keys keep their order, so that the result is the same from
run to run.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .buffers import Buffer
from .program import ComputeProgram, barrier

N_DIGITS, _IN_BLOCK = 256, 256 * 16  # as in sort_block.glsl
MOST_GROUPS = 65535  # of one dispatch; the least that OpenGL promises


class DepthSort:
    """Sorts instances by depth.

    Parameters
    ----------
    positions : Buffer
        (n_vertices, 4) float32: x, y, z and something else.
    extent : float
        The greatest distance of a vertex from the origin.
    """

    def __init__(self, positions: Buffer, extent: float) -> None:
        self._positions = positions
        self.set_extent(extent)
        self._keys, self._count = ComputeProgram("sort_keys.comp"), ComputeProgram("sort_count.comp")
        self._offsets, self._scatter = ComputeProgram("sort_offsets.comp"), ComputeProgram("sort_scatter.comp")

    def set_extent(self, extent: float) -> None:
        """Set the greatest distance of a vertex from the origin."""
        self._extent = max(extent, 1e-6)

    def __call__(self, instances: SortedInstances, axis: npt.NDArray[np.float64]) -> None:
        """Put ``instances.order`` in order: rising along an axis, a unit vector."""
        keys, counts, n_blocks = instances.keys, instances.counts, instances.n_blocks
        self._keys["u_axis"] = axis / (4 * self._extent)
        self._keys.dispatch(n_groups(instances.n), buffers=(keys, instances.vertices, self._positions))
        barrier()
        orders = instances.other_order, instances.order
        for shift, before, after in ((0, *orders[::-1]), (8, *orders)):
            self._count["u_shift"] = self._scatter["u_shift"] = shift
            self._count.dispatch(n_blocks, buffers=(keys, before, counts))
            barrier()
            self._offsets.dispatch(1, buffers=(counts,))
            barrier()
            self._scatter.dispatch(n_blocks, buffers=(keys, before, counts, after))
            barrier()

    def delete(self) -> None:
        """Free the programs."""
        for program in (self._keys, self._count, self._offsets, self._scatter):
            program.delete()


class SortedInstances:
    """Instances and their order in GPU memory.

    Parameters
    ----------
    vertices : (n_instances, n) int32
        Of each instance; its depth is that of the second and the last but one.

    ``order`` are the instances' uint32 numbers in order. The other buffers are for `DepthSort`.
    """

    def __init__(self, vertices: npt.NDArray[np.int32]) -> None:
        self.n = len(vertices)
        self.n_blocks = -(-self.n // _IN_BLOCK)
        self.vertices = Buffer(vertices)
        self.order, self.other_order, self.keys = (Buffer(4 * self.n) for _ in range(3))
        self.counts = Buffer(4 * self.n_blocks * N_DIGITS)

    def delete(self) -> None:
        """Free the buffers."""
        for buffer in (self.vertices, self.order, self.other_order, self.keys, self.counts):
            buffer.delete()


def n_groups(n: int) -> int:
    """Work groups of 256 for n invocations; each makes several steps if they are too many."""
    return max(1, min(-(-n // 256), MOST_GROUPS))
