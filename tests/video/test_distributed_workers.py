"""Which workers draw a film, and what they must have in common."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pytest
from clusters import (
    SCENE,
    SIZE,
    check_same,
    cluster,
    distributed,
    film,
)

import gpu_morph as gm
from gpu_morph.distributed import scheduler, worker_calls
from gpu_morph.distributed.piece_drawing import DrawnPiece, PieceFailure, draw_piece
from gpu_morph.distributed.pieces import Piece
from gpu_morph.distributed.worker_handle import WorkerHandle, with_assigned_gpus
from gpu_morph.distributed.worker_pool import WorkerPool
from gpu_morph.errors import ClusterError, SoftwareRenderingWarning
from gpu_morph.render.gpu.context import current_context
from gpu_morph.video.encoding import Encoding

pytestmark = pytest.mark.usefixtures("short_pieces", "nothing_left_running")


def test_workers_of_another_version_are_refused_before_any_work(tmp_path: Path, client: Any) -> None:
    other = next(iter(client.nthreads()))
    client.run(
        exec,
        "from gpu_morph.distributed import worker_calls as w; w.kept, w.__version__ = w.__version__, '0.0.9'",
        {},
        workers=[other],
    )
    try:
        with pytest.raises(ClusterError, match=f"1 of 2 workers .*{other}: it has gpu_morph 0.0.9 instead"):
            film(tmp_path, client)
    finally:
        client.run(
            exec, "from gpu_morph.distributed import worker_calls as w; w.__version__ = w.kept", {}, workers=[other]
        )
    assert list(tmp_path.iterdir()) == []


def test_workers_without_gpu_morph_are_told_what_to_install(tmp_path: Path, client: Any) -> None:
    other = next(iter(client.nthreads()))
    hide = "from gpu_morph.distributed import worker_calls as w; w.kept = w.inspect_worker; del w.inspect_worker"
    client.run(exec, hide, {}, workers=[other])
    try:
        with pytest.raises(ClusterError, match=f"install gpu_morph {gm.__version__} there"):
            film(tmp_path, client)
    finally:
        client.run(
            exec, "from gpu_morph.distributed import worker_calls as w; w.inspect_worker = w.kept", {}, workers=[other]
        )


def test_threads_of_this_process_draw_too_and_give_the_context_back(
    tmp_path: Path, drawn: npt.NDArray[np.uint8]
) -> None:
    with gm.Renderer(SCENE, SIZE) as renderer:
        before = renderer.render(5.0)
        with cluster(2, 2, processes=False) as client:
            report = film(tmp_path, client)
        check_same(report, drawn)
        np.testing.assert_array_equal(renderer.render(5.0), before)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gpu_morph")]


@pytest.mark.parametrize(
    ("visible", "devices"),
    [
        (["ab", "ab", "ab"], [0, 1, 0]),  # all see the same: by turns
        (["abc", "bca", "cab"], [0, 0, 0]),  # dask-cuda: its own first
        (["a", "b", "a"], [None, None, None]),  # one each
        (["", "ab"], [None, 0]),
    ],
)
def test_each_worker_of_a_machine_gets_its_own_gpu(visible: list[str], devices: list[int | None]) -> None:
    hands = [WorkerHandle(str(k), "node", tuple(gpus)) for k, gpus in enumerate(visible)]
    assert [worker.device for worker in with_assigned_gpus(hands)] == devices


def test_each_worker_is_told_the_gpu_that_it_gets() -> None:
    alike = AnyCluster(gpus={"n1": ["A", "B"], "n2": ["A", "B"], "m1": ["A"]}, n1="H200", n2="H200", m1="H200")
    WorkerPool(alike, "auto", version=gm.__version__)
    assert alike.devices == {"n1": 0, "n2": 1, "m1": None}
    WorkerPool(alike, "cpu", version=gm.__version__)
    assert set(alike.devices.values()) == {"cpu"}


def test_gpus_of_different_machines_have_nothing_to_do_with_each_other() -> None:
    known = [WorkerHandle("0", "one", ("a", "b"), gpu="a")]
    one, two = with_assigned_gpus([WorkerHandle("1", "one", ("a", "b")), WorkerHandle("2", "two", ("a", "b"))], known)
    assert (one.device, two.device) == (1, 0)


class AnyCluster:
    """What a WorkerPool asks a client for; its workers are names of what draws there."""

    def __init__(
        self, resources: dict[str, float] | None = None, gpus: dict[str, list[str]] | None = None, **workers: str
    ) -> None:
        self.workers, self.resources, self.gpus = workers, resources or {}, gpus or {}
        self.asked: list[tuple[str, list[str]]] = []
        self.devices: dict[str, Any] = {}

    @property
    def scheduler(self) -> AnyCluster:
        return self

    def sync(self, asked: Any, **options: Any) -> Any:
        return asked(**options)

    def identity(self, n_workers: int) -> dict[str, Any]:
        return {"workers": {name: {"status": "running"} for name in self.workers}}

    def run(self, function: Any, *arguments: Any, workers: list[str], on_error: str) -> dict[str, Any]:
        self.asked.append((function.__name__, workers))
        if function.__name__ == "prepare_worker":
            self.devices |= arguments[0]
            return {w: (self.workers[w], "cpu" in self.workers[w]) for w in workers}
        return {
            w: {
                "problem": "",
                "host": w[0],
                "process": 0,
                "versions": worker_calls.versions(gm.__version__),
                "encoder": "7",
                "gpus": self.gpus.get(w, [] if "cpu" in self.workers[w] else ["GPU-1"]),
                "device": "auto",
                "drawing_on": None,
                "resources": {"GPU": self.resources[w]} if w in self.resources else {},
            }
            for w in workers
        }


def test_workers_without_a_gpu_draw_only_if_none_has_one_or_it_is_asked_for() -> None:
    mixed = AnyCluster(a="H200", b="cpu", c="H200")
    pool = WorkerPool(mixed, None, version=gm.__version__)
    assert [worker.address for worker in pool.available] == ["a", "c"]
    assert ("prepare_worker", ["b"]) not in mixed.asked
    assert [
        worker.address for worker in WorkerPool(AnyCluster(a="cpu", b="cpu"), None, version=gm.__version__).available
    ] == [
        "a",
        "b",
    ]
    asked = WorkerPool(AnyCluster(a="cpu 1", b="cpu 2"), "cpu", version=gm.__version__)
    assert asked.is_software


def test_only_workers_with_the_resource_gpu_draw_where_there_are_such() -> None:
    some = AnyCluster(a="H200", b="H200", c="H200", resources={"b": 1, "c": 0})
    assert [worker.address for worker in WorkerPool(some, None, version=gm.__version__).available] == ["b"]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are not asked")
def test_workers_keep_the_memory_of_one_frame_for_the_next(tmp_path: Path, client: Any) -> None:
    def page_faults() -> int:
        """How often memory had to come from the system for 200 frames."""
        import resource

        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(200):
            np.ones(2_000_000, dtype=np.uint8)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    film(tmp_path, client)
    assert max(client.run(page_faults).values()) < 10_000


def test_a_gpu_that_is_in_use_is_not_drawn_on(
    tmp_path: Path, drawn: npt.NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "_MAX_WAIT", 0.5)
    with cluster(2, 2, resources={"GPU": 1}) as client:
        in_use, free = client.nthreads()
        others = client.submit(distributed.Event("done", client).wait, 60, resources={"GPU": 1}, workers=[in_use])
        report = film(tmp_path, client)
        assert not others.done()
        distributed.Event("done", client).set()
    check_same(report, drawn)
    assert report.cluster is not None
    assert list(report.cluster.workers) == [free]


def test_drawing_on_the_cpu_is_said_unless_it_is_asked_for(tmp_path: Path, client: Any) -> None:
    if not current_context().is_software:
        pytest.skip("a GPU draws here")
    with pytest.warns(SoftwareRenderingWarning, match="the workers draw on the CPU"):
        film(tmp_path, client)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        film(tmp_path, client, device="cpu")


def test_workers_may_come_and_go() -> None:
    some = AnyCluster(a="cpu")
    pool = WorkerPool(some, None, version=gm.__version__)
    some.workers = {"b": "H200"}
    pool.update()
    assert [worker.address for worker in pool.available] == ["b"]
    assert str(pool.handle("a")) == "a (a)"
    some.workers = {}
    pool.update()
    assert pool.available == []


def test_there_must_be_workers_and_a_client(tmp_path: Path) -> None:
    with cluster(0, 1) as empty, pytest.raises(ClusterError, match="the cluster has no workers"):
        film(tmp_path, empty)
    with pytest.raises(TypeError, match=r"client must be a distributed\.Client, .* got 'tcp://somewhere'"):
        film(tmp_path, "tcp://somewhere")
    for options in ({"resume": True}, {"scratch": tmp_path}):
        with pytest.raises(ValueError, match="for films on a cluster: give a client"):
            film(tmp_path, None, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_scratch_folder_must_be_there_and_seen_by_all(tmp_path: Path, client: Any) -> None:
    with pytest.raises(NotADirectoryError, match="scratch must be a folder that all workers see"):
        film(tmp_path, client, scratch=tmp_path / "nowhere")
    (tmp_path / "scratch").mkdir()
    other = next(iter(client.nthreads()))
    client.run(exec, "import os; os.kept = os.path.isfile; os.path.isfile = lambda _: False", {}, workers=[other])
    try:
        with pytest.raises(ClusterError, match=f"but {other} .* does not see {tmp_path}"):
            film(tmp_path, client, scratch=tmp_path / "scratch")
    finally:
        client.run(exec, "import os; os.path.isfile = os.kept", {}, workers=[other])
    assert list((tmp_path / "scratch").iterdir()) == []


# Hosts of their own


@pytest.fixture
def hosts() -> Iterator[list[str]]:
    """Two network namespaces, joined to this one by a bridge at 10.77.0.1."""
    tag = f"gm{os.getpid() % 100000}"
    names = [f"{tag}a", f"{tag}b"]
    if shutil.which("ip") is None or shutil.which("unshare") is None:
        pytest.skip("needs the commands ip and unshare")
    try:
        ip("link", "add", tag, "type", "bridge")
    except subprocess.CalledProcessError as cause:
        pytest.skip(f"network namespaces are not allowed here: {cause.stderr.strip()}")
    try:
        try:
            ip("addr", "add", "10.77.0.1/24", "dev", tag)
            ip("link", "set", tag, "up")
            for k, name in enumerate(names):
                ip("netns", "add", name)
                ip("link", "add", f"{name}0", "type", "veth", "peer", "name", "eth0", "netns", name)
                ip("link", "set", f"{name}0", "master", tag, "up")
                ip("-n", name, "addr", "add", f"10.77.0.{k + 2}/24", "dev", "eth0")
                ip("-n", name, "link", "set", "eth0", "up")
                ip("-n", name, "link", "set", "lo", "up")
            subprocess.run(
                ["ip", "netns", "exec", names[0], "unshare", "--mount", "true"], check=True, capture_output=True
            )
        except subprocess.CalledProcessError as cause:
            pytest.skip(f"network namespaces are not allowed here: {cause.stderr}")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        subprocess.run(["ip", "link", "del", tag], capture_output=True)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def test_hosts_that_share_nothing_but_a_network_make_one_film(
    hosts: list[str], tmp_path: Path, drawn: npt.NDArray[np.uint8]
) -> None:
    # Each worker has a folder of its own in place of the one that has the film's.
    apart = f'mount -t tmpfs none {tmp_path.parent} && cd {tmp_path.parent} && exec "$@"'
    with (
        distributed.LocalCluster(n_workers=0, host="10.77.0.1", dashboard_address=":0", silence_logs=50) as made,
        contextlib.ExitStack() as held,
    ):
        for host in hosts:
            worker = [sys.executable, "-m", "distributed.cli.dask_worker", made.scheduler_address, "--no-dashboard"]
            worker += ["--no-nanny", "--nthreads", "1", "--name", host, "--local-directory", str(tmp_path.parent)]
            process = subprocess.Popen(
                ["ip", "netns", "exec", host, "unshare", "--mount", "sh", "-c", apart, "sh", *worker],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            held.callback(process.wait, 20)
            held.callback(process.terminate)
        with distributed.Client(made) as client:
            client.wait_for_workers(2, timeout=30)
            assert not any(client.run(os.path.isdir, str(tmp_path)).values())
            report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert {address.split(":")[1] for address in report.cluster.workers} == {"//10.77.0.2", "//10.77.0.3"}


class _RenderThread:
    """Draws black frames; then something happens."""

    stages: ClassVar[dict[str, float]] = {}

    def __init__(self, then: Callable[[], None]) -> None:
        self._then = then

    @contextlib.contextmanager
    def reserve(self) -> Iterator[_RenderThread]:
        yield self

    def frames(self, *_: Any) -> Iterator[npt.NDArray[np.uint8]]:
        yield from np.zeros((3, 48, 64, 3), dtype=np.uint8)
        self._then()


@pytest.mark.parametrize("end", ["task", "worker"])
def test_what_is_not_wanted_any_more_does_not_leave_the_pool_of_threads(
    end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pool of a worker that closes waits for its threads, and holds the lock that who leaves it waits for.
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

    film: Any = SimpleNamespace(
        name="film", folder=tmp_path, ending=".mkv", encoding=Encoding(), size=(64, 48), rate=Fraction(25)
    )
    film.takes_planes = film.returns_png = False
    left = []
    monkeypatch.setattr(distributed, "get_worker", lambda: worker)
    monkeypatch.setattr(distributed, "secede", lambda: left.append(1))
    for then, how_it_ended in ((lambda: None, DrawnPiece), (end_it, PieceFailure)):
        monkeypatch.setattr(
            "gpu_morph.distributed.piece_drawing.process_render_thread", lambda then=then: _RenderThread(then)
        )
        assert isinstance(draw_piece(film, Piece(0, 3), None, None), how_it_ended)
        assert left == [1]
