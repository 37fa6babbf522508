"""A client for the command line: of a cluster that runs, or of one made for the moment on this machine."""

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
    """A `distributed.Client`; None where neither is asked for.

    Parameters
    ----------
    scheduler : str, optional
        Address of a running cluster's scheduler, such as "tcp://node1:8786".
    n_workers : int, optional
        So many processes on this machine, which share its processors and end with the ``with``.

    Raises
    ------
    OSError
        There is no scheduler.
    """
    if scheduler is None and n_workers is None:
        yield None
        return
    import distributed
    from dask import config

    dask: Any = distributed  # it says nothing of its types
    if scheduler is not None:
        with dask.Client(scheduler) as client:
            yield client
        return
    assert n_workers is not None
    n_threads = max(1, (os.cpu_count() or 1) // n_workers)
    with _interrupts_ignored():  # by the workers: they reach them too, and we end them
        cluster = dask.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=n_threads,
            processes=True,
            dashboard_address=":0",
            # What goes wrong in a task comes as its exception; the rest is how processes take leave of each other.
            silence_logs=logging.CRITICAL,
        )
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)  # for good: it speaks last when all is closed
    # So long after a worker has died, dask looks whether it is back, and gives it up if it has died again just then.
    with config.set({"distributed.deploy.lost-worker-timeout": "1h"}), cluster, dask.Client(cluster) as client:
        yield client


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Processes that are started meanwhile ignore Ctrl-C and SIGTERM for good."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
