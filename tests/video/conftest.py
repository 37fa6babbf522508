"""The cluster that the tests of a module share, and the film that they make on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from clusters import (
    FILM,
    REPAIR,
    SCENE,
    SIZE,
    TIMES,
    cluster,
)

import gpu_morph as gm
from gpu_morph.distributed import scheduler, worker_pool
from probe import ffmpeg_processes, wait_until


@pytest.fixture(scope="module")
def pair() -> Iterator[Any]:
    """A client of two workers with two threads each, and some memory."""
    with cluster(2, 2, memory_limit="1.5GB") as client:
        yield client


@pytest.fixture
def client(pair: Any) -> Iterator[Any]:
    """The same client, with two workers without faults."""
    pair.wait_for_workers(2, timeout=180)
    yield pair
    pair.run(exec, REPAIR, {})


@pytest.fixture(scope="module")
def drawn() -> npt.NDArray[np.uint8]:
    """The film's frames, as a Renderer gives them."""
    scene = replace(SCENE, time_range=gm.TimeRange(FILM["t_start"], FILM["t_stop"], FILM["t_step"]))
    with gm.Renderer(scene, SIZE) as renderer:
        return np.stack(list(renderer.frames(TIMES)))


@pytest.fixture
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 0.3 s, polled often. A worker that is slow to start, on a busy machine, keeps its pieces."""
    monkeypatch.setattr("gpu_morph.distributed.pieces._FIRST_LENGTH", 9)
    monkeypatch.setattr("gpu_morph.distributed.pieces._PIECE_SECONDS", 0.3)
    monkeypatch.setattr(worker_pool, "_UPDATE_INTERVAL", 0.2)
    monkeypatch.setattr(scheduler, "_POLL_INTERVAL", 0.1)
    monkeypatch.setattr(scheduler, "_MAX_WAIT", 60.0)


@pytest.fixture
def nothing_left_running() -> Iterator[None]:
    yield
    wait_until(lambda: not ffmpeg_processes(), "no ffmpeg is left")


@pytest.fixture
def no_thread_or_ffmpeg_left() -> Iterator[None]:
    yield
    assert ffmpeg_processes() == []
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("gpu_morph")] == []
