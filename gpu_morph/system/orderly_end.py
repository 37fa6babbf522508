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


@contextmanager
def orderly_end() -> Iterator[None]:
    """End the ``with`` block with an exception at a signal, and ignore further ones until it has ended.

    The exception is what the signal's handler raises, for Ctrl-C a KeyboardInterrupt. A signal that would end the
    process without a word, such as SIGTERM in a script, raises a KeyboardInterrupt too, and ends the process when the
    block has ended. Ignored signals and handlers that raise nothing stay as they are. Python runs handlers in the main
    thread only: in other threads nothing is done.
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
        if handler.deadly is not None:
            signal.raise_signal(handler.deadly)


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
        self.deadly: int | None = None
        self.is_deferring = False

    def install(self) -> None:
        for number in END_SIGNALS:
            original = signal.getsignal(number)
            if callable(original) or original is signal.SIG_DFL:
                self._originals[number] = original
                signal.signal(number, self)

    def uninstall(self) -> None:
        """Install the original handlers again, where no other has been installed meanwhile."""
        this_handler: object = self
        for number, original in self._originals.items():
            with suppress(ValueError):  # a generator with an orderly end was finished in another thread
                if signal.getsignal(number) is this_handler:
                    signal.signal(number, original)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.is_deferring:
            self._deferred.append(number)
        elif not (self.is_ending() and time.monotonic() < self._deadline):
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
        original = self._originals[number]
        try:
            if original is signal.SIG_DFL:
                self.deadly = number
                raise KeyboardInterrupt
            original(number, frame)
        except BaseException as error:
            self._raised = error
            raise
