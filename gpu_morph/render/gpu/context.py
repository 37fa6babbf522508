"""The OpenGL context of the process: made at the first call, held by one thread at a time.

There is one context per process, because vispy never destroys an EGL context. `held_context` gives it to a thread for
the length of a ``with`` block, in which others wait; any thread may have it in turn. A context that was lost, because
another library has ended its EGL display, is replaced by a new one.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ...errors import ContextError, SoftwareRenderingWarning, explain_command
from ...system.signals import restore_ctypes_interrupts
from ...system.user_warning import warn_user
from . import environment
from .bindings import Bindings
from .canvas import import_pyopengl, is_marked, mark_context, open_canvas, set_gl_checks, version_number
from .device_choice import DeviceChoice, find_display, open_egl, parse_device
from .egl import Device, is_software_renderer
from .glfw_window import release_window
from .vispy_private import (
    current_canvas,
    egl_backend,
    forget_canvas,
    gl_functions,
    provide_fontconfig,
    set_current_canvas,
    set_gl_functions,
    set_own_gl_functions,
)


@dataclass(frozen=True, eq=False)
class Context:
    """An OpenGL context and its description.

    ``canvas`` is vispy's. ``device`` is None with glfw. ``choice`` is what the choice of a device came to: a GPU's
    index, "cpu", or "auto" where a GPU draws that has no index. ``display`` is the EGLDisplay, None with glfw.
    With ``has_mark`` it holds the buffer by which it is known. ``bindings`` are what is current when it is.
    ``thread`` identifies the thread that it is bound to, if any; with ``is_kept`` until `release` is called there.
    """

    canvas: Any
    vendor: str
    renderer: str
    version: str
    backend: str
    device: Device | None
    choice: DeviceChoice
    display: int | None = None
    has_mark: bool = False
    bindings: Bindings = field(default_factory=Bindings)
    is_kept: bool = False
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

    def make_current(self) -> None:
        """Bind the context to the calling thread.

        Raises
        ------
        ContextError
            Another thread has it, it was made before the process was forked, or it was lost.
        """
        self.check_process()
        thread = threading.get_ident()
        if self.is_kept and self.thread != thread and self.thread in {other.ident for other in threading.enumerate()}:
            raise ContextError(
                f"the OpenGL context belongs to thread {self.thread}, this is thread {thread}: that one has called "
                "current_context(), which keeps it; use held_context() there"
            )
        object.__setattr__(self, "thread", thread)  # before it is so: an interrupt may come in between
        try:
            if self.backend == "egl":
                open_egl().choose_opengl()
            self.canvas.set_current()
        except RuntimeError as cause:
            object.__setattr__(self, "thread", None)
            raise ContextError(
                f"{cause} Does a window of another library (GLX) have its own current in this thread? "
                "Release that, or render in another process"
            ) from cause

    def is_lost(self) -> bool:
        """Make the context current; True where that fails, or where its handle has become another context's."""
        try:
            self.make_current()
        except ContextError as error:
            if error.__cause__ is None:
                raise
            return True
        return self.has_mark and not is_marked()

    def release(self) -> None:
        """Unbind the context from the calling thread, which has it."""
        object.__setattr__(self, "is_kept", False)
        if self.backend == "egl":
            open_egl().release(self.display)
        else:
            release_window()
        object.__setattr__(self, "thread", None)

    def check_process(self) -> None:
        """ContextError in a process that was forked from the one that made the context."""
        if self.process != os.getpid():
            raise ContextError(
                "the OpenGL context was made before this process was forked and does not survive that: "
                "start worker processes with the 'spawn' method"
            )


_current: Context | None = None
_lock = threading.RLock()  # of the thread that uses the context
_holder: int | None = None  # the thread that is in `held_context`
_waiting: set[int] = set()  # threads that are about to be in it
_GIVE_WAY = 2e-4  # s; a thread that has had the context leaves it to others first


def _renew_lock() -> None:
    """A process that was forked has none of the threads that held or waited."""
    global _lock, _holder
    _lock, _holder = threading.RLock(), None
    _waiting.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


@contextmanager
def held_context(device: int | str | None = None) -> Iterator[Context]:
    """The context of this process, made at the first call, bound to the calling thread inside ``with``.

    Other threads wait meanwhile. At the end the context is free for them, and what the caller had current before,
    of this or another library, is current again.

    Parameters
    ----------
    device : int, "auto", "cpu" or None
        A GPU's index, counted as CUDA counts (CUDA_VISIBLE_DEVICES is honoured); "auto": the first GPU,
        else the CPU; "cpu": Mesa's software rasteriser; None: what GPU_MORPH_DEVICE says, else "auto".

    Raises
    ------
    ContextError
        OpenGL is not available, or the process already draws on another device.
    """
    with restore_ctypes_interrupts(), _held(device) as context:
        yield context


@contextmanager
def _held(device: int | str | None) -> Iterator[Context]:
    global _holder
    thread = threading.get_ident()
    if _current is not None:
        _current.check_process()
    if _holder == thread:
        yield _bound(device)
        return
    _waiting.add(thread)
    try:
        with _lock:
            _waiting.discard(thread)
            before, canvas, functions = Bindings(), current_canvas(), gl_functions()
            try:
                _holder = thread
                yield _bound(device)
            finally:
                _holder = None
                _put_back(before, canvas, functions)
    finally:
        _waiting.discard(thread)
    if _waiting:
        time.sleep(_GIVE_WAY)


def _put_back(before: Bindings, canvas: Any, functions: Any) -> None:
    """Make current what was so. Of ours, if it was, only one that is kept: an interrupted call may have left it."""
    was_ours = _current is not None and before == _current.bindings
    if _current is not None and _current.thread == threading.get_ident():
        if was_ours and _current.is_kept:
            return
        _current.release()
    set_gl_functions(functions)
    if was_ours:
        return
    before.restore()
    if canvas is not None:
        set_current_canvas(canvas)


def is_awaited() -> bool:
    """True when other threads wait for the context: who holds it for long should let it go for a moment."""
    return bool(_waiting)


def current_context(device: int | str | None = None) -> Context:
    """As `held_context`, but the context stays bound to the calling thread: for work with OpenGL's own functions.

    Others are an error until `Context.release` is called in this thread.
    """
    with _lock:
        context = _bound(device)
        object.__setattr__(context, "is_kept", True)
        return context


def _bound(device: int | str | None) -> Context:
    """The context, current in the calling thread."""
    global _current
    if _current is None:
        choice = parse_device(device)
        _current = _make_context(choice)
        if _current.is_software and choice != "cpu":
            warn_user(
                f"drawing on the CPU ({_current.renderer}): no GPU could be used. It works, more slowly; "
                "'gpu-morph info' lists what was found, device='cpu' (or GPU_MORPH_DEVICE=cpu) accepts it, "
                f"'{explain_command(SoftwareRenderingWarning)}' says more",
                SoftwareRenderingWarning,
            )
    if device is not None and (choice := parse_device(device)) not in ("auto", _current.choice):
        raise ContextError(
            f"device={choice!r} was asked for, but this process already draws on {_current.renderer} "
            f"(device={_current.choice!r}): there is one context per process; use another process"
        )
    set_own_gl_functions()
    if _current.is_lost():
        lost = _current
        try:
            _current = _make_context(lost.choice)
        except ContextError as cause:
            raise ContextError(
                f"the OpenGL context is lost (another library has ended its EGL display), and no new one can be made: "
                f"{cause}"
            ) from cause
        forget_canvas(lost.canvas)
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
    set_gl_checks()
    provide_fontconfig()
    if environment.backend() == "glfw":
        if isinstance(choice, int):
            raise ContextError(f"device={choice} cannot be chosen with a glfw window: use EGL, or device='auto'")
        opened = open_canvas("glfw")
        is_software = is_software_renderer(opened.renderer)
        if choice == "cpu" and not is_software:
            raise ContextError(
                f"device='cpu' cannot be had with a glfw window, which draws on {opened.renderer}: use 'auto'"
            )
        return Context(*opened, backend="glfw", device=None, choice="cpu" if is_software else "auto")
    device, display, choice = find_display(choice)
    import_pyopengl()
    with egl_backend(display):
        context = Context(*open_canvas("egl"), backend="egl", device=device, choice=choice, display=display)
    return replace(context, has_mark=mark_context())
