"""What the calling thread has current before gpu_morph draws: contexts of other libraries, which are put back."""

from __future__ import annotations

import ctypes
import importlib
import os
from functools import cache
from typing import Any

from . import environment
from .device_choice import open_egl
from .egl import Binding


class Bindings:
    """The contexts that are current in the calling thread when this is made: by EGL, by GLX and of glfw.

    A context of GLX is released at once, because EGL makes none current beside it.
    """

    def __init__(self) -> None:
        self._egl: Binding | None = None
        self._window: Any = None
        if environment.backend() == "egl":
            self._egl = open_egl().binding()
        else:
            glfw: Any = importlib.import_module("glfw")
            self._window = glfw.get_current_context() if glfw.init() else None
        self._glx: tuple[Any, ...] | None = None
        glx = _glx()
        if glx is not None and (context := glx.glXGetCurrentContext()):
            drawables = glx.glXGetCurrentDrawable(), glx.glXGetCurrentReadDrawable()
            self._glx = glx.glXGetCurrentDisplay(), *drawables, context
            if self._egl is not None:
                glx.glXMakeContextCurrent(self._glx[0], 0, 0, None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bindings) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def restore(self) -> None:
        """Make them current again. What its owner has destroyed meanwhile is left out."""
        if self._egl is not None:
            open_egl().bind(self._egl)
        if self._window is not None:
            importlib.import_module("glfw").make_context_current(self._window)
        if self._glx is not None:
            _glx().glXMakeContextCurrent(*self._glx)


def _glx() -> Any:
    """The GLX library, if the process has loaded one."""
    for name in ("libGLX.so.0", "libGL.so.1"):
        try:
            return _loaded_glx(name)
        except (OSError, AttributeError):
            continue
    return None


@cache
def _loaded_glx(name: str) -> Any:
    library = ctypes.CDLL(name, mode=os.RTLD_NOLOAD | os.RTLD_NOW)
    library.glXGetCurrentContext.restype = library.glXGetCurrentDisplay.restype = ctypes.c_void_p
    library.glXGetCurrentDrawable.restype = library.glXGetCurrentReadDrawable.restype = ctypes.c_ulong
    library.glXMakeContextCurrent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p]
    return library
