"""Shader programs, which reject unknown variable names, and instanced draws with few OpenGL calls."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from OpenGL import GL

from ...errors import ShaderError
from ...system.interruption import checkpoint
from ..shader_variants import USUAL_PARTS, Output, Variants
from .buffers import Attributes, Buffer, VertexArray
from .context import has_function, known_context
from .program_pool import put_back, taken
from .shaders import load_shader
from .textures import Texture
from .vispy_private import compiled_program, delete_shaders, flushed, new_program

_PART = "glDrawElementsInstancedBaseInstance"
_AT_ONCE = 1 << 14  # instances
_FENCE_TIMEOUT = 10  # seconds; after that the next part is drawn as well, at the cost of memory
_SETTERS: dict[int, Any] = {
    GL.GL_FLOAT: GL.glUniform1f,
    GL.GL_FLOAT_VEC2: GL.glUniform2f,
    GL.GL_FLOAT_VEC3: GL.glUniform3f,
    GL.GL_FLOAT_VEC4: GL.glUniform4f,
    GL.GL_INT: GL.glUniform1i,
    GL.GL_INT_VEC2: GL.glUniform2i,
    GL.GL_UNSIGNED_INT: GL.glUniform1ui,
    GL.GL_SAMPLER_2D: GL.glUniform1i,
}
_DECLARED = {kind: re.compile(rf"\b{kind}\s+\w+\s+(\w+)\s*[;\[]") for kind in ("uniform", "in")}


class Uniforms:
    """The uniforms of a program that is linked.

    Parameters
    ----------
    program : int
        OpenGL's name.
    source : str
        Of its shaders.
    """

    def __init__(self, program: int, source: str) -> None:
        self.names = frozenset(_DECLARED["uniform"].findall(source))
        self._program = program
        self._active: dict[str, tuple[int, int]] = {}  # location and type: what the compiler has left
        for number in range(GL.glGetProgramiv(program, GL.GL_ACTIVE_UNIFORMS)):
            found, _, kind = GL.glGetActiveUniform(program, number)
            name = (found if isinstance(found, bytes) else bytes(found)).split(b"\0")[0].decode()
            location = int(GL.glGetUniformLocation(program, name))
            if location >= 0:
                self._active[name] = location, int(kind)

    def set(self, name: str, value: Any) -> None:
        """Set a uniform of the current program: a number, several, or a (3, 3) matrix, column after column."""
        if name not in self._active:
            return
        location, kind = self._active[name]
        if kind == GL.GL_FLOAT_MAT3:
            GL.glUniformMatrix3fv(location, 1, False, np.ascontiguousarray(value, dtype=np.float32))
        elif isinstance(value, (tuple, list, np.ndarray)):
            _SETTERS[kind](location, *value)
        else:
            _SETTERS[kind](location, value)


def check_variable(name: str, names: Collection[str], shader: str) -> None:
    """ShaderError if a shader has no such variable: OpenGL would ignore it."""
    if name not in names:
        raise ShaderError(f"shader {shader} has no variable {name!r}, only {', '.join(sorted(names))}")


@dataclass(frozen=True, eq=False)
class _Compiled:
    """OpenGL's name of a program, and what is known of it. ``gloo_program`` is None for compute shaders."""

    name: int
    uniforms: Uniforms
    attributes: frozenset[str]
    gloo_program: Any = None


class _LinkedProgram:
    """What programs of all kinds have in common. ``program[name] = value`` sets a uniform at once.

    Parameters
    ----------
    compiled : _Compiled
        What it is made of.
    label : str
        What errors call it.
    """

    def __init__(self, compiled: _Compiled, label: str) -> None:
        self._name, self._label, self._uniforms = compiled.name, label, compiled.uniforms
        self._textures: dict[str, int] = {}  # OpenGL's names; units in this order

    def __setitem__(self, name: str, value: Any) -> None:
        check_variable(name, self._uniforms.names, self._label)
        if isinstance(value, Texture):
            is_new = name not in self._textures
            self._textures[name] = value.name
            if not is_new:
                return
            value = len(self._textures) - 1
        GL.glUseProgram(self._name)
        self._uniforms.set(name, value)

    def _use(self) -> None:
        """Make the program and its textures current."""
        GL.glUseProgram(self._name)
        for unit, texture in enumerate(self._textures.values()):
            GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
            GL.glBindTexture(GL.GL_TEXTURE_2D, texture)


class Program(_LinkedProgram):
    """A vertex and a fragment shader of ``shaders/`` as one program, compiled by vispy's gloo.

    ``output`` and ``variants`` are those of `load_shader`. With the output "list" the program appends its fragments to
    a list instead of drawing them, see `gpu_morph.render.gpu.fragments`.

    Raises
    ------
    ShaderError
        The shaders do not compile, or have no variable of a name that is set.
    """

    def __init__(
        self, vertex: str, fragment: str, *, output: Output = "color", variants: Variants = USUAL_PARTS
    ) -> None:
        label = f"{vertex} with {fragment}"
        self._key = vertex, fragment, output, variants
        self._compiled: _Compiled = taken(self._key) or self._compile(label, *self._key)
        super().__init__(self._compiled, label)
        self._attributes = self._compiled.attributes

    @staticmethod
    def _compile(label: str, vertex: str, fragment: str, output: Output, variants: Variants) -> _Compiled:
        load = partial(load_shader, output=output, variants=variants)
        sources = load(vertex), load(fragment)
        program = new_program(*sources)
        try:
            name = compiled_program(program)
        except RuntimeError as cause:
            delete_shaders(program)
            program.delete()
            raise ShaderError(f"shader {label} does not run: {cause}") from cause
        uniforms, attributes = Uniforms(name, "\n".join(sources)), frozenset(_DECLARED["in"].findall(sources[0]))
        return _Compiled(name, uniforms, attributes, program)

    def vertex_array(self, attributes: Sequence[Attributes], triangles: Buffer) -> VertexArray:
        """A vertex array for this program."""
        for name in (name for group in attributes for name, _ in group.fields):
            check_variable(name, self._attributes, self._label)
        return VertexArray(self._name, attributes, triangles)

    def draw(self, array: VertexArray, n_instances: int = 1) -> None:
        """Draw the array's triangles, once per instance, into the bound framebuffer."""
        if n_instances == 0:
            return
        self._use()
        array.bind()
        if n_instances > _AT_ONCE and _buffers_triangles():
            _draw_in_parts(array.n_indices, n_instances, _AT_ONCE)
        else:
            GL.glDrawElementsInstanced(GL.GL_TRIANGLES, array.n_indices, GL.GL_UNSIGNED_INT, None, n_instances)
        GL.glBindVertexArray(0)

    def delete(self) -> None:
        """Free the program, or put it into the pool that is used."""

        def free() -> None:
            self._compiled.gloo_program.delete()
            flushed()  # gloo deletes when its queue is run

        put_back(self._key, self._compiled, free)


class ComputeProgram(_LinkedProgram):
    """A compute shader of ``shaders/``; needs OpenGL 4.3.

    Raises
    ------
    ShaderError
        The shader does not compile, or has no variable of a name that is set.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._compiled: _Compiled = taken(file) or self._compile(file)
        super().__init__(self._compiled, file)
        self._binds_together = has_function("glBindBuffersBase", (4, 4))

    @staticmethod
    def _compile(file: str) -> _Compiled:
        source, shader, name = load_shader(file), GL.glCreateShader(GL.GL_COMPUTE_SHADER), int(GL.glCreateProgram())
        GL.glShaderSource(shader, source)
        GL.glCompileShader(shader)
        GL.glAttachShader(name, shader)
        GL.glLinkProgram(name)
        log = GL.glGetShaderInfoLog(shader) or GL.glGetProgramInfoLog(name)
        GL.glDetachShader(name, shader)
        GL.glDeleteShader(shader)
        if not GL.glGetProgramiv(name, GL.GL_LINK_STATUS):
            GL.glDeleteProgram(name)
            raise ShaderError(f"shader {file} does not run: {log.decode() if isinstance(log, bytes) else log}")
        return _Compiled(name, Uniforms(name, source), frozenset())

    def dispatch(self, n_groups: int, *, buffers: Sequence[Buffer] = ()) -> None:
        """Run work groups with buffers at the storage bindings 0, 1, ...

        What the shader writes is visible to later calls after a `barrier`.
        """
        self._use()
        if self._binds_together:
            names = (GL.GLuint * len(buffers))(*[buffer.name for buffer in buffers])
            GL.glBindBuffersBase(GL.GL_SHADER_STORAGE_BUFFER, 0, len(buffers), names)
        else:
            for binding, buffer in enumerate(buffers):
                GL.glBindBufferBase(GL.GL_SHADER_STORAGE_BUFFER, binding, buffer.name)
        GL.glDispatchCompute(n_groups, 1, 1)

    def delete(self) -> None:
        """Free the program, or put it into the pool that is used."""
        put_back(self._file, self._compiled, partial(GL.glDeleteProgram, self._name))


def barrier(bits: int = GL.GL_SHADER_STORAGE_BARRIER_BIT) -> None:
    """Let later calls see what shaders have written."""
    GL.glMemoryBarrier(bits)


def _buffers_triangles() -> bool:
    """True where software keeps the triangles of a draw in memory until all are drawn, and the draw can be split."""
    context = known_context()
    return context is not None and context.is_software and has_function(_PART, (4, 2))


def _draw_in_parts(n_indices: int, n_instances: int, at_once: int) -> None:
    """Draw ``at_once`` instances at a time; at most two parts are in memory."""
    with ExitStack() as fences:
        previous = None
        for first in range(0, n_instances, at_once):
            checkpoint()
            n = min(at_once, n_instances - first)
            GL.glDrawElementsInstancedBaseInstance(GL.GL_TRIANGLES, n_indices, GL.GL_UNSIGNED_INT, None, n, first)
            fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
            fences.callback(GL.glDeleteSync, fence)
            GL.glFlush()
            if previous is not None:
                GL.glClientWaitSync(previous, 0, _FENCE_TIMEOUT * 10**9)
            previous = fence
