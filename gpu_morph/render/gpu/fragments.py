"""Lists the fragments of draw calls, hidden or not; needs OpenGL 4.3."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ..fragments import FRAGMENT
from .target import Target

Result = TypeVar("Result")
_HEADER = 4  # bytes before the first fragment: the number of fragments
_PER_VERTEX = 3  # fragments, roughly
_UNEVENNESS = 1.25  # the fullest part of a picture has so many times the average number of fragments


class ListOverflowError(Exception):
    """A list cannot hold the fragments of a draw call; list the picture in ``n_parts`` parts."""

    def __init__(self, n_fragments: int, capacity: int) -> None:
        super().__init__(f"a list of {capacity} fragments cannot hold {n_fragments}")
        self.n_parts = max(2, _n_parts(n_fragments, capacity))


class FragmentList:
    """A list in GPU memory to which programs with the output "list" append. Use it in ``with``.

    Parameters
    ----------
    target : Target
        The target to bind meanwhile; nothing is drawn into it.
    n_vertices : int
        Number of vertices that are drawn.

    Attributes
    ----------
    n_parts : int
        Estimated number of parts into which a picture must be split so that each fits.
    uniforms : dict
        For the programs.
    """

    def __init__(self, target: Target, n_vertices: int) -> None:
        capacity = _capacity(n_vertices)
        self.n_parts = _n_parts(_PER_VERTEX * n_vertices, capacity)
        self.uniforms = {"u_capacity": capacity, "u_image_width": target.size[0]}
        self._target, self._capacity = target, capacity
        self._buffer = int(GL.glGenBuffers(1))
        GL.glBindBuffer(GL.GL_SHADER_STORAGE_BUFFER, self._buffer)
        GL.glBufferData(GL.GL_SHADER_STORAGE_BUFFER, _HEADER + capacity * FRAGMENT.itemsize, None, GL.GL_STREAM_READ)
        GL.glBindBuffer(GL.GL_SHADER_STORAGE_BUFFER, 0)

    def __enter__(self) -> FragmentList:
        return self

    def __exit__(self, *_: object) -> None:
        GL.glDeleteBuffers(1, [self._buffer])

    def collect(self, draw: Callable[[], None], rows: tuple[int, int]) -> npt.NDArray[np.void]:
        """(n,) FRAGMENT, unordered: the fragments of ``draw`` in the rows from the first to before the second.

        Raises
        ------
        ListOverflowError
            There are more than the list can hold.
        """
        self._target.bind((0.0,) * 4)
        GL.glDisable(GL.GL_DEPTH_TEST)
        GL.glDisable(GL.GL_BLEND)
        GL.glEnable(GL.GL_SCISSOR_TEST)
        GL.glScissor(0, rows[0], self._target.size[0], rows[1] - rows[0])
        GL.glBindBuffer(GL.GL_SHADER_STORAGE_BUFFER, self._buffer)
        GL.glBufferSubData(GL.GL_SHADER_STORAGE_BUFFER, 0, _HEADER, np.zeros(1, dtype=np.uint32))
        GL.glBindBufferBase(GL.GL_SHADER_STORAGE_BUFFER, 0, self._buffer)
        try:
            draw()
            GL.glMemoryBarrier(GL.GL_BUFFER_UPDATE_BARRIER_BIT)
            count = int(self._read(0, np.dtype(np.uint32), 1)[0])
            if count > self._capacity:
                raise ListOverflowError(count, self._capacity)
            return self._read(_HEADER, FRAGMENT, count)
        finally:
            GL.glBindBuffer(GL.GL_SHADER_STORAGE_BUFFER, 0)
            GL.glDisable(GL.GL_SCISSOR_TEST)

    def _read(self, start: int, dtype: np.dtype[np.void] | np.dtype[np.uint32], count: int) -> npt.NDArray[np.void]:
        """``count`` items of the buffer from byte ``start`` on."""
        data = np.empty(count * dtype.itemsize, dtype=np.uint8)
        if count:
            GL.glGetBufferSubData(GL.GL_SHADER_STORAGE_BUFFER, start, data.nbytes, data)
        return data.view(dtype)


def _capacity(n_vertices: int) -> int:
    """Number of fragments that a list can hold, 36 bytes each; a larger list means fewer parts but more memory."""
    return max(1 << 19, n_vertices // 2)


def _n_parts(n_fragments: int, capacity: int) -> int:
    return math.ceil(_UNEVENNESS * n_fragments / capacity)


def in_parts(height: int, listing: Callable[[tuple[int, int]], Result], n_parts: int = 1) -> list[Result]:
    """Call ``listing`` for ranges of rows that make up the picture, from above; split a range where the list overflows.

    Parameters
    ----------
    height : int
        Of the picture, pixels.
    listing : callable
        Takes the first row and the row after the last, may raise `ListOverflowError`.
    n_parts : int
        Number of ranges to begin with.

    Raises
    ------
    ListOverflowError
        The list cannot hold the fragments of one row.
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
    """Equal ranges of rows, the last one first."""
    n_parts = max(1, min(n_parts, stop - start))
    edges = [start + (stop - start) * k // n_parts for k in range(n_parts + 1)]
    return [*pairwise(edges)][::-1]
