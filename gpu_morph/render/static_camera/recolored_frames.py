"""RecoloredFrames: frames of a static camera from an A-buffer, as a FrameStrategy."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...data.sampling import Sample
from ...image.image import Image, Size
from ...image.packed import Bytes
from ...scene.annotations.base import Sprite
from ...scene.camera import Camera
from ...scene.coloring import Coloring
from ...scene.colors import to_bytes
from ...scene.scene import Scene
from ..incremental_image import IncrementalImage
from ..strategy import FrameContent, LeasedImage, Stages
from ..vertex_values import VertexValues
from .a_buffer import ABuffer
from .palette import Palette
from .recoloring import Recoloring
from .surroundings import Surroundings


class RecoloredFrames:
    """Frames of a static camera. With another camera, what that one sees is listed anew.

    Parameters
    ----------
    scene : Scene
        Its highlight and background are used.
    coloring : Coloring
        Of the scene.
    values : VertexValues
        Of all vertices that the A-buffer may name.
    list_fragments : callable
        Gives the A-buffer of what a camera sees, or None where it has no room for it. Called at its first frame.
    list_surroundings : callable
        Gives what the camera sees behind the cell and before it, or None where there is nothing. Called before the
        other one.
    size : (width, height)
        Pixels.
    background : (n_channels,) uint8
        RGB, or premultiplied RGBA.
    stages : Stages
        Where times are added.
    """

    n_in_flight = 1

    def __init__(
        self,
        scene: Scene,
        coloring: Coloring,
        values: VertexValues,
        list_fragments: Callable[[Camera], ABuffer | None],
        list_surroundings: Callable[[Camera], Surroundings | None] = lambda camera: None,  # noqa: ARG005
        *,
        size: Size,
        background: Bytes,
        stages: Stages,
    ) -> None:
        self._scene, self._coloring, self._values, self._list_fragments = scene, coloring, values, list_fragments
        self._list_surroundings = list_surroundings
        self._size, self._background, self._stages = size, background, stages
        self._view: _View | None = None

    def start(self, content: FrameContent) -> RecoloredFrame | None:
        """Make the frame. None: this and later frames must be drawn."""
        start = time.perf_counter()
        if self._view is None or not self._view.shows(content):
            self._view = None  # free it first
            self._view = self._new_view(content.camera, content.sprites, content.pixel_format)
            if self._view is None:
                return None
        listed = time.perf_counter()
        values = self._view.new_values(content.sample)
        updated = time.perf_counter()
        nothing = np.zeros(0, dtype=np.int64)
        changed = nothing if values is None else self._view.recoloring(values)
        frame = None
        if self._view.image.update(changed, content.sprites):
            frame = RecoloredFrame(self._view.image.copy())
        self._stages.update += updated - listed
        self._stages.draw += listed - start + time.perf_counter() - updated
        return frame

    def reset(self) -> None:
        """Forget the image and the A-buffer."""
        self._view = None

    def _new_view(self, camera: Camera, sprites: Sequence[Sprite], pixel_format: str) -> _View | None:
        surroundings = self._list_surroundings(camera)
        fragments = self._list_fragments(camera)
        if fragments is None:
            return None
        highlight = self._scene.highlight
        recoloring = Recoloring(
            fragments,
            palette=Palette.of(
                self._coloring.table, np.zeros(3, np.uint8) if highlight is None else to_bytes(highlight.rgba[:3])
            ),
            background=self._background,
            depth_cue_color=self._scene.background_rgba[:3],
            surroundings=surroundings,
        )
        image = IncrementalImage(
            self._size, self._background, recoloring.pixels, recoloring.colors, sprites, pixel_format=pixel_format
        )
        return _View(camera, recoloring, image, self._values.subset(recoloring.vertices))


class _View:
    """What a camera sees: the image, its recolouring and the values of the vertices in view."""

    def __init__(self, camera: Camera, recoloring: Recoloring, image: IncrementalImage, values: VertexValues) -> None:
        self._camera = camera
        self.recoloring, self.image, self._values = recoloring, image, values
        self._sample: Sample | None = None  # of the last frame
        self._is_new = True

    def shows(self, content: FrameContent) -> bool:
        """False where a frame has another camera or another format."""
        return self._camera == content.camera and self.image.pixel_format == content.pixel_format

    def new_values(self, sample: Sample | None) -> npt.NDArray[np.float32] | None:
        """Values of the recoloring's vertices; None: those of the last frame."""
        if sample == self._sample and not self._is_new:
            return None
        self._sample, self._is_new = sample, False
        return self._values.at(sample)


@dataclass(frozen=True, eq=False)
class RecoloredFrame:
    """A frame that is complete from the start."""

    image: Image
    is_complete = True

    def request(self) -> None:
        """Nothing to do."""

    def fetch(self) -> LeasedImage:
        """The image."""
        return LeasedImage(self.image)

    def discard(self) -> None:
        """Nothing to do."""
