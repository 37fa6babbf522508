"""The pool of workers, and the task that draws a piece, without a cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import distributed
import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm
from gpu_morph.distributed import piece_drawing, worker_calls
from gpu_morph.distributed.piece_drawing import DrawnPiece, PieceFailure, draw_piece
from gpu_morph.distributed.worker_handle import WorkerHandle, with_assigned_gpus
from gpu_morph.distributed.worker_pool import WorkerPool
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.piece import Piece


@pytest.mark.parametrize(
    ("visible", "devices"),
    [
        (["ab", "ab", "ab"], [0, 1, 0]),  # all see the same list: one after the other
        (["abc", "bca", "cab"], [0, 0, 0]),  # dask-cuda: another one first for each
        (["a", "b", "a"], [None, None, None]),  # each sees one
        (["", "ab"], [None, 0]),
    ],
)
def test_workers_of_a_machine_get_different_gpus(visible: list[str], devices: list[int | None]) -> None:
    workers = [WorkerHandle(str(k), "node", tuple(gpus)) for k, gpus in enumerate(visible)]
    assert [worker.device for worker in with_assigned_gpus(workers)] == devices


def test_workers_are_prepared_with_their_gpus() -> None:
    cluster = FakeCluster(gpus={"n1": ["A", "B"], "n2": ["A", "B"], "m1": ["A"]}, n1="H200", n2="H200", m1="H200")
    pool_of(cluster, "auto")
    assert cluster.devices == {"n1": 0, "n2": 1, "m1": None}
    pool_of(cluster, "cpu")
    assert set(cluster.devices.values()) == {"cpu"}


def test_gpus_of_another_machine_are_not_counted() -> None:
    known = [WorkerHandle("0", "one", ("a", "b"), gpu="a")]
    one, two = with_assigned_gpus([WorkerHandle("1", "one", ("a", "b")), WorkerHandle("2", "two", ("a", "b"))], known)
    assert (one.device, two.device) == (1, 0)


class FakeCluster:
    """A client and its scheduler as a WorkerPool uses them. ``workers`` are renderers by address."""

    def __init__(
        self, resources: dict[str, float] | None = None, gpus: dict[str, list[str]] | None = None, **workers: str
    ) -> None:
        self.workers, self.resources, self.gpus = workers, resources or {}, gpus or {}
        self.calls: list[tuple[str, list[str]]] = []
        self.devices: dict[str, Any] = {}

    @property
    def scheduler(self) -> FakeCluster:
        return self

    def sync(self, function: Any, **options: Any) -> Any:
        return function(**options)

    def identity(self, n_workers: int) -> dict[str, Any]:
        return {"workers": {name: {"status": "running"} for name in self.workers}}

    def run(self, function: Any, *arguments: Any, workers: list[str], on_error: str) -> dict[str, Any]:
        self.calls.append((function.__name__, workers))
        if function.__name__ == "prepare_worker":
            self.devices |= arguments[0]
            return {w: (self.workers[w], "cpu" in self.workers[w]) for w in workers}
        return {
            w: {
                "problem": "",
                "host": w[0],
                "versions": worker_calls.versions(gm.__version__),
                "encoder": "7",
                "gpus": self.gpus.get(w, [] if "cpu" in self.workers[w] else ["GPU-1"]),
                "device": "auto",
                "drawing_on": None,
                "resources": {"GPU": self.resources[w]} if w in self.resources else {},
            }
            for w in workers
        }


def pool_of(cluster: FakeCluster, device: int | str | None = None) -> WorkerPool:
    return WorkerPool(cluster, device, version=gm.__version__)


def addresses(pool: WorkerPool) -> list[str]:
    return [worker.address for worker in pool.available]


def test_workers_without_a_gpu_draw_only_if_none_has_one_or_device_is_cpu() -> None:
    mixed = FakeCluster(a="H200", b="cpu", c="H200")
    assert addresses(pool_of(mixed)) == ["a", "c"]
    assert ("prepare_worker", ["b"]) not in mixed.calls
    assert addresses(pool_of(FakeCluster(a="cpu", b="cpu"))) == ["a", "b"]
    assert pool_of(FakeCluster(a="cpu 1", b="cpu 2"), "cpu").is_software


def test_only_workers_with_the_resource_gpu_draw_if_there_are_any() -> None:
    assert addresses(pool_of(FakeCluster(a="H200", b="H200", c="H200", resources={"b": 1, "c": 0}))) == ["b"]


def test_a_worker_that_fails_three_times_in_a_row_gets_no_more_pieces() -> None:
    pool = pool_of(FakeCluster(a="H200", b="H200"))
    for _ in range(2):
        pool.count_failure("a")
    pool.reset_failures("a")
    for _ in range(3):
        assert addresses(pool) == ["a", "b"]
        pool.count_failure("a")
    assert addresses(pool) == ["b"]
    assert pool.events == ["a (a) got no more pieces: it failed 3 times in a row"]
    for _ in range(3):
        pool.count_failure("b")
    assert addresses(pool) == ["b"]  # the last one


def test_workers_may_come_and_go() -> None:
    cluster = FakeCluster(a="cpu")
    pool = pool_of(cluster)
    cluster.workers = {"b": "H200"}
    pool.update()
    assert addresses(pool) == ["b"]
    assert str(pool.handle("a")) == "a (a)"
    cluster.workers = {}
    pool.update()
    assert addresses(pool) == []


# The task


class FakeRenderThread:
    """Draws three black frames and then calls a function."""

    stages: ClassVar[dict[str, float]] = {}

    def __init__(self, then: Callable[[], None]) -> None:
        self._then = then

    @contextlib.contextmanager
    def reserve(self) -> Iterator[FakeRenderThread]:
        yield self

    def frames(self, *_: Any) -> Iterator[npt.NDArray[np.uint8]]:
        yield from np.zeros((3, 48, 64, 3), dtype=np.uint8)
        self._then()


@pytest.mark.parametrize("end", ["task", "worker"])
def test_a_cancelled_task_does_not_secede(end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A worker that closes holds the lock of its pool of threads while it waits for them; secede() needs that lock.
    tasks = {"draw": SimpleNamespace(state="executing")}
    worker = SimpleNamespace(
        state=SimpleNamespace(tasks=tasks, nthreads=1),
        status=distributed.core.Status.running,
        get_current_task=lambda: "draw",
        log_event=lambda *_: None,
        address="tcp://here",
    )

    def end_it() -> None:
        if end == "task":
            tasks["draw"].state = "cancelled"
        else:
            worker.status = distributed.core.Status.closing

    payload: Any = SimpleNamespace(
        name="film", folder=tmp_path, ending=".mkv", encoding=Encoding(), size=(64, 48), rate=Fraction(25)
    )
    payload.takes_planes = payload.returns_png = False
    seceded = []
    monkeypatch.setattr(distributed, "get_worker", lambda: worker)
    monkeypatch.setattr(distributed, "secede", lambda: seceded.append(1))
    for then, result in ((lambda: None, DrawnPiece), (end_it, PieceFailure)):
        monkeypatch.setattr(piece_drawing, "process_render_thread", lambda then=then: FakeRenderThread(then))
        assert isinstance(draw_piece(payload, Piece(0, 3), None, None), result)
        assert seceded == [1]
