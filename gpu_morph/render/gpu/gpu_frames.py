"""GpuFrames: frames of the GPU path, as a FrameStrategy. All work on pixels is done on the GPU."""

from __future__ import annotations

import time

from ...image.yuv_format import YUV_FORMATS
from ..strategy import FrameContent, LeasedImage, Stages
from .drawn_frames import DrawnFrame, Region, draw
from .readback import Copy
from .scene_drawing import SceneDrawing
from .yuv_packing import YuvPacking


class GpuFrames:
    """Frames that are drawn whole, packed on the GPU and left in the memory that the GPU has copied them to.

    Parameters
    ----------
    drawing : SceneDrawing
        What is drawn.
    stages : Stages
        Where times are added.
    """

    n_in_flight = 2

    def __init__(self, drawing: SceneDrawing, *, stages: Stages) -> None:
        self._drawing, self._stages = drawing, stages
        self._packing: YuvPacking | None = None

    def start(self, content: FrameContent) -> DrawnFrame | PackedFrame:
        """Draw the frame, without waiting for it."""
        drawing, region = self._drawing, Region()
        draw(drawing, content, region, self._stages)
        if content.pixel_format == "rgb":
            return DrawnFrame(drawing, region, None, self._stages)
        if self._packing is None or self._packing.format.name != content.pixel_format:
            self.delete()
            self._packing = YuvPacking(drawing.target.size, YUV_FORMATS[content.pixel_format])
        return PackedFrame(drawing, self._packing, self._stages)

    def reset(self) -> None:
        """Nothing is kept from frame to frame."""

    def delete(self) -> None:
        """Free what is held on the GPU."""
        if self._packing is not None:
            self._packing.delete()
            self._packing = None


class PackedFrame:
    """A frame that has been drawn and is packed into planes: a `PendingFrame`.

    Parameters
    ----------
    drawing : SceneDrawing
        Whose target holds the frame until `request`.
    packing : YuvPacking
        Makes the planes.
    stages : Stages
        Where times are added.
    """

    is_complete = False

    def __init__(self, drawing: SceneDrawing, packing: YuvPacking, stages: Stages) -> None:
        self._target, self._packing, self._stages = drawing.target, packing, stages
        self._copy: Copy | None = None

    def request(self) -> None:
        """Have the GPU pack and copy the pixels while other work goes on."""
        start = time.perf_counter()
        self._copy = self._packing.start(self._target.picture, self._target.readback)
        self._stages.read += time.perf_counter() - start

    def fetch(self) -> LeasedImage:
        """The planes; waits for them."""
        assert self._copy is not None
        start = time.perf_counter()
        image = self._target.readback.lease(self._copy)
        self._stages.read += time.perf_counter() - start
        return image

    def discard(self) -> None:
        """Give up the pixels."""
        assert self._copy is not None
        self._target.readback.discard(self._copy)
