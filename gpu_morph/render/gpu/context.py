"""The one OpenGL context of a process: found, made and bound to the thread that asked for it, until it lets go."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import types
import warnings
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ...errors import ContextError, SoftwareRenderingWarning
from .egl import OPENGL_API, Device, Egl, is_software_renderer, visible_devices

DeviceChoice = int | Literal["auto", "cpu"]
_PACKAGES = (
    "on Debian and Ubuntu: apt-get install libegl1 libgl1 libgl1-mesa-dri; on Fedora and RHEL: dnf install "
    "libglvnd-egl libglvnd-glx mesa-libEGL mesa-dri-drivers; with an NVIDIA card also the driver's own libnvidia-gl "
    "(in a container: NVIDIA_DRIVER_CAPABILITIES=all)"
)


@dataclass(frozen=True, eq=False)
class Context:
    """An OpenGL context and what it says of itself.

    ``canvas`` is vispy's; ``device`` None under glfw; ``choice`` what it came to: a GPU's index, "cpu", or "auto"
    where a GPU draws that has no index. ``thread`` is None after `release`, until a thread asks for it.
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
    def number(self) -> tuple[int, int]:
        """OpenGL's version: (4, 5)."""
        return version_number(self.version) or (0, 0)

    @property
    def is_mine(self) -> bool:
        """True in the thread and process that made the context."""
        return self.process == os.getpid() and self.thread == threading.get_ident()

    def make_current(self) -> None:
        """Bind the context to the calling thread, which must be the one that made it."""
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
        """Let go of the context: it then belongs to the thread that asks for it next, with all that it holds."""
        self.make_current()
        if self.backend == "egl":
            importlib.import_module("vispy.ext.egl").eglMakeCurrent(self.display, None, None, None)
        else:
            importlib.import_module("glfw").make_context_current(None)
        object.__setattr__(self, "thread", None)

    def _adopt(self) -> None:
        if self.backend == "egl":  # which API is meant, each thread says for itself
            importlib.import_module("vispy.ext.egl").eglBindAPI(OPENGL_API)
        object.__setattr__(self, "thread", threading.get_ident())


def version_number(version: str) -> tuple[int, int] | None:
    """(4, 5) of "4.5 (Compatibility Profile) Mesa 22.3.6"; None where there are no numbers."""
    numbers = version.split()[0].split(".")[:2]
    if len(numbers) < 2 or not all(part.isdecimal() for part in numbers):
        return None
    return int(numbers[0]), int(numbers[1])


_current: Context | None = None
_lock = threading.Lock()


def parse_device(device: int | str | None) -> DeviceChoice:
    """What ``device=``, or ``GPU_MORPH_DEVICE`` where that is None, asks for.

    Raises
    ------
    ValueError
        Neither an index, "auto" nor "cpu".
    """
    given = os.environ.get("GPU_MORPH_DEVICE") or "auto" if device is None else device
    text = str(given).strip().lower()
    if text in ("auto", "cpu"):
        return text  # type: ignore[return-value]
    if text.isdecimal() and not isinstance(given, bool):
        return int(text)
    source = "GPU_MORPH_DEVICE" if device is None else "device"
    raise ValueError(f"{source} must be the index of a GPU from 0 on, 'auto' or 'cpu', got {given!r}")


def current_context(device: int | str | None = None) -> Context:
    """The context of this process, made at the first call.

    Parameters
    ----------
    device : int, "auto", "cpu" or None
        A GPU's index, counted as CUDA counts (CUDA_VISIBLE_DEVICES is honoured); "auto": the first GPU,
        else the CPU; "cpu": Mesa's software rasteriser; None: what GPU_MORPH_DEVICE says, else "auto".

    Raises
    ------
    ContextError
        No OpenGL to be had, or the process already draws on another device or in another thread.
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


def _make_context(choice: DeviceChoice) -> Context:
    backend = os.environ.get("GPU_MORPH_BACKEND") or ("egl" if sys.platform.startswith("linux") else "glfw")
    if backend not in ("egl", "glfw"):
        raise ContextError(f"GPU_MORPH_BACKEND must be 'egl' or 'glfw', got {backend!r}")
    if backend == "glfw":
        if isinstance(choice, int):
            raise ContextError(f"device={choice} cannot be chosen with a glfw window: use EGL, or device='auto'")
        _set_gl_checks()
        return _open_canvas("glfw", None, choice)
    device, display, choice = _find_display(choice)
    _import_pyopengl()
    _provide_fontconfig()
    try:
        vispy_egl: Any = importlib.import_module("vispy.ext.egl")
    except OSError as cause:
        raise ContextError(f"vispy: {cause}: set EGL_LIBRARY to the path of libEGL.so.1; {_PACKAGES}") from cause
    # vispy's backend opens the default display when it is imported; it is handed ours instead. An earlier import
    # (the user's, or ours for another device) keeps its display, and its canvases go on with it.
    sys.modules.pop("vispy.app.backends._egl", None)
    original, vispy_egl.eglGetDisplay = vispy_egl.eglGetDisplay, lambda *_: display
    try:
        importlib.import_module("vispy.app.backends._egl")
        return replace(_open_canvas("egl", device, choice), display=display)
    finally:
        vispy_egl.eglGetDisplay = original


def known_context() -> Context | None:
    """The context of this process, if there is one already."""
    return _current


def visible_gpus() -> list[str]:
    """A name for each GPU, in the order of their indices: the same in every process on this machine.

    Empty where there is none, or no EGL to ask.
    """
    try:
        devices = _open_egl().devices()
    except ContextError:
        return []
    return [str(device) for device in visible_devices(devices, os.environ.get("CUDA_VISIBLE_DEVICES"))]


def device_list() -> list[str]:
    """A line for each EGL device: how to choose it, what it is, what draws on it.

    Raises
    ------
    ContextError
        No EGL library.
    """
    egl, lines = _open_egl(), []
    devices = egl.devices()
    visible = visible_devices(devices, os.environ.get("CUDA_VISIBLE_DEVICES"))
    for device in devices:
        if device.is_software:
            choice = "device='cpu'"
        else:
            choice = f"device={visible.index(device)}" if device in visible else "hidden by CUDA_VISIBLE_DEVICES"
        display = egl.display(device)
        description = egl.describe(display) if display is not None else None
        lines.append(f"{choice}: {device}: {description.renderer if description else 'gives no OpenGL'}")
    return lines


def _open_egl() -> Egl:
    try:
        return Egl(os.environ.get("EGL_LIBRARY"))
    except (OSError, AttributeError) as cause:
        raise ContextError(f"no EGL library (libEGL.so.1) on this machine: {cause}; {_PACKAGES}") from cause


def _find_display(choice: DeviceChoice) -> tuple[Device, int, DeviceChoice]:
    egl = _open_egl()
    devices = egl.devices()
    hardware = visible_devices(devices, os.environ.get("CUDA_VISIBLE_DEVICES"))
    software = [d for d in devices if d.is_software]
    if isinstance(choice, int):
        if choice >= len(hardware):
            listed = "".join(f"\n  {k}: {d}" for k, d in enumerate(hardware)) or " none"
            raise ContextError(
                f"device={choice} was asked for, but the GPUs that EGL shows are:{listed}\n"
                f"(CUDA_VISIBLE_DEVICES={os.environ.get('CUDA_VISIBLE_DEVICES')}); see 'gpu-morph info'"
            )
        candidates = hardware[choice : choice + 1]
    else:
        candidates = software if choice == "cpu" else hardware + software
    for device in candidates:
        display = egl.display(device)
        description = egl.describe(display) if display is not None else None
        if display is None or description is None:
            continue
        # A GPU's display that turns out to draw on the CPU is not what was asked for; nor is the other way about.
        if is_software_renderer(description.renderer):
            if device.is_software:
                return device, display, "cpu"
        elif choice != "cpu":
            return device, display, hardware.index(device) if device in hardware else "auto"
    tried = "".join(f"\n  {d}" for d in candidates) or " none"
    raise ContextError(
        f"EGL gives no OpenGL context for device={choice!r}; tried:{tried}\n"
        f"(a window of another library that is current in this thread would stand in the way, too)\n{_PACKAGES}"
    )


def _set_gl_checks() -> None:
    """Checks after each call cost more than the calls; tests keep them. PyOpenGL reads this at its import."""
    import OpenGL

    OpenGL.ERROR_CHECKING = os.environ.get("GPU_MORPH_GL_CHECKS", "0") not in ("", "0")


def _import_pyopengl() -> None:
    """PyOpenGL chooses its platform when it is first imported; another one than EGL cannot see our context."""
    _set_gl_checks()
    before = os.environ.get("PYOPENGL_PLATFORM")
    os.environ["PYOPENGL_PLATFORM"] = "egl"
    try:
        platform = importlib.import_module("OpenGL.platform")
    finally:  # child processes may need another one, for their windows
        os.environ.pop("PYOPENGL_PLATFORM")
        if before is not None:
            os.environ["PYOPENGL_PLATFORM"] = before
    chosen = type(getattr(platform, "PLATFORM", None)).__name__
    if chosen != "EGLPlatform":
        raise ContextError(
            f"PyOpenGL was imported before gpu_morph rendered and chose {chosen}: import it afterwards, or set "
            "PYOPENGL_PLATFORM=egl before"
        )


def _provide_fontconfig() -> None:
    """Let vispy be imported where fontconfig is missing: we draw no text with it."""
    try:
        importlib.import_module("vispy.util.fonts")
    except (ImportError, OSError):
        for name in [n for n in sys.modules if n.split(".")[0] == "vispy"]:
            del sys.modules[name]
        stand_in = types.ModuleType("vispy.ext.fontconfig")
        stand_in.find_font = stand_in._list_fonts = _no_fonts  # type: ignore[attr-defined]
        sys.modules["vispy.ext.fontconfig"] = stand_in


def _no_fonts(*_arguments: Any) -> Any:
    raise ContextError("vispy's fonts need the library fontconfig (libfontconfig1)")


def _ask_glfw_for_core_profile() -> None:
    """Without this macOS gives OpenGL 2.1."""
    import glfw

    glfw.init()
    glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, 3)
    glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, 3)
    glfw.window_hint(glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE)
    glfw.window_hint(glfw.OPENGL_FORWARD_COMPAT, True)


def _open_canvas(backend: str, device: Device | None, choice: DeviceChoice) -> Context:
    _provide_fontconfig()
    import vispy
    from vispy import app

    try:
        # Not vispy.use(app=...): that binds the process, and the user may show windows of another backend.
        vispy.use(gl="gl+")
        if backend == "glfw":
            _ask_glfw_for_core_profile()
        # With dpi given, vispy does not ask the display, which may be dead, for it.
        canvas = app.Canvas(size=(16, 16), show=False, autoswap=False, app=app.Application(backend), dpi=96)
        canvas.set_current()
    except Exception as cause:
        hint = "is there a display (DISPLAY)? " if backend == "glfw" else ""
        raise ContextError(f"vispy cannot open an offscreen {backend} canvas: {cause}; {hint}{_PACKAGES}") from cause
    from OpenGL import GL

    if backend == "glfw":
        GL.glBindVertexArray(GL.glGenVertexArrays(1))  # a core profile draws nothing without one, and gloo has none
        # Nor does it know what gloo enables whenever the canvas is made current: the error would meet the next draw.
        canvas.context.flush_commands()
        canvas.context.shared.parser._gl_initialize = lambda: None
        while GL.glGetError() != GL.GL_NO_ERROR:
            pass
    names = [GL.glGetString(name) for name in (GL.GL_VENDOR, GL.GL_RENDERER, GL.GL_VERSION)]
    vendor, renderer, version = ((name or b"unknown").decode(errors="replace") for name in names)
    if (version_number(version) or (0, 0)) < (3, 3):
        raise ContextError(f"OpenGL 3.3 or newer is needed, {renderer} has {version}: update its driver")
    if backend == "glfw":
        if choice == "cpu" and not is_software_renderer(renderer):
            raise ContextError(f"device='cpu' cannot be had with a glfw window, which draws on {renderer}: use 'auto'")
        choice = "cpu" if is_software_renderer(renderer) else "auto"
    return Context(canvas, backend, vendor, renderer, version, device, choice)
