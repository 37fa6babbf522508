"""FrameOrder: in which order the frames of a film are drawn for several encoders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from ..data.arrays import IntArray
from .piece import Piece

_QUEUE_BYTES = 2**28  # of the frames that wait for all encoders
_LONGEST_RUN = 4  # frames; longer ones keep more of them in memory and no encoder busier


@dataclass(frozen=True)
class FrameOrder:
    """In which order the frames of a film are drawn for several encoders.

    Parameters
    ----------
    pieces : tuple of Piece
        One for each encoder.
    run : int
        How many frames of a piece follow each other.
    """

    pieces: tuple[Piece, ...]
    run: int

    @classmethod
    def of_film(cls, n_frames: int, n_encoders: int, frame_bytes: int) -> FrameOrder:
        """The order for a film whose frames take so many bytes; no encoder is without a frame."""
        n_pieces = max(1, min(n_encoders, n_frames))
        run = _QUEUE_BYTES // (n_pieces * frame_bytes)
        return cls(tuple(_equal_pieces(n_frames, n_pieces)), min(max(run, 1), _LONGEST_RUN))

    @cached_property
    def numbers(self) -> IntArray:
        """(n_frames,) int64: the frames, in this order."""
        longest = max(map(len, self.pieces))
        runs = [
            np.arange(piece.start + first, min(piece.start + first + self.run, piece.stop))
            for first in range(0, longest, self.run)
            for piece in self.pieces
        ]
        return np.concatenate(runs)


def _equal_pieces(n_frames: int, n_pieces: int) -> list[Piece]:
    """Divide a film into pieces whose lengths differ by one frame at most."""
    bounds = [n_frames * number // n_pieces for number in range(n_pieces + 1)]
    return [Piece(start, stop) for start, stop in pairwise(bounds)]
