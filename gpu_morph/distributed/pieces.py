"""Pieces of a film, and how long they are."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

_SECONDS = 4.0  # of work in a piece: beside it, what begins and ends with each is little
_FIRST = 50  # frames, while nobody knows yet how long one takes
_FEWEST = 8  # frames: each piece begins with a whole picture, which costs bytes
_LEAST_SECONDS = 0.5  # of work: handing out a piece costs the client some 20 ms


@dataclass(frozen=True, order=True)
class Piece:
    """Frames from number ``start`` up to ``stop``."""

    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __str__(self) -> str:
        return f"frames {self.start} to {self.stop - 1}"

    def file_name(self, ending: str) -> str:
        """What its file is called; `from_file_name` reads it."""
        return f"{self.start:08d}-{self.stop:08d}{ending}"

    @classmethod
    def from_file_name(cls, name: str, ending: str) -> Piece | None:
        """The piece that a file of this name holds; None for other files."""
        numbers = name.removesuffix(ending).split("-")
        if len(numbers) != 2 or not all(number.isdecimal() for number in numbers):
            return None
        piece = cls(int(numbers[0]), int(numbers[1]))
        return piece if piece.start < piece.stop and piece.file_name(ending) == name else None


def missing_pieces(there: Iterable[Piece], n_frames: int) -> list[Piece]:
    """What of a film is left between the pieces that are there."""
    gaps, begin = [], 0
    for piece in [*sorted(there), Piece(n_frames, n_frames + 1)]:
        if piece.start > begin:
            gaps.append(Piece(begin, piece.start))
        begin = piece.stop
    return gaps


class Cutter:
    """Cuts what is left of a film, piece by piece, as workers can take them.

    Each piece is some seconds of work, and there are more of them than workers, so that none has long to wait for
    a slow one: towards the end they become shorter.

    Parameters
    ----------
    gaps : sequence of Piece
        What is left.
    n_frames : int, optional
        Of each piece, whatever the work.
    most : int, optional
        How many frames a piece may have.
    """

    def __init__(self, gaps: Iterable[Piece], *, n_frames: int | None = None, most: int | None = None) -> None:
        self._gaps = deque(gaps)
        self._n_frames, self._most = n_frames, most

    @property
    def n_left(self) -> int:
        """How many frames no piece has yet."""
        return sum(len(gap) for gap in self._gaps)

    def cut(self, *, n_workers: int, rate: float | None) -> Piece:
        """The next piece, for one of so many workers that make ``rate`` frames per second (None: unknown)."""
        length = self._n_frames or self._length(n_workers, rate)
        length = min(length, self._most or length)
        gap = self._gaps.popleft()
        stop = min(gap.start + length, gap.stop)
        if stop < gap.stop:
            self._gaps.appendleft(Piece(stop, gap.stop))
        return Piece(gap.start, stop)

    def _length(self, n_workers: int, rate: float | None) -> int:
        wanted = _FIRST if rate is None else max(1, round(_SECONDS * rate))
        fewest = _FEWEST if rate is None else max(_FEWEST, round(_LEAST_SECONDS * rate))
        even = math.ceil(self.n_left / (2 * n_workers))
        return max(min(wanted, even), min(wanted, fewest))
