"""ViewSession: the core of a viewer. It takes events in any thread and draws in one of its own."""

from __future__ import annotations

import atexit
import math
import os
import threading
import time as clock
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from ..data.arrays import finite_number
from ..errors import GpuMorphError, SceneError, brief
from ..image.image import Image, Size, check_size
from ..scene.camera import Camera
from ..scene.panels.panels import check_one_scene
from ..scene.scene import Scene
from ..system.arguments import check_type
from .code import code_of
from .drawer import Drawer, shown
from .events import Close, Event
from .interactions import advanced, react, usual_speed
from .picking import Pick
from .saving import write_film, write_picture
from .scene_view import content_of, context_of, picture_size, times_of
from .state import ViewState

FrameCallback = Callable[[Image], None]
TextCallback = Callable[[str], None]
THREAD_NAME = "gpu_morph-view"
_PLAYED_IN = 10.0  # s, about, of a whole recording
_SETTLE = 0.12  # s without an event that moves something: then the exact picture is drawn
_SLOW = 0.5  # s; exact pictures that take longer wait until the button is released
_FRAME = 1 / 60  # s, least time from one picture of a film to the next
_NOTICE = 4.0  # s
_SAME_PIN = 0.03  # of the section's length


class ViewSession:
    """A view of a scene that events change, and pictures of it. Use it in ``with``, or call `close`.

    A thread draws the newest state whenever there is one: roughly while something moves, exactly when it stands still.
    All methods may be called in any thread.

    Parameters
    ----------
    scene : Scene
        What to show.
    size : (width, height)
        Of the view with its controls, logical pixels.
    pixel_ratio : float
        Pixels of a picture for a logical pixel.
    time : float, optional
        The first time that is shown, ms. None: the first one of the recording.
    device : int, "auto", "cpu", optional
        Which GPU.

    Raises
    ------
    TypeError, ValueError
        A wrong argument.
    """

    def __init__(
        self,
        scene: Scene,
        size: Size = (800, 600),
        pixel_ratio: float = 1.0,
        *,
        time: float | None = None,
        device: int | str | None = None,
    ) -> None:
        check_one_scene(scene, "the viewer")
        scene = scene.resolved()
        self._base = scene = replace(scene, camera=scene.first_camera.still().oriented(scene.morphology))
        width, height = check_size(size)
        ratio = finite_number(pixel_ratio, name="pixel_ratio", expected="a positive number", least=1e-3)
        self._device = device
        times, coloring = times_of(scene), scene.coloring
        clim = coloring.table.clim if coloring.has_scale and scene.norm is None else scene.clim
        first = times.start if times else None if scene.recording is None else float(scene.recording.times[0])
        state = ViewState((width, height), ratio, camera=Camera(), time=first, clim=clim)
        if times is not None:
            state = replace(state, speed=usual_speed(_PLAYED_IN, times.stop - times.start))
        self._context = context_of(scene, state)
        self._state = replace(state, camera=self._context.home)
        self._changed = threading.Condition()
        self._on_frame: list[FrameCallback] = []
        self._on_copy: list[TextCallback] = []
        self._requests: list[tuple[str, ViewState]] = []
        self._version, self._shown_version = 1, 0
        self._is_exact = False  # what is shown
        self._moved_at, self._drawn_at = -math.inf, clock.monotonic()
        self._error: Exception | None = None
        self._picture: Image | None = None  # the newest exact one
        self._notice, self._notice_until = "", math.inf
        self._savers: list[threading.Thread] = []
        if time is not None:
            self.time = time
        self._thread = threading.Thread(target=self._draw_all, name=THREAD_NAME, daemon=True)
        self._thread.start()
        atexit.register(self.close)  # before the interpreter stops threads

    def __enter__(self) -> ViewSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Events and what they change

    def handle(self, event: Event) -> None:
        """Let an event change the view."""
        with self._changed:
            state = react(self._state, event, self._context)
            for request in state.requests:
                self._requests.append((request, state))
                self._version += 1
                self._changed.notify_all()
            self._set(replace(state, requests=()))

    def _set(self, state: ViewState) -> None:
        """Take a new state. The lock is held."""
        before = self._state
        if state == before:
            return
        if (state.size, state.pixel_ratio) != (before.size, before.pixel_ratio):
            self._context = context_of(content_of(self._base, state), state)
            if state.is_fitted:
                state = replace(state, camera=self._context.home)
        if shown(state) != shown(before):
            self._moved_at = clock.monotonic()
        self._state = state
        self._version += 1
        self._changed.notify_all()

    @property
    def state(self) -> ViewState:
        """What is shown."""
        return self._state

    @property
    def camera(self) -> Camera:
        """The point of view; one that is set is fitted where it leaves that open."""
        return self._state.camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        check_type(camera, Camera, "camera")
        with self._changed:
            fitted = replace(self.scene, camera=camera.still()).fitted_camera(self.picture_size)
            assert isinstance(fitted, Camera)
            self._set(replace(self._state, camera=fitted, is_fitted=False))

    @property
    def time(self) -> float | None:
        """ms; None for a scene that does not change."""
        return self._state.time

    @time.setter
    def time(self, time: float) -> None:
        time = finite_number(time, name="time", expected="finite ms")
        times = self._context.times
        if times is None or not times.start <= time <= times.stop:
            has = "there is none" if times is None else f"it runs from {times.start:g} to {times.stop:g} ms"
            raise ValueError(f"time must lie within the recording, got {time:g}: {has}")
        with self._changed:
            self._set(replace(self._state, time=time))

    @property
    def clim(self) -> tuple[float, float] | None:
        """The values at the ends of the colormap; None where colours stand for no values."""
        return self._state.clim

    @clim.setter
    def clim(self, clim: tuple[float, float]) -> None:
        if self._state.clim is None:
            raise SceneError(f"the colours of this scene stand for no values, got clim={clim}: give the scene a color")
        with self._changed:
            self._set(replace(self._state, clim=replace(self._base, clim=clim).clim))

    @property
    def scene(self) -> Scene:
        """The scene that is shown: `render_image` and `render_video` show the same."""
        state = self._state
        return replace(content_of(self._base, state), camera=state.camera)

    @property
    def picture_size(self) -> Size:
        """(width, height) of the part of the view that shows the scene, pixels."""
        return picture_size(self._state)

    @property
    def picture(self) -> Image | None:
        """The last exact picture of the scene, without controls: (height, width, 3) uint8."""
        return self._picture

    @property
    def error(self) -> Exception | None:
        """Why the newest picture could not be drawn."""
        return self._error

    @property
    def is_closed(self) -> bool:
        """The view was closed, by an event or by `close`."""
        return self._state.is_closed

    # What others get

    def on_frame(self, callback: FrameCallback) -> None:
        """Have a function called with each new picture of the view, (height, width, 3) uint8, in the drawing thread.

        If there is one already, the function gets it soon.
        """
        with self._changed:
            self._on_frame.append(callback)
            self._touch()

    def on_copy(self, callback: TextCallback) -> None:
        """Have a function called, in the drawing thread, with code that is to be copied."""
        with self._changed:
            self._on_copy.append(callback)

    def _touch(self) -> None:
        """Have the view drawn anew. The lock is held."""
        self._version += 1
        self._changed.notify_all()

    def wait_idle(self, timeout: float = 60.0) -> None:
        """Wait until the callbacks have the exact picture of the newest state, and files are written.

        Raises
        ------
        TimeoutError
            It took longer than ``timeout`` seconds.
        Exception
            The picture cannot be drawn.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_idle or self._error is not None, timeout):
                raise TimeoutError(f"the picture was not ready within {timeout:g} s")
            if self._error is not None:
                raise self._error

    @property
    def _is_idle(self) -> bool:
        if not self._thread.is_alive():
            return True
        is_drawn = self._shown_version == self._version and self._is_exact and not self._requests
        return is_drawn and not any(saver.is_alive() for saver in self._savers)

    def save_picture(self, path: str | os.PathLike[str] | None = None) -> Path:
        """Write what is shown as a picture, without controls; without a path as picture-1.png, ... in this folder."""
        state = self._state
        scene = replace(content_of(self._base, state), camera=state.camera)
        return write_picture(path, scene, time=state.time, size=picture_size(state), device=self._device)

    def save_film(self, path: str | os.PathLike[str] | None = None) -> Path:
        """Write the film of all times as the view shows and plays it; without a path as film-1.mp4, ... in this folder.

        Raises
        ------
        SceneError
            Nothing changes with time.
        """
        state, times = self._state, self._context.times
        if times is None:
            raise SceneError("nothing in this scene changes with time: save a picture, or use render_video")
        scene = replace(content_of(self._base, state), camera=state.camera)
        return write_film(path, scene, times=times, speed=state.speed, size=picture_size(state), device=self._device)

    def code(self) -> str:
        """Lines of Python that make the picture that is shown from ``scene``, the one of this session."""
        state = self._state
        return code_of(self._base, state, picture_size(state))

    def close(self) -> None:
        """End the drawing thread, and free what it holds; further calls do nothing. A film is finished first."""
        self.handle(Close())
        atexit.unregister(self.close)
        for thread in (self._thread, *self._savers):
            if thread is not threading.current_thread():
                thread.join()

    # The drawing thread

    def _draw_all(self) -> None:
        drawer = Drawer(self._base, self._device)
        try:
            while self._draw_next(drawer):
                pass
        finally:
            drawer.close()
            with self._changed:
                self._changed.notify_all()

    def _draw_next(self, drawer: Drawer) -> bool:
        """Draw the newest state when there is something new; False when the view is closed."""
        with self._changed:
            while (patience := self._patience(drawer)) is None or patience > 0:
                self._changed.wait(patience)
            now = clock.monotonic()
            if self._state.is_playing:
                self._set(advanced(self._state, min(now - self._drawn_at, 0.25), self._context))
            self._drawn_at = now
            if now >= self._notice_until:
                self._notice, self._notice_until = "", math.inf
            state, context, version, notice = self._state, self._context, self._version, self._notice
            callbacks, requests, self._requests = tuple(self._on_frame), self._requests, []
            is_settled = now >= self._settles_at(drawer)
        if state.is_closed:
            return False
        view, error = None, None
        try:
            for request, asked in requests:
                self._answer(request, asked, drawer)
            view = drawer.draw(state, context, is_settled=is_settled, notice=notice)
            for callback in callbacks:
                callback(view.image)
        except Exception as cause:  # shown to who waits; the next event may mend it
            error = cause
        with self._changed:
            self._error, self._picture = error, drawer.picture
            self._shown_version, self._is_exact = version, view is None or view.is_exact
            if view is not None and (self._state.size, self._state.pixel_ratio) == (state.size, state.pixel_ratio):
                self._context = view.context
            self._changed.notify_all()
            has_time = self._version == version and self._is_exact and error is None
        if has_time:
            with suppress(GpuMorphError):  # then all pictures are exact
                drawer.prepare(state)
        return True

    def _patience(self, drawer: Drawer) -> float | None:
        """How long the drawing thread may wait, s; None: until something changes. The lock is held."""
        now = clock.monotonic()
        if self._version != self._shown_version or self._state.is_closed or self._requests:
            return 0.0
        waits = [self._notice_until - now]
        if self._state.is_playing:
            waits.append(self._drawn_at + _FRAME - now)
        elif not self._is_exact:
            waits.append(self._settles_at(drawer) - now)
        return None if (least := min(waits)) == math.inf else max(0.0, least)

    def _settles_at(self, drawer: Drawer) -> float:
        """When the exact picture is to be drawn. The lock is held."""
        is_held = self._state.drag is not None and drawer.seconds > _SLOW
        return math.inf if self._state.is_playing or is_held else self._moved_at + _SETTLE

    def _answer(self, request: str, state: ViewState, drawer: Drawer) -> None:
        """Do what a key or a click asks for."""
        match request:
            case "pin" if self._base.recording is not None:
                self._pin(drawer.pick(state))
            case "isolate":
                pick = drawer.pick(state)
                if pick is not None:
                    cell = int(self._base.morphology.section_cell[pick.section])
                    with self._changed:
                        self._set(replace(self._state, isolated=cell))
            case "copy code":
                code = self.code()
                for callback in tuple(self._on_copy):
                    callback(code)
                self._say("copied the lines that make this picture" if self._on_copy else "nothing here takes a copy")
            case "save picture":
                self._save(self.save_picture, "picture")
            case "save film" if self._context.times is not None:
                self._save(self.save_film, "film")

    def _pin(self, pick: Pick | None) -> None:
        """Pin the trace of a site, or remove it if it is pinned."""
        if pick is None:
            return
        with self._changed:
            pins = self._state.pins
            left = tuple(pin for pin in pins if pin[0] != pick.section or abs(pin[1] - pick.position) > _SAME_PIN)
            if len(left) == len(pins):
                left = (*pins, (pick.section, round(pick.position, 4)))
            self._set(replace(self._state, pins=left))

    def _save(self, save: Callable[[], Path], what: str) -> None:
        """Write a file in a thread of its own."""
        if any(saver.is_alive() for saver in self._savers):
            self._say("another file is being written: wait for it")
            return

        def write() -> None:
            try:
                self._say(f"saved {save()}")
            except Exception as cause:
                self._say(f"the {what} could not be saved: {brief(str(cause))}")

        self._say(f"saving the {what} ...", seconds=math.inf)
        self._savers = [threading.Thread(target=write, name=f"{THREAD_NAME}-save")]
        self._savers[0].start()

    def _say(self, notice: str, *, seconds: float = _NOTICE) -> None:
        """Show a notice for some seconds."""
        with self._changed:
            self._notice, self._notice_until = notice, clock.monotonic() + seconds
            self._touch()
