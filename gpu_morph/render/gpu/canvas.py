"""vispy's hidden canvas, which brings an OpenGL context."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from ...errors import ContextError
from . import environment
from .device_choice import PACKAGES
from .glfw_window import prepare_core_profile, request_core_profile
from .vispy_private import set_own_gl_functions

_MARK = 0x67_70_75_6D  # name of a buffer that other libraries' contexts do not have


class OpenCanvas(NamedTuple):
    """A canvas, and what OpenGL says of itself."""

    canvas: Any
    vendor: str
    renderer: str
    version: str


def version_number(version: str) -> tuple[int, int] | None:
    """(4, 5) of "4.5 (Compatibility Profile) Mesa 22.3.6"; None where there are no numbers."""
    numbers = version.split()[0].split(".")[:2]
    if len(numbers) < 2 or not all(part.isdecimal() for part in numbers):
        return None
    return int(numbers[0]), int(numbers[1])


def open_canvas(backend: str) -> OpenCanvas:
    """Open a canvas of vispy's backend "egl", see `vispy_private.egl_backend`, or "glfw". Its context is current.

    Raises
    ------
    ContextError
        There is no OpenGL, or it is too old.
    """
    from vispy import app

    try:
        set_own_gl_functions()
        # Not vispy.use(app=...): that would bind the process, and the user may show windows of another backend.
        if backend == "glfw":
            request_core_profile()
        # Without dpi, vispy asks the X display for it, which may not answer.
        canvas = app.Canvas(size=(16, 16), show=False, autoswap=False, app=app.Application(backend), dpi=96)
        canvas.set_current()
    except Exception as cause:
        hint = "is there a display (DISPLAY)? " if backend == "glfw" else ""
        raise ContextError(f"vispy cannot open an offscreen {backend} canvas: {cause}; {hint}{PACKAGES}") from cause
    from OpenGL import GL

    if backend == "egl":
        _complete_pyopengls_egl()
    if backend == "glfw":
        prepare_core_profile(canvas)
    names = [GL.glGetString(name) for name in (GL.GL_VENDOR, GL.GL_RENDERER, GL.GL_VERSION)]
    vendor, renderer, version = ((name or b"unknown").decode(errors="replace") for name in names)
    if (version_number(version) or (0, 0)) < (3, 3):
        raise ContextError(f"OpenGL 3.3 or newer is needed, {renderer} has {version}: update its driver")
    return OpenCanvas(canvas, vendor, renderer, version)


def set_gl_checks() -> None:
    """Turn PyOpenGL's error checks on or off; PyOpenGL reads the setting when OpenGL.GL is imported."""
    import OpenGL

    OpenGL.ERROR_CHECKING = environment.has_gl_checks()


def _complete_pyopengls_egl() -> None:
    """Let others import OpenGL.EGL: without error checks, PyOpenGL lacks a name that it needs (mujoco, pyrender)."""
    vars(importlib.import_module("OpenGL.raw.EGL._errors")).setdefault("_error_checker", None)


def import_pyopengl() -> None:
    """Import PyOpenGL with its EGL platform; with another platform it cannot see an EGL context."""
    with environment.pyopengl_platform("egl"):
        platform = importlib.import_module("OpenGL.platform")
    chosen = type(getattr(platform, "PLATFORM", None)).__name__
    if chosen != "EGLPlatform":
        raise ContextError(
            f"PyOpenGL was imported before gpu_morph rendered and chose {chosen}: import it afterwards, or set "
            "PYOPENGL_PLATFORM=egl before"
        )


def mark_context() -> bool:
    """Make the current context one that `is_marked` knows. False where OpenGL does not let us choose a name.

    When a display has ended, the handle of a context may become that of another library's next one.
    """
    from OpenGL import GL, error

    try:
        GL.glBindBuffer(GL.GL_COPY_READ_BUFFER, _MARK)
    except error.GLError:
        return False
    GL.glBindBuffer(GL.GL_COPY_READ_BUFFER, 0)
    return is_marked()


def is_marked() -> bool:
    """True where the current context is one that `mark_context` has marked."""
    from OpenGL import GL

    return bool(GL.glIsBuffer(_MARK))
