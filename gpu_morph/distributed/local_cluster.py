"""Cluster clients for the command line."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def cluster_client(scheduler: str | None = None, n_workers: int | None = None) -> Iterator[Any]:
    """A `distributed.Client` of a running cluster, or of a new one on this machine; None without arguments.

    Parameters
    ----------
    scheduler : str, optional
        Address of a running cluster's scheduler, such as "tcp://node1:8786".
    n_workers : int, optional
        Number of worker processes to start on this machine. They share its processors and end with the ``with``.

    Raises
    ------
    OSError
        There is no scheduler at the address.
    """
    if scheduler is None and n_workers is None:
        yield None
        return
    import distributed
    from dask import config

    dask: Any = distributed  # has no types
    if scheduler is not None:
        with dask.Client(scheduler) as client:
            yield client
        return
    assert n_workers is not None
    n_threads = max(1, (os.cpu_count() or 1) // n_workers)
    with _interrupts_ignored():  # a terminal sends Ctrl-C to the workers too; this process ends them
        cluster = dask.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=n_threads,
            processes=True,
            dashboard_address=":0",
            # Errors of tasks are raised in the client. What remains are messages about connections that close.
            silence_logs=logging.CRITICAL,
        )
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)  # for good: it logs after closing
    # Dask checks once, this long after a worker died, whether it is back. By default a worker that dies twice in 15 s
    # is given up.
    with config.set({"distributed.deploy.lost-worker-timeout": "1h"}), cluster, dask.Client(cluster) as client:
        yield client


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Start processes within this context that ignore SIGINT and SIGTERM."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
