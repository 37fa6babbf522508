"""ProgressBar: frames done, frames per second and time left, on a terminal or in a notebook."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import TracebackType
from typing import Any, TextIO

_INTERVAL = 0.1  # s between updates
_watch: ContextVar[Callable[[int, int], None] | None] = ContextVar("watch", default=None)


class ProgressBar:
    """Shows how many frames are done; use it in ``with``.

    Parameters
    ----------
    n_frames : int
        Frames in total.
    show : bool
        False: show nothing.
    stream : text file, optional
        Where to write. None: standard error. Nothing is written unless it is a terminal or a notebook's.
    """

    def __init__(self, n_frames: int, *, show: bool = True, stream: TextIO | None = None) -> None:
        stream = sys.stderr if stream is None else stream
        is_notebook = type(stream).__module__.startswith("ipykernel")
        self._n_done, self._n_frames = 0, n_frames
        self._bar: Any = None
        if show and (is_notebook or _is_terminal(stream)):
            # miniters=1 and smoothing=0: the rate is the mean since the start, updated after each interval.
            self._bar = _bar_class()(
                total=n_frames,
                file=stream,
                unit=" frames",
                dynamic_ncols=True,
                mininterval=_INTERVAL,
                miniters=1,
                smoothing=0,
            )

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def begin_at(self, n_done: int) -> None:
        """Count frames as done that an earlier call has made; the rate leaves them out."""
        self._n_done = n_done
        if self._bar is not None:
            self._bar.initial = self._bar.n = self._bar.last_print_n = n_done
            self._bar.refresh()

    def advance(self) -> None:
        """One more frame is done."""
        self.move_to(self._n_done + 1)

    def move_to(self, n_done: int) -> None:
        """Set the number of frames that are done."""
        if self._bar is not None:
            self._bar.update(n_done - self._n_done)
        self._n_done = n_done
        watch = _watch.get()
        if watch is not None:
            watch(n_done, self._n_frames)


def _is_terminal(stream: TextIO | None) -> bool:
    """False also where there is no stream, as in programs without a console, or it is closed."""
    return stream is not None and not stream.closed and stream.isatty()


@contextmanager
def watched(watch: Callable[[int, int], None]) -> Iterator[None]:
    """Inside ``with``, progress bars of this thread call a function with the frames that are done, and of how many.

    What it raises ends the work.
    """
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


@cache
def _bar_class() -> Any:
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        """tqdm's bar without its monitor thread and its lock between processes, which nothing here needs."""

        monitor_interval = 0
        _lock = threading.RLock()

    return Bar
