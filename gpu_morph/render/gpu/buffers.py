"""Buffers in GPU memory, and vertex arrays that bind them to the attributes of a program."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...errors import ContextError

_LARGE = 1 << 24  # bytes; whether there was memory is asked from here on


class Buffer:
    """A buffer in GPU memory.

    Parameters
    ----------
    content : array or int
        What it holds at first, or its size in bytes.

    ``name`` is OpenGL's name, ``n_bytes`` the size.

    Raises
    ------
    ContextError
        There is no memory for it.
    """

    def __init__(self, content: npt.NDArray[Any] | int) -> None:
        self.name = int(GL.glGenBuffers(1))
        self.n_bytes = 0
        try:
            if isinstance(content, int):
                self._allocate(content, None, GL.GL_DYNAMIC_COPY)
            else:
                self._allocate(content.nbytes, np.ascontiguousarray(content), GL.GL_STATIC_DRAW)
        except BaseException:
            self.delete()
            raise

    def upload(self, array: npt.NDArray[Any]) -> None:
        """Replace the content. The array may be changed afterwards."""
        array = np.ascontiguousarray(array)
        # A new store: draws that are under way keep the old one.
        self._allocate(array.nbytes, array, GL.GL_STREAM_DRAW)

    def write(self, array: npt.NDArray[Any], offset: int = 0) -> None:
        """Replace the bytes from ``offset`` on by those of a contiguous array."""
        GL.glBindBuffer(GL.GL_COPY_WRITE_BUFFER, self.name)
        GL.glBufferSubData(GL.GL_COPY_WRITE_BUFFER, offset, array.nbytes, array)

    def _allocate(self, n_bytes: int, array: npt.NDArray[Any] | None, usage: int) -> None:
        # This target, because no vertex array takes part in it.
        GL.glBindBuffer(GL.GL_COPY_WRITE_BUFFER, self.name)
        GL.glBufferData(GL.GL_COPY_WRITE_BUFFER, max(n_bytes, 4), array if n_bytes else None, usage)
        if n_bytes >= _LARGE and GL.glGetError() == GL.GL_OUT_OF_MEMORY:
            raise ContextError(
                f"OpenGL has no memory for {n_bytes / 1e6:.0f} MB more: draw fewer cells, or use device='cpu'"
            )
        self.n_bytes = n_bytes

    def delete(self) -> None:
        """Free the buffer."""
        GL.glDeleteBuffers(1, [self.name])


@dataclass(frozen=True, eq=False)
class Attributes:
    """Attributes that a buffer holds: names and numbers of float32, one after the other in each vertex or instance.

    ``per_instance`` is True where an instance has one of each, False where a vertex of the template has.
    """

    buffer: Buffer
    fields: Sequence[tuple[str, int]]
    per_instance: bool = True


class VertexArray:
    """Attributes and triangles of a program's draws, bound by one call.

    Parameters
    ----------
    program : int
        OpenGL's name.
    attributes : sequence of Attributes
        Those that the compiler has left out of the program are ignored.
    triangles : Buffer
        uint32 vertices of the template.
    """

    def __init__(self, program: int, attributes: Sequence[Attributes], triangles: Buffer) -> None:
        self._name = int(GL.glGenVertexArrays(1))
        self.n_indices = triangles.n_bytes // 4
        self.bind()
        GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, triangles.name)
        for group in attributes:
            GL.glBindBuffer(GL.GL_ARRAY_BUFFER, group.buffer.name)
            stride, offset = 4 * sum(n for _, n in group.fields), 0
            for name, n in group.fields:
                location = GL.glGetAttribLocation(program, name)
                if location >= 0:
                    GL.glEnableVertexAttribArray(location)
                    GL.glVertexAttribPointer(location, n, GL.GL_FLOAT, False, stride, ctypes.c_void_p(offset))
                    GL.glVertexAttribDivisor(location, int(group.per_instance))
                offset += 4 * n
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, 0)
        GL.glBindVertexArray(0)

    def bind(self) -> None:
        """Make it the current one."""
        GL.glBindVertexArray(self._name)

    def delete(self) -> None:
        """Free the vertex array, but not its buffers."""
        GL.glDeleteVertexArrays(1, [self._name])
