"""Lists the fragments of draw calls, hidden or not; needs OpenGL 4.3."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from OpenGL import GL
from vispy import gloo

from ..fragments import FRAGMENT
from .target import Target

Result = TypeVar("Result")
_HEAD = 4  # bytes before the first: their number
_SPARE = 1.25  # of parts that are not equally full
_PER_VERTEX = 3  # fragments, about


class ListOverflowError(Exception):
    """There are more fragments than the list can take; list the picture in ``n_parts``."""

    def __init__(self, n_fragments: int, room: int) -> None:
        super().__init__(f"{n_fragments} fragments do not fit into a list of {room}")
        self.n_parts = max(2, _n_parts(n_fragments, room))


class FragmentList:
    """A list on the GPU that programs made with ``lists_fragments`` write to. Use it in ``with``.

    Parameters
    ----------
    target : Target
        What is drawn into meanwhile.
    n_vertices : int
        Of what is drawn.

    ``n_parts`` is into how many parts the picture probably goes.
    """

    def __init__(self, target: Target, n_vertices: int) -> None:
        room = _room(n_vertices)
        self.n_parts = _n_parts(_PER_VERTEX * n_vertices, room)
        self.uniforms = {"u_capacity": room, "u_image_width": target.size[0]}
        self._target, self._room = target, room
        self._buffer = int(GL.glGenBuffers(1))
        GL.glBindBuffer(GL.GL_SHADER_STORAGE_BUFFER, self._buffer)
        GL.glBufferData(GL.GL_SHADER_STORAGE_BUFFER, _HEAD + room * FRAGMENT.itemsize, None, GL.GL_STREAM_READ)
        GL.glBindBuffer(GL.GL_SHADER_STORAGE_BUFFER, 0)

    def __enter__(self) -> FragmentList:
        return self

    def __exit__(self, *_: object) -> None:
        GL.glDeleteBuffers(1, [self._buffer])

    def of(self, draw: Callable[[], None], rows: tuple[int, int]) -> npt.NDArray[np.void]:
        """(n,) FRAGMENT: what ``draw`` draws in the rows from the first to before the second, in no order.

        Raises
        ------
        ListOverflowError
            That is too much.
        """
        self._target.bind((0.0,) * 4)
        gloo.set_state(depth_test=False, blend=False, scissor_test=True)
        gloo.set_scissor(0, rows[0], self._target.size[0], rows[1] - rows[0])
        gloo.flush()
        GL.glBindBuffer(GL.GL_SHADER_STORAGE_BUFFER, self._buffer)
        GL.glBufferSubData(GL.GL_SHADER_STORAGE_BUFFER, 0, _HEAD, np.zeros(1, dtype=np.uint32))
        GL.glBindBufferBase(GL.GL_SHADER_STORAGE_BUFFER, 0, self._buffer)
        try:
            draw()
            gloo.flush()
            GL.glMemoryBarrier(GL.GL_BUFFER_UPDATE_BARRIER_BIT)
            count = int(self._read(0, np.dtype(np.uint32), 1)[0])
            if count > self._room:
                raise ListOverflowError(count, self._room)
            return self._read(_HEAD, FRAGMENT, count)
        finally:
            GL.glBindBuffer(GL.GL_SHADER_STORAGE_BUFFER, 0)
            gloo.set_state(scissor_test=False)
            gloo.flush()

    def _read(self, start: int, dtype: np.dtype[np.void] | np.dtype[np.uint32], count: int) -> npt.NDArray[np.void]:
        data = np.empty(count * dtype.itemsize, dtype=np.uint8)
        if count:
            GL.glGetBufferSubData(GL.GL_SHADER_STORAGE_BUFFER, start, data.nbytes, data)
        return data.view(dtype)


def _room(n_vertices: int) -> int:
    """How many fragments a list takes, of 36 bytes each: more would be as many parts fewer, and as much more memory."""
    return max(1 << 19, n_vertices // 2)


def _n_parts(n_fragments: int, room: int) -> int:
    return math.ceil(_SPARE * n_fragments / room)


def in_parts(height: int, listing: Callable[[tuple[int, int]], Result], n_parts: int = 1) -> list[Result]:
    """Results of ``listing`` for all rows of a picture, in ``n_parts`` or more where the list overflows, from above.

    Raises
    ------
    ListOverflowError
        One row alone is too much.
    """
    left, results = _split(0, height, n_parts), []
    while left:
        start, stop = left.pop()
        try:
            results.append(listing((start, stop)))
        except ListOverflowError as overflow:
            if stop - start == 1:
                raise
            left += _split(start, stop, overflow.n_parts)
    return results


def _split(start: int, stop: int, n_parts: int) -> list[tuple[int, int]]:
    """Parts of rows, the last one first."""
    n_parts = max(1, min(n_parts, stop - start))
    edges = [start + (stop - start) * k // n_parts for k in range(n_parts + 1)]
    return [*pairwise(edges)][::-1]
