"""FilmRequest: a film that is to be made here or on a cluster, with checked parameters."""

from __future__ import annotations

import math
import os
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..image.image import Size
from ..image.yuv_format import YuvFormat
from ..scene.panels.shown import Shown
from .encoding import Encoding
from .frame_folder import FrameFolder


@dataclass(frozen=True, eq=False)
class FilmRequest:
    """The parameters of a film. The caller has checked them.

    Parameters
    ----------
    scene : Scene or Panels
        What to draw.
    target : Path
        The film's file.
    times : (n_frames,) float64
        Frame times, ms.
    size : (width, height)
        Pixels.
    supersample : int
        As in `Renderer`.
    rate : Fraction
        Frames per second.
    encoding : Encoding
        Of the film.
    planes : YuvFormat, optional
        What the encoder takes instead of RGB; see `Encoding.planes`.
    device : int, "auto", "cpu" or None
        As in `Renderer`.
    memory : int or str
        Bytes of a recording that a process holds at once; see `RowStream`.
    frame_folder : FrameFolder, optional
        Where each frame is also saved as PNG.
    kept_frames : frozenset of int
        Frames that the frame folder already has. They are not written again.
    scratch : path, optional
        A folder that all workers and this process can access. Workers write pieces there. None: they return them.
    resume : bool
        Use the pieces that an earlier call has left.
    encoders : int, optional
        How many encoders work side by side in this process. None: as many as suit the machine.
    piece_length : int, optional
        Frames per piece. None: as many as are drawn in a few seconds.
    """

    scene: Shown
    target: Path
    times: npt.NDArray[np.float64]
    _: KW_ONLY
    size: Size
    supersample: int = 1
    rate: Fraction
    encoding: Encoding
    planes: YuvFormat | None
    device: int | str | None
    memory: int | str
    frame_folder: FrameFolder | None = None
    kept_frames: frozenset[int] = frozenset()
    scratch: str | os.PathLike[str] | None = None
    resume: bool = False
    encoders: int | None = 1
    piece_length: int | None = None

    @property
    def frame_bytes(self) -> int:
        """Bytes of a frame on its way to the encoder."""
        if self.planes is not None:
            return math.prod(self.planes.shape(self.size))
        return self.size[0] * self.size[1] * (4 if self.encoding.transparent else 3)

    @property
    def missing_frames(self) -> list[int]:
        """Numbers of the frames that must be drawn: those that the frame folder does not have."""
        return [number for number in range(len(self.times)) if number not in self.kept_frames]
