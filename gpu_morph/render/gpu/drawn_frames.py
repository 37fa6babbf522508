"""DrawnFrames: frames that OpenGL draws, as a FrameStrategy."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ...image.alpha import straight_alpha
from ...scene.annotations.base import Sprite
from ...scene.camera import Box
from ..drawn_planes import DrawnPlanes
from ..strategy import FrameContent, LeasedImage, Stages
from .readback import Copy
from .scene_drawing import SceneDrawing


@dataclass(frozen=True)
class Region:
    """What of a frame is drawn and read back: a box. None: all of it.

    ``sprites_beside`` are the sprites outside the box. They are not drawn; `DrawnPlanes` adds them.
    """

    box: Box | None = None
    sprites_beside: Sequence[Sprite] = ()


class DrawnFrames:
    """Frames that OpenGL draws.

    As "yuv420p", only the box that holds the cell is drawn, read back and converted, if no sprite overlaps it.

    Parameters
    ----------
    drawing : SceneDrawing
        What is drawn.
    stages : Stages
        Where times are added.
    """

    n_in_flight = 1

    def __init__(self, drawing: SceneDrawing, *, stages: Stages) -> None:
        self._drawing, self._stages = drawing, stages
        self._planes: DrawnPlanes | None = None

    def start(self, content: FrameContent) -> DrawnFrame:
        """Draw the frame, without waiting for it."""
        start = time.perf_counter()
        region = self._region(content)
        self._stages.update += time.perf_counter() - start
        draw(self._drawing, content, region, self._stages)
        return DrawnFrame(
            self._drawing, region, self._planes if content.pixel_format == "yuv420p" else None, self._stages
        )

    def reset(self) -> None:
        """Forget the planes of earlier frames."""
        self._planes = None

    def delete(self) -> None:
        """Nothing is held on the GPU."""

    def _region(self, content: FrameContent) -> Region:
        """The part of the frame that has to be drawn."""
        if content.pixel_format == "rgb":
            return Region()
        drawing, sprites = self._drawing, content.sprites
        if self._planes is None:
            self._planes = DrawnPlanes(drawing.target.size, drawing.background_bytes, sprites)
        if self._planes.sprites_change_often or not drawing.has_bounds or content.camera.projection == "perspective":
            return Region()
        box = drawing.bounds(content.camera)
        if box is None or any(_overlap(sprite, box) for sprite in sprites):
            return Region()
        return Region(box, sprites)


def draw(drawing: SceneDrawing, content: FrameContent, region: Region, stages: Stages) -> None:
    """Draw a frame, without waiting for it, and add the times to the stages."""
    start = time.perf_counter()
    drawing.update(content.camera, content.sample, content.time)
    updated = time.perf_counter()
    drawing.draw(() if region.sprites_beside else content.sprites, region.box)
    stages.update += updated - start
    stages.draw += time.perf_counter() - updated


def _overlap(sprite: Sprite, box: Box) -> bool:
    height, width = sprite.image.shape[:2]
    is_beside = sprite.x >= box.x + box.width or sprite.x + width <= box.x
    return not (is_beside or sprite.y >= box.y + box.height or sprite.y + height <= box.y)


class DrawnFrame:
    """A frame that has been drawn: a `PendingFrame`.

    Parameters
    ----------
    drawing : SceneDrawing
        Whose target holds the frame until `request`.
    region : Region
        What was drawn.
    planes : DrawnPlanes, optional
        Makes YUV planes of it. None: channels as they are.
    stages : Stages
        Where times are added.
    """

    is_complete = False

    def __init__(self, drawing: SceneDrawing, region: Region, planes: DrawnPlanes | None, stages: Stages) -> None:
        self._drawing, self._region, self._planes, self._stages = drawing, region, planes, stages
        self._copy: Copy | None = None

    def request(self) -> None:
        """Have the GPU copy the pixels while other work goes on."""
        start = time.perf_counter()
        # For planes: four channels are copied faster than three.
        self._copy = self._drawing.target.request(None if self._planes is None else 4, self._region.box)
        self._stages.read += time.perf_counter() - start

    def fetch(self) -> LeasedImage:
        """The pixels: RGB, RGBA with straight alpha, or planes."""
        assert self._copy is not None
        start, readback = time.perf_counter(), self._drawing.target.readback
        if self._planes is not None:
            with readback.mapped(self._copy) as drawn:
                image = LeasedImage(self._planes.planes(drawn, self._corner, self._region.sprites_beside))
        elif self._copy.shape[-1] == 4:
            with readback.mapped(self._copy) as drawn:
                image = LeasedImage(straight_alpha(drawn))
        else:
            image = readback.lease(self._copy)
        self._stages.read += time.perf_counter() - start
        return image

    def discard(self) -> None:
        """Give up the pixels."""
        assert self._copy is not None
        self._drawing.target.readback.discard(self._copy)

    @property
    def _corner(self) -> tuple[int, int]:
        box = self._region.box
        return (0, 0) if box is None else (box.x, box.y)
