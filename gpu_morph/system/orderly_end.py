"""Signals that end the process let what is being written be removed first: Ctrl-C, SIGTERM, SIGHUP."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from .signals import END_SIGNALS

_PATIENCE = 10.0  # s for cleaning up, in which further signals are ignored
_SOON = 0.02  # s after which a signal is sent again that came where Python ignores exceptions


@contextmanager
def orderly_end() -> Iterator[None]:
    """End the ``with`` block with an exception at a signal, and ignore further ones until it has ended.

    The exception is what the signal's handler raises, for Ctrl-C a KeyboardInterrupt. A signal that would end the
    process without a word, such as SIGTERM in a script, raises a KeyboardInterrupt too, and ends the process when the
    block has ended. Ignored signals and handlers that raise nothing stay as they are. Python ignores exceptions in
    destructors and in callbacks of weak references: a signal that arrives there is acted upon afterwards. Python runs
    handlers in the main thread only: in other threads nothing is done.
    """
    if threading.current_thread() is not threading.main_thread() or _Handler.active is not None:
        yield
        return
    handler = _Handler.active = _Handler()
    try:
        handler.install()
        yield
    finally:
        _Handler.active = None
        handler.uninstall()
        number = handler.deadly
        if number is None and not handler.is_ending():
            number = handler.unheard
        if number is not None:
            signal.raise_signal(number)


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Within an orderly end: act upon a signal at the end of this block, so that nothing in it is left half done."""
    handler = _Handler.active
    if handler is None or threading.current_thread() is not threading.main_thread() or handler.is_deferring:
        yield
        return
    handler.is_deferring = True
    try:
        yield
    finally:
        handler.is_deferring = False
        handler.run_deferred()


class _Handler:
    """The signal handler of an `orderly_end`."""

    active: _Handler | None = None

    def __init__(self) -> None:
        self._originals: dict[int, Any] = {}
        self._raised: BaseException | None = None
        self._deadline = 0.0
        self._deferred: list[int] = []
        self._number = 0
        self._hook: Any = None
        self._own_hook = self._ignored  # each access to a method makes another object
        self.deadly: int | None = None
        self.unheard: int | None = None  # a signal that is to be sent again
        self.is_deferring = False

    def install(self) -> None:
        for number in END_SIGNALS:
            original = signal.getsignal(number)
            if callable(original) or original is signal.SIG_DFL:
                self._originals[number] = original
                signal.signal(number, self)
        self._hook, sys.unraisablehook = sys.unraisablehook, self._own_hook

    def uninstall(self) -> None:
        """Install the original handlers again, where no other has been installed meanwhile."""
        if sys.unraisablehook is self._own_hook:
            sys.unraisablehook = self._hook
        this_handler: object = self
        for number, original in self._originals.items():
            with suppress(ValueError):  # a generator with an orderly end was finished in another thread
                if signal.getsignal(number) is this_handler:
                    signal.signal(number, original)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.is_deferring:
            self._deferred.append(number)
        elif self.is_ending() and time.monotonic() < self._deadline:
            self.unheard = None
        elif _is_in_destructor(frame):
            self._send_soon(number)
        else:
            self._act(number, frame)

    def run_deferred(self) -> None:
        deferred, self._deferred = self._deferred, []
        for number in deferred:
            self(number, None)

    def is_ending(self) -> bool:
        """True if the exception that a signal raised is on its way out. False if something has caught it."""
        error = sys.exception()
        while error is not None and error is not self._raised:
            if isinstance(error, KeyboardInterrupt) and self._raised is not None:  # raised again, with a message
                return True
            error = error.__context__
        return error is not None

    def _act(self, number: int, frame: FrameType | None) -> None:
        self._deadline = time.monotonic() + _PATIENCE
        self._number, self.unheard = number, None
        original = self._originals[number]
        try:
            if original is signal.SIG_DFL:
                self.deadly = number
                raise KeyboardInterrupt
            original(number, frame)
        except BaseException as error:
            self._raised = error
            raise

    def _ignored(self, lost: Any) -> None:
        """Called by Python with an exception that it ignores."""
        if lost.exc_value is None or lost.exc_value is not self._raised:
            self._hook(lost)
            return
        self._raised = None
        self._send_soon(self._number)

    def _send_soon(self, number: int) -> None:
        self.unheard = number
        timer = threading.Timer(_SOON, self._send_again, (number,))
        timer.daemon = True
        with suppress(RuntimeError):  # no thread can be started: it is acted upon when the block has ended
            timer.start()

    def _send_again(self, number: int) -> None:
        if _Handler.active is not self or self.unheard is None:
            return
        if hasattr(signal, "pthread_kill"):  # wakes the main thread, if it waits
            signal.pthread_kill(threading.main_thread().ident or 0, number)
        else:
            signal.raise_signal(number)


def _is_in_destructor(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
