"""A film on a cluster comes out whole, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import dask
import numpy as np
import numpy.typing as npt
import pytest
from clusters import (
    HUNGRY,
    N_FRAMES,
    NO_CONTEXT,
    NO_ENCODER,
    RECORDING,
    REPAIR,
    SCENE,
    VALUES,
    check_same,
    cluster,
    ffmpeg_of,
    film,
    while_held,
)

import gpu_morph as gm
from gpu_morph.distributed import piece_task, scheduler
from gpu_morph.distributed.local_cluster import cluster_client
from gpu_morph.errors import ClusterError, FramesError
from gpu_morph.video.frame_folder import FrameFolder
from probe import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("short_pieces", "nothing_left_running")]


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def test_a_killed_worker_loses_nothing(tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]) -> None:
    address, process = next(iter(client.run(os.getpid).items()))
    with while_held(client, partial(kill, process), when=lambda: ffmpeg_of(process), reason="the worker draws"):
        report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert f"{address} ({socket.gethostname()}) went away" in report.cluster.events


def test_the_only_worker_may_be_killed_and_started_again(tmp_path: Path, drawn: npt.NDArray[np.uint8]) -> None:
    with cluster(1, 1) as client:
        (process,) = client.run(os.getpid).values()
        with while_held(client, partial(kill, process), when=lambda: ffmpeg_of(process), reason="the worker draws"):
            report = film(tmp_path, client)
    check_same(report, drawn)


def test_a_worker_of_the_local_cluster_comes_back_after_dasks_timeout() -> None:
    with dask.config.set({"distributed.deploy.lost-worker-timeout": "0s"}), cluster_client(n_workers=1) as client:
        ((address, process),) = client.run(os.getpid).items()
        kill(process)
        wait_until(lambda: set(client.nthreads()) - {address}, "the worker is back")


def test_a_worker_that_runs_out_of_memory_is_reported_and_loses_nothing(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    bad = next(iter(client.nthreads()))
    client.run(exec, HUNGRY, {}, workers=[bad])
    report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert any(f"failed on worker {bad}" in e and "out of memory, with" in e for e in report.cluster.events)


@pytest.fixture
def fill(client: Any) -> Iterator[Callable[[list[str]], None]]:
    """A function that makes dask pause workers, as it does when their memory is nearly full."""

    def pause_at(fraction: float, dask_worker: Any) -> None:
        dask_worker.memory_manager.memory_pause_fraction = fraction

    def fill(workers: list[str]) -> None:
        client.run(pause_at, 1e-6, workers=workers)
        wait_until(lambda: all(statuses()[worker] == "paused" for worker in workers), "the workers are paused")

    def statuses() -> dict[str, str]:
        # Not by scheduler_info(): the client's periodic update, which leaves workers out, may replace its answer.
        identity = client.sync(client.scheduler.identity, n_workers=-1)
        return {address: info["status"] for address, info in identity["workers"].items()}

    yield fill
    client.run(pause_at, 0.8)
    wait_until(lambda: set(statuses().values()) == {"running"}, "the workers run again")


def test_a_worker_whose_memory_is_full_gets_no_pieces(
    tmp_path: Path, client: Any, fill: Callable[[list[str]], None], drawn: npt.NDArray[np.uint8]
) -> None:
    bad, good = client.nthreads()
    fill([bad])
    report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert list(report.cluster.workers) == [good]
    assert report.cluster.events == [f"{bad} ({socket.gethostname()}) was paused by dask: its memory is nearly full"]


def test_the_film_waits_for_paused_workers_until_a_timeout(
    tmp_path: Path, client: Any, fill: Callable[[list[str]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "_NO_WORKER_TIMEOUT", 0.5)
    monkeypatch.setattr(piece_task, "_SCATTER_TIMEOUT", 0.5)
    pieces, recall, has_noticed = tmp_path / ".film.mkv.pieces", scheduler.Scheduler._recall, threading.Event()

    def noticing_recall(self: scheduler.Scheduler) -> None:
        recall(self)
        if not self._pool.available:
            has_noticed.set()

    def pause() -> None:
        fill(list(client.nthreads()))
        assert has_noticed.wait(60)  # or the workers would go on with pieces that the scheduler has not taken back yet

    monkeypatch.setattr(scheduler.Scheduler, "_recall", noticing_recall)
    with (
        pytest.raises(ClusterError, match=r"no worker that can draw was there for 0.5 s, .* memory is nearly full"),
        while_held(
            client,
            pause,
            when=lambda: any(pieces.glob("*.mkv")),
            reason="a piece is kept",
            first=18,
        ),
    ):
        film(tmp_path, client, t_step=0.25)  # 79 frames: more than what two workers may have begun or have waiting
    with pytest.raises(ClusterError, match=r"no worker can draw: .* was paused by dask"):
        film(tmp_path, client)


def test_an_encoder_that_is_killed_is_replaced(tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]) -> None:
    address, process = next(iter(client.run(os.getpid).items()))
    with while_held(
        client, lambda: ffmpeg_of(process)[0].kill(), when=lambda: ffmpeg_of(process), reason="the worker draws"
    ):
        report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    (event,) = report.cluster.events
    assert f"failed on worker {address}" in event
    assert "ffmpeg stopped with exit code -9" in event


def test_pieces_that_fail_on_one_worker_are_drawn_by_another(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    bad, good = client.nthreads()
    client.run(exec, NO_ENCODER.format(first=0), {}, workers=[bad])
    report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert list(report.cluster.workers) == [good]
    assert any(f"failed on worker {bad}" in e and "EncoderError: ffmpeg died" in e for e in report.cluster.events)


def test_a_machine_without_opengl_is_left_out_and_reported(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    bad, good = client.nthreads()
    client.run(exec, NO_CONTEXT, {}, workers=[bad])
    report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert list(report.cluster.workers) == [good]
    assert report.cluster.events == [f"{bad} ({socket.gethostname()}) cannot draw: no OpenGL here"]
    client.run(exec, NO_CONTEXT, {}, workers=[good])
    with pytest.raises(ClusterError, match=r"no worker can draw: .* cannot draw: no OpenGL here"):
        film(tmp_path, client)


def test_a_piece_whose_frames_could_not_be_written_is_not_said_to_be_kept(
    tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: FrameFolder, number: int, png: bytes) -> None:
        assert png
        raise OSError(28, f"No space left on device for frame {number}")

    monkeypatch.setattr(FrameFolder, "save_png", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        film(tmp_path, client, frames_dir=tmp_path / "frames")
    assert "frames are kept" not in " ".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
    assert not list(tmp_path.rglob(".*.pieces"))


def test_a_piece_that_always_fails_is_an_error_and_the_others_are_kept(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    client.run(exec, NO_ENCODER.format(first=27), {})
    (tmp_path / "film.mkv").write_bytes(b"the old film")
    with pytest.raises(ClusterError) as caught:
        film(tmp_path, client)
    message = str(caught.value)
    assert "failed 3 times, the last time on worker tcp://" in message
    assert "EncoderError: ffmpeg died" in message
    assert f"frames are kept in {tmp_path / '.film.mkv.pieces'}: the same call with resume=True" in message
    assert (tmp_path / "film.mkv").read_bytes() == b"the old film"
    client.run(exec, REPAIR, {})
    with pytest.raises(FramesError, match=r"pieces of another film \(another camera\): resume=False begins anew"):
        film(tmp_path, client, replace(SCENE, camera=gm.Camera(azim_step=8)), resume=True)
    report = film(tmp_path, client, resume=True)
    check_same(report, drawn)
    assert report.cluster is not None
    assert 9 <= report.n_resumed == N_FRAMES - len(report.cluster.checksums)
    assert f"{report.n_resumed} of them from an earlier try" in str(report)


def test_without_resume_a_film_starts_anew(tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]) -> None:
    (tmp_path / ".film.mkv.pieces").mkdir()
    (tmp_path / ".film.mkv.pieces" / "film.json").write_text('{"kind": "pieces of a gpu_morph film", "film": {}}')
    (tmp_path / ".film.mkv.pieces" / "00000000-00000009.mkv").write_bytes(b"of another film")
    check_same(film(tmp_path, client), drawn)


def test_a_recording_that_cannot_be_read_is_an_error(tmp_path: Path, client: Any) -> None:
    class Torn:
        shape = (2 * N_FRAMES, 2)

        def __init__(self) -> None:
            self.lock = threading.Lock()  # cannot be pickled

        def __getitem__(self, rows: Any) -> Any:
            if np.max(np.arange(2 * N_FRAMES)[rows]) > 60:
                raise OSError("the disk is gone")
            return VALUES[rows]

    scene = replace(SCENE, recording=replace(RECORDING, values=Torn()), clim=(-90, 40), annotations=())
    with pytest.raises(OSError, match="the disk is gone"):
        film(tmp_path, client, scene)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_ours_stays(tmp_path: Path, client: Any) -> None:
    (tmp_path / ".film.mkv.pieces").mkdir()
    (tmp_path / ".film.mkv.pieces" / "thesis.txt").write_text("years of work")
    with pytest.raises(FramesError, match="is not gpu_morph's, and would be overwritten"):
        film(tmp_path, client)
    assert (tmp_path / ".film.mkv.pieces" / "thesis.txt").read_text() == "years of work"


def test_a_slow_worker_does_not_delay_the_film(tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]) -> None:
    slow, fast = client.nthreads()
    pieces = tmp_path / ".film.mkv.pieces"

    def n_kept() -> int:
        numbers = [path.stem.split("-") for path in pieces.glob("0*.mkv")]
        return sum(int(stop) - int(start) for start, stop in numbers)

    with while_held(client, when=lambda: n_kept() >= N_FRAMES - 9, reason="all others are drawn", workers=[slow]):
        report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert len(report.cluster.workers[slow].pieces) == 1  # of 9 frames, or of fewer if it joined late
    assert report.cluster.workers[fast].n_frames == N_FRAMES - report.cluster.workers[slow].n_frames >= N_FRAMES - 9
    assert report.cluster.events == []
