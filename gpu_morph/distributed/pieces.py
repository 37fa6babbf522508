"""How a film is cut into pieces for workers."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable

from ..video.piece import Piece

_PIECE_SECONDS = 4.0  # of drawing; the fixed costs of a piece are small compared with this
_FIRST_LENGTH = 50  # frames, until the drawing rate is known
_SHORTEST_LENGTH = 8  # frames; each piece begins with a key frame, which is large
_SHORTEST_SECONDS = 0.5  # of drawing; to submit a piece takes the client 13 to 18 ms


def missing_pieces(present: Iterable[Piece], n_frames: int) -> list[Piece]:
    """The gaps between the pieces that are present, up to frame ``n_frames``."""
    gaps, begin = [], 0
    for piece in [*sorted(present), Piece(n_frames, n_frames + 1)]:
        if piece.start > begin:
            gaps.append(Piece(begin, piece.start))
        begin = piece.stop
    return gaps


class PieceCutter:
    """Cuts the missing part of a film into pieces, one at a time.

    A piece takes a few seconds to draw. Towards the end pieces become shorter, so that no worker waits long for a slow
    one.

    Parameters
    ----------
    gaps : iterable of Piece
        The missing frames.
    length : int, optional
        Frames per piece. None: chosen from the drawing rate.
    max_length : int, optional
        The largest number of frames in a piece.
    """

    def __init__(self, gaps: Iterable[Piece], *, length: int | None = None, max_length: int | None = None) -> None:
        self._gaps = deque(gaps)
        self._length, self._max_length = length, max_length

    @property
    def n_left(self) -> int:
        """Number of frames that are not in a piece yet."""
        return sum(len(gap) for gap in self._gaps)

    def cut(self, *, n_workers: int, rate: float | None) -> Piece:
        """The next piece.

        Parameters
        ----------
        n_workers : int
            How many workers draw.
        rate : float, optional
            Frames per second of one worker. None: not known yet.
        """
        length = self._length or self._chosen_length(n_workers, rate)
        length = min(length, self._max_length or length)
        gap = self._gaps.popleft()
        stop = min(gap.start + length, gap.stop)
        if stop < gap.stop:
            self._gaps.appendleft(Piece(stop, gap.stop))
        return Piece(gap.start, stop)

    def _chosen_length(self, n_workers: int, rate: float | None) -> int:
        usual = _FIRST_LENGTH if rate is None else max(1, round(_PIECE_SECONDS * rate))
        shortest = _SHORTEST_LENGTH if rate is None else max(_SHORTEST_LENGTH, round(_SHORTEST_SECONDS * rate))
        two_per_worker = math.ceil(self.n_left / (2 * n_workers))
        return max(min(usual, two_per_worker), min(usual, shortest))
