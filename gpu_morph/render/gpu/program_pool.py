"""ProgramPool: programs that were compiled, kept for the next drawing that needs them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

_current: ProgramPool | None = None  # one thread at a time holds the OpenGL context, and this


class ProgramPool:
    """Keeps programs that are deleted inside `used`, and gives them to those that are made there.

    To compile a program takes longer than to draw a frame. Empty it at the end, in the context of its programs.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, list[tuple[Any, Callable[[], None]]]] = {}

    @contextmanager
    def used(self) -> Iterator[None]:
        """Inside ``with``, programs come from here and return to here."""
        global _current
        before, _current = _current, self
        try:
            yield
        finally:
            _current = before

    def take(self, key: Hashable) -> Any:
        """A program that was kept under a key; None if there is none."""
        kept = self._kept.get(key)
        return kept.pop()[0] if kept else None

    def keep(self, key: Hashable, compiled: Any, free: Callable[[], None]) -> None:
        """Keep a program; ``free`` frees it."""
        self._kept.setdefault(key, []).append((compiled, free))

    def empty(self) -> None:
        """Free the programs."""
        for kept in self._kept.values():
            for _, free in kept:
                free()
        self._kept.clear()


def taken(key: Hashable) -> Any:
    """A compiled program from the pool that is used; None if it has none."""
    return None if _current is None else _current.take(key)


def put_back(key: Hashable, compiled: Any, free: Callable[[], None]) -> None:
    """Keep a compiled program in the pool that is used; without one, free it."""
    if _current is None:
        free()
    else:
        _current.keep(key, compiled, free)
