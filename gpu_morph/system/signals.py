"""Interrupts (Ctrl-C, SIGTERM, SIGHUP) where Python would lose them: in ctypes and in destructors."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# Signals that end the process. SIGHUP: the terminal was closed; Windows has none.
END_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def restore_ctypes_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt where ctypes raises an ArgumentError that hides one.

    ctypes turns every exception that occurs while it converts an argument into its own ArgumentError.
    """
    try:
        yield
    except ctypes.ArgumentError as error:
        if KeyboardInterrupt.__name__ in str(error):
            raise KeyboardInterrupt from error
        raise


@contextmanager
def defer_destructor_interrupts() -> Iterator[Callable[[], None]]:
    """Defer signals that arrive while a destructor runs, where Python ignores what their handler raises.

    Yields a function that calls the handlers of deferred signals. They are also called at the end of the ``with``
    block, after an error too. Python runs signal handlers in the main thread only: in other threads nothing is done.
    """
    deferring: list[_DeferringHandler] = []

    def check() -> None:
        for handler in deferring:
            handler.check()

    if threading.current_thread() is threading.main_thread():
        for number in END_SIGNALS:
            original = signal.getsignal(number)
            if callable(original):
                deferring.append(_DeferringHandler(number, original))
                signal.signal(number, deferring[-1])
    try:
        yield check
    finally:
        for handler in deferring:  # no handler may defer a signal that arrives while others are uninstalled
            handler.defers = False
        for handler in deferring:
            handler.uninstall()
        check()


class _DeferringHandler:
    """A signal handler that calls the original one: at once, or at the next `check` if a destructor is running."""

    def __init__(self, number: int, original: Callable[[int, FrameType | None], Any]) -> None:
        self._number, self._original = number, original
        self._has_deferred = False
        self.defers = True

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.defers and _is_in_destructor(frame):
            self._has_deferred = True
        else:
            self._original(number, frame)

    def check(self) -> None:
        """Call the original handler if a signal was deferred."""
        if self._has_deferred:
            self._has_deferred = False
            self._original(self._number, None)

    def uninstall(self) -> None:
        """Install the original handler again, unless another one has been installed meanwhile."""
        this_handler: object = self
        if signal.getsignal(self._number) is this_handler:
            signal.signal(self._number, self._original)


def _is_in_destructor(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
