"""Threads for work in which numpy lets go of Python's lock: large arrays in parts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")
_MOST_THREADS = 8


def n_threads(*, spared: int = 0) -> int:
    """As many as there are processors for us, some of them spared; at least 1, at most 8."""
    n_processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(n_processors - spared, _MOST_THREADS))


def map_in_threads(function: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """Results for all ``parts``, in order, by all processors but one, which is the encoder's."""
    n_workers = min(n_threads(spared=1), len(parts))
    if n_workers < 2:
        return [*map(function, parts)]
    with ThreadPoolExecutor(n_workers, thread_name_prefix="gpu_morph") as pool:  # 0.1 ms
        return [*pool.map(function, parts)]
