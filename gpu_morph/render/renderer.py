"""Renderer: from the times of frames to their pixels."""

from __future__ import annotations

import time as clock
from collections import deque
from collections.abc import Iterable, Iterator, Sized
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..data.arrays import finite_number
from ..data.row_stream import MEMORY
from ..errors import brief
from ..image.image import Image, Size, check_size
from ..image.yuv_format import LEAST_HEIGHT, YUV420, YUV_FORMATS
from ..scene.annotations.base import Moment
from ..scene.scene import Scene
from ..system import signals
from ..system.arguments import check_choice, check_type, checked_flag, checked_whole_number, is_sequence
from .geometry.scene_geometry import scene_geometry
from .static_camera.recolored_frames import RecoloredFrames
from .strategy import FrameContent, FrameStrategy, LeasedImage, PendingFrame, Stages
from .vertex_values import RecordingRows, VertexValues

if TYPE_CHECKING:
    from ..scene.annotations.layout import Layout
    from .gpu.context import Context

_FEW_FRAMES = 3  # up to so many frames of a static camera are drawn: listing what it sees would cost more


class Renderer:
    """Draws one scene at one size. Use it in ``with``: leaving frees what it holds on the GPU.

    Parameters
    ----------
    scene : Scene
        What to draw; ``clim`` and the camera's fit are resolved here, once.
    size : (width, height)
        Pixels.
    device : int, "auto", "cpu", optional
        See `gpu_morph.render.gpu.context.current_context`.
    transparent : bool
        Give RGBA frames (straight alpha) without the background.
    layout : Layout, optional
        Where the annotations stand, if another process has already worked this out with `Scene.layout`.

    ``stages`` holds the seconds that the rendering thread has spent per stage.

    Raises
    ------
    ContextError
        There is no OpenGL, or its context belongs to another thread.
    """

    def __init__(
        self,
        scene: Scene,
        size: Size = (1920, 1080),
        *,
        device: int | str | None = None,
        transparent: bool = False,
        layout: Layout | None = None,
    ) -> None:
        self.size = check_size(size)
        check_type(scene, Scene, "scene")
        self._transparent = transparent = checked_flag(transparent, "transparent")
        if layout is not None and not hasattr(layout, "areas"):
            raise TypeError(f"layout must be a Layout or None, got {type(layout).__name__}")
        self.scene = scene.resolved()
        layout = layout or self.scene.layout(self.size, transparent=transparent)
        self.camera = self.scene.camera.fitted(scene.morphology, self.size, layout.areas)
        self.stages = Stages()
        from .gpu.context import current_context

        self._context: Context | None = current_context(device)
        from .gpu.drawn_frames import DrawnFrames  # imports vispy, which must not happen earlier
        from .gpu.gpu_frames import GpuFrames
        from .gpu.scene_drawing import SceneDrawing

        self._drawings = [
            annotation.drawing(layout.view, box)
            for annotation, box in zip(self.scene.annotations, layout.boxes, strict=True)
        ]
        coloring = self.scene.coloring
        self._rows = RecordingRows(self.scene, coloring)
        geometry = scene_geometry(self.scene, self._rows.recording, self.camera, self.size)
        values = VertexValues.of_scene(self.scene, self._rows, geometry)
        self._is_gpu_path = self._context.path == "gpu"
        self._scene_drawing = SceneDrawing(
            self.scene,
            coloring,
            geometry,
            values,
            camera=self.camera,
            size=self.size,
            transparent=transparent,
            computes=self._is_gpu_path,
        )
        strategy = GpuFrames if self._is_gpu_path else DrawnFrames
        self._drawn: DrawnFrames | GpuFrames = strategy(self._scene_drawing, stages=self.stages)
        self._recolored: FrameStrategy | None = None
        if self._can_recolor:
            self._recolored = RecoloredFrames(
                self.scene,
                coloring,
                values,
                self._scene_drawing.visible_fragments,
                size=self.size,
                background=self._scene_drawing.background_bytes,
                stages=self.stages,
            )

    @property
    def _can_recolor(self) -> bool:
        """True when the camera is static, only values decide what it sees, and OpenGL can list that.

        Hardware draws faster than frames are recoloured.
        """
        assert self._context is not None
        can_list = not self._is_gpu_path and self._context.gl_version >= (4, 3)
        is_static = not self.camera.azim_step
        return can_list and is_static and self._scene_drawing.is_opaque and not self._scene_drawing.has_markers

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what is held on the GPU; further calls do nothing."""
        if self._context is None:
            return
        self._context.make_current()
        self._drawn.delete()
        self._scene_drawing.delete()
        self._context = None

    def render(self, time: float | None = None, *, frame: int = 0) -> Image:
        """One image: the recording at ``time`` (ms), seen by the camera of frame number ``frame``.

        Returns
        -------
        (height, width, 3) uint8, or 4 when transparent.

        Raises
        ------
        ValueError
            ``time`` lies outside the recording, or is None although values are shown.
        """
        with signals.restore_ctypes_interrupts():
            pending = self._start(time, frame, may_recolor=False)
            pending.request()
            return pending.fetch().own()

    def frames(
        self,
        times: Iterable[float | None],
        *,
        numbers: Iterable[int] | None = None,
        memory: int | str = MEMORY,
        pixel_format: str = "rgb",
        copy: bool = True,
    ) -> Iterator[Image]:
        """Images at ``times``, as `render` gives them.

        While the GPU copies a frame, the next one is drawn.

        Parameters
        ----------
        times : iterable of float
            ms. For a sequence that rises, a thread reads rows ahead if the recording is not in memory.
        numbers : iterable of int, optional
            Frame numbers, which turn the camera; 0, 1, 2, ... unless given.
        memory : int or str
            Bytes that rows which were read ahead may take, for example "2 GiB".
        pixel_format : str
            "yuv420p" gives planes, (3 height / 2, width), see `Yuv420Planes`: for opaque images of even size with 16
            rows or more. Where the GPU packs them, also "yuv422p", "yuv444p", and these with 10 bits ("yuv420p10le");
            see `YuvFormat`.
        copy : bool
            False: an image is only valid until the next one is asked for, and not after `close`.
        """
        copy = checked_flag(copy, "copy")
        for leased in self.leased_frames(times, numbers=numbers, memory=memory, pixel_format=pixel_format):
            if copy:
                yield leased.own()
                continue
            try:
                yield leased.image
            finally:
                if leased.release is not None:
                    leased.release()

    def leased_frames(
        self,
        times: Iterable[float | None],
        *,
        numbers: Iterable[int] | None = None,
        memory: int | str = MEMORY,
        pixel_format: str = "rgb",
    ) -> Iterator[LeasedImage]:
        """As `frames`, but images may lie in memory that the GPU has copied them to: release each, in any thread.

        None may be read after `close`.
        """
        if not is_sequence(times):
            raise TypeError(f"times must be an iterable of times in ms, got {brief(times)}")
        if numbers is not None:
            if not is_sequence(numbers):
                raise TypeError(f"numbers must be an iterable of frame numbers, got {brief(numbers)}")
            if isinstance(times, Sized) and isinstance(numbers, Sized) and len(numbers) != len(times):
                raise ValueError(f"numbers must be one per time, {len(times)}, got {len(numbers)}")
            numbers = (checked_whole_number(number, "numbers") for number in numbers)
        with signals.restore_ctypes_interrupts(), self._rows.read_ahead(times, memory):
            yield from self._frames(times, numbers, pixel_format)

    @property
    def pixel_formats(self) -> tuple[str, ...]:
        """What `frames` takes as ``pixel_format``, if the size allows it."""
        return ("rgb", *YUV_FORMATS) if self._is_gpu_path else ("rgb", YUV420.name)

    def _check_pixel_format(self, pixel_format: str) -> None:
        check_choice(pixel_format, self.pixel_formats, "pixel_format")
        if pixel_format != "rgb" and (self._transparent or not YUV_FORMATS[pixel_format].fits(self.size)):
            raise ValueError(
                f"pixel_format {pixel_format!r} needs an opaque image "
                f"{'' if pixel_format.startswith('yuv444') else 'of even size '}with {LEAST_HEIGHT} rows or more, "
                f"got size={self.size} and transparent={self._transparent}"
            )

    def _frames(
        self, times: Iterable[float | None], numbers: Iterable[int] | None, pixel_format: str
    ) -> Iterator[LeasedImage]:
        self._check_pixel_format(pixel_format)
        is_long = isinstance(times, Sized) and len(times) > _FEW_FRAMES
        pending: deque[PendingFrame] = deque()  # the GPU copies them while the next frame is drawn
        try:
            for time, number in zip(times, count() if numbers is None else numbers, strict=numbers is not None):
                started = self._start(
                    time, number, pixel_format=pixel_format, may_recolor=is_long or number >= _FEW_FRAMES
                )
                # Fetch earlier frames before: on software, a request waits until all is drawn.
                n_left = 0 if started.is_complete else self._drawn.n_in_flight - 1
                images = [pending.popleft().fetch() for _ in range(len(pending) - n_left)]
                started.request()
                if started.is_complete:
                    images.append(started.fetch())
                else:
                    pending.append(started)
                yield from images
            while pending:
                self._make_current()  # the caller may have made another context current
                yield pending.popleft().fetch()
        except GeneratorExit:
            raise
        except BaseException:
            for strategy in (self._drawn, self._recolored):
                if strategy is not None:
                    strategy.reset()
            raise
        finally:
            if self._context is not None and self._context.is_mine:
                for frame in pending:
                    frame.discard()

    def _make_current(self) -> None:
        if self._context is None:
            raise ValueError("this Renderer is closed: make a new one")
        self._context.make_current()

    def _start(self, time: float | None, number: int, *, pixel_format: str = "rgb", may_recolor: bool) -> PendingFrame:
        """Begin a frame."""
        self._make_current()
        start = clock.perf_counter()
        given: Any = time
        if not isinstance(given, float | None):  # NaN has the message of times outside the recording
            time = finite_number(given, name="time", expected="finite ms")
        sample = self._rows.sample(time)  # before anything changes: it raises for times outside the recording
        camera = self.camera.at_frame(number)
        moment = Moment(time, camera)
        sprites = [sprite for drawing in self._drawings for sprite in drawing(moment)]
        content = FrameContent(time, sample, camera, sprites, pixel_format)
        self.stages.update += clock.perf_counter() - start
        if may_recolor and self._recolored is not None:
            frame = self._recolored.start(content)
            if frame is not None:
                return frame
            self._recolored = None  # it cannot make later frames either
        return self._drawn.start(content)
