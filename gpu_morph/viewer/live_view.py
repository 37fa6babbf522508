"""LiveView: the state of a view, which several threads read and change, and what is known of its newest picture."""

from __future__ import annotations

import math
import threading
import time as clock
from collections.abc import Callable
from dataclasses import replace

from ..image.image import Image
from ..scene.scene import Scene
from .drawer import shown
from .events import Event
from .interactions import react
from .scene_view import content_of, context_of
from .state import ViewState

_NOTICE = 4.0  # s


class LiveView:
    """What the threads of a session share. Hold ``changed`` to change anything, and to read more than one thing.

    Parameters
    ----------
    base : Scene
        What was given, resolved.
    state : ViewState
        The first one.

    Attributes
    ----------
    changed : threading.Condition
        Notified at each change.
    state, context : ViewState, ViewContext
        The newest ones.
    version, shown_version : int
        Number of the newest state, and of the one that was drawn last.
    is_exact : bool
        The picture that is shown is the exact one.
    picture : (height, width, 3) uint8, optional
        The newest exact picture.
    error : Exception, optional
        Why the newest state could not be drawn.
    has_ended : bool
        Nothing is drawn any more.
    moved_at : float
        When what is seen changed last, s.
    requests : list of (str, ViewState)
        What keys and clicks have asked for.
    notice, notice_until : str, float
        What has happened, and until when it is shown, s.
    """

    def __init__(self, base: Scene, state: ViewState) -> None:
        self.base = base
        self.context = context_of(base, state)
        self.state = replace(state, camera=self.context.home)
        self.changed = threading.Condition()
        self.on_frame: list[Callable[[Image], None]] = []
        self.on_copy: list[Callable[[str], None]] = []
        self.requests: list[tuple[str, ViewState]] = []
        self.version, self.shown_version = 1, 0
        self.is_exact = self.has_ended = False
        self.picture: Image | None = None
        self.error: Exception | None = None
        self.moved_at = -math.inf
        self.notice, self.notice_until = "", math.inf

    def handle(self, event: Event) -> None:
        """Let an event change the state."""
        with self.changed:
            state = react(self.state, event, self.context)
            for request in state.requests:
                self.requests.append((request, state))
                self.touch()
            self.set(replace(state, requests=()))

    def set(self, state: ViewState) -> None:
        """Take a new state. ``changed`` is held."""
        before = self.state
        if state == before:
            return
        if (state.size, state.pixel_ratio) != (before.size, before.pixel_ratio):
            self.context = context_of(content_of(self.base, state), state)
            if state.is_fitted:
                state = replace(state, camera=self.context.home)
        if shown(state) != shown(before):
            self.moved_at = clock.monotonic()
        self.state = state
        self.touch()

    def touch(self) -> None:
        """Have the view drawn anew. ``changed`` is held."""
        self.version += 1
        self.changed.notify_all()

    def say(self, notice: str, *, seconds: float = _NOTICE) -> None:
        """Show a notice for some seconds."""
        with self.changed:
            self.notice, self.notice_until = notice, clock.monotonic() + seconds
            self.touch()

    @property
    def scene(self) -> Scene:
        """The scene that is shown."""
        state = self.state
        return replace(content_of(self.base, state), camera=state.camera)
