"""PictureWindow: a window of the desktop that shows pictures, and tells what is done with it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...errors import ContextError
from ...image.image import Image, Size
from .environment import pyopengl_platform

_NO_WINDOW = (
    "Without a screen, gm.write_html(scene, 'cell.html') writes a page that can be turned, gm.view works in notebooks, "
    "and gpu-morph snapshot and gm.save_image write pictures"
)


def _library() -> Any:
    """The module glfw; its types reject None."""
    return importlib.import_module("glfw")


@dataclass(frozen=True)
class WindowCallbacks:
    """What a window calls, all in its thread. Coordinates are logical pixels.

    ``button`` gets the button's number (0 left, 1 right, 2 middle), whether it is pressed, x and y, and glfw's
    modifiers; ``move`` and ``wheel`` x and y, the latter also steps; ``text`` a character; ``key`` glfw's number of a
    key, and modifiers; ``leave`` and ``resize`` nothing.
    """

    button: Callable[[int, bool, float, float, int], None]
    move: Callable[[float, float], None]
    wheel: Callable[[float, float, float], None]
    text: Callable[[str], None]
    key: Callable[[int, int], None]
    leave: Callable[[], None]
    resize: Callable[[], None]


class PictureWindow:
    """A window with a picture. Use it in the main thread, in ``with``.

    Its context is one of its own, with which nothing else is drawn.

    Parameters
    ----------
    size : (width, height)
        Logical pixels.
    title : str
        Of the window.

    Raises
    ------
    ContextError
        There is no screen, or no OpenGL 3 for windows.
    """

    def __init__(self, size: Size, title: str) -> None:
        self._glfw = _library()
        reporting = self._glfw.ERROR_REPORTING
        self._glfw.ERROR_REPORTING = "ignore"  # else problems are warnings; they are looked for below
        try:
            self._handle = self._opened(size, title) if self._glfw.init() else None
            if not self._handle:
                raise ContextError(f"no window can be opened: {self._problem()}. {_NO_WINDOW}")
        finally:
            self._glfw.ERROR_REPORTING = reporting
        self._glfw.make_context_current(self._handle)
        self._glfw.swap_interval(0)
        with pyopengl_platform("egl"):  # as the drawing thread has it
            from OpenGL import GL
        self._gl = GL
        self._texture, self._frame_buffer = int(GL.glGenTextures(1)), int(GL.glGenFramebuffers(1))
        self._image: Image | None = None
        self._texture_size: Size | None = None

    def __enter__(self) -> PictureWindow:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _opened(self, size: Size, title: str) -> Any:
        glfw = self._glfw
        monitor = glfw.get_primary_monitor()
        _, _, *room = glfw.get_monitor_workarea(monitor) if monitor else (0, 0, 0, 0)
        if all(room):  # no larger than the screen
            size = min(size[0], room[0]), min(size[1], room[1])
        for interface in (glfw.EGL_CONTEXT_API, glfw.NATIVE_CONTEXT_API):
            glfw.default_window_hints()
            glfw.window_hint(glfw.CONTEXT_CREATION_API, interface)
            glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, 3)
            glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, 3)
            glfw.window_hint(glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE)
            glfw.window_hint(glfw.OPENGL_FORWARD_COMPAT, True)
            glfw.window_hint(glfw.SCALE_TO_MONITOR, True)
            glfw.window_hint_string(glfw.X11_CLASS_NAME, "gpu_morph")
            glfw.window_hint_string(glfw.X11_INSTANCE_NAME, "gpu_morph")
            handle = glfw.create_window(*size, title, None, None)
            if handle:
                return handle
        return None

    def _problem(self) -> str:
        _, text = self._glfw.get_error()
        return text.decode(errors="replace") if isinstance(text, bytes) else str(text or "glfw gives no reason")

    def listen(self, callbacks: WindowCallbacks) -> None:
        """Have functions called with what is done with the window."""
        glfw, handle = self._glfw, self._handle
        # Where the pointer was at an event: glfw would tell where it is by now.
        at = [self._logical(*glfw.get_cursor_pos(handle))]

        def button(_: Any, number: int, action: int, modifiers: int) -> None:
            callbacks.button(number, action == glfw.PRESS, *at[0], modifiers)

        def move(_: Any, x: float, y: float) -> None:
            at[0] = self._logical(x, y)
            callbacks.move(*at[0])

        def key(_: Any, number: int, __: int, action: int, modifiers: int) -> None:
            if action != glfw.RELEASE:
                callbacks.key(number, modifiers)

        glfw.set_mouse_button_callback(handle, button)
        glfw.set_cursor_pos_callback(handle, move)
        glfw.set_scroll_callback(handle, lambda _, __, steps: callbacks.wheel(*at[0], steps))
        glfw.set_char_callback(handle, lambda _, code: callbacks.text(chr(code)))
        glfw.set_key_callback(handle, key)
        glfw.set_cursor_enter_callback(handle, lambda _, is_inside: None if is_inside else callbacks.leave())
        glfw.set_framebuffer_size_callback(handle, lambda *_: self._resized(callbacks))
        glfw.set_window_content_scale_callback(handle, lambda *_: self._resized(callbacks))
        glfw.set_window_refresh_callback(handle, lambda _: self._present())

    def _resized(self, callbacks: WindowCallbacks) -> None:
        self._present()
        callbacks.resize()

    @property
    def pixel_ratio(self) -> float:
        """Pixels of the screen for a logical pixel."""
        return float(max(self._glfw.get_window_content_scale(self._handle)[0], 0.1))

    @property
    def size(self) -> Size:
        """(width, height), logical pixels."""
        width, height = self._glfw.get_framebuffer_size(self._handle)
        ratio = self.pixel_ratio
        return max(1, round(width / ratio)), max(1, round(height / ratio))

    def _logical(self, x: float, y: float) -> tuple[float, float]:
        """Logical pixels from glfw's screen coordinates, which differ by system."""
        (width, _), (across, _) = (
            self._glfw.get_framebuffer_size(self._handle),
            self._glfw.get_window_size(self._handle),
        )
        factor = width / max(across, 1) / self.pixel_ratio
        return x * factor, y * factor

    @property
    def should_close(self) -> bool:
        """The user has closed the window."""
        return bool(self._glfw.window_should_close(self._handle))

    def wait(self, seconds: float) -> None:
        """Wait until something is done with the window or `wake` is called; but not for long."""
        self._glfw.wait_events_timeout(seconds)

    def wake(self) -> None:
        """End `wait`; from any thread."""
        self._glfw.post_empty_event()

    def copy_text(self, text: str) -> None:
        """Put a text into the clipboard."""
        self._glfw.set_clipboard_string(self._handle, text)

    def show(self, image: Image) -> None:
        """Show a picture, (height, width, 3) uint8, stretched over the window."""
        gl, size = self._gl, (image.shape[1], image.shape[0])
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._texture)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        if size != self._texture_size:
            gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGB8, *size, 0, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, image)
            gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._frame_buffer)
            gl.glFramebufferTexture2D(
                gl.GL_READ_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, self._texture, 0
            )
            self._texture_size = size
        else:
            gl.glTexSubImage2D(gl.GL_TEXTURE_2D, 0, 0, 0, *size, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, image)
        self._image = image
        self._present()

    def _present(self) -> None:
        """Copy the picture to the window, its first row at the top."""
        if self._texture_size is None:
            return
        gl, (width, height) = self._gl, self._glfw.get_framebuffer_size(self._handle)
        across, down = self._texture_size
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._frame_buffer)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, 0)
        is_same = (across, down) == (width, height)
        gl.glBlitFramebuffer(
            *(0, 0, across, down, 0, height, width, 0),
            gl.GL_COLOR_BUFFER_BIT,
            gl.GL_NEAREST if is_same else gl.GL_LINEAR,
        )
        self._glfw.swap_buffers(self._handle)

    def close(self) -> None:
        """Close the window; further calls do nothing."""
        handle, self._handle = self._handle, None
        if handle:
            self._glfw.make_context_current(None)
            self._glfw.destroy_window(handle)
            self._glfw.poll_events()
