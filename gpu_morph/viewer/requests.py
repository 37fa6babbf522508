"""Requests: what keys and clicks ask a session for, besides another view."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..errors import brief
from ..scene.scene import Scene
from ..system.interruption import Interrupted
from ..system.progress import watched
from .code import code_of
from .drawer import Drawer
from .live_view import LiveView
from .picking import Pick
from .saving import write_film, write_picture
from .scene_view import content_of, picture_size
from .state import ViewState

_SAME_PIN = 0.03  # of the section's length


class Requests:
    """Answers requests in the drawing thread; files are written in a thread of their own.

    Parameters
    ----------
    view : LiveView
        What is shown.
    device : int, "auto", "cpu", optional
        Which GPU draws files.
    thread_name : str
        Of the thread that writes files.
    """

    def __init__(self, view: LiveView, device: int | str | None, thread_name: str) -> None:
        self._view, self._device, self._thread_name = view, device, thread_name
        self._saver: threading.Thread | None = None
        self._is_cancelled = False

    @property
    def is_saving(self) -> bool:
        """True while a file is being written."""
        return self._saver is not None and self._saver.is_alive()

    def wait(self) -> None:
        """Wait until no file is being written."""
        if self._saver is not None and self._saver is not threading.current_thread():
            self._saver.join()

    def answer(self, request: str, state: ViewState, drawer: Drawer) -> None:
        """Do what a key or a click asks for; ``state`` is that of the view at that time."""
        view = self._view
        match request:
            case "pin" if view.base.recording is not None:
                self._pin(drawer.pick(state))
            case "isolate":
                pick = drawer.pick(state)
                if pick is not None:
                    cell = int(view.base.morphology.section_cell[pick.section])
                    with view.changed:
                        view.set(replace(view.state, isolated=cell))
            case "copy code":
                code = code_of(view.base, state, picture_size(state))
                for callback in tuple(view.on_copy):
                    callback(code)
                view.say("copied the lines that make this picture" if view.on_copy else "nothing here takes a copy")
            case "fixed range":
                view.say("these colours have boundaries of their own: change them in Scene(norm=...)")
            case "save picture":
                self._save(lambda: self.save_picture(state), "picture")
            case "save film" if view.context.times is not None:
                self._save(lambda: self._save_shown_film(state), "film")
            case "cancel film":
                self._is_cancelled = True

    def save_picture(self, state: ViewState, path: str | os.PathLike[str] | None = None) -> Path:
        """Write the picture of a state."""
        return write_picture(path, self._scene(state), time=state.time, size=picture_size(state), device=self._device)

    def save_film(self, state: ViewState, path: str | os.PathLike[str] | None = None) -> Path:
        """Write the film of a state that shows times."""
        times = self._view.context.times
        assert times is not None
        return write_film(
            path, self._scene(state), times=times, speed=state.speed, size=picture_size(state), device=self._device
        )

    def _scene(self, state: ViewState) -> Scene:
        return replace(content_of(self._view.base, state), camera=state.camera)

    def _save_shown_film(self, state: ViewState) -> Path:
        """Write a film whose progress the view shows, and which it can cancel."""
        view = self._view
        shown = -1

        def watch(n_done: int, n_frames: int) -> None:
            nonlocal shown
            if self._is_cancelled or view.state.is_closed:
                raise Interrupted
            if (percent := 100 * n_done // n_frames) != shown:
                shown = percent
                view.say(f"saving the film: {percent} %   (Esc cancels)", seconds=math.inf)

        self._mark_film(is_saved=True)
        try:
            with watched(watch):
                return self.save_film(state)
        finally:
            self._mark_film(is_saved=False)

    def _mark_film(self, *, is_saved: bool) -> None:
        with self._view.changed:
            self._view.set(replace(self._view.state, is_saving_film=is_saved))

    def _pin(self, pick: Pick | None) -> None:
        """Pin the trace of a site, or remove it if it is pinned."""
        if pick is None:
            return
        with self._view.changed:
            pins = self._view.state.pins
            left = tuple(pin for pin in pins if pin[0] != pick.section or abs(pin[1] - pick.position) > _SAME_PIN)
            if len(left) == len(pins):
                left = (*pins, (pick.section, round(pick.position, 4)))
            self._view.set(replace(self._view.state, pins=left))

    def _save(self, save: Callable[[], Path], what: str) -> None:
        """Write a file in a thread of its own."""
        if self.is_saving:
            self._view.say("another file is being written: wait for it, or press Esc to cancel a film")
            return

        def write() -> None:
            try:
                self._view.say(f"saved {save()}")
            except Interrupted:
                self._view.say(f"the {what} was cancelled")
            except Exception as cause:
                self._view.say(f"the {what} could not be saved: {brief(str(cause))}")

        self._view.say(f"saving the {what} ...", seconds=math.inf)
        self._is_cancelled = False
        self._saver = threading.Thread(target=write, name=self._thread_name)
        self._saver.start()
