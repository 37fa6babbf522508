"""A shader program that rejects unknown variable names, and instanced draws with few OpenGL calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from OpenGL import GL
from vispy import gloo

from ...errors import ShaderError
from .context import known_context
from .shaders import load_shader
from .vispy_private import create_in_current_canvas, delete_shaders, flushed

_AT_ONCE = 1 << 14  # instances
_FENCE_TIMEOUT = 10  # seconds; after that the next part is drawn as well, at the cost of memory


class Program:
    """A vertex and a fragment shader of ``shaders/`` as one program of vispy's gloo.

    gloo only logs a warning when an unknown variable is set; here that is a ShaderError. With ``lists_fragments`` the
    program appends its fragments to a list instead of drawing them, see `gpu_morph.render.gpu.fragments`.
    """

    def __init__(self, vertex: str, fragment: str, *, lists_fragments: bool = False) -> None:
        self._name = f"{vertex} with {fragment}"
        load = partial(load_shader, lists_fragments=True) if lists_fragments else load_shader
        self._program = gloo.Program(load(vertex), load(fragment))
        self._arrays: dict[int, VertexArray] = {}
        self._textures: dict[str, gloo.Texture2D] = {}
        self._names = {name for kind, _, name in self._program.variables if kind in ("uniform", "attribute")}

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self._names:
            raise ShaderError(f"shader {self._name} has no variable {name!r}, only {', '.join(sorted(self._names))}")
        self._program[name] = value
        if isinstance(value, gloo.Texture2D):
            self._textures[name] = value

    def draw(self, indices: gloo.IndexBuffer) -> None:
        """Draw triangles, once per instance."""
        try:
            self._program.draw("triangles", indices)
        except RuntimeError as cause:
            delete_shaders(self._program)
            raise ShaderError(f"shader {self._name} does not run: {cause}") from cause

    def draw_instances(self, attributes: Mapping[str, Any], indices: gloo.IndexBuffer, n_instances: int) -> None:
        """Draw triangles, once per instance, with attributes from buffers.

        The attributes' bindings are kept in a vertex array, one for each ``attributes`` object: pass the same object as
        long as the buffers are the same. gloo's own draw binds each attribute again, which takes longer than to draw a
        few instances. Uniforms and uploads remain gloo's and are flushed first.
        """
        if id(attributes) not in self._arrays:
            self._arrays[id(attributes)] = VertexArray(self, attributes, indices)
        array, objects = self._arrays[id(attributes)], flushed()
        objects.use_program(self._program)
        for unit, texture in enumerate(self._textures.values()):  # units in gloo's order
            GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
            GL.glBindTexture(GL.GL_TEXTURE_2D, objects.handle(texture))
        with array.bound():
            if n_instances > _AT_ONCE and _buffers_triangles():
                _draw_in_parts(indices.size, n_instances, _AT_ONCE)
            else:
                GL.glDrawElementsInstanced(GL.GL_TRIANGLES, indices.size, GL.GL_UNSIGNED_INT, None, n_instances)

    def delete(self) -> None:
        """Free the program."""
        for array in self._arrays.values():
            array.delete()
        self._arrays.clear()
        self._program.delete()


class VertexArray:
    """A vertex array: the attributes and the triangles of a program's draw, bound by one call."""

    def __init__(self, program: Program, attributes: Mapping[str, Any], indices: gloo.IndexBuffer) -> None:
        self._attributes = attributes  # a reference, so that no other mapping gets its id
        self._previous = int(GL.glGetIntegerv(GL.GL_VERTEX_ARRAY_BINDING))
        self._array = int(GL.glGenVertexArrays(1))
        empty = gloo.IndexBuffer(np.zeros(3, dtype=np.uint32))  # a triangle without area
        try:
            for name, buffer in attributes.items():
                program[name] = buffer
            with self.bound():
                program.draw(empty)  # gloo binds the attributes, here and never again
                create_in_current_canvas(indices)
                GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, flushed().handle(indices))
        except BaseException:
            self.delete()
            raise
        finally:
            empty.delete()

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Bind the vertex array inside ``with``, then the one that gloo uses."""
        GL.glBindVertexArray(self._array)
        try:
            yield
        finally:
            GL.glBindVertexArray(self._previous)

    def delete(self) -> None:
        """Free the vertex array, but not its buffers."""
        GL.glDeleteVertexArrays(1, [self._array])


def _buffers_triangles() -> bool:
    """True where software keeps the triangles of a draw in memory until all are drawn, and the draw can be split."""
    context = known_context()
    return context is not None and context.is_software and bool(GL.glDrawElementsInstancedBaseInstance)


def _draw_in_parts(n_indices: int, n_instances: int, at_once: int) -> None:
    """Draw ``at_once`` instances at a time; at most two parts are in memory."""
    with ExitStack() as fences:
        previous = None
        for first in range(0, n_instances, at_once):
            n = min(at_once, n_instances - first)
            GL.glDrawElementsInstancedBaseInstance(GL.GL_TRIANGLES, n_indices, GL.GL_UNSIGNED_INT, None, n, first)
            fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
            fences.callback(GL.glDeleteSync, fence)
            GL.glFlush()
            if previous is not None:
                GL.glClientWaitSync(previous, 0, _FENCE_TIMEOUT * 10**9)
            previous = fence


class InstanceBuffer:
    """A vertex buffer that advances once per instance."""

    def __init__(self, array: npt.NDArray[np.generic]) -> None:
        self._dtype = array.dtype
        self.buffer = gloo.VertexBuffer(array, divisor=1)

    def fields(self) -> dict[str, Any]:
        """Views of a structured array's fields by name, with the size of the last upload."""
        views = {name: self.buffer[name] for name in self._dtype.names or ()}
        for view in views.values():
            view.divisor = 1  # gloo's views do not take over the buffer's
        return views

    def upload(self, array: npt.NDArray[np.generic]) -> None:
        """Replace the contents, (n_instances, ...); the last axes hold the fields of an instance one after the other.

        gloo reads the array at the next draw: do not write into it afterwards.
        """
        if self._dtype.names:
            array = np.ascontiguousarray(array).reshape(len(array), -1).view(self._dtype)[:, 0]
        self.buffer.set_data(array)

    def delete(self) -> None:
        """Free the buffer."""
        self.buffer.delete()
