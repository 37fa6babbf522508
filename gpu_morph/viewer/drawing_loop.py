"""DrawingLoop: draws the newest state of a view whenever there is one, in a thread of its own."""

from __future__ import annotations

import math
import time as clock
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from ..errors import brief
from ..image.image import Image
from ..system.interruption import Interrupted, interruptible
from .drawer import Drawer, DrawnView
from .live_view import LiveView
from .playing import advanced
from .requests import Requests
from .state import ViewState

_SETTLE = 0.12  # s without an event that moves something: then the exact picture is drawn
_FRAME = 1 / 60  # s, least time from one picture of a film to the next
_AT_THE_END = ("save picture", "copy code")  # requests that are answered although the view is closed


class DrawingLoop:
    """Roughly while something moves, exactly when it stands still; an exact picture is given up for a new event.

    Parameters
    ----------
    view : LiveView
        What is drawn.
    requests : Requests
        Answers what keys and clicks ask for.
    device : int, "auto", "cpu", optional
        Which GPU.
    """

    def __init__(self, view: LiveView, requests: Requests, device: int | str | None) -> None:
        self._view, self._requests, self._device = view, requests, device
        self._drawn_at = clock.monotonic()
        self._unanswered: Exception | None = None  # why a request failed, until it is shown

    def run(self) -> None:
        """Draw until the view is closed."""
        drawer = Drawer(self._view.base, self._device)
        try:
            while self._draw_next(drawer):
                pass
        except Exception as error:  # what waits for pictures must know that none will come
            self._view.error = error
            raise
        finally:
            drawer.close()
            with self._view.changed:
                self._view.has_ended = True
                self._view.changed.notify_all()

    def _draw_next(self, drawer: Drawer) -> bool:
        """Draw the newest state when there is something new; False when the view is closed."""
        view = self._view
        with view.changed:
            while (patience := self._patience()) is None or patience > 0:
                view.changed.wait(patience)
            now = clock.monotonic()
            if view.state.is_playing:
                view.set(advanced(view.state, min(now - self._drawn_at, 0.25), view.context))
            self._drawn_at = now
            if now >= view.notice_until:
                view.notice, view.notice_until = "", math.inf
            state, context, version, notice = view.state, view.context, view.version, view.notice
            callbacks, requests, view.requests = tuple(view.on_frame), view.requests, []
            is_settled = now >= self._settles_at()
        if state.is_closed:
            self._answer([each for each in requests if each[0] in _AT_THE_END], drawer)
            return False
        self._answer(requests, drawer)
        drawn, error = None, self._unanswered
        if error is not None:
            notice = f"not done: {brief(str(error))}"
        try:
            with interruptible(lambda: _has_changed(view.state, state)):
                drawn = drawer.draw(state, context, is_settled=is_settled, notice=notice)
        except Interrupted:
            return True
        except Exception as cause:  # shown in the view and to who waits; the next event may mend it
            error = cause
            drawn = drawer.failed(state, context, notice=f"not drawn: {brief(str(cause))}")
        error = _call(callbacks, drawn.image) or error
        self._unanswered = None
        self._note(drawer, drawn, state, version, error)
        return True

    def _answer(self, requests: list[tuple[str, ViewState]], drawer: Drawer) -> None:
        """Answer all requests; those after one that fails, too."""
        for request, asked in requests:
            try:
                self._requests.answer(request, asked, drawer)
            except Exception as error:
                self._unanswered = self._unanswered or error

    def _note(self, drawer: Drawer, drawn: DrawnView, state: ViewState, version: int, error: Exception | None) -> None:
        """Tell who waits what was drawn, and use the time if there is nothing else to draw."""
        view = self._view
        with view.changed:
            view.error, view.picture = error, drawer.picture
            view.shown_version, view.is_exact = version, drawn.is_exact
            if (view.state.size, view.state.pixel_ratio) == (state.size, state.pixel_ratio):
                view.context = drawn.context
            view.changed.notify_all()
            has_time = view.version == version and drawn.is_exact and error is None
        if has_time:
            with suppress(Exception):  # then all pictures are exact
                drawer.prepare(state)

    def _patience(self) -> float | None:
        """How long the thread may wait, s; None: until something changes. The lock is held."""
        view, now = self._view, clock.monotonic()
        if view.version != view.shown_version or view.state.is_closed or view.requests:
            return 0.0
        waits = [view.notice_until - now]
        if view.state.is_playing:
            waits.append(self._drawn_at + _FRAME - now)
        elif not view.is_exact:
            waits.append(self._settles_at() - now)
        return None if (least := min(waits)) == math.inf else max(0.0, least)

    def _settles_at(self) -> float:
        """When the exact picture is to be drawn. The lock is held."""
        return math.inf if self._view.state.is_playing else self._view.moved_at + _SETTLE


def _has_changed(state: ViewState, drawn: ViewState) -> bool:
    """True if a state needs another picture than the one that is being drawn; the pointer alone can wait."""
    return replace(state, pointer=None) != replace(drawn, pointer=None)


def _call(callbacks: tuple[Callable[[Image], None], ...], image: Image) -> Exception | None:
    """Hand a picture to all callbacks; the first error of one of them."""
    first = None
    for callback in callbacks:
        try:
            callback(image)
        except Exception as error:
            first = first or error
    return first
