"""What is lost on a cluster is drawn again, or is a ClusterError; odd names, loud encoders, signals at the start."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import dask
import distributed
import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import psutil
import pytest
from clusters import check_same, cluster, film

from gpu_morph.distributed import client_errors, piece_store, scheduler
from gpu_morph.distributed.local_cluster import cluster_client
from gpu_morph.errors import ClusterError, OutputError
from gpu_morph.system.file_lock import file_lock
from probe import decoded_frames, wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("short_pieces", "nothing_left_running")]

LOUD = """#!/bin/sh
case "$*" in *pipe:0*) head -c 20000000 /dev/zero | tr '\\0' '{character}' >&2; {then};; esac
exec {ffmpeg} "$@"
"""


def set_encoder(program: str | None) -> None:
    """For workers: the ffmpeg that they run."""
    os.environ.pop("IMAGEIO_FFMPEG_EXE", None)
    if program is not None:
        os.environ["IMAGEIO_FFMPEG_EXE"] = program


@pytest.mark.parametrize("has_scratch", [False, True], ids=["sent", "on a shared folder"])
def test_workers_may_die_after_they_finished_a_piece(
    has_scratch: bool, tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle_end, killed = scheduler.Scheduler._handle_end, []

    def kill_first(self: scheduler.Scheduler, future: Any) -> None:
        task = self._submitted.get(future.key)
        if task is not None and future.status == "finished" and not killed:
            process = client.run(os.getpid, on_error="ignore").get(task.worker)
            if process is not None:
                os.kill(process, signal.SIGKILL)
                killed.append(task.worker)
        handle_end(self, future)

    monkeypatch.setattr(scheduler.Scheduler, "_handle_end", kill_first)
    report = film(tmp_path, client, scratch=tmp_path if has_scratch else None)
    check_same(report, drawn)
    assert killed
    assert report.cluster is not None
    assert any("were lost with worker" in e or "the worker was lost" in e for e in report.cluster.events)


@pytest.mark.parametrize(
    "name",
    [os.fsdecode(b"it's\r\t%d\nor \xff\xfe\x80.mkv"), "b" * 245 + ".mkv"],
    ids=["signs, lines, not Unicode", "249 bytes"],
)
def test_any_name_of_a_film_and_of_its_folder(
    name: str, tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    folder = tmp_path / os.fsdecode(b"a\nfolder's\xff")
    folder.mkdir()
    for scratch in (None, folder):
        film(folder, client, name=name, scratch=scratch)
        shown = (folder / name).rename(tmp_path / "shown.mkv")
        np.testing.assert_array_equal(decoded_frames(shown), drawn)
    assert list(folder.iterdir()) == []


def test_a_worker_whose_encoder_writes_much_to_standard_error(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    program, ffmpeg = tmp_path / "bin" / "ffmpeg", imageio_ffmpeg.get_ffmpeg_exe()
    program.parent.mkdir()
    program.touch(0o755)
    client.run(set_encoder, str(program))
    try:
        program.write_text(LOUD.format(character="\\n", then=":", ffmpeg=ffmpeg))
        check_same(film(tmp_path, client), drawn)
        program.write_text(LOUD.format(character="x", then="exit 3", ffmpeg=ffmpeg))
        with pytest.raises(ClusterError, match=r"failed 3 times, .*ffmpeg stopped with exit code 3 .*xxx") as caught:
            film(tmp_path, client)
        assert len(str(caught.value)) < 10_000
    finally:
        client.run(set_encoder, None)


@pytest.mark.parametrize("ending", [".ts", ".mpg"])
def test_mpeg4_pieces_can_be_decoded_where_the_format_has_no_header(ending: str, tmp_path: Path, client: Any) -> None:
    options: dict[str, Any] = {"name": f"film{ending}", "codec": "mpeg4", "pixel_format": None, "quality": 2}
    on_cluster = decoded_frames(film(tmp_path, client, **options).path)
    alone = decoded_frames(film(tmp_path, None, **options).path)
    assert np.abs(on_cluster.astype(int) - alone).mean() < 2


def test_the_number_of_encoder_threads_reaches_workers(tmp_path: Path, client: Any) -> None:
    report = film(tmp_path, client, name="film.mp4", codec="libx264", pixel_format=None, threads=3)
    assert b" threads=3 " in report.path.read_bytes()  # x264 writes its options into the film


def test_one_film_at_a_time_has_a_scratch_folder(tmp_path: Path, client: Any) -> None:
    """As of two machines, whose films have one path but are not one file."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    store = piece_store.PieceStore(tmp_path / "film.mkv", scratch, ".mkv", None)
    with file_lock(store.path, what="folder"), pytest.raises(OutputError, match=f"by process {os.getpid()} on"):
        film(tmp_path, client, scratch=scratch)
    assert list(tmp_path.iterdir()) == [scratch]
    assert list(scratch.iterdir()) == []


# Clients that are of no use


def test_clients_that_are_closed_lost_or_without_workers(tmp_path: Path) -> None:
    with cluster(0, 1) as client, pytest.raises(ClusterError, match="has no workers: start some"):
        film(tmp_path, client)
    with pytest.raises(ClusterError, match="client is closed"):
        film(tmp_path, client)
    assert list(tmp_path.iterdir()) == []


def test_a_client_whose_serializers_cannot_send_a_film(tmp_path: Path, client: Any) -> None:
    with (
        distributed.Client(client.scheduler.address, serializers=["msgpack"]) as other,
        pytest.raises(ClusterError, match=r"could not send the film .*without serializers="),
    ):
        film(tmp_path, other)
    assert list(tmp_path.iterdir()) == []


def test_a_client_whose_loop_has_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_errors, "_LOOP_TIMEOUT", 0.2)
    with cluster(0, 1) as client:
        child = os.fork()  # the loop's thread does not run there
        if not child:
            try:
                film(tmp_path, client)
            except ClusterError as error:
                os._exit(0 if "event loop does not run" in str(error) else 1)
            finally:
                os._exit(2)
        assert os.waitpid(child, 0)[1] == 0


def test_a_client_that_is_closed_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = scheduler.Scheduler._keep

    def close(self: scheduler.Scheduler, *arguments: Any) -> None:
        keep(self, *arguments)
        self._client.close()

    monkeypatch.setattr(scheduler.Scheduler, "_keep", close)
    with cluster(1, 1) as client, pytest.raises(ClusterError, match=r"was lost.*frames are kept in"):
        film(tmp_path, client)


def test_a_scheduler_that_does_not_exist() -> None:
    with (
        pytest.raises(ClusterError, match=r"no dask scheduler responds at 'tcp://127\.0\.0\.1:9'"),
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        cluster_client("tcp://127.0.0.1:9"),
    ):
        pass


# Signals while workers start


@pytest.mark.parametrize(
    ("number", "is_late"),
    [(signal.SIGTERM, False), (signal.SIGINT, True)],
    ids=["SIGTERM before workers", "Ctrl-C with workers"],
)
def test_a_signal_while_workers_start_ends_the_command(tmp_path: Path, number: int, is_late: bool) -> None:
    command = [sys.executable, "-m", "gpu_morph.cli", "demo", "-o", "film.mp4", "--workers", "2", "--device", "cpu"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # see test_distributed_interrupts.py
    )
    family = partial(psutil.Process(process.pid).children, recursive=True)
    try:
        wait_until(lambda: len(family()) > is_late, "multiprocessing's tracker, or a worker, is started")
        started = family()
        os.killpg(process.pid, number)  # to all processes, as terminals and batch systems do
        _, error = process.communicate(timeout=180)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert error == "gpu-morph: interrupted; nothing was left behind\n"
    assert psutil.wait_procs(started, timeout=180)[1] == []
    assert list(tmp_path.iterdir()) == []


def test_workers_end_although_dask_is_interrupted_while_it_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: distributed.LocalCluster, *_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(distributed.LocalCluster, "__exit__", interrupted)
    other = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,), daemon=True)
    other.start()
    try:
        before = {process.pid for process in multiprocessing.active_children()}
        with pytest.raises(KeyboardInterrupt), cluster_client(n_workers=1) as client:
            (process,) = map(psutil.Process, client.run(os.getpid).values())
        wait_until(lambda: not process.is_running(), "the worker has ended")
        # Dask's thread may have reaped the worker without having noted it yet.
        wait_until(lambda: {child.pid for child in multiprocessing.active_children()} <= before, "no child is left")
        assert other.is_alive()  # it is not the cluster's
    finally:
        other.kill()
        other.join()
