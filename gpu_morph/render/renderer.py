"""Renderer: from the times of frames to their pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

from ..data.row_stream import MEMORY
from ..image.image import Image, Size, check_size
from ..scene.annotations.base import Sprite
from ..scene.camera import Camera
from ..scene.checks import checked_clim
from ..scene.panels.shown import check_one_scene
from ..scene.scene import Scene
from ..system.arguments import check_type, checked_flag
from .frame_arguments import checked_second, checked_time
from .frame_source import FrameSource
from .frame_stream import FrameStream
from .strategy import LeasedImage, Stages
from .supersampling import checked_supersample

if TYPE_CHECKING:
    from ..scene.annotations.layout import Layout


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
    TypeError
        What is given is no scene, or has an `Inset`: `render_image` and `render_video` draw its close-up.
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

    _takes_insets = False  # what draws their close-ups does

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
        check_one_scene(scene, "Renderer", takes_insets=self._takes_insets)
        transparent = checked_flag(transparent, "transparent")
        if layout is not None and not hasattr(layout, "areas"):
            raise TypeError(f"layout must be a Layout or None, got {type(layout).__name__}")
        supersample = checked_supersample(supersample)
        self.scene = scene.resolved()
        layout = layout or self.scene.layout(self.size, transparent=transparent)
        self.stages = Stages()
        self._source = FrameSource(
            self.scene,
            layout,
            size=self.size,
            supersample=supersample,
            transparent=transparent,
            stages=self.stages,
            device=device,
        )

    @property
    def camera(self) -> Camera:
        """The camera of the first frame, with a center and a height."""
        return self._source.cameras.first

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what is held on the GPU; further calls do nothing."""
        self._source.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Renderer can be neither pickled nor copied, as OpenGL cannot: pickle its Scene, and make one of it"
        )

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
        with self._source.held(), self._source.seen_by(camera) as seen:
            pending = seen.start(time, frame, second=second, may_recolor=False)
            pending.request()
            return pending.fetch().own()

    def camera_at(self, time: float | None = None, *, frame: int = 0, second: float | None = None) -> Camera:
        """The camera of a frame, with a center and a height; parameters as of `render`."""
        return self._source.cameras.at(checked_time(time), frame, checked_second(second))

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
        with self._source.held():
            content = replace(self._source.content(time, 0, "rgb"), camera=replace(camera, aperture=0.0), sprites=())
            return self._source.view.preview(content, clim).own()

    def layers(
        self, time: float | None = None, *, frame: int = 0, second: float | None = None
    ) -> tuple[Image, list[Sequence[Sprite]]]:
        """As `render`, but the annotations beside the image: what each draws over it, in their order.

        Raises
        ------
        ValueError
            As `render`.
        """
        with self._source.held():
            content = self._source.content(time, frame, "rgb", second)
            pending = self._source.begin(replace(content, sprites=()), frame, second, may_recolor=False)
            pending.request()
            return pending.fetch().own(), self._source.sprites(content, frame, second)

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
        stream = FrameStream(self._source, memory=memory, pixel_format=pixel_format, copies=copies)
        for leased in stream.views(times, numbers, cameras) if cameras is not None else stream.frames(times, numbers):
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
        stream = FrameStream(self._source, memory=memory, pixel_format=pixel_format, copies=False)
        return stream.frames(times, numbers)

    @property
    def pixel_formats(self) -> tuple[str, ...]:
        """What `frames` takes as ``pixel_format``, if the size allows it."""
        return self._source.view.pixel_formats
