"""Work in threads gives the results of work in a loop."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gpu_morph.system import threads
from gpu_morph.system.threads import map_ahead, map_in_threads, n_threads


def test_there_is_at_least_one_thread_and_at_most_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    for processors, expected in ((1, 1), (4, 4), (64, 8)):
        monkeypatch.setattr(threads, "n_processors", lambda n=processors: n)
        assert n_threads() == expected
        assert n_threads(spared=processors) == 1


@pytest.mark.parametrize("n_parts", [0, 1, 7])
def test_results_are_in_order(n_parts: int) -> None:
    assert map_in_threads(lambda part: part**2, range(n_parts)) == [part**2 for part in range(n_parts)]


def test_results_ahead_are_limited_and_in_order() -> None:
    started: list[int] = []
    lock = threading.Lock()

    def square(part: int) -> int:
        with lock:
            started.append(part)
        return part**2

    with ThreadPoolExecutor(4) as pool:
        results = map_ahead(pool, square, range(100), max_ahead=5)
        for number, result in enumerate(results):
            assert result == number**2
            assert len(started) <= number + 6
    assert sorted(started) == list(range(100))


def test_an_error_reaches_the_caller() -> None:
    def fail(part: int) -> int:
        if part == 3:
            raise OSError("the disk is gone")
        return part

    with ThreadPoolExecutor(2) as pool:
        results = map_ahead(pool, fail, range(10), max_ahead=2)
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(OSError, match="the disk is gone"):
            next(results)
