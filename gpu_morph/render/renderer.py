"""Renderer: from the times of frames to their pixels."""

from __future__ import annotations

import sys
import time as clock
from collections import deque
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.arrays import finite_number
from ..data.row_stream import MEMORY
from ..errors import ContextError, brief
from ..image.image import Image, Size, check_size
from ..image.yuv_format import LEAST_HEIGHT, YUV420, YUV_FORMATS
from ..scene.annotations.base import Moment, Sprite
from ..scene.annotations.label_parting import parted
from ..scene.camera import Camera
from ..scene.camera_path import CameraPath
from ..scene.checks import checked_clim
from ..scene.panels.panels import check_one_scene
from ..scene.scene import Scene
from ..system.arguments import check_choice, check_type, checked_flag, checked_whole_number, is_sequence
from .geometry.scene_geometry import scene_geometry
from .geometry.seen_groups import SeenGroups
from .glow import Glow, glow_of
from .path_legs import Leg, PathLegs
from .static_camera.recolored_frames import RecoloredFrames
from .strategy import FrameContent, FrameStrategy, LeasedImage, PendingFrame, Stages
from .supersampling import checked_supersample, enlarged_scene, enlarged_size
from .vertex_values import RecordingRows, VertexValues

if TYPE_CHECKING:
    from ..scene.annotations.layout import Layout
    from .gpu.context import Context
    from .gpu.drawn_frames import DrawnFrames
    from .gpu.gpu_frames import GpuFrames
    from .gpu.program_pool import ProgramPool

_FEW_FRAMES = 3  # up to so many frames of a static camera are drawn: listing what it sees would cost more


class Renderer:
    """Draws one scene at one size. Use it in ``with``: leaving frees what it holds on the GPU.

    Any thread may use it; calls wait for each other. When another library has ended the EGL display, what it holds on
    the GPU is made anew. ``stages`` holds the seconds that the rendering thread has spent per stage.

    Parameters
    ----------
    scene : Scene
        What to draw; ``clim`` and the camera's fit are resolved here, once.
    size : (width, height)
        Pixels.
    device : int, "auto", "cpu", optional
        See `gpu_morph.render.gpu.context.held_context`.
    transparent : bool
        Give RGBA frames (straight alpha) without the background.
    supersample : {1, 2, 4}
        The cell is drawn so many times larger, and the pixels are averaged; annotations are not.
    layout : Layout, optional
        Where the annotations stand, if another process has already worked this out with `Scene.layout`.

    Raises
    ------
    ContextError
        There is no OpenGL, or too little memory for it.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> with gm.Renderer(gm.Scene(morphology, recording), size=(320, 240)) as renderer:
    ...     frames = [frame.copy() for frame in renderer.frames([4.0, 5.0, 6.0])]
    ...
    >>> len(frames), frames[0].shape
    (3, (240, 320, 3))
    """

    def __init__(
        self,
        scene: Scene,
        size: Size = (1920, 1080),
        *,
        device: int | str | None = None,
        transparent: bool = False,
        supersample: int = 1,
        layout: Layout | None = None,
    ) -> None:
        self.size = check_size(size)
        check_one_scene(scene, "Renderer")
        self._transparent = transparent = checked_flag(transparent, "transparent")
        if layout is not None and not hasattr(layout, "areas"):
            raise TypeError(f"layout must be a Layout or None, got {type(layout).__name__}")
        self._supersample = checked_supersample(supersample)
        self.scene = scene.resolved()
        layout = layout or self.scene.layout(self.size, transparent=transparent)
        fitted = self.scene.camera_beside(layout)
        self._path = fitted if isinstance(fitted, CameraPath) else None
        self.camera = fitted.cameras[0] if isinstance(fitted, CameraPath) else fitted
        self.stages = Stages()
        self._drawings = [
            annotation.drawing(layout.view, box)
            for annotation, box in zip(self.scene.annotations, layout.boxes, strict=True)
        ]
        self._rows = RecordingRows(self.scene, self.scene.coloring)
        self._other: Renderer | None = None  # what another camera sees
        self._programs: ProgramPool | None = None  # of other views that are gone
        self._groups: SeenGroups | None = None
        self._is_closed = False
        self._legs, self._leg = self._new_legs()
        self._glow: Glow | None = None  # of a path
        from .gpu.context import held_context

        with held_context(device) as context:
            self._build(context)

    def _build(self, context: Context) -> None:
        """Make all that is on the GPU. What a lost context had is forgotten."""
        from .gpu.program_pool import ProgramPool
        from .gpu.software_memory import check_space_for_picture

        self._context: Context | None = None
        self._other = None
        self._programs = None if self._legs is None else ProgramPool()
        if context.is_software:
            check_space_for_picture(enlarged_size(self.size, self._supersample))
        self._is_gpu_path = context.path == "gpu"
        self._build_drawing()
        values = self._values
        self._recolored: FrameStrategy | None = None
        if self._can_recolor(context):
            self._recolored = RecoloredFrames(
                self.scene,
                self.scene.coloring,
                values,
                self._scene_drawing.visible_fragments,
                self._scene_drawing.surroundings,
                size=self.size,
                background=self._scene_drawing.background_bytes,
                stages=self.stages,
            )
        self._context = context

    def _build_drawing(self) -> None:
        """Make what is drawn; of a path, that of its leg."""
        from .gpu.drawn_frames import DrawnFrames  # imports vispy, which must not happen earlier
        from .gpu.gpu_frames import GpuFrames
        from .gpu.scene_drawing import SceneDrawing

        camera = self.camera if self._leg is None else self._leg.cameras[0]
        drawn_scene = enlarged_scene(self.scene, self.size, self._supersample)
        drawn_size = enlarged_size(self.size, self._supersample)
        leg = self._leg
        if leg is not None and self.scene.look.is_glowing:
            leg = replace(leg, glow=self._glow_of_path())
        geometry = scene_geometry(drawn_scene, self._rows.recording, leg or camera, drawn_size)
        self._values = VertexValues.of_scene(self.scene, self._rows, geometry)
        self._scene_drawing = SceneDrawing(
            drawn_scene,
            self.scene.coloring,
            geometry,
            self._values,
            camera=camera,
            leg=leg,
            size=self.size,
            supersample=self._supersample,
            transparent=self._transparent,
            computes=self._is_gpu_path,
        )
        strategy = GpuFrames if self._is_gpu_path else DrawnFrames
        self._drawn: DrawnFrames | GpuFrames = strategy(self._scene_drawing, stages=self.stages)

    def _new_legs(self) -> tuple[PathLegs | None, Leg | None]:
        """The legs of a path, and the first of them."""
        if self._path is None:
            return None, None
        legs = PathLegs(self._path, self.scene.morphology, enlarged_size(self.size, self._supersample))
        return legs, legs.legs[0]

    def _glow_of_path(self) -> Glow:
        """The brightness of tubes on all of a path: that of its first camera."""
        if self._glow is None:
            assert self._legs is not None
            first, factor = self._legs.legs[0], self._supersample
            scene, size = enlarged_scene(self.scene, self.size, factor), enlarged_size(self.size, factor)
            geometry = scene_geometry(scene, self._rows.recording, first, size)
            center = np.asarray(first.cameras[0].center)
            geometry = replace(geometry, positions=(geometry.positions - center).astype(np.float32))
            self._glow = glow_of(geometry, first.cameras[0], size, min_width=scene.min_width)
        return self._glow

    def _enter(self, leg: Leg | None) -> None:
        """Make what is drawn on a leg of the path. No frame is in flight."""
        if leg is self._leg:
            return
        self._context, context = None, self._context  # should something fail half way, all is made anew
        self._drawn.delete()
        self._scene_drawing.delete()
        self._leg = leg
        self._build_drawing()
        self._context = context

    def _leg_of(self, time: float | None, number: int, second: float | None = None) -> Leg | None:
        return None if self._legs is None else self._legs.at(self._reading(time, number, second))

    def _reading(self, time: float | None, number: int, second: float | None) -> float:
        """What the clock of the camera's path shows, seconds of film or ms."""
        assert self._path is not None
        if self._path.clock == "film":
            return self.scene.film_clock.second(number) if second is None else second
        if time is None:
            raise ValueError("the camera's path goes by ms of the simulation: give a time in ms")
        return time

    def _camera_of(self, time: float | None, number: int, second: float | None) -> Camera:
        """The camera of a frame."""
        number = checked_whole_number(number, "frame")
        if self._path is None:
            return self.camera.at_frame(self.scene.film_clock.own(number))
        return self._path.at(self._reading(time, number, second), frame=self.scene.film_clock.own(number))

    def _moment(self, time: float | None, camera: Camera, number: int, second: float | None) -> Moment:
        """What annotations get to know of a frame."""
        return Moment(time, camera, number, self.scene.film_clock.second(number) if second is None else second)

    def _can_recolor(self, context: Context) -> bool:
        """True when the camera is static, only values decide what it sees, and OpenGL can list that.

        Hardware draws faster than frames are recoloured.
        """
        can_list = not self._is_gpu_path and context.gl_version >= (4, 3)
        is_static = self._leg is None and not self.camera.azim_step
        return can_list and is_static and self._scene_drawing.is_listable

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what is held on the GPU; further calls do nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        from .gpu.context import held_context

        with held_context() as context:
            if context is self._context:
                if self._other is not None:
                    self._other.close()
                if self._programs is not None:
                    self._programs.empty()
                self._drawn.delete()
                self._scene_drawing.delete()
                self._context = None

    @contextmanager
    def _held(self) -> Iterator[Context]:
        """The context, for the calling thread, and everything on the GPU, made anew if a context was lost."""
        from .gpu.context import held_context

        with held_context() as context:
            if self._is_closed:
                raise ValueError("this Renderer is closed: make a new one")
            if context is not self._context:
                self._build(context)
            yield context

    def render(
        self,
        time: float | None = None,
        *,
        frame: int = 0,
        second: float | None = None,
        camera: Camera | None = None,
    ) -> Image:
        """One image: the recording at ``time`` (ms), seen by the camera of frame number ``frame``.

        Parameters
        ----------
        time : float, optional
            ms.
        frame : int
            The frame's number, which turns the camera.
        second : float, optional
            Seconds of film, by which a camera follows its path. None: when the frame is shown, by ``scene.fps``.
        camera : Camera, optional
            Another one than the scene's: the image is the one that a Renderer of a scene with this camera would draw.
            Where only the direction of an orthographic camera with ``center`` and ``height`` differs from the call
            before, this takes no longer than the next frame; otherwise vertices are made anew. The view of the last
            other camera stays on the GPU, besides the scene's own.

        Returns
        -------
        (height, width, 3) uint8, or 4 when transparent.

        Raises
        ------
        ValueError
            ``time`` lies outside the recording, or is None although values are shown.
        SceneError
            There is not enough space for the annotations.
        """
        with self._held(), self._seen_by(camera) as view:
            pending = view._start(time, frame, second=second, may_recolor=False)
            pending.request()
            return pending.fetch().own()

    def camera_at(self, time: float | None = None, *, frame: int = 0, second: float | None = None) -> Camera:
        """The camera of a frame, with a center and a height; parameters as of `render`."""
        return self._camera_of(_checked_time(time), frame, _checked_second(second))

    @contextmanager
    def _seen_by(self, camera: Camera | None) -> Iterator[Renderer]:
        """The Renderer of what a camera sees: this one without one. The context is held."""
        from .gpu.program_pool import ProgramPool

        check_type(camera, Camera, "camera", is_optional=True)
        if camera is None or camera == self.scene.camera:
            yield self
            return
        self._programs = self._programs or ProgramPool()
        with self._programs.used():
            if self._other is None or not self._other._turn(camera):
                if self._other is not None:
                    self._other.close()
                self._other = None
                scene = replace(self.scene, camera=camera)
                other = Renderer(scene, self.size, transparent=self._transparent, supersample=self._supersample)
                other._recolored = None  # its camera does not stand still
                other._rows.share_streams(self._rows)
                self._other = other
            yield self._other

    def _turn(self, camera: Camera) -> bool:
        """Look from another direction. False if more than this would change."""
        if camera.center is None or camera.height is None or camera.projection != "orthographic" or camera.azim_step:
            return False
        if self.scene.synapses is not None or self.scene.look.is_glowing:  # they depend on the direction
            return False
        fitted = camera.fitted(self.scene.morphology, self.size)
        if fitted != replace(self.camera, azim=fitted.azim, elev=fitted.elev, roll=fitted.roll):
            return False
        if self._groups is None:
            factor = self._supersample
            self._groups = SeenGroups(enlarged_scene(self.scene, self.size, factor), enlarged_size(self.size, factor))
        if self._groups(fitted) != self._groups(self.camera):
            return False
        self.camera = fitted
        return True

    def preview(self, time: float | None, camera: Camera, *, clim: tuple[float, float] | None = None) -> Image:
        """A picture from another camera in a frame's time, for pictures while something is moved.

        The vertices and the levels of detail stay those of the scene's own camera: what is enlarged has corners.
        Annotations are left out.

        Parameters
        ----------
        time : float or None
            ms, as in `render`.
        camera : Camera
            With angles, ``center`` and ``height``; orthographic, or in perspective with the scene's center and height.
        clim : (float, float), optional
            Values at the ends of the colormap in place of the scene's.

        Returns
        -------
        (height, width, 3) uint8, or 4 when transparent.

        Raises
        ------
        ValueError
            As `render`; or the camera is not fitted, of another projection, or elsewhere in perspective.
        """
        check_type(camera, Camera, "camera")
        clim = None if clim is None else checked_clim(clim)
        own, flat = self.camera, camera.projection == "orthographic"
        is_known = camera.center is not None and camera.height is not None and camera.projection == own.projection
        if not is_known or not (flat or (camera.center, camera.height) == (own.center, own.height)):
            raise ValueError(
                "camera must have center and height, and the scene's projection, in perspective also its center and "
                f"height; got {camera}: use render"
            )
        with self._held():
            content = replace(self._content(time, 0, "rgb"), camera=camera, sprites=())
            with self._scene_drawing.shown_from(camera, clim):
                pending = self._drawn.start(content)
                pending.request()
                return pending.fetch().own()

    def layers(
        self, time: float | None = None, *, frame: int = 0, second: float | None = None
    ) -> tuple[Image, list[Sequence[Sprite]]]:
        """As `render`, but the annotations beside the image: what each draws over it, in their order.

        Raises
        ------
        ValueError
            As `render`.
        """
        with self._held():
            content = self._content(time, frame, "rgb", second)
            with self._used_programs():
                self._enter(self._leg_of(content.time, frame, second))
                pending = self._drawn.start(replace(content, sprites=()))
            pending.request()
            moment = self._moment(content.time, content.camera, frame, second)
            return pending.fetch().own(), parted([drawing(moment) for drawing in self._drawings])

    def frames(
        self,
        times: Iterable[float | None],
        *,
        numbers: Iterable[int] | None = None,
        cameras: Iterable[Camera | None] | None = None,
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
        cameras : iterable of Camera, optional
            One for each time, as in `render`; None in it is the scene's. Each frame is then finished before the next.
        memory : int or str
            Bytes that rows which were read ahead may take, for example "2 GiB".
        pixel_format : str
            "yuv420p" gives planes, (3 height / 2, width), see `Yuv420Planes`: for opaque images of even size with 16
            rows or more. Where the GPU packs them, also "yuv422p", "yuv444p", and these with 10 bits ("yuv420p10le");
            see `YuvFormat`.
        copy : bool
            False: an image may be read-only, and is only valid until the next one is asked for, and not after `close`.
        """
        copies = checked_flag(copy, "copy")
        if cameras is None:
            images = self._leased(times, numbers, memory, pixel_format, copies=copies)
        else:
            images = self._leased_views(times, numbers, cameras, memory, pixel_format, copies=copies)
        for leased in images:
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
        return self._leased(times, numbers, memory, pixel_format, copies=False)

    def _leased(
        self,
        times: Iterable[float | None],
        numbers: Iterable[int] | None,
        memory: int | str,
        pixel_format: str,
        *,
        copies: bool,
    ) -> Iterator[LeasedImage]:
        numbers = _checked_numbers(times, numbers)
        with self._rows.read_ahead(times, memory):
            yield from self._frames(times, numbers, pixel_format, copies=copies)

    def _leased_views(
        self,
        times: Iterable[float | None],
        numbers: Iterable[int] | None,
        cameras: Iterable[Camera | None],
        memory: int | str,
        pixel_format: str,
        *,
        copies: bool,
    ) -> Iterator[LeasedImage]:
        """Frames with a camera each, none of which is drawn while another is copied."""
        if not is_sequence(cameras):
            raise TypeError(f"cameras must be an iterable of cameras, got {brief(cameras)}")
        if isinstance(times, Sized) and isinstance(cameras, Sized) and len(cameras) != len(times):
            raise ValueError(f"cameras must be one per time, {len(times)}, got {len(cameras)}")
        numbers = _checked_numbers(times, numbers)
        self._check_pixel_format(pixel_format)
        with self._rows.read_ahead(times, memory):
            for (time, camera), number in zip(
                zip(times, cameras, strict=True), count() if numbers is None else numbers, strict=numbers is not None
            ):
                with self._held(), self._seen_by(camera) as view:
                    pending = view._start(time, number, pixel_format=pixel_format, may_recolor=False)
                    pending.request()
                    image = pending.fetch()
                    image = LeasedImage(image.own()) if copies else image
                yield image

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
        self, times: Iterable[float | None], numbers: Iterable[int] | None, pixel_format: str, *, copies: bool
    ) -> Iterator[LeasedImage]:
        """The context is held for a frame at a time: the caller may use OpenGL, or leave the rest undrawn."""
        self._check_pixel_format(pixel_format)
        if self._legs is not None and len(self._legs.legs) > 1:
            copies = True  # the next leg frees the memory that the GPU has copied this one's images to
        is_long = isinstance(times, Sized) and len(times) > _FEW_FRAMES
        pending: deque[_Requested] = deque()  # the GPU copies them while the next frame is drawn

        def fetched() -> LeasedImage:
            image = pending.popleft().frame.fetch()
            return LeasedImage(image.own()) if copies else image

        try:
            for time, number in zip(times, count() if numbers is None else numbers, strict=numbers is not None):
                with self._held():
                    self._request_again(pending, pixel_format)
                    images = []
                    if self._leg_of(time, number) is not self._leg:  # what is drawn now goes with its leg
                        images = [fetched() for _ in range(len(pending))]
                    may_recolor = is_long or number >= _FEW_FRAMES
                    started = self._start(time, number, pixel_format=pixel_format, may_recolor=may_recolor)
                    # Fetch earlier frames before: on software, a request waits until all is drawn.
                    n_left = 0 if started.is_complete else self._drawn.n_in_flight - 1
                    images += [fetched() for _ in range(len(pending) - n_left)]
                    started.request()
                    pending.append(_Requested(started, time, number, self._drawn))
                    if started.is_complete:
                        images.append(fetched())
                yield from images
            while pending:
                with self._held():
                    self._request_again(pending, pixel_format)
                    image = fetched()
                yield image
        except GeneratorExit:
            raise
        except BaseException:
            for strategy in (self._drawn, self._recolored):
                if strategy is not None:
                    strategy.reset()
            raise
        finally:
            if pending and not self._is_closed and not sys.is_finalizing():
                self._discard(pending)

    def _request_again(self, pending: deque[_Requested], pixel_format: str) -> None:
        """Draw frames again that were lost: with a context, or as another leg of the path was drawn meanwhile."""
        for _ in range(len(pending)):
            requested = pending.popleft()
            if requested.drawn is not self._drawn:
                time, number = requested.time, requested.number
                frame = self._start(time, number, pixel_format=pixel_format, may_recolor=False)
                frame.request()
                requested = _Requested(frame, time, number, self._drawn)
            pending.append(requested)

    def _discard(self, pending: deque[_Requested]) -> None:
        """Give up frames that were requested."""
        with suppress(ContextError), self._held():
            for requested in pending:
                if requested.drawn is self._drawn:
                    requested.frame.discard()

    def _content(self, time: float | None, number: int, pixel_format: str, second: float | None = None) -> FrameContent:
        """What a frame shows."""
        time, second = _checked_time(time), _checked_second(second)
        sample = self._rows.sample(time)  # before anything changes: it raises for times outside the recording
        camera = self._camera_of(time, number, second)
        moment = self._moment(time, camera, number, second)
        drawn = parted([drawing(moment) for drawing in self._drawings])
        sprites = [sprite for sprites in drawn for sprite in sprites]
        return FrameContent(time, sample, camera, sprites, pixel_format)

    def _start(
        self,
        time: float | None,
        number: int,
        *,
        second: float | None = None,
        pixel_format: str = "rgb",
        may_recolor: bool,
    ) -> PendingFrame:
        """Begin a frame. The context is held."""
        start = clock.perf_counter()
        content = self._content(time, number, pixel_format, second)
        with self._used_programs():
            self._enter(self._leg_of(content.time, number, second))
        self.stages.update += clock.perf_counter() - start
        if may_recolor and self._recolored is not None:
            frame = self._recolored.start(content)
            if frame is not None:
                return frame
            self._recolored = None  # it cannot make later frames either
        with self._used_programs():
            return self._drawn.start(content)

    def _used_programs(self) -> AbstractContextManager[None]:
        """Inside ``with``, the drawing of a leg has the programs of the one before."""
        return nullcontext() if self._legs is None or self._programs is None else self._programs.used()


def _checked_numbers(times: Any, numbers: Any) -> Iterator[int] | None:
    """The numbers of frames, each checked when it is used."""
    if not is_sequence(times):
        raise TypeError(f"times must be an iterable of times in ms, got {brief(times)}")
    if numbers is None:
        return None
    if not is_sequence(numbers):
        raise TypeError(f"numbers must be an iterable of frame numbers, got {brief(numbers)}")
    if isinstance(times, Sized) and isinstance(numbers, Sized) and len(numbers) != len(times):
        raise ValueError(f"numbers must be one per time, {len(times)}, got {len(numbers)}")
    return (checked_whole_number(number, "numbers") for number in numbers)


@dataclass(frozen=True, eq=False)
class _Requested:
    """A frame that was requested, its time and number, and what has drawn it."""

    frame: PendingFrame
    time: float | None
    number: int
    drawn: DrawnFrames | GpuFrames


def _checked_time(time: Any) -> float | None:
    """ms, or None. NaN has the message of times outside the recording."""
    return time if isinstance(time, float | None) else finite_number(time, name="time", expected="finite ms")


def _checked_second(second: Any) -> float | None:
    """Seconds of film, or None."""
    return None if second is None else finite_number(second, name="second", expected="finite seconds of film")
