"""The environment variables that gpu_morph reads. No other module reads or sets any.

- GPU_MORPH_DEVICE: the device where none is given: a GPU's index, "auto" or "cpu";
- GPU_MORPH_BACKEND: "egl" (the default on Linux) or "glfw" (elsewhere);
- GPU_MORPH_PATH: "gpu" or "cpu": where the work of a frame beside the drawing is done; else where the drawing is done;
- GPU_MORPH_GL_CHECKS: "1" lets PyOpenGL look for an error after each call;
- CUDA_VISIBLE_DEVICES: the GPUs that an index counts, as in CUDA;
- EGL_LIBRARY: path of libEGL.so.1;
- LP_NUM_THREADS, MALLOC_ARENA_MAX: Mesa's and glibc's own, which tell how much address space they take;
- PYOPENGL_PLATFORM: set to "egl" while PyOpenGL is imported, then put back.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from ...errors import ContextError


def default_device() -> str:
    """What GPU_MORPH_DEVICE asks for, else "auto"."""
    return os.environ.get("GPU_MORPH_DEVICE") or "auto"


def backend() -> str:
    """The vispy backend that makes the context: "egl" or "glfw".

    Raises
    ------
    ContextError
        GPU_MORPH_BACKEND names another one.
    """
    name = os.environ.get("GPU_MORPH_BACKEND") or ("egl" if sys.platform.startswith("linux") else "glfw")
    if name not in ("egl", "glfw"):
        raise ContextError(f"GPU_MORPH_BACKEND must be 'egl' or 'glfw', got {name!r}")
    return name


def drawing_path() -> Literal["gpu", "cpu"] | None:
    """The path that GPU_MORPH_PATH forces, if any.

    Raises
    ------
    ContextError
        GPU_MORPH_PATH names another one.
    """
    path = os.environ.get("GPU_MORPH_PATH")
    if not path:
        return None
    if path not in ("gpu", "cpu"):
        raise ContextError(f"GPU_MORPH_PATH must be 'gpu' or 'cpu', got {path!r}")
    return path  # type: ignore[return-value]


def has_gl_checks() -> bool:
    """True when OpenGL's errors are looked for after each call. That takes longer than the calls."""
    return os.environ.get("GPU_MORPH_GL_CHECKS", "0") not in ("", "0")


def cuda_visible_devices() -> str | None:
    """CUDA_VISIBLE_DEVICES, None where it is not set."""
    return os.environ.get("CUDA_VISIBLE_DEVICES")


def egl_library() -> str | None:
    """Path of the EGL library that the user chose, if any."""
    return os.environ.get("EGL_LIBRARY")


def rasterizer_threads() -> int | None:
    """How many threads Mesa's rasteriser shall have, None where nothing says so."""
    return _whole_number("LP_NUM_THREADS")


def malloc_arenas() -> int | None:
    """How many arenas glibc may have, None where nothing says so."""
    return _whole_number("MALLOC_ARENA_MAX") or None


def _whole_number(name: str) -> int | None:
    text = os.environ.get(name, "")
    return int(text) if text.isdecimal() else None


@contextmanager
def pyopengl_platform(name: str) -> Iterator[None]:
    """Set PYOPENGL_PLATFORM inside ``with``; child processes may need another platform for their windows."""
    before = os.environ.get("PYOPENGL_PLATFORM")
    os.environ["PYOPENGL_PLATFORM"] = name
    try:
        yield
    finally:
        os.environ.pop("PYOPENGL_PLATFORM")
        if before is not None:
            os.environ["PYOPENGL_PLATFORM"] = before
