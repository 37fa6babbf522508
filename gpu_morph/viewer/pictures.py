"""Pictures: what a ViewSession's drawing thread draws, exactly, and quickly while something is moved."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..image.alpha import lay_over
from ..image.image import Image, Size
from ..render.geometry.kept_geometry import KeptGeometry
from ..render.geometry.scene_geometry import scene_geometry
from ..render.geometry.tube_geometry import TubeGeometry
from ..render.supersampling import enlarged_scene
from ..scene.annotations.base import Drawing, Moment, Sprite
from ..scene.annotations.label_parting import parted
from ..scene.camera import Camera
from ..scene.scene import Scene
from ..system.interruption import uninterrupted
from .scene_view import fitting
from .simplified import simplified_scene

if TYPE_CHECKING:
    from ..render.renderer import Renderer

_SEGMENTS_OF_CPU, _SEGMENTS_OF_GPU = 4_500, 1_000_000  # that are drawn 20 times a second
_PIXELS_OF_CPU = 1_000_000  # likewise
_LARGEST_ZOOM = 3.0  # of a preview before its vertices are made anew


class Pictures:
    """Draws a scene whose camera, time, range and annotations change. Use it in one thread; `close` frees it.

    Parameters
    ----------
    device : int, "auto", "cpu", optional
        Which GPU.
    """

    def __init__(self, device: int | str | None) -> None:
        self._device = device
        self._exact: Renderer | None = None
        self._exact_key: Any = None
        self._preview: Renderer | None = None
        self._preview_key: Any = None
        self._sprites = _AnnotationSprites()
        self._geometry = KeptGeometry()

    def exact(self, content: Scene, camera: Camera, size: Size, time: float | None) -> Image:
        """The picture that `render_image` makes of a scene with another camera.

        Given up for what `interruptible` waits for, if a preview can be shown meanwhile.
        """
        key = _content_key(content), size
        can_wait = self.can_preview(content, camera, size)
        with self._geometry.used(), nullcontext() if can_wait else uninterrupted():
            if self._exact is None or key != self._exact_key:
                _close(self._exact)
                self._exact, self._exact_key = None, key
                self._exact = self._new(fitting(replace(content, camera=camera), size), size)
            return self._exact.render(time, camera=camera)

    def geometry(self, content: Scene, camera: Camera, size: Size) -> TubeGeometry:
        """The vertices of the exact picture, relative to the camera's center."""
        scene, recording = enlarged_scene(content, size, 1), content.coloring.recording
        with self._geometry.used():
            geometry = scene_geometry(scene, recording, camera, size)
        positions = (geometry.positions - np.asarray(camera.center)).astype(np.float32)
        return replace(geometry, positions=positions)

    def preview(self, content: Scene, camera: Camera, size: Size, time: float | None) -> Image:
        """A similar picture in a frame's time: with fewer segments or pixels where these are many."""
        renderer = self.prepared_preview(content, camera, size)
        image = renderer.preview(time, camera, clim=content.clim if _has_uniform_range(content) else None)
        if image.shape[:2] != size[::-1]:
            image = _enlarged(image, size)
        for sprite in self._sprites.at(content, size, Moment(time, camera)):
            lay_over(image, sprite.image, sprite.x, sprite.y)
        return image

    def can_preview(self, content: Scene, camera: Camera, size: Size) -> bool:
        """True if a preview takes no longer than a frame."""
        if self._preview is None or self._preview_key != self._key_of_preview(content, camera, size):
            return False
        return _is_near(self._preview.camera, camera)

    def prepared_preview(self, content: Scene, camera: Camera, size: Size, *, renews: bool = False) -> Renderer:
        """The renderer of previews, made anew where that is needed; with ``renews`` also after a large zoom."""
        from ..render.gpu.context import held_context

        if (
            self._preview is not None
            and self.can_preview(content, camera, size)
            and not (renews and _is_zoomed(self._preview.camera, camera))
        ):
            return self._preview
        _close(self._preview)
        self._preview = None
        with held_context(self._device) as context:
            is_software = context.is_software
        parts = 1
        while is_software and size[0] * size[1] > _PIXELS_OF_CPU * parts**2:
            parts += 1
        drawn_size = max(1, size[0] // parts), max(1, size[1] // parts)
        simple = simplified_scene(content, _SEGMENTS_OF_CPU if is_software else _SEGMENTS_OF_GPU)
        style = "matte" if content.look.is_shadowed else content.style
        self._preview = self._new(replace(simple, camera=camera, annotations=(), style=style), drawn_size)
        self._preview_key = self._key_of_preview(content, camera, size)
        return self._preview

    @staticmethod
    def _key_of_preview(content: Scene, camera: Camera, size: Size) -> Any:
        clim = None if _has_uniform_range(content) else content.clim
        return clim, _opacity_key(content), size, camera.projection

    def close(self) -> None:
        """Free what is held on the GPU."""
        _close(self._exact)
        _close(self._preview)
        self._exact = self._preview = None

    def _new(self, scene: Scene, size: Size) -> Renderer:
        from ..render.renderer import Renderer

        return Renderer(scene, size, device=self._device)


def _close(renderer: Renderer | None) -> None:
    if renderer is not None:
        renderer.close()


class _AnnotationSprites:
    """The sprites of a scene's annotations, laid out once for each size."""

    def __init__(self) -> None:
        self._key: Any = None
        self._drawings: list[Drawing] = []

    def at(self, scene: Scene, size: Size, moment: Moment) -> list[Sprite]:
        """What is laid over a frame."""
        key = _content_key(scene), size
        if key != self._key:
            scene = fitting(scene, size)
            layout = scene.layout(size)
            self._drawings = [
                annotation.drawing(layout.view, box)
                for annotation, box in zip(scene.annotations, layout.boxes, strict=True)
            ]
            self._key = key
        drawn = parted([drawing(moment) for drawing in self._drawings])
        return [sprite for sprites in drawn for sprite in sprites]


def _content_key(content: Scene) -> tuple[Any, ...]:
    """Equal for scenes of one session that differ in their camera alone."""
    return content.clim, content.annotations, _opacity_key(content)


def _has_uniform_range(content: Scene) -> bool:
    """True if the range of colours is a uniform: nothing else depends on it."""
    return content.norm is None and not content.overlays


def _opacity_key(content: Scene) -> bytes | None:
    return content.opacity.tobytes() if isinstance(content.opacity, np.ndarray) else None


def _is_near(first: Camera, camera: Camera) -> bool:
    """True if a renderer made for the first camera can preview another one."""
    if camera.projection == "orthographic":
        return True
    return (first.center, first.height, first.shift) == (camera.center, camera.height, camera.shift)


def _is_zoomed(first: Camera, camera: Camera) -> bool:
    """True if the vertices for the first camera are too coarse or too fine for another one."""
    assert first.height is not None and camera.height is not None
    return not 1 / _LARGEST_ZOOM < first.height / camera.height < _LARGEST_ZOOM


def _enlarged(image: Image, size: Size) -> Image:
    from PIL import Image as Pillow

    return np.array(Pillow.fromarray(image).resize(size, Pillow.Resampling.BILINEAR))
