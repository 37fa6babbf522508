"""A view in a window of the desktop."""

from __future__ import annotations

import threading
import time as clock
from collections import deque
from typing import TYPE_CHECKING

from ..errors import ContextError
from ..image.image import Image, Size
from ..scene.scene import Scene
from ..system.orderly_end import orderly_end, signals_deferred
from .events import Event, Key, Pointer, Resize, Wheel
from .session import ViewSession

if TYPE_CHECKING:
    from ..render.gpu.picture_window import PictureWindow

_BUTTONS = ("left", "right", "middle")
_MODIFIERS = ("shift", "control", "alt", "meta")  # by glfw's bits
_KEYS = {262: "right", 263: "left", 264: "down", 265: "up", 268: "home", 269: "end", 256: "escape"}  # glfw's numbers
_DOUBLE = 0.4  # s between the presses of a double click
_NEAR = 5.0  # logical pixels, likewise
_WAIT = 0.1  # s; Ctrl-C is acted upon between two waits


def view_in_window(
    scene: Scene, size: Size, *, time: float | None = None, device: int | str | None = None, title: str = "gpu_morph"
) -> ViewSession:
    """Show a scene in a window until that is closed, and return its closed session.

    Raises
    ------
    ContextError
        There is no screen or no OpenGL, or this is not the main thread.
    """
    from ..render.gpu.picture_window import PictureWindow

    if threading.current_thread() is not threading.main_thread():
        raise ContextError("a window needs the main thread: call gm.view there, or use a notebook")
    with orderly_end(), PictureWindow(size, title) as window:
        with ViewSession(scene, window.size, window.pixel_ratio, time=time, device=device, is_window=True) as session:
            shown = WindowView(session, window)
            shown.run()
        shown.copy_texts()  # what a key asked for just before the end
        return session


class WindowView:
    """A session in a window.

    Parameters
    ----------
    session : ViewSession
        What is shown.
    window : PictureWindow
        Where.
    """

    def __init__(self, session: ViewSession, window: PictureWindow) -> None:
        from ..render.gpu.picture_window import WindowCallbacks

        self._session, self._window = session, window
        self._frames: deque[Image] = deque(maxlen=1)
        self._texts: deque[str] = deque()
        self._held: frozenset[str] = frozenset()
        self._modifiers: frozenset[str] = frozenset()
        self._pressed = (-1.0, 0.0, 0.0)  # the last press of the left button: when, x, y
        session.on_frame(self._take)
        session.on_copy(self._copy)
        window.listen(
            WindowCallbacks(
                button=self._button,
                move=lambda x, y: self._send(Pointer("move", x, y, self._held, self._modifiers)),
                wheel=lambda x, y, steps: self._send(Wheel(x, y, steps, self._modifiers)),
                text=lambda character: self._send(Key(character)),
                key=self._key,
                leave=lambda: self._send(Pointer("leave", 0, 0)),
                resize=lambda: self._send(Resize(*window.size, window.pixel_ratio)),
            )
        )

    def run(self) -> None:
        """Show pictures until the window or the session is closed.

        Raises
        ------
        Exception
            Nothing can be drawn.
        """
        has_frame = False
        while not self._window.should_close and not self._session.is_closed:
            with signals_deferred():  # glfw's callbacks lose what a signal's handler raises in them
                self.copy_texts()
                if self._frames:
                    self._window.show(self._frames.pop())
                    has_frame = True
                elif not has_frame and self._session.error is not None:
                    raise self._session.error
                self._window.wait(_WAIT)

    def copy_texts(self) -> None:
        """Hand the desktop what is to be copied."""
        while self._texts:
            self._window.copy_text(self._texts.popleft())

    def _take(self, image: Image) -> None:
        """In the drawing thread."""
        self._frames.append(image)
        self._window.wake()

    def _copy(self, text: str) -> None:
        """In the drawing thread."""
        self._texts.append(text)
        self._window.wake()

    def _send(self, event: Event) -> None:
        self._session.handle(event)

    def _button(self, number: int, is_down: bool, x: float, y: float, modifiers: int) -> None:
        if number >= len(_BUTTONS):
            return
        button, self._modifiers = frozenset({_BUTTONS[number]}), _names(modifiers)
        self._held = self._held | button if is_down else self._held - button
        kind = "down" if is_down else "up"
        if is_down and number == 0:
            (before, old_x, old_y), now = self._pressed, clock.monotonic()
            is_double = now - before < _DOUBLE and abs(x - old_x) < _NEAR and abs(y - old_y) < _NEAR
            self._pressed = (-1.0 if is_double else now, x, y)
            kind = "double" if is_double else kind
        self._send(Pointer(kind, x, y, button, self._modifiers))  # type: ignore[arg-type]

    def _key(self, number: int, modifiers: int) -> None:
        self._modifiers = _names(modifiers)
        if number in _KEYS:
            self._send(Key(_KEYS[number], self._modifiers))


def _names(modifiers: int) -> frozenset[str]:
    return frozenset(name for bit, name in enumerate(_MODIFIERS) if modifiers & (1 << bit))
