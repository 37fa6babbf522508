"""Which workers of a cluster draw a film, and what they must have in common."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
from gpu_morph.distributed import scheduler
from gpu_morph.errors import ClusterError, SoftwareRenderingWarning
from gpu_morph.render.gpu.context import held_context, known_context

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("short_pieces", "nothing_left_running")]


def run_code(client: Any, code: str, worker: str) -> None:
    client.run(exec, f"import os; from gpu_morph.distributed import worker_calls; {code}", {}, workers=[worker])


def test_workers_of_another_version_are_an_error_before_anything_is_drawn(tmp_path: Path, client: Any) -> None:
    other = next(iter(client.nthreads()))
    run_code(client, "worker_calls.__version__ = '0.0.9'", other)
    try:
        with pytest.raises(ClusterError, match=f"1 of 2 workers .*{other}: it has gpu_morph 0.0.9 instead"):
            film(tmp_path, client)
    finally:
        run_code(client, f"worker_calls.__version__ = '{gm.__version__}'", other)
    assert list(tmp_path.iterdir()) == []


def test_the_error_about_workers_without_gpu_morph_says_what_to_install(tmp_path: Path, client: Any) -> None:
    other = next(iter(client.nthreads()))
    run_code(client, "os.original = worker_calls.inspect_worker; del worker_calls.inspect_worker", other)
    try:
        with pytest.raises(ClusterError, match=f"install gpu_morph {gm.__version__} there"):
            film(tmp_path, client)
    finally:
        run_code(client, "worker_calls.inspect_worker = os.original", other)


def test_workers_in_this_process_draw_and_give_the_context_back(tmp_path: Path, drawn: npt.NDArray[np.uint8]) -> None:
    context = known_context()
    if context is not None and context.thread == threading.get_ident():  # kept by current_context() of another test
        context.release()
    with gm.Renderer(SCENE, SIZE) as renderer:
        before = renderer.render(5.0)
        with cluster(2, 2, processes=False) as client:
            report = film(tmp_path, client)
        check_same(report, drawn)
        np.testing.assert_array_equal(renderer.render(5.0), before)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gpu_morph")]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is glibc's")
def test_workers_reuse_the_memory_of_a_frame(tmp_path: Path, client: Any) -> None:
    def page_faults() -> int:
        """How often the system had to provide memory for 200 frames."""
        import resource

        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(200):
            np.ones(2_000_000, dtype=np.uint8)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    film(tmp_path, client)
    assert max(client.run(page_faults).values()) < 10_000


def test_pieces_do_not_wait_for_a_gpu_that_is_in_use(
    tmp_path: Path, drawn: npt.NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "_MAX_WAIT", 0.5)
    with cluster(2, 2, resources={"GPU": 1}) as client:
        in_use, free = client.nthreads()
        done = distributed.Event("done", client)
        other_task = client.submit(done.wait, 600, resources={"GPU": 1}, workers=[in_use])
        try:
            report = film(tmp_path, client)
            assert not other_task.done()
        finally:
            done.set()
    check_same(report, drawn)
    assert report.cluster is not None
    assert list(report.cluster.workers) == [free]


def test_drawing_on_the_cpu_warns_unless_device_is_cpu(tmp_path: Path, client: Any) -> None:
    with held_context() as context:
        if not context.is_software:
            pytest.skip("a GPU draws here")
    with pytest.warns(SoftwareRenderingWarning, match="the workers draw on the CPU"):
        film(tmp_path, client)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        film(tmp_path, client, device="cpu")


def test_a_client_without_workers_is_an_error(tmp_path: Path) -> None:
    with cluster(0, 1) as empty, pytest.raises(ClusterError, match="the cluster has no workers"):
        film(tmp_path, empty)
    with pytest.raises(TypeError, match=r"client must be a distributed\.Client, .* got 'tcp://somewhere'"):
        film(tmp_path, "tcp://somewhere")
    for options in ({"resume": True}, {"scratch": tmp_path}):
        with pytest.raises(ValueError, match="for films on a cluster: give a client"):
            film(tmp_path, None, **options)
    assert list(tmp_path.iterdir()) == []


def test_scratch_must_be_a_folder_that_all_workers_can_access(tmp_path: Path, client: Any) -> None:
    with pytest.raises(NotADirectoryError, match="scratch must be a folder that all workers can access"):
        film(tmp_path, client, scratch=tmp_path / "nowhere")
    (tmp_path / "scratch").mkdir()
    other = next(iter(client.nthreads()))
    run_code(client, "os.original = os.path.isfile; os.path.isfile = lambda _: False", other)
    try:
        with pytest.raises(ClusterError, match=f"but {other} .* cannot access {tmp_path}"):
            film(tmp_path, client, scratch=tmp_path / "scratch")
    finally:
        run_code(client, "os.path.isfile = os.original", other)
    assert list((tmp_path / "scratch").iterdir()) == []


# Workers on other hosts


NETWORK = f"10.{64 + os.getpid() // 256 % 128}.{os.getpid() % 256}"  # no other test of this machine has it


@pytest.fixture
def hosts() -> Iterator[list[str]]:
    """Two network namespaces, joined to this one by a bridge at the address .1 of NETWORK."""
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
            ip("addr", "add", f"{NETWORK}.1/24", "dev", tag)
            ip("link", "set", tag, "up")
            for k, name in enumerate(names):
                ip("netns", "add", name)
                ip("link", "add", f"{name}0", "type", "veth", "peer", "name", "eth0", "netns", name)
                ip("link", "set", f"{name}0", "master", tag, "up")
                ip("-n", name, "addr", "add", f"{NETWORK}.{k + 2}/24", "dev", "eth0")
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


def test_hosts_that_share_only_a_network_make_one_film(
    hosts: list[str], tmp_path: Path, drawn: npt.NDArray[np.uint8]
) -> None:
    # Each worker has an empty folder mounted over the one of the film.
    mount = f'mount -t tmpfs none {tmp_path.parent} && cd {tmp_path.parent} && exec "$@"'
    with (
        distributed.LocalCluster(n_workers=0, host=f"{NETWORK}.1", dashboard_address=":0", silence_logs=50) as made,
        contextlib.ExitStack() as stack,
    ):
        for host in hosts:
            worker = [sys.executable, "-m", "distributed.cli.dask_worker", made.scheduler_address, "--no-dashboard"]
            worker += ["--no-nanny", "--nthreads", "1", "--name", host, "--local-directory", str(tmp_path.parent)]
            process = subprocess.Popen(
                ["ip", "netns", "exec", host, "unshare", "--mount", "sh", "-c", mount, "sh", *worker],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait, 60)
            stack.callback(process.terminate)
        with distributed.Client(made) as client:
            client.wait_for_workers(2, timeout=180)
            assert not any(client.run(os.path.isdir, str(tmp_path)).values())
            report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert {address.split(":")[1] for address in report.cluster.workers} == {f"//{NETWORK}.2", f"//{NETWORK}.3"}
