"""FrameQueue: frames that the GPU copies while the next one is drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .strategy import FrameStrategy, LeasedImage, PendingFrame


@dataclass(frozen=True, eq=False)
class _Requested:
    """A frame that was requested, its time and number, and what has drawn it."""

    frame: PendingFrame
    time: float | None
    number: int
    drawn: FrameStrategy


class FrameQueue:
    """Frames that were requested, in their order.

    Parameters
    ----------
    copies : bool
        Images are given in arrays of their own.
    """

    def __init__(self, *, copies: bool) -> None:
        self._requested: deque[_Requested] = deque()
        self._copies = copies

    def __len__(self) -> int:
        return len(self._requested)

    def request(self, frame: PendingFrame, time: float | None, number: int, drawn: FrameStrategy) -> None:
        """Have a frame copied that was started; ``drawn`` has drawn it."""
        frame.request()
        self._requested.append(_Requested(frame, time, number, drawn))

    def fetch(self) -> LeasedImage:
        """The first frame; waits for it."""
        image = self._requested.popleft().frame.fetch()
        return LeasedImage(image.own()) if self._copies else image

    def renew(self, drawn: Callable[[], FrameStrategy], start: Callable[[float | None, int], PendingFrame]) -> None:
        """Start frames again that were lost: with a context, or as another leg of the path was drawn meanwhile."""
        for _ in range(len(self)):
            requested = self._requested.popleft()
            if requested.drawn is drawn():
                self._requested.append(requested)
            else:
                frame = start(requested.time, requested.number)
                self.request(frame, requested.time, requested.number, drawn())

    def discard(self, drawn: FrameStrategy) -> None:
        """Give up all frames; those that something else has drawn are lost already."""
        for requested in self._requested:
            if requested.drawn is drawn:
                requested.frame.discard()
