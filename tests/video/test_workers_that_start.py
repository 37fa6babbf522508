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

from gpu_morph.distributed import local_cluster
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

# The first worker is killed, as by a system that has no memory left.
_DIES = """
import os, pathlib, signal
death = pathlib.Path({death!r})
if not death.exists():
    death.touch()
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
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # see test_distributed_interrupts.py
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


@pytest.mark.parametrize("may_die", [True, False])
def test_a_worker_that_ends_while_it_starts_is_started_again(
    may_die: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preload = tmp_path / "dies.py"
    preload.write_text(_DIES.format(death=str(tmp_path / "death")))
    with dask.config.set({"distributed.worker.preload": [str(preload)]}):
        if may_die:
            with cluster_client(n_workers=1) as client:
                assert list(client.nthreads().values()) == [n_processors()]
                has_profiles = client.run(dask.config.get, "distributed.worker.profile.enabled")  # of the last hour
                assert list(has_profiles.values()) == [False]
        else:
            monkeypatch.setattr(local_cluster, "_MAX_LOST", 0)
            with pytest.raises(ClusterError, match="1 workers ended while they started"), cluster_client(n_workers=1):
                pass
    assert (tmp_path / "death").exists()
    assert not [child for child in multiprocessing.active_children() if "Dask Worker" in child.name]


def test_the_end_of_a_cluster_leaves_the_callers_processes() -> None:
    with cluster_client(n_workers=1):
        process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(300,), daemon=True)
        process.start()
    try:
        assert process.is_alive()
    finally:
        process.kill()
        process.join()
