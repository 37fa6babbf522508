"""What a hidden glfw window needs that an EGL surface does not: a core profile. Used where there is no EGL."""

from __future__ import annotations

import importlib
from typing import Any

from .vispy_private import skip_compatibility_state


def request_core_profile() -> None:
    """Ask for OpenGL 3.3, core profile, in the next window; macOS gives OpenGL 2.1 otherwise."""
    import glfw

    glfw.init()
    glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, 3)
    glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, 3)
    glfw.window_hint(glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE)
    glfw.window_hint(glfw.OPENGL_FORWARD_COMPAT, True)


def prepare_core_profile(canvas: Any) -> None:
    """Let gloo work in a core profile: drop the errors of vispy's initialization."""
    from OpenGL import GL

    skip_compatibility_state(canvas)
    while GL.glGetError() != GL.GL_NO_ERROR:  # else the next draw reports them
        pass


def release_window() -> None:
    """Unbind the calling thread's window."""
    glfw: Any = importlib.import_module("glfw")  # its stub rejects None
    glfw.make_context_current(None)
