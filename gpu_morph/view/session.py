"""ViewSession: the core of a viewer. It takes events in any thread and draws in one of its own."""

from __future__ import annotations

import os
import threading
import time as clock
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from ..data.arrays import finite_number
from ..data.frame_times import recorded_range
from ..image.image import Image, Size, check_size
from ..scene.camera import Camera
from ..scene.scene import Scene
from ..system.arguments import check_type
from .controls import picture_box
from .events import Close, Event
from .interactions import advanced, react, usual_speed
from .overlays import view_image
from .scene_view import context_of, scene_of
from .state import ViewState

FrameCallback = Callable[[Image], None]
_PLAYED_IN = 10.0  # s, about, of a whole recording


class ViewSession:
    """A view of a scene that events change, and pictures of it. Use it in ``with``, or call `close`.

    A thread draws the newest state whenever there is one. All methods may be called in any thread.

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
        check_type(scene, Scene, "scene")
        self._base = scene = scene.resolved()
        width, height = check_size(size)
        ratio = finite_number(pixel_ratio, name="pixel_ratio", expected="a positive number", least=1e-3)
        self._device = device
        recording = scene.recording
        times = recorded_range(recording.times) if recording is not None else None
        state = ViewState((width, height), ratio, camera=Camera(), time=times.start if times else None, clim=scene.clim)
        if times is not None:
            state = replace(state, speed=usual_speed(_PLAYED_IN, times.stop - times.start))
        self._context = context_of(scene, state)
        self._state = replace(state, camera=self._context.home)
        self._changed = threading.Condition()
        self._callbacks: list[FrameCallback] = []
        self._version, self._drawn_version = 1, 0
        self._error: BaseException | None = None
        self._picture: Image | None = None
        if time is not None:
            self.time = time
        self._thread = threading.Thread(target=self._draw_all, name="gpu_morph-view", daemon=True)
        self._thread.start()

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
            self._set(react(self._state, event, self._context))

    def _set(self, state: ViewState) -> None:
        """Take a new state. The lock is held."""
        if state == self._state:
            return
        if (state.size, state.pixel_ratio) != (self._state.size, self._state.pixel_ratio):
            self._context = context_of(self._base, state)
            if state.is_fitted:
                state = replace(state, camera=self._context.home)
        self._state = replace(state, requests=())
        self._version += 1
        self._changed.notify_all()

    @property
    def state(self) -> ViewState:
        """What is shown."""
        return self._state

    @property
    def camera(self) -> Camera:
        """The point of view."""
        return self._state.camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        check_type(camera, Camera, "camera")
        with self._changed:
            fitted = replace(self.scene, camera=camera.still()).fitted_camera(self.picture_size)
            self._set(replace(self._state, camera=fitted, is_fitted=False))

    @property
    def time(self) -> float | None:
        """ms; None for a scene that does not change."""
        return self._state.time

    @time.setter
    def time(self, time: float) -> None:
        time = finite_number(time, name="time", expected="finite ms")
        with self._changed:
            times = self._context.times
            if times is None or not times.start <= time <= times.stop:
                has = (
                    "the scene has no recording" if times is None else f"it runs from {times.start} to {times.stop} ms"
                )
                raise ValueError(f"time must lie within the recording, got {time:g}: {has}")
            self._set(replace(self._state, time=time))

    @property
    def clim(self) -> tuple[float, float] | None:
        """The values at the ends of the colormap."""
        return self._state.clim

    @clim.setter
    def clim(self, clim: tuple[float, float]) -> None:
        with self._changed:
            self._set(replace(self._state, clim=replace(self._base, clim=clim).clim))

    @property
    def scene(self) -> Scene:
        """The scene that is shown: `render_image` and `render_video` show the same."""
        with self._changed:
            return scene_of(self._base, self._state)

    @property
    def picture_size(self) -> Size:
        """(width, height) of the part of the view that shows the scene, pixels."""
        state = self._state
        box = picture_box(state.size)
        return max(1, round(box.width * state.pixel_ratio)), max(1, round(box.height * state.pixel_ratio))

    @property
    def picture(self) -> Image | None:
        """The last exact picture of the scene, without controls: (height, width, 3) uint8."""
        return self._picture

    # Pictures

    def on_frame(self, callback: FrameCallback) -> None:
        """Have a function called with each new picture of the view, (height, width, 3) uint8, in the drawing thread.

        If there is one already, the function gets it soon.
        """
        with self._changed:
            self._callbacks.append(callback)
            self._version += 1
            self._changed.notify_all()

    def wait_idle(self, timeout: float = 60.0) -> None:
        """Wait until the exact picture of the newest state was given to the callbacks.

        Raises
        ------
        TimeoutError
            It took longer than ``timeout`` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_idle or self._error is not None, timeout):
                raise TimeoutError(f"the picture was not ready within {timeout:g} s")
            if self._error is not None:
                raise self._error

    @property
    def _is_idle(self) -> bool:
        return self._drawn_version == self._version or not self._thread.is_alive()

    def save_picture(self, path: str | os.PathLike[str] | None = None) -> Path:
        """Write what is shown as a picture, without controls."""
        raise NotImplementedError

    def save_film(self, path: str | os.PathLike[str] | None = None) -> Path:
        """Write the film of the recording as it is shown."""
        raise NotImplementedError

    def code(self) -> str:
        """Lines of Python that make what is shown."""
        raise NotImplementedError

    def close(self) -> None:
        """End the drawing thread, and free what it holds; further calls do nothing."""
        with self._changed:
            self._set(react(self._state, Close(), self._context))
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    @property
    def is_closed(self) -> bool:
        """The view was closed, by an event or by `close`."""
        return self._state.is_closed

    # The drawing thread

    def _draw_all(self) -> None:
        from ..render.renderer import Renderer

        renderer: Renderer | None = None
        key: Any = None
        before = clock.monotonic()
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: not self._is_drawn or self._state.is_playing)
                    now = clock.monotonic()
                    self._set(advanced(self._state, min(now - before, 0.5), self._context))
                    state, version, callbacks = self._state, self._version, tuple(self._callbacks)
                    before = now
                if state.is_closed:
                    return
                scene = scene_of(self._base, state)
                size = self.picture_size
                new_key = (size, state.clim, state.pins, state.isolated)
                if renderer is None or new_key != key:
                    if renderer is not None:
                        renderer.close()
                    renderer, key = Renderer(scene, size, device=self._device), new_key
                image = renderer.render(state.time, camera=scene.camera)
                view = view_image(image, scene, state, self._context)
                for callback in callbacks:
                    callback(view)
                with self._changed:
                    self._picture = image
                    self._drawn_version = version
                    self._changed.notify_all()
        except BaseException as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()
            raise
        finally:
            if renderer is not None:
                renderer.close()

    @property
    def _is_drawn(self) -> bool:
        return self._drawn_version == self._version
