"""Cluster clients for the command line."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from typing import Any

from ..errors import ClusterError
from ..system.orderly_end import orderly_end, signals_deferred
from ..system.processors import n_processors
from ..system.signals import END_SIGNALS

_START_TIMEOUT = 120  # s for all workers of this machine to start
_MAX_LOST = 5  # workers that end while they start
_ENDED = ("closing", "closed", "failed")
_POLL_INTERVAL = 0.01  # s
_WORKER_NAME = "Dask Worker process"  # begins the names that dask gives to its workers' processes


@contextmanager
def cluster_client(scheduler: str | None = None, n_workers: int | None = None) -> Iterator[Any]:
    """A `distributed.Client` of a running cluster, or of a new one on this machine; None without arguments.

    Parameters
    ----------
    scheduler : str, optional
        Address of a running cluster's scheduler, such as "tcp://node1:8786".
    n_workers : int, optional
        Number of worker processes to start on this machine. They share the processors that this process may use, and
        end with the ``with``.

    Raises
    ------
    ClusterError
        There is no scheduler at the address, or no worker starts.
    """
    if scheduler is None and n_workers is None:
        yield None
        return
    import distributed

    dask: Any = distributed  # has no types
    with orderly_end(), ExitStack() as stack:
        if scheduler is not None:
            with signals_deferred():
                client = stack.enter_context(_connected(dask, scheduler))
        else:
            assert n_workers is not None
            client = _local_client(dask, n_workers, stack)
        yield client


def _connected(dask: Any, scheduler: str) -> Any:
    try:
        return dask.Client(scheduler)
    except (OSError, ValueError) as cause:
        raise ClusterError(f"no dask scheduler responds at {scheduler!r}: {cause}") from cause


def _local_client(dask: Any, n_workers: int, stack: ExitStack) -> Any:
    """A client of worker processes on this machine, which the stack ends.

    A signal while they start ends them. Only the start of dask's own thread cannot be interrupted; it takes less than a
    second.
    """
    from dask import config

    settings = {
        # Dask checks once, this long after a worker died, whether it is back. By default a worker that dies twice in
        # 15 s is given up.
        "distributed.deploy.lost-worker-timeout": "1h",
        # Dask's profiles of an hour take several MB of each worker.
        "distributed.worker.profile.enabled": False,
    }
    stack.enter_context(config.set(settings))
    with signals_deferred():
        with _signals_blocked():  # a terminal sends Ctrl-C to the workers too; this process ends them
            cluster = dask.LocalCluster(
                n_workers=0,
                threads_per_worker=max(1, n_processors() // n_workers),
                processes=True,
                dashboard_address=":0",
                # Errors of tasks are raised in the client. What remains are messages about connections that close.
                silence_logs=logging.CRITICAL,
            )
        others = {process.pid for process in multiprocessing.active_children()}
        stack.callback(_end_processes, cluster, others)
        is_closed = threading.Event()
        stack.callback(is_closed.set)
        stack.enter_context(cluster)
        client = stack.enter_context(dask.Client(cluster))
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)  # for good: it logs after closing
    try:
        cluster.scale(n_workers)
        _wait_for_workers(cluster, client, n_workers)
    except BaseException:
        # To close a cluster, dask waits for workers that start until they are ready.
        threading.Thread(target=_kill_workers, args=(others, is_closed), daemon=True).start()
        raise
    return client


def _wait_for_workers(cluster: Any, client: Any, n_workers: int) -> None:
    """Wait for all workers, and start another for each that ends before its nanny has started, which gives it up."""
    deadline, n_lost = time.monotonic() + _START_TIMEOUT, 0
    while not _are_ready(cluster, client, n_workers):
        # Not before all have started or failed: dask changes its workers only then.
        lost = [name for name, nanny in list(cluster.workers.items()) if nanny.status.name in _ENDED]
        n_lost += len(lost)
        if n_lost > _MAX_LOST:
            raise ClusterError(f"{n_lost} workers ended while they started: is there enough memory? Try fewer workers")
        if lost:
            cluster.sync(cluster.scale_down, lost)
            cluster.scale(n_workers)
        if time.monotonic() > deadline:
            raise ClusterError(
                f"{n_workers} workers did not start within {_START_TIMEOUT} s, {len(client.nthreads())} did: is there "
                "enough memory? Try fewer workers"
            )
        time.sleep(_POLL_INTERVAL)


def _are_ready(cluster: Any, client: Any, n_workers: int) -> bool:
    nannies = list(cluster.workers.values())
    is_running = len(nannies) == n_workers and all(nanny.status.name == "running" for nanny in nannies)
    return is_running and len(client.nthreads()) >= n_workers


def _end_processes(cluster: Any, others: set[int | None]) -> None:
    """End workers that dask, interrupted, has not ended; SIGTERM, which multiprocessing sends at the end, does not."""
    for nanny in list(cluster.workers.values()):
        nanny.close_gracefully()  # it starts no other worker
    for process in _workers(others):
        process.kill()
        process.join()


def _kill_workers(others: set[int | None], is_closed: threading.Event) -> None:
    """Kill workers as soon as they are started, until their cluster is closed."""
    while not is_closed.wait(_POLL_INTERVAL):
        for process in _workers(others):
            process.kill()


def _workers(others: set[int | None]) -> list[Any]:
    """Processes of workers; ``others`` were there before the cluster. The caller's own processes are none of them."""
    children = multiprocessing.active_children()
    return [child for child in children if child.name.startswith(_WORKER_NAME) and child.pid not in others]


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """Start threads that do not get signals, and whose processes do not; where the system can block them (POSIX)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # multiprocessing starts it with the first process, and then unblocks signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, END_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
