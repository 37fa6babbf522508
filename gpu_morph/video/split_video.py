"""A film that several ffmpeg processes encode side by side: each gets a piece, and the pieces are joined by copying.

The frames are written in turns, a run of each piece. So all encoders begin and end together, each piece is as long as
can be, and few frames wait in memory.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..image.image import Image, Size
from ..image.yuv_format import YuvFormat
from ..system.hidden_files import new_hidden_file
from ..system.orderly_end import orderly_end
from ..system.processors import n_processors
from .codecs import is_software
from .encoding import Encoding, exact_rate
from .frame_order import FrameOrder
from .join import join_pieces, piece_ending
from .writer import VideoWriter, check_target, encoded_file, warn_if_padded

_PROCESSORS_PER_ENCODER = 5  # what one x264 keeps busy, see docs/performance.md
_MOST_ENCODERS = 8
_FEWEST_FRAMES = 100  # of a piece; an encoder takes as long to start and to end as for tens of frames


def usual_encoders(encoding: Encoding, n_frames: int) -> int:
    """How many encoders a film gets by itself if a GPU draws it: as many as this machine has processors for."""
    if not is_software(encoding.codec):
        return 1
    return max(1, min((n_processors() - 1) // _PROCESSORS_PER_ENCODER, n_frames // _FEWEST_FRAMES, _MOST_ENCODERS))


class SplitWriter:
    """Feeds frames in a `FrameOrder` to several encoders; made by `open_split_video`.

    Attributes
    ----------
    wait_seconds : float
        Seconds that `write` and the end of the film waited for ffmpeg.
    """

    def __init__(self, order: FrameOrder, writers: Sequence[VideoWriter]) -> None:
        self._pieces, self._writers = order.pieces, writers
        self._numbers = iter(order.numbers.tolist())
        self._starts = np.array([piece.start for piece in order.pieces])
        self.join_seconds = 0.0

    @property
    def wait_seconds(self) -> float:
        """See the class."""
        return self.join_seconds + sum(writer.wait_seconds for writer in self._writers)

    def write(self, frame: Image, release: Callable[[], None] | None = None) -> None:
        """Write the next frame of the order; as `VideoWriter.write`."""
        number = next(self._numbers)
        index = int(np.searchsorted(self._starts, number, side="right")) - 1
        self._writers[index].write(frame, release)
        if number == self._pieces[index].stop - 1:
            self._writers[index].end()


@contextmanager
def open_split_video(
    path: str | os.PathLike[str],
    order: FrameOrder,
    *,
    size: Size,
    fps: float | Fraction,
    encoding: Encoding,
    planes: YuvFormat | None = None,
) -> Iterator[SplitWriter]:
    """Write a film with several encoders. Parameters and errors as in `open_video`, but for GIFs, which have one."""
    target, rate = check_target(path), exact_rate(fps)
    warn_if_padded(encoding, size, target.suffix.lower())
    real, ending = Path(os.path.realpath(target)), piece_ending(target.suffix.lower())
    encoding = replace(encoding, threads=encoding.threads or -(-n_processors() // len(order.pieces)))
    with orderly_end(), ExitStack() as files:
        parts = [new_hidden_file(real, f".part{ending}") for _ in order.pieces]
        for part in parts:
            files.callback(part.unlink, missing_ok=True)
        with ExitStack() as encoders:
            writers = [
                encoders.enter_context(
                    encoded_file(
                        part,
                        size=size,
                        rate=rate,
                        encoding=encoding,
                        n_frames=len(piece),
                        planes=planes,
                        n_queued=order.run,
                    )
                )
                for part, piece in zip(parts, order.pieces, strict=True)
            ]
            writer = SplitWriter(order, writers)
            yield writer
        start = time.perf_counter()
        join_pieces([*zip(parts, map(len, order.pieces), strict=True)], target, rate=rate)
        writer.join_seconds = time.perf_counter() - start
