"""Interruption: long work that is given up when its result is no longer wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_obsolete: ContextVar[Callable[[], bool] | None] = ContextVar("is_obsolete", default=None)


class Interrupted(BaseException):
    """Raised by `checkpoint`; what was begun is dropped. No error: nothing that handles errors may catch it."""


@contextmanager
def interruptible(is_obsolete: Callable[[], bool]) -> Iterator[None]:
    """Inside ``with``, `checkpoint` raises `Interrupted` in this thread as soon as ``is_obsolete`` returns True."""
    token = _is_obsolete.set(is_obsolete)
    try:
        yield
    finally:
        _is_obsolete.reset(token)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Inside ``with``, `checkpoint` does nothing."""
    token = _is_obsolete.set(None)
    try:
        yield
    finally:
        _is_obsolete.reset(token)


def checkpoint() -> None:
    """Give up the work that is being done, if it is no longer wanted."""
    is_obsolete = _is_obsolete.get()
    if is_obsolete is not None and is_obsolete():
        raise Interrupted
