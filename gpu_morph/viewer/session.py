"""ViewSession: the core of a viewer. It takes events in any thread and draws in one of its own."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from ..data.arrays import finite_number
from ..errors import SceneError
from ..image.image import Image, Size, check_size
from ..scene.camera import Camera
from ..scene.panels.shown import check_one_scene
from ..scene.scene import Scene
from ..system.arguments import check_type
from .code import code_of
from .drawing_loop import DrawingLoop
from .events import Close, Event
from .live_view import LiveView
from .playing import usual_speed
from .requests import Requests
from .scene_view import picture_size, timed_recording, times_of
from .state import ViewState

THREAD_NAME = "gpu_morph-view"
_PLAYED_IN = 10.0  # s, about, of a whole recording


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
    is_window : bool
        The view is a window of its own, which the key q closes.

    Raises
    ------
    ContextError
        There is no OpenGL.
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
        is_window: bool = False,
    ) -> None:
        check_one_scene(scene, "the viewer")
        scene = scene.resolved()
        base = replace(scene, camera=scene.first_camera.still().oriented(scene.morphology))
        width, height = check_size(size)
        ratio = finite_number(pixel_ratio, name="pixel_ratio", expected="a positive number", least=1e-3)
        times, coloring = times_of(base), base.base_coloring
        clim = coloring.table.clim if coloring.has_scale and base.norm is None else base.clim
        timed = timed_recording(base)
        first = times.start if times else None if timed is None else float(timed.times[0])
        state = ViewState((width, height), ratio, camera=Camera(), time=first, clim=clim, is_window=is_window)
        if times is not None:
            state = replace(state, speed=usual_speed(_PLAYED_IN, times.stop - times.start))
        self._view = LiveView(base, state)
        self._changed = self._view.changed
        if time is not None:
            self.time = time
        choose_device(device)
        self._requests = Requests(self._view, device, f"{THREAD_NAME}-save")
        loop = DrawingLoop(self._view, self._requests, device)
        self._thread = threading.Thread(target=loop.run, name=THREAD_NAME, daemon=True)
        self._thread.start()
        atexit.register(self.close)  # before the interpreter stops threads

    def __enter__(self) -> ViewSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def handle(self, event: Event) -> None:
        """Let an event change the view."""
        self._view.handle(event)

    @property
    def state(self) -> ViewState:
        """What is shown."""
        return self._view.state

    @property
    def camera(self) -> Camera:
        """The point of view; one that is set is fitted where it leaves that open."""
        return self.state.camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        check_type(camera, Camera, "camera")
        with self._changed:
            fitted = replace(self.scene, camera=camera.still()).fitted_camera(self.picture_size)
            assert isinstance(fitted, Camera)
            self._view.set(replace(self.state, camera=fitted, is_fitted=False))

    @property
    def time(self) -> float | None:
        """ms; None for a scene that does not change."""
        return self.state.time

    @time.setter
    def time(self, time: float) -> None:
        time = finite_number(time, name="time", expected="finite ms")
        times = self._view.context.times
        if times is None or not times.start <= time <= times.stop:
            has = "there is none" if times is None else f"it runs from {times.start:g} to {times.stop:g} ms"
            raise ValueError(f"time must lie within the recording, got {time:g}: {has}")
        with self._changed:
            self._view.set(replace(self.state, time=time))

    @property
    def clim(self) -> tuple[float, float] | None:
        """The values at the ends of the colormap; None where colours stand for no values."""
        return self.state.clim

    @clim.setter
    def clim(self, clim: tuple[float, float]) -> None:
        if self.state.clim is None:
            raise SceneError(f"the colours of this scene stand for no values, got clim={clim}: give the scene a color")
        with self._changed:
            self._view.set(replace(self.state, clim=replace(self._view.base, clim=clim).clim))

    @property
    def scene(self) -> Scene:
        """The scene that is shown: `render_image` and `render_video` show the same."""
        return self._view.scene

    @property
    def picture_size(self) -> Size:
        """(width, height) of the part of the view that shows the scene, pixels."""
        return picture_size(self.state)

    @property
    def picture(self) -> Image | None:
        """The last exact picture of the scene, without controls: (height, width, 3) uint8."""
        return self._view.picture

    @property
    def error(self) -> Exception | None:
        """Why the newest picture could not be drawn."""
        return self._view.error

    @property
    def is_closed(self) -> bool:
        """The view was closed, by an event or by `close`."""
        return self.state.is_closed

    def on_frame(self, callback: Callable[[Image], None]) -> None:
        """Have a function called with each new picture of the view, (height, width, 3) uint8, in the drawing thread.

        If there is one already, the function gets it soon.
        """
        with self._changed:
            self._view.on_frame.append(callback)
            self._view.touch()

    def on_copy(self, callback: Callable[[str], None]) -> None:
        """Have a function called, in the drawing thread, with code that is to be copied."""
        with self._changed:
            self._view.on_copy.append(callback)

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
            if not self._changed.wait_for(lambda: self._is_idle, timeout):
                raise TimeoutError(f"the picture was not ready within {timeout:g} s")
            if self.error is not None:
                raise self.error

    @property
    def _is_idle(self) -> bool:
        view = self._view
        if view.has_ended:
            return True
        is_drawn = view.shown_version == view.version and view.is_exact and not view.requests
        return is_drawn and not self._requests.is_saving

    def save_picture(self, path: str | os.PathLike[str] | None = None) -> Path:
        """Write what is shown as a picture, without controls; without a path as picture-1.png, ... in this folder."""
        return self._requests.save_picture(self.state, path)

    def save_film(self, path: str | os.PathLike[str] | None = None) -> Path:
        """Write the film of all times as the view shows and plays it; without a path as film-1.mp4, ... in this folder.

        Raises
        ------
        SceneError
            Nothing changes with time.
        """
        if self._view.context.times is None:
            raise SceneError("nothing in this scene changes with time: save a picture, or use render_video")
        return self._requests.save_film(self.state, path)

    def code(self) -> str:
        """Lines of Python that make the picture that is shown from ``scene``, the one of this session."""
        state = self.state
        return code_of(self._view.base, state, picture_size(state))

    def close(self) -> None:
        """End the drawing thread, and free what it holds; further calls do nothing.

        A film that keys or buttons have begun is given up; one of `save_film` is finished.
        """
        self.handle(Close())
        atexit.unregister(self.close)
        if self._thread is not threading.current_thread():
            self._thread.join()
        self._requests.wait()


def choose_device(device: int | str | None) -> None:
    """Have OpenGL start in this thread, where warnings name the caller's line; nothing if it has.

    Raises
    ------
    ContextError
        There is no OpenGL.
    """
    from ..render.gpu.context import held_context, known_context

    if known_context() is None:
        with held_context(device):
            pass
