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

    Other threads than the main one get none, and need no care.
    """
    waiting: list[Callable[[], Any]] = []

    def check() -> None:
        while waiting:
            waiting.pop(0)()

    def postponing(handler: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], Any]:
        def handle(number: int, frame: FrameType | None) -> None:
            if _is_in_destructor(frame):
                waiting.append(lambda: handler(number, None))
            else:
                handler(number, frame)

        return handle

    if threading.current_thread() is not threading.main_thread():
        yield check
        return
    before = {number: handler for number in _SIGNALS if callable(handler := signal.getsignal(number))}
    try:
        for number, handler in before.items():
            signal.signal(number, postponing(handler))
        yield check
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    check()


def _is_in_destructor(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
