"""The OpenGL objects that the tests of this process have made and not deleted."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

# The functions that make an object of each kind: gpu_morph calls those of PyOpenGL, gloo those of vispy.gloo.gl.
CREATORS = {
    "Buffer": ("glGenBuffers", "glCreateBuffer"),
    "Framebuffer": ("glGenFramebuffers", "glCreateFramebuffer"),
    "Renderbuffer": ("glGenRenderbuffers", "glCreateRenderbuffer"),
    "Texture": ("glGenTextures", "glCreateTexture"),
    "VertexArray": ("glGenVertexArrays", None),
    "Program": ("glCreateProgram", "glCreateProgram"),
    "Shader": ("glCreateShader", "glCreateShader"),
    "Sync": ("glFenceSync", None),
}


class LiveObjects:
    """Records the OpenGL objects that are made from now on. Make one per process, after the context."""

    def __init__(self) -> None:
        from OpenGL import GL
        from vispy.gloo import gl

        self._gl = GL
        self._made: dict[tuple[str, int], Any] = {}
        for kind, names in CREATORS.items():
            for module, name in zip((GL, gl), names, strict=True):
                if name is not None:
                    setattr(module, name, self._recorded(kind, getattr(module, name)))

    def _recorded(self, kind: str, create: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(create)
        def recorded(*arguments: Any) -> Any:
            made = create(*arguments)
            self._made[kind, hash(made)] = made  # of a fence its address, of others their name
            return made

        return recorded

    def __call__(self) -> set[tuple[str, int]]:
        """Kind and name of each object that is alive. The context must be current."""
        self._made = {key: made for key, made in self._made.items() if self._is_alive(key[0], made)}
        return set(self._made)

    def _is_alive(self, kind: str, made: Any) -> bool:
        if not getattr(self._gl, f"glIs{kind}")(made):
            return False
        # A program that is deleted while it is current is freed when another one becomes current.
        return kind != "Program" or not self._gl.glGetProgramiv(made, self._gl.GL_DELETE_STATUS)
