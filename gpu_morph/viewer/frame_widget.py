"""FrameWidget: what a notebook shows of a `ViewSession`. Needs jupyter_rfb."""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from jupyter_rfb import RemoteFrameBuffer

from ..image.image import Image
from ..image.png import png_bytes
from .browser_events import BrowserEvents
from .session import ViewSession


class FrameWidget(RemoteFrameBuffer):  # type: ignore[misc]  # it has no types
    """Sends a session's pictures to the browser, and the browser's events to the session.

    Events arrive in the kernel's main thread, or in that of a subshell, which runs while a cell does, too. Pictures
    come from the drawing thread and leave in the thread of the last event.
    """

    # Version 1.0.2 has another name for its element here, and so an error in the browser at each key. Versions before 1
    # have no such text.
    if hasattr(RemoteFrameBuffer, "_esm"):
        _esm = str(RemoteFrameBuffer._esm).replace("this.focus_el.value", "this._focusElement.value")

    def __init__(self, session: ViewSession) -> None:
        width, height = session.state.size
        self._session, self._events = session, BrowserEvents()
        self._picture: Image | None = None
        self._texts: deque[str] = deque()
        self._loop = _kernel_loop()
        # not wider than the notebook
        super().__init__(css_width=f"min({width}px, 100%)", css_height=f"{height}px", resizable=True)
        session.on_frame(self._take)
        session.on_copy(self._copy)

    def _take(self, picture: Image) -> None:
        """Keep the newest picture, and have it sent. Runs in the drawing thread."""
        self._picture = picture
        self._soon(self.request_draw)

    def _copy(self, text: str) -> None:
        """Have a text printed. Runs in the drawing thread."""
        self._texts.append(text)
        self._soon(self.print_texts)

    def print_texts(self) -> None:
        """Print what is to be copied: a kernel does not reach the browser's clipboard."""
        while self._texts:
            try:
                text = self._texts.popleft()
            except IndexError:  # close() printed it, in another thread
                return
            self.print(text)

    def _soon(self, call: Callable[..., None], *arguments: Any) -> None:
        """Have a function called in the thread that takes the browser's events."""
        with suppress(RuntimeError):  # the kernel ends
            self._loop.call_soon_threadsafe(call, *arguments)

    def get_frame(self) -> Image | None:
        """The newest picture."""
        return self._picture

    def handle_event(self, event: Mapping[str, Any]) -> None:
        """Hand an event on to the session."""
        with suppress(RuntimeError):
            self._loop = asyncio.get_running_loop()
        translated = self._events.translated(event)
        if translated is not None:
            self._session.handle(translated)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and the newest picture for where there is no kernel: it stays in the notebook's file."""
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None and self._picture is not None:
            data.pop("text/html", None)  # older versions' own picture
            data["image/png"] = base64.b64encode(png_bytes(self._picture)).decode("ascii")
        return bundle


def _kernel_loop() -> asyncio.AbstractEventLoop:
    """The loop in which the kernel takes messages."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:  # another thread than the kernel's
        from IPython import get_ipython

        return get_ipython().kernel.io_loop.asyncio_loop  # type: ignore[no-any-return]
