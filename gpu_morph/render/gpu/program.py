"""A shader program that refuses names it does not have."""

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

_AT_ONCE = 1 << 14  # instances
_PATIENCE = 10  # seconds; who is slower takes more memory


class Program:
    """A vertex and a fragment shader of ``shaders/`` as one program of vispy's gloo.

    gloo only logs a warning when a misspelt variable is set, and draws without it; here it is an error.
    ``lists_fragments`` makes it list what it would draw; see `gpu_morph.render.gpu.fragments`.
    """

    def __init__(self, vertex: str, fragment: str, *, lists_fragments: bool = False) -> None:
        self._name = f"{vertex} with {fragment}"
        load = partial(load_shader, lists_fragments=True) if lists_fragments else load_shader
        self._program = gloo.Program(load(vertex), load(fragment))
        self._arrays: dict[int, VertexArray] = {}
        self._textures: dict[str, gloo.Texture2D] = {}
        self._known = {variable for kind, _, variable in self._program.variables if kind in ("uniform", "attribute")}

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self._known:
            raise ShaderError(f"shader {self._name} has no variable {name!r}, only {', '.join(sorted(self._known))}")
        self._program[name] = value
        if isinstance(value, gloo.Texture2D):
            self._textures[name] = value

    def draw(self, indices: gloo.IndexBuffer) -> None:
        """Draw triangles, once per instance."""
        try:
            self._program.draw("triangles", indices)
        except RuntimeError as cause:
            raise ShaderError(f"shader {self._name} does not run: {cause}") from cause

    def draw_instances(self, attributes: Mapping[str, Any], indices: gloo.IndexBuffer, n_instances: int) -> None:
        """Draw triangles, once per instance, with attributes from buffers; the same mapping means the same buffers.

        gloo's own draw binds each attribute anew, which takes longer than to draw a few instances. Uniforms and uploads
        stay gloo's: it has to be done with them first.
        """
        if id(attributes) not in self._arrays:
            self._arrays[id(attributes)] = VertexArray(self, attributes, indices)
        array, objects = self._arrays[id(attributes)], flushed()
        objects.get_object(self._program.id).activate()
        for unit, texture in enumerate(self._textures.values()):  # as gloo numbers them
            GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
            GL.glBindTexture(GL.GL_TEXTURE_2D, objects.get_object(texture.id).handle)
        with array.bound():
            if n_instances > _AT_ONCE and _keeps_triangles():
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
    """The attributes and the triangles of a program's draw, to be bound at once."""

    def __init__(self, program: Program, attributes: Mapping[str, Any], indices: gloo.IndexBuffer) -> None:
        self._attributes = attributes  # as long as it lives, no other has its id
        self._before = int(GL.glGetIntegerv(GL.GL_VERTEX_ARRAY_BINDING))
        self._array = int(GL.glGenVertexArrays(1))
        nothing = gloo.IndexBuffer(np.zeros(3, dtype=np.uint32))  # a triangle without extent
        try:
            for name, buffer in attributes.items():
                program[name] = buffer
            with self.bound():
                program.draw(nothing)  # gloo binds them one by one, this time only
                gloo.get_current_canvas().context.glir.associate(indices.glir)
                GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, flushed().get_object(indices.id).handle)
        except BaseException:
            self.delete()
            raise
        finally:
            nothing.delete()

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Bind them inside ``with``; then again what was bound before, which gloo goes on with."""
        GL.glBindVertexArray(self._array)
        try:
            yield
        finally:
            GL.glBindVertexArray(self._before)

    def delete(self) -> None:
        """Free the array, not its buffers."""
        GL.glDeleteVertexArrays(1, [self._array])


def _keeps_triangles() -> bool:
    """True where all of a draw's triangles are in memory until they are drawn, and it can be split."""
    context = known_context()
    return context is not None and context.is_software and bool(GL.glDrawElementsInstancedBaseInstance)


def _draw_in_parts(n_indices: int, n_instances: int, at_once: int) -> None:
    """Draw some instances after the other, the next ones while those before are drawn, but none farther ahead."""
    with ExitStack() as fences:
        before = None
        for first in range(0, n_instances, at_once):
            n = min(at_once, n_instances - first)
            GL.glDrawElementsInstancedBaseInstance(GL.GL_TRIANGLES, n_indices, GL.GL_UNSIGNED_INT, None, n, first)
            fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
            fences.callback(GL.glDeleteSync, fence)
            GL.glFlush()
            if before is not None:
                GL.glClientWaitSync(before, 0, _PATIENCE * 10**9)
            before = fence


def flushed() -> Any:
    """The OpenGL objects behind gloo's, after gloo has done what it was asked to."""
    context = gloo.get_current_canvas().context
    context.flush_commands()
    return context.shared.parser


class InstanceBuffer:
    """A vertex buffer that advances once per instance; gloo's own, with the divisor set."""

    def __init__(self, array: npt.NDArray[np.generic]) -> None:
        self._dtype = array.dtype
        self.buffer = gloo.VertexBuffer(array, divisor=1)

    def fields(self) -> dict[str, Any]:
        """Views of a structured array's fields by their names; of the size that was uploaded last."""
        views = {name: self.buffer[name] for name in self._dtype.names or ()}
        for view in views.values():
            view.divisor = 1  # which gloo's views lack
        return views

    def upload(self, array: npt.NDArray[np.generic]) -> None:
        """Replace the contents; of fields, those of an instance follow each other in the array's last axes.

        gloo keeps the array until it draws: do not write into it afterwards.
        """
        if self._dtype.names:
            array = np.ascontiguousarray(array).reshape(len(array), -1).view(self._dtype)[:, 0]
        self.buffer.set_data(array)

    def delete(self) -> None:
        """Free the buffer."""
        self.buffer.delete()
