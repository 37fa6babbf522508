"""Threads for work during which numpy, zlib or Pillow release Python's lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TypeVar

from .processors import n_processors

Part = TypeVar("Part")
Result = TypeVar("Result")
_MAX_THREADS = 8


def n_threads(*, spared: int = 0) -> int:
    """Number of threads to use: the processors of this process minus ``spared``, between 1 and 8."""
    return max(1, min(n_processors() - spared, _MAX_THREADS))


def map_in_threads(function: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """Results for all ``parts``, in order, by all processors but one, which is left to the encoder."""
    # The number of processors is in files of the system, which takes 0.2 ms to read.
    n_workers = min(n_threads(spared=1), len(parts)) if len(parts) > 1 else 1
    if n_workers < 2:
        return [*map(function, parts)]
    with ThreadPoolExecutor(n_workers, thread_name_prefix="gpu_morph") as pool:  # 0.1 ms
        return [*pool.map(function, parts)]


def map_ahead(
    pool: Executor, function: Callable[[Part], Result], parts: Iterable[Part], *, max_ahead: int
) -> Iterator[Result]:
    """Results for ``parts``, in order; at most ``max_ahead`` of them are computed before they are needed."""
    pending: deque[Future[Result]] = deque()
    for part in parts:
        if len(pending) == max_ahead:
            yield pending.popleft().result()
        pending.append(pool.submit(function, part))
    while pending:
        yield pending.popleft().result()
