"""The OpenGL context of the process: made at the first call, bound to one thread at a time.

There is one context per process, because vispy never destroys an EGL context. Only this module calls `vispy.use`.
"""

from __future__ import annotations

import importlib
import os
import threading
import warnings
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ...errors import ContextError, SoftwareRenderingWarning
from . import environment
from .device_choice import PACKAGES, DeviceChoice, find_display, parse_device
from .egl import Device, is_software_renderer
from .glfw_window import prepare_core_profile, release_window, request_core_profile
from .vispy_private import bind_egl_api, egl_backend, provide_fontconfig, release_egl


@dataclass(frozen=True, eq=False)
class Context:
    """An OpenGL context and its description.

    ``canvas`` is vispy's. ``device`` is None with glfw. ``choice`` is what the choice of a device came to: a GPU's
    index, "cpu", or "auto" where a GPU draws that has no index. ``display`` is the EGLDisplay, None with glfw.
    ``thread`` identifies the thread that may use the context; it is None between `release` and the next
    `make_current`.
    """

    canvas: Any
    backend: str
    vendor: str
    renderer: str
    version: str
    device: Device | None
    choice: DeviceChoice
    display: int | None = None
    thread: int | None = field(default_factory=threading.get_ident)
    process: int = field(default_factory=os.getpid)

    @property
    def is_software(self) -> bool:
        """True when the CPU draws."""
        return is_software_renderer(self.renderer)

    @property
    def path(self) -> Literal["gpu", "cpu"]:
        """Where values are mapped, segments sorted, pixels packed: where it draws, unless GPU_MORPH_PATH says other."""
        return environment.drawing_path() or ("cpu" if self.is_software else "gpu")

    @property
    def gl_version(self) -> tuple[int, int]:
        """OpenGL's version, such as (4, 5)."""
        return version_number(self.version) or (0, 0)

    @property
    def is_mine(self) -> bool:
        """True in the thread that may use the context, in the process that made it."""
        return self.process == os.getpid() and self.thread == threading.get_ident()

    def make_current(self) -> None:
        """Bind the context to the calling thread.

        Raises
        ------
        ContextError
            Another thread has it, or it was made before the process was forked.
        """
        if self.process != os.getpid():
            raise ContextError(
                "the OpenGL context was made before this process was forked and does not survive that: "
                "start worker processes with the 'spawn' method"
            )
        with _lock:
            if self.thread is None:
                self._adopt()
        if self.thread != threading.get_ident():
            raise ContextError(
                f"the OpenGL context belongs to thread {self.thread}, this is thread {threading.get_ident()}: "
                "render in the thread that rendered first (there is one context per process)"
            )
        try:
            self.canvas.set_current()
        except RuntimeError as cause:
            raise ContextError(
                f"{cause} Does a window of another library (GLX) have its own current in this thread? "
                "Release that, or render in another process"
            ) from cause

    def release(self) -> None:
        """Unbind the context from the calling thread. The next thread that calls `make_current` gets it."""
        self.make_current()
        if self.backend == "egl":
            release_egl(self.display)
        else:
            release_window()
        object.__setattr__(self, "thread", None)

    def _adopt(self) -> None:
        if self.backend == "egl":
            bind_egl_api()
        object.__setattr__(self, "thread", threading.get_ident())


def version_number(version: str) -> tuple[int, int] | None:
    """(4, 5) of "4.5 (Compatibility Profile) Mesa 22.3.6"; None where there are no numbers."""
    numbers = version.split()[0].split(".")[:2]
    if len(numbers) < 2 or not all(part.isdecimal() for part in numbers):
        return None
    return int(numbers[0]), int(numbers[1])


_current: Context | None = None
_lock = threading.Lock()


def current_context(device: int | str | None = None) -> Context:
    """The context of this process, made at the first call and bound to the calling thread.

    Parameters
    ----------
    device : int, "auto", "cpu" or None
        A GPU's index, counted as CUDA counts (CUDA_VISIBLE_DEVICES is honoured); "auto": the first GPU,
        else the CPU; "cpu": Mesa's software rasteriser; None: what GPU_MORPH_DEVICE says, else "auto".

    Raises
    ------
    ContextError
        OpenGL is not available, or the process already draws on another device or in another thread.
    """
    global _current
    choice = parse_device(device)
    with _lock:
        if _current is None:
            _current = _make_context(choice)
            if _current.is_software and choice != "cpu":
                warnings.warn(
                    f"drawing on the CPU ({_current.renderer}): no GPU could be used. It works, more slowly; "
                    "'gpu-morph info' lists what was found, device='cpu' (or GPU_MORPH_DEVICE=cpu) accepts it",
                    SoftwareRenderingWarning,
                    stacklevel=3,
                )
    if device is not None and choice not in ("auto", _current.choice):
        raise ContextError(
            f"device={choice!r} was asked for, but this process already draws on {_current.renderer} "
            f"(device={_current.choice!r}): there is one context per process; use another process"
        )
    _current.make_current()
    return _current


def known_context() -> Context | None:
    """The context of this process, if it has been made."""
    return _current


def has_function(name: str, since: tuple[int, int]) -> bool:
    """True where this process's context has a function of OpenGL, which is part of it since a version.

    A driver hands out the addresses of functions that a context of a lower version does not run.
    """
    from OpenGL import GL

    return _current is not None and _current.gl_version >= since and bool(getattr(GL, name))


def _make_context(choice: DeviceChoice) -> Context:
    if environment.backend() == "glfw":
        if isinstance(choice, int):
            raise ContextError(f"device={choice} cannot be chosen with a glfw window: use EGL, or device='auto'")
        _set_gl_checks()
        provide_fontconfig()
        return _open_canvas("glfw", None, choice)
    device, display, choice = find_display(choice)
    _import_pyopengl()
    provide_fontconfig()
    with egl_backend(display):
        return replace(_open_canvas("egl", device, choice), display=display)


def _set_gl_checks() -> None:
    """Turn PyOpenGL's error checks on or off; PyOpenGL reads the setting when OpenGL.GL is imported."""
    import OpenGL

    OpenGL.ERROR_CHECKING = environment.has_gl_checks()


def _import_pyopengl() -> None:
    """Import PyOpenGL with its EGL platform; with another platform it cannot see an EGL context."""
    _set_gl_checks()
    with environment.pyopengl_platform("egl"):
        platform = importlib.import_module("OpenGL.platform")
    chosen = type(getattr(platform, "PLATFORM", None)).__name__
    if chosen != "EGLPlatform":
        raise ContextError(
            f"PyOpenGL was imported before gpu_morph rendered and chose {chosen}: import it afterwards, or set "
            "PYOPENGL_PLATFORM=egl before"
        )


def _open_canvas(backend: str, device: Device | None, choice: DeviceChoice) -> Context:
    import vispy
    from vispy import app

    try:
        # Not vispy.use(app=...): that would bind the process, and the user may show windows of another backend.
        vispy.use(gl="gl+")
        if backend == "glfw":
            request_core_profile()
        # Without dpi, vispy asks the X display for it, which may not answer.
        canvas = app.Canvas(size=(16, 16), show=False, autoswap=False, app=app.Application(backend), dpi=96)
        canvas.set_current()
    except Exception as cause:
        hint = "is there a display (DISPLAY)? " if backend == "glfw" else ""
        raise ContextError(f"vispy cannot open an offscreen {backend} canvas: {cause}; {hint}{PACKAGES}") from cause
    from OpenGL import GL

    if backend == "glfw":
        prepare_core_profile(canvas)
    names = [GL.glGetString(name) for name in (GL.GL_VENDOR, GL.GL_RENDERER, GL.GL_VERSION)]
    vendor, renderer, version = ((name or b"unknown").decode(errors="replace") for name in names)
    if (version_number(version) or (0, 0)) < (3, 3):
        raise ContextError(f"OpenGL 3.3 or newer is needed, {renderer} has {version}: update its driver")
    if backend == "glfw":
        if choice == "cpu" and not is_software_renderer(renderer):
            raise ContextError(f"device='cpu' cannot be had with a glfw window, which draws on {renderer}: use 'auto'")
        choice = "cpu" if is_software_renderer(renderer) else "auto"
    return Context(canvas, backend, vendor, renderer, version, device, choice)
