"""Ctrl-C as what it is, also where Python makes something else of it."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def through_ctypes() -> Iterator[None]:
    """One that comes while ctypes looks at an argument, of which it makes an error of its own."""
    try:
        yield
    except ctypes.ArgumentError as error:
        if KeyboardInterrupt.__name__ in str(error):
            raise KeyboardInterrupt from error
        raise


@contextmanager
def after_destructors() -> Iterator[Callable[[], None]]:
    """One that comes in a destructor, where Python ignores it: it waits for the next call of what this gives.

    At the latest it comes at the end of the ``with``, also of one that an error ends. Other threads than the main one
    get none, and need no care.
    """
    postponing: list[_Postponing] = []

    def check() -> None:
        for handler in postponing:
            handler.check()

    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            before = signal.getsignal(number)
            if callable(before):
                postponing.append(_Postponing(number, before))
                signal.signal(number, postponing[-1])
    try:
        yield check
    finally:
        for handler in postponing:  # first all, should one come before they are gone
            handler.is_over = True
        for handler in postponing:
            handler.leave()
        check()


class _Postponing:
    """Stands for a signal's handler, which it calls: at once, or when asked to if one came in a destructor."""

    def __init__(self, number: int, before: Callable[[int, FrameType | None], Any]) -> None:
        self._number, self._before, self._waits = number, before, False
        self.is_over = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if not self.is_over and _is_in_destructor(frame):
            self._waits = True
        else:
            self._before(number, frame)

    def check(self) -> None:
        """Let the handler have the one that waits."""
        if self._waits:
            self._waits = False
            self._before(self._number, None)

    def leave(self) -> None:
        """Let the handler stand for itself again, if nobody has put another in its place."""
        own: object = self
        if signal.getsignal(self._number) is own:
            signal.signal(self._number, self._before)


def _is_in_destructor(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
