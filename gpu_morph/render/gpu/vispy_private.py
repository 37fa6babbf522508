"""Everything that gpu_morph uses of vispy beyond its documented interface. No other module does.

`canvas` and `glfw_window` open a canvas with it, `program` and `target` draw with it. pyproject.toml limits vispy
to the versions with which this module is tested. It imports vispy inside functions, because vispy's EGL backend must
not be imported before a display is chosen.
"""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from ...errors import ContextError
from .device_choice import PACKAGES

_EGL_BACKEND = "vispy.app.backends._egl"
_DESKTOP_FUNCTION = "glDrawElementsInstanced"  # not of OpenGL ES 2
_own_functions: dict[str, Any] = {}


def provide_fontconfig() -> None:
    """Make vispy importable where the library fontconfig is missing: gpu_morph draws no text with vispy."""
    try:
        importlib.import_module("vispy.util.fonts")
    except (ImportError, OSError):
        for name in [n for n in sys.modules if n.split(".")[0] == "vispy"]:
            del sys.modules[name]
        replacement = types.ModuleType("vispy.ext.fontconfig")
        replacement.find_font = replacement._list_fonts = _no_fonts  # type: ignore[attr-defined]
        sys.modules["vispy.ext.fontconfig"] = replacement


def _no_fonts(*_arguments: Any) -> Any:
    raise ContextError("vispy's fonts need the library fontconfig (libfontconfig1)")


@contextmanager
def egl_backend(display: int) -> Iterator[None]:
    """Import vispy's EGL backend with an EGLDisplay; open its canvas inside ``with``.

    The backend opens the default display when it is imported; here ``display`` takes its place. A backend that was
    imported before, by the user or for another device, keeps its own display.

    Raises
    ------
    ContextError
        vispy finds no EGL library.
    """
    try:
        egl: Any = importlib.import_module("vispy.ext.egl")
    except OSError as cause:
        raise ContextError(f"vispy: {cause}: set EGL_LIBRARY to the path of libEGL.so.1; {PACKAGES}") from cause
    sys.modules.pop(_EGL_BACKEND, None)
    original, egl.eglGetDisplay = egl.eglGetDisplay, lambda *_: display
    try:
        importlib.import_module(_EGL_BACKEND)
        yield
    finally:
        egl.eglGetDisplay = original


def current_canvas() -> Any:
    """The canvas that gloo draws with, None where there is none."""
    gloo = sys.modules.get("vispy.gloo.context")
    return None if gloo is None else gloo.get_current_canvas()


def set_current_canvas(canvas: Any) -> None:
    """Let gloo draw with a canvas; what OpenGL has current stays."""
    sys.modules["vispy.gloo.context"].set_current_canvas(canvas)


def gl_functions() -> dict[str, Any] | None:
    """The functions of OpenGL that gloo calls, for `set_gl_functions`; None where gloo is not imported."""
    gl = sys.modules.get("vispy.gloo.gl")
    return None if gl is None else {name: vars(gl)[name] for name in _shared_names(gl)}


def set_gl_functions(functions: dict[str, Any] | None) -> None:
    """Let gloo, if it is imported, call these functions; None: those that it begins with."""
    gl: Any = sys.modules.get("vispy.gloo.gl")
    if gl is not None and functions is None:
        gl.use_gl()
    elif gl is not None and functions is not None:
        vars(gl).update(functions)


def set_own_gl_functions() -> None:
    """Let gloo call PyOpenGL's functions: its own are those of OpenGL ES 2 only.

    PyOpenGL knows contexts of EGL only, so the canvases of the user, who may have others, keep the functions they had.
    """
    gl: Any = importlib.import_module("vispy.gloo.gl")
    if _own_functions and gl.current_backend is _own_functions["current_backend"]:
        return
    if not _own_functions or _DESKTOP_FUNCTION not in vars(gl):  # the user has called vispy.use(gl=...) since
        gl.use_gl("gl+")
        _own_functions.update((name, vars(gl)[name]) for name in _shared_names(gl))
    vars(gl).update(_own_functions)


@cache
def _shared_names(gl: Any) -> list[str]:
    """Names of the functions that gloo has of all libraries, and of the library."""
    return [*(name for name in vars(gl.default_backend) if name.startswith("gl")), "current_backend"]


def forget_canvas(canvas: Any) -> None:
    """Close a canvas whose EGL display another library has ended: its handles may be those of something else now."""
    canvas._backend._surface = None
    canvas.close()


def skip_compatibility_state(canvas: Any) -> None:
    """Keep gloo from enabling point sprites, which a core profile rejects, whenever the canvas is made current."""
    canvas.context.flush_commands()
    canvas.context.shared.parser._gl_initialize = lambda: None


def flushed() -> Any:
    """Let gloo run all commands in its queue, and give its parser, which holds the OpenGL objects.

    The framebuffer stays that is bound: after a canvas was made current, gloo would bind that of the canvas.
    """
    from vispy import gloo

    context = gloo.get_current_canvas().context
    context._do_CURRENT_command = False
    context.flush_commands()
    return context.shared.parser


def new_program(vertex: str, fragment: str) -> Any:
    """A gloo.Program of the sources of two shaders. gloo does not look for their variables, which takes it 14 ms."""
    from vispy import gloo

    program = gloo.Program()
    program._parse_variables_from_code = lambda **_: None
    program.set_shaders(vertex, fragment)
    return program


def compiled_program(program: Any) -> int:
    """Compile and link a gloo.Program, and give OpenGL's name of it.

    Raises
    ------
    RuntimeError
        The shaders do not compile.
    """
    _create_in_current_canvas(program)
    name: int = flushed().get_object(program.id).handle
    return name


def delete_shaders(program: Any) -> None:
    """Queue the deletion of a gloo.Program's shaders again: gloo drops it when they do not compile or link."""
    for shader in program.shaders:
        program.glir.command("DELETE", shader.id)


def _create_in_current_canvas(gloo_object: Any) -> None:
    """Put the commands of a gloo object, its creation and its data, into the current canvas's queue."""
    from vispy import gloo

    gloo.get_current_canvas().context.glir.associate(gloo_object.glir)
