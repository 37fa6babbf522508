"""EGL devices: which there are, what they draw with, and a display of each.

By ctypes, because vispy needs the display when its EGL backend is imported.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple

_PLATFORM_DEVICE = 0x313F  # EGL_EXT_platform_device
_PLATFORM_SURFACELESS = 0x31DD  # EGL_MESA_platform_surfaceless
_CUDA_DEVICE = 0x323A  # EGL_NV_device_cuda
_DEVICE_UUID = 0x335C  # EGL_EXT_device_persistent_id
_DRM_DEVICE_FILE = 0x3233  # EGL_EXT_device_drm
_EXTENSIONS = 0x3055
_NONE, _SURFACE_TYPE, _PBUFFER_BIT, _RENDERABLE_TYPE, _OPENGL_BIT = 0x3038, 0x3033, 0x0001, 0x3040, 0x0008
_WIDTH, _HEIGHT, _OPENGL_API = 0x3057, 0x3056, 0x30A2
_DRAW, _READ = 0x3059, 0x305A
_GL_VENDOR, _GL_RENDERER, _GL_VERSION = 0x1F00, 0x1F01, 0x1F02
_CURRENT = ("eglGetCurrentDisplay", "eglGetCurrentSurface", "eglGetCurrentContext")
_SOFTWARE_NAMES = (
    *("llvmpipe", "softpipe", "swrast", "swr (", "swiftshader", "software rasterizer"),
    *("apple software renderer", "gdi generic", "basic render driver"),
)


def is_software_renderer(renderer: str) -> bool:
    """True when a GL_RENDERER string names a rasteriser that runs on the CPU."""
    return any(name in renderer.lower() for name in _SOFTWARE_NAMES)


@dataclass(frozen=True)
class Device:
    """An EGL device. ``handle`` is an EGLDeviceEXT, None for Mesa's surfaceless platform."""

    handle: int | None
    is_software: bool
    cuda: int | None = None
    uuid: str | None = None
    drm_file: str | None = None

    def __str__(self) -> str:
        words = ["software" if self.is_software else "hardware"]
        if self.handle is None:
            words.append("surfaceless")
        if self.cuda is not None:
            words.append(f"CUDA device {self.cuda}")
        if self.uuid is not None:
            words.append(f"GPU-{self.uuid}")
        if self.drm_file is not None:
            words.append(self.drm_file)
        return ", ".join(words)


@dataclass(frozen=True)
class Description:
    """The strings of a device's OpenGL context."""

    vendor: str
    renderer: str
    version: str


class Binding(NamedTuple):
    """What a thread has current: EGL's handles, None where there is none, and the API that it has chosen."""

    api: int
    display: int | None
    draw: int | None
    read: int | None
    context: int | None


class Egl:
    """The EGL library of this machine, or the one at ``path``.

    Raises
    ------
    OSError
        The library is not found.
    """

    def __init__(self, path: str | None = None) -> None:
        self._library: Any = ctypes.CDLL(path or ctypes.util.find_library("EGL") or "libEGL.so.1")
        self._library.eglGetProcAddress.restype = ctypes.c_void_p
        self._library.eglGetProcAddress.argtypes = [ctypes.c_char_p]
        for name in ("eglGetDisplay", "eglCreateContext", "eglCreatePbufferSurface", *_CURRENT):
            getattr(self._library, name).restype = ctypes.c_void_p
        self._library.eglMakeCurrent.argtypes = [ctypes.c_void_p] * 4
        self._library.eglQueryString.restype = ctypes.c_char_p

    def _extension(self, name: str, result: Any, *arguments: Any) -> Any:
        address = self._library.eglGetProcAddress(name.encode())
        return ctypes.CFUNCTYPE(result, *arguments)(address) if address else None

    def client_extensions(self) -> frozenset[str]:
        """Names of the client extensions, which need no display."""
        words = self._library.eglQueryString(ctypes.c_void_p(0), _EXTENSIONS)
        return frozenset((words or b"").decode().split())

    def devices(self) -> list[Device]:
        """All EGL devices, then Mesa's surfaceless platform if there is one."""
        extensions = self.client_extensions()
        found = []
        query = self._extension(
            "eglQueryDevicesEXT", ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_int)
        )
        if query is not None:
            handles, count = (ctypes.c_void_p * 64)(), ctypes.c_int(0)
            if query(64, ctypes.cast(handles, ctypes.c_void_p), ctypes.byref(count)):
                found = [self._describe_device(handle) for handle in handles[: count.value] if handle]
        if "EGL_MESA_platform_surfaceless" in extensions:
            found.append(Device(None, is_software=True))
        return found

    def _describe_device(self, handle: int) -> Device:
        text = self._extension("eglQueryDeviceStringEXT", ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int)
        words = text(handle, _EXTENSIONS) if text is not None else None
        extensions = (words or b"").decode().split()
        cuda = drm = identity = None
        number = ctypes.c_ssize_t(-1)
        attribute = self._extension(
            "eglQueryDeviceAttribEXT",
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_int,
            ctypes.POINTER(ctypes.c_ssize_t),
        )
        if "EGL_NV_device_cuda" in extensions and attribute is not None:
            cuda = number.value if attribute(handle, _CUDA_DEVICE, ctypes.byref(number)) else None
        if "EGL_EXT_device_drm" in extensions and text is not None:
            file = text(handle, _DRM_DEVICE_FILE)
            drm = file.decode() if file else None
        binary = self._extension(
            "eglQueryDeviceBinaryEXT",
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_int,
            ctypes.c_int,
            ctypes.c_void_p,
            ctypes.POINTER(ctypes.c_int),
        )
        if "EGL_EXT_device_persistent_id" in extensions and binary is not None:
            buffer, size = ctypes.create_string_buffer(16), ctypes.c_int(0)
            if binary(handle, _DEVICE_UUID, 16, buffer, ctypes.byref(size)) and size.value == 16:
                identity = str(uuid.UUID(bytes=buffer.raw))
        return Device(
            handle,
            is_software="EGL_MESA_device_software" in extensions,
            cuda=cuda,
            uuid=identity,
            drm_file=drm,
        )

    def display(self, device: Device) -> int | None:
        """An initialized EGLDisplay of a device, or None."""
        get = self._extension(
            "eglGetPlatformDisplayEXT", ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p
        )
        if get is None:
            return None
        platform = _PLATFORM_SURFACELESS if device.handle is None else _PLATFORM_DEVICE
        display = get(platform, device.handle, None)
        if not display or not self._library.eglInitialize(ctypes.c_void_p(display), None, None):
            return None
        return int(display)

    def describe(self, display: int) -> Description | None:
        """The strings of a display's OpenGL, from a temporary context. None where it has no desktop OpenGL."""
        egl, dpy, context, surface = self._library, ctypes.c_void_p(display), None, None
        config, count = ctypes.c_void_p(), ctypes.c_int(0)
        wanted = (ctypes.c_int * 5)(_SURFACE_TYPE, _PBUFFER_BIT, _RENDERABLE_TYPE, _OPENGL_BIT, _NONE)
        if not egl.eglBindAPI(_OPENGL_API):
            return None
        if not egl.eglChooseConfig(dpy, wanted, ctypes.byref(config), 1, ctypes.byref(count)) or not count.value:
            return None
        try:
            context = egl.eglCreateContext(dpy, config, None, None)
            size = (ctypes.c_int * 5)(_WIDTH, 1, _HEIGHT, 1, _NONE)
            surface = egl.eglCreatePbufferSurface(dpy, config, size)
            if not context or not surface:
                return None
            if not egl.eglMakeCurrent(dpy, surface, surface, context):
                return None
            text = self._extension("glGetString", ctypes.c_char_p, ctypes.c_uint)
            names = [text(name) if text is not None else None for name in (_GL_VENDOR, _GL_RENDERER, _GL_VERSION)]
            return Description(*((name or b"unknown").decode(errors="replace") for name in names))
        finally:
            egl.eglMakeCurrent(dpy, None, None, None)
            if surface:
                egl.eglDestroySurface(dpy, ctypes.c_void_p(surface))
            if context:
                egl.eglDestroyContext(dpy, ctypes.c_void_p(context))

    def binding(self) -> Binding:
        """What the calling thread has current."""
        egl = self._library
        surfaces = egl.eglGetCurrentSurface(_DRAW), egl.eglGetCurrentSurface(_READ)
        return Binding(egl.eglQueryAPI(), egl.eglGetCurrentDisplay(), *surfaces, egl.eglGetCurrentContext())

    def bind(self, binding: Binding) -> None:
        """Choose an API and make a context current again, if there was one that is still there."""
        self._library.eglBindAPI(binding.api)
        if binding.context is not None:
            self._library.eglMakeCurrent(binding.display, binding.draw, binding.read, binding.context)

    def choose_opengl(self) -> None:
        """Choose desktop OpenGL in the calling thread; EGL keeps the choice per thread."""
        self._library.eglBindAPI(_OPENGL_API)

    def release(self, display: int | None) -> None:
        """Unbind what the calling thread has current."""
        self._library.eglMakeCurrent(display, None, None, None)
