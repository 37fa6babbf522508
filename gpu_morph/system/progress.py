"""A progress bar on a terminal and in a notebook; nothing anywhere else."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_WIDTH = 30
_INTERVAL = 0.1  # s between updates


class ProgressBar:
    """Counts frames on one line of a terminal or notebook. Use it in ``with``."""

    def __init__(self, n_frames: int, *, show: bool = True, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        is_notebook = type(self._stream).__module__.startswith("ipykernel")
        self._show = show and (is_notebook or self._stream.isatty())
        self._n_frames, self._done, self._given = n_frames, 0, 0
        self._start = self._last = time.monotonic()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._show:
            self._draw()
            self._stream.write("\n")
            self._stream.flush()

    def begin_at(self, n_done: int) -> None:
        """So many frames were there before: they count as done, and not for the rate."""
        self._done = self._given = n_done

    def advance(self) -> None:
        """One more frame is done."""
        self.move_to(self._done + 1)

    def move_to(self, n_done: int) -> None:
        """So many frames are done by now."""
        self._done = n_done
        now = time.monotonic()
        if self._show and now - self._last >= _INTERVAL:
            self._last = now
            self._draw()

    def _draw(self) -> None:
        seconds = max(time.monotonic() - self._start, 1e-6)
        rate = (self._done - self._given) / seconds
        left = (self._n_frames - self._done) / rate if rate else 0.0
        filled = _WIDTH * self._done // max(self._n_frames, 1)
        bar = "#" * filled + "-" * (_WIDTH - filled)
        self._stream.write(f"\r[{bar}] {self._done}/{self._n_frames} frames, {rate:.1f}/s, {left:.0f} s left ")
        self._stream.flush()
