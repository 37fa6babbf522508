"""Interrupts while dask's workers start: those that never become ready hold up nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import dask
import psutil
import pytest

from gpu_morph.distributed.local_cluster import cluster_client
from gpu_morph.errors import ClusterError
from gpu_morph.system.processors import n_processors
from probe import wait_until

pytestmark = pytest.mark.cluster

# The worker ends by itself in the end, so that a test that fails leaves none.
_NEVER_READY = """
import pathlib, time
pathlib.Path({started!r}).touch()
time.sleep(300)
"""

# The first workers are killed, as by a system that has no memory left.
_DIES = """
import os, pathlib, signal
deaths = pathlib.Path({folder!r})
if len(list(deaths.glob("death*"))) < {n_deaths}:
    (deaths / f"death-{{os.getpid()}}").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_never_becomes_ready_does_not_hold_up_an_interrupt(tmp_path: Path, number: int) -> None:
    folder, started, preload = tmp_path / "films", tmp_path / "started", tmp_path / "never_ready.py"
    folder.mkdir()
    preload.write_text(_NEVER_READY.format(started=str(started)))
    process = subprocess.Popen(
        [sys.executable, "-m", "gpu_morph.cli", "demo", "-o", "film.mp4", "--workers", "1", "--device", "cpu"],
        cwd=folder,
        env={**os.environ, "DASK_DISTRIBUTED__WORKER__PRELOAD": str(preload)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # see test_distributed_faults.py
    )
    try:
        wait_until(started.exists, "the worker is starting")
        family = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, number)  # the worker gets none
        _, message = process.communicate(timeout=180)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert message == "gpu-morph: interrupted; nothing was left behind\n"
    assert psutil.wait_procs(family, timeout=180)[1] == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("n_deaths", "is_made"), [(1, True), (9, False)])
def test_workers_that_end_while_they_start_are_started_again(
    n_deaths: int, is_made: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preload = tmp_path / "dies.py"
    preload.write_text(_DIES.format(folder=str(tmp_path), n_deaths=n_deaths))
    with dask.config.set({"distributed.worker.preload": [str(preload)]}):
        if is_made:
            with cluster_client(n_workers=1) as client:
                assert list(client.nthreads().values()) == [n_processors()]
        else:
            with pytest.raises(ClusterError, match="workers ended while they started"), cluster_client(n_workers=1):
                pass
    assert not [child for child in psutil.Process().children(recursive=True) if "spawn_main" in str(child.cmdline())]


def test_the_end_of_a_cluster_leaves_the_callers_processes() -> None:
    with cluster_client(n_workers=1):
        process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(300,), daemon=True)
        process.start()
    try:
        assert process.is_alive()
    finally:
        process.kill()
        process.join()
