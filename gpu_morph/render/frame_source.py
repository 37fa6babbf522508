"""FrameSource: starts the frames of a scene, and of the same scene seen by another camera."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ..image.image import Size
from ..scene.annotations.base import Sprite
from ..scene.annotations.label_parting import parted
from ..scene.camera import Camera
from ..scene.scene import Scene
from ..system.arguments import check_type
from .drawn_view import DrawnView
from .film_camera import FilmCamera
from .frame_arguments import checked_second, checked_time
from .strategy import FrameContent, PendingFrame, Stages
from .supersampling import enlarged_size
from .turned_camera import TurnedCamera
from .vertex_values import RecordingRows

if TYPE_CHECKING:
    from ..scene.annotations.layout import Layout
    from .gpu.context import Context
    from .gpu.program_pool import ProgramPool


class FrameSource:
    """Starts frames. `held` gives the OpenGL context to the calling thread; all else is called inside of it.

    Parameters
    ----------
    scene : Scene
        Resolved.
    layout : Layout
        Where its annotations stand.
    size : (width, height)
        Pixels.
    supersample : int
        Pixels that are drawn for a pixel of the picture, along each axis.
    transparent : bool
        Leave the background out.
    stages : Stages
        Where times are added.
    device : int, "auto", "cpu", optional
        See `gpu_morph.render.gpu.context.held_context`.

    ``cameras`` are those of the film, ``rows`` those of the recording, ``view`` is what is on the GPU.
    """

    def __init__(
        self,
        scene: Scene,
        layout: Layout,
        *,
        size: Size,
        supersample: int,
        transparent: bool,
        stages: Stages,
        device: int | str | None = None,
    ) -> None:
        self.scene, self.size, self.transparent = scene, size, transparent
        self._supersample, self._stages = supersample, stages
        self.cameras = FilmCamera(scene.camera_beside(layout), scene, enlarged_size(size, supersample))
        self._drawings = [
            annotation.drawing(layout.view, box)
            for annotation, box in zip(scene.annotations, layout.boxes, strict=True)
        ]
        self.rows = RecordingRows(scene, scene.coloring)
        self._other: FrameSource | None = None  # of what another camera sees
        self._programs: ProgramPool | None = None  # of other cameras that are gone
        self._turned = TurnedCamera(scene, size, supersample)
        self.is_closed = False
        from .gpu.context import held_context

        with held_context(device) as context:
            self._build(context)

    def _build(self, context: Context) -> None:
        """Make all that is on the GPU. What a lost context had is forgotten."""
        self._context: Context | None = None
        self._other = self._programs = None
        self.view = DrawnView(
            self.scene,
            self.rows,
            self.cameras,
            size=self.size,
            supersample=self._supersample,
            transparent=self.transparent,
            stages=self._stages,
            context=context,
        )
        self._context = context

    def close(self) -> None:
        """Free what is held on the GPU; further calls do nothing."""
        if self.is_closed:
            return
        self.is_closed = True
        from .gpu.context import held_context

        with held_context() as context:
            if context is self._context:
                self._free()

    def _free(self) -> None:
        """Free what is held on the GPU, in the context in which it was made."""
        if self._other is not None:
            self._other.close()
        if self._programs is not None:
            self._programs.empty()
        self.view.delete()
        self._context = None

    @contextmanager
    def held(self) -> Iterator[Context]:
        """The context, for the calling thread, and everything on the GPU, made anew if a context was lost."""
        from .gpu.context import held_context

        with held_context() as context:
            if self.is_closed:
                raise ValueError("this Renderer is closed: make a new one")
            if context is self._context and not self.view.is_whole:
                self._free()
            if context is not self._context:
                self._build(context)
            yield context

    @contextmanager
    def seen_by(self, camera: Camera | None) -> Iterator[FrameSource]:
        """The source of what another camera sees: this one without one."""
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
                self._other = self._new_other(camera)
            yield self._other

    def _new_other(self, camera: Camera) -> FrameSource:
        scene = replace(self.scene, camera=camera).resolved()
        other = FrameSource(
            scene,
            scene.layout(self.size, transparent=self.transparent),
            size=self.size,
            supersample=self._supersample,
            transparent=self.transparent,
            stages=Stages(),
        )
        other.view.draw_always()  # its camera does not stand still
        other.rows.share_streams(self.rows)
        return other

    def _turn(self, camera: Camera) -> bool:
        """Look from another direction. False if more than this would change."""
        fitted = self._turned.fitted(camera, self.cameras.first)
        if fitted is not None:
            self.cameras.first = fitted
        return fitted is not None

    def content(self, time: float | None, number: int, pixel_format: str, second: float | None = None) -> FrameContent:
        """What a frame shows."""
        time, second = checked_time(time), checked_second(second)
        sample = self.rows.sample(time)  # before anything changes: it raises for times outside the recording
        content = FrameContent(time, sample, self.cameras.at(time, number, second), (), pixel_format)
        sprites = [sprite for sprites in self.sprites(content, number, second) for sprite in sprites]
        return replace(content, sprites=sprites)

    def sprites(self, content: FrameContent, number: int, second: float | None) -> list[Sequence[Sprite]]:
        """What each annotation draws over a frame."""
        moment = self.cameras.moment(content.time, content.camera, number, second)
        return parted([drawing(moment) for drawing in self._drawings])

    def start(
        self,
        time: float | None,
        number: int,
        *,
        second: float | None = None,
        pixel_format: str = "rgb",
        may_recolor: bool,
    ) -> PendingFrame:
        """Begin a frame: its time in ms, its number and its second of film."""
        start = clock.perf_counter()
        content = self.content(time, number, pixel_format, second)
        self._stages.update += clock.perf_counter() - start
        return self.begin(content, number, second, may_recolor=may_recolor)

    def begin(
        self, content: FrameContent, number: int, second: float | None = None, *, may_recolor: bool
    ) -> PendingFrame:
        """Begin a frame with a content."""
        leg = self.cameras.leg_at(content.time, number, second)
        return self.view.start(content, leg, may_recolor=may_recolor)
