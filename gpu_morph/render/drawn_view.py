"""DrawnView: what a view of a scene has on the GPU, and the ways of making its frames."""

from __future__ import annotations

import time as clock
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..image.image import Size
from ..image.yuv_format import YUV420, YUV_FORMATS
from ..scene.camera import Camera
from ..scene.scene import Scene
from .film_camera import FilmCamera
from .geometry.scene_geometry import scene_geometry
from .glow import Glow, glow_of
from .lens_sampling import n_lens_points
from .path_legs import Leg
from .static_camera.recolored_frames import RecoloredFrames
from .strategy import FrameContent, FrameStrategy, LeasedImage, PendingFrame, Stages
from .supersampling import enlarged_scene, enlarged_size
from .vertex_values import RecordingRows, VertexValues

if TYPE_CHECKING:
    from .gpu.context import Context
    from .gpu.drawn_frames import DrawnFrames
    from .gpu.gpu_frames import GpuFrames


_DRAWN_STILL = 3  # frames that are drawn where a path stands still: for fewer, listing what is seen costs more


class _Still:
    """Whether the camera of a path has stood still for some frames."""

    def __init__(self) -> None:
        self._camera: Camera | None = None
        self._n_frames = 0

    def goes_on(self, camera: Camera) -> bool:
        """True from the frame on that follows `_DRAWN_STILL` with the same camera."""
        self._n_frames = self._n_frames + 1 if camera == self._camera else 1
        self._camera = camera
        return self._n_frames > _DRAWN_STILL


class DrawnView:
    """Draws frames, or recolours those of a camera that stands still. The context is held in all calls.

    Parameters
    ----------
    scene : Scene
        Resolved.
    rows : RecordingRows
        Of the scene's recording.
    cameras : FilmCamera
        Of the film.
    size : (width, height)
        Pixels.
    supersample : int
        Pixels that are drawn for a pixel of the picture, along each axis.
    transparent : bool
        Leave the background out.
    stages : Stages
        Where times are added.
    context : Context
        Where everything is made.

    ``leg`` is the part of the path that is drawn now, ``drawing`` what is on the GPU, ``frames`` draws it. ``is_whole``
    is False where something failed while a leg was made: the view is of no more use then.
    """

    def __init__(
        self,
        scene: Scene,
        rows: RecordingRows,
        cameras: FilmCamera,
        *,
        size: Size,
        supersample: int,
        transparent: bool,
        stages: Stages,
        context: Context,
    ) -> None:
        from .gpu.program_pool import ProgramPool
        from .gpu.software_memory import check_space_for_picture

        self._n_lens_points = n_lens_points(scene, cameras.samples, size)
        if context.is_software:
            check_space_for_picture(size, supersample=supersample, has_lens=self._n_lens_points > 1)
        self._scene, self._rows, self._cameras, self._stages = scene, rows, cameras, stages
        self._size, self._supersample, self._transparent = size, supersample, transparent
        self._is_gpu_path, self._can_list = context.path == "gpu", context.gl_version >= (4, 3)
        self._programs = None if cameras.legs is None else ProgramPool()  # of the legs before
        self._glow: Glow | None = None  # of a path
        self.leg = None if cameras.legs is None else cameras.legs.legs[0]
        self._can_recolor = True
        self._still = _Still()
        self._recolored: FrameStrategy | None = None
        self.is_whole = False
        self._build()
        self.is_whole = True

    def start(self, content: FrameContent, leg: Leg | None, *, may_recolor: bool) -> PendingFrame:
        """Begin a frame."""
        start = clock.perf_counter()
        self._enter(leg)
        self._stages.update += clock.perf_counter() - start
        is_still = self._still.goes_on(content.camera) or leg is None
        if may_recolor and is_still and self._recolored is not None:
            frame = self._recolored.start(content)
            if frame is not None:
                return frame
            self._recolored = None  # it cannot make later frames either
        with self._used_programs():
            return self.frames.start(content)

    def _enter(self, leg: Leg | None) -> None:
        """Make what is drawn on a leg of the path. No frame is in flight."""
        if leg is self.leg:
            return
        self.is_whole = False
        with self._used_programs():
            self.frames.delete()
            self.drawing.delete()
            self.leg = leg
            self._build()
        self.is_whole = True

    def preview(self, content: FrameContent, clim: tuple[float, float] | None) -> LeasedImage:
        """A frame from the camera of its content, with the vertices of this view; see `Renderer.preview`."""
        with self.drawing.shown_from(content.camera, clim):
            pending = self.frames.start(content)
            pending.request()
            return pending.fetch()

    @property
    def pixel_formats(self) -> tuple[str, ...]:
        """What frames can be, if the size allows it."""
        return ("rgb", *YUV_FORMATS) if self._is_gpu_path else ("rgb", YUV420.name)

    def draw_always(self) -> None:
        """Recolour no frame from now on: the camera does not stand still."""
        self._can_recolor, self._recolored = False, None

    def reset(self) -> None:
        """Forget what is kept from frame to frame, which an exception may have left inconsistent."""
        for strategy in (self.frames, self._recolored):
            if strategy is not None:
                strategy.reset()

    def delete(self) -> None:
        """Free everything."""
        if self._programs is not None:
            self._programs.empty()
        self.frames.delete()
        self.drawing.delete()

    def _build(self) -> None:
        """Make what is drawn; of a path, that of its leg."""
        from .gpu.drawn_frames import DrawnFrames  # imports vispy, which must not happen earlier
        from .gpu.gpu_frames import GpuFrames
        from .gpu.scene_drawing import SceneDrawing

        leg = self.leg
        camera = self._cameras.first if leg is None else leg.cameras[0]
        scene = enlarged_scene(self._scene, self._size, self._supersample)
        if leg is not None and scene.look.is_glowing:
            leg = replace(leg, glow=self._glow_of_path())
        size = enlarged_size(self._size, self._supersample)
        geometry = scene_geometry(scene, self._rows.recording, leg or camera, size)
        self._values = VertexValues.of_scene(self._scene, self._rows, geometry)
        self.drawing = SceneDrawing(
            scene,
            self._scene.coloring,
            geometry,
            self._values,
            camera=camera,
            leg=leg,
            size=self._size,
            supersample=self._supersample,
            transparent=self._transparent,
            n_lens_points=self._n_lens_points,
            computes=self._is_gpu_path,
        )
        strategy = GpuFrames if self._is_gpu_path else DrawnFrames
        self.frames: DrawnFrames | GpuFrames = strategy(self.drawing, stages=self._stages)
        self._recolored = self._new_recolored()

    def _new_recolored(self) -> RecoloredFrames | None:
        """For a camera that stands still, where only values decide what it sees and OpenGL can list that.

        Hardware draws faster than frames are recoloured.
        """
        may_stand = self._can_recolor and (self.leg is not None or not self._cameras.first.azim_step)
        if self._is_gpu_path or not self._can_list or not may_stand or not self.drawing.is_listable:
            return None
        return RecoloredFrames(
            self._scene,
            self._scene.coloring,
            self._values,
            self.drawing.visible_fragments,
            self.drawing.surroundings,
            size=self._size,
            background=self.drawing.background_bytes,
            stages=self._stages,
        )

    def _glow_of_path(self) -> Glow:
        """The brightness of tubes on all of a path: that of its first camera."""
        if self._glow is None:
            assert self._cameras.legs is not None
            first, factor = self._cameras.legs.legs[0], self._supersample
            scene, size = enlarged_scene(self._scene, self._size, factor), enlarged_size(self._size, factor)
            geometry = scene_geometry(scene, self._rows.recording, first, size)
            center = np.asarray(first.cameras[0].center)
            geometry = replace(geometry, positions=(geometry.positions - center).astype(np.float32))
            self._glow = glow_of(geometry, first.cameras[0], size, min_width=scene.min_width)
        return self._glow

    def _used_programs(self) -> AbstractContextManager[None]:
        """Inside ``with``, the drawing of a leg has the programs of the one before."""
        return nullcontext() if self._programs is None else self._programs.used()
