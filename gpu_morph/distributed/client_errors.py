"""Errors of dask's client: which clients are of no use, and what is raised when a cluster is lost."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import ClusterError, GpuMorphError, brief

CANCELLED = (asyncio.CancelledError, concurrent.futures.CancelledError)  # the first is no Exception
_PACKAGES = ("distributed", "tornado")
_LOSSES = (OSError, RuntimeError, AttributeError, KeyError)  # raised by these packages when a cluster is lost
_LOOP_TIMEOUT = 30.0  # s


def check_client(client: Any) -> None:
    """Check that a client can be used in this thread.

    Raises
    ------
    TypeError
        It is no `distributed.Client`, or an asynchronous one.
    ClusterError
        It is closed, or its event loop does not run in this process.
    """
    from distributed import Client

    if not isinstance(client, Client):
        raise TypeError(f"client must be a distributed.Client, such as Client('tcp://scheduler:8786'), got {client!r}")
    if client.status in ("closing", "closed"):
        raise ClusterError(f"the client is {client.status}, so it has no workers: make a new one with Client(...)")
    if client.asynchronous:
        raise TypeError("client must not be asynchronous: make it with Client(..., asynchronous=False)")
    loop: Any = client.loop  # tornado's types leave its attribute out
    answer = asyncio.sleep(0)
    try:
        asyncio.run_coroutine_threadsafe(answer, loop.asyncio_loop).result(_LOOP_TIMEOUT)
    except (RuntimeError, TimeoutError, *CANCELLED) as cause:
        answer.close()
        raise ClusterError(
            "the client's event loop does not run in this process, as it was stopped, or the client was made before a "
            "fork: make a new one with Client(...)"
        ) from cause


@contextmanager
def cluster_errors(client: Any) -> Iterator[None]:
    """Raise a ClusterError for what dask raises: a client is closed, its scheduler is lost, nothing can be sent."""
    try:
        yield
    except GpuMorphError:
        raise
    except (Exception, *CANCELLED) as error:
        if isinstance(error, TypeError) and "serialize" in str(error) and _is_of_dask(error):
            raise ClusterError(
                f"dask could not send the film to the workers ({brief(str(error))}): annotations and plots of your own "
                "must be picklable, and the client must have been made without serializers=..."
            ) from error
        if not _is_loss(client, error):
            raise
        raise ClusterError(
            f"the connection to the cluster was lost, the client is {client.status} ({type(error).__name__}: {error}): "
            "make a new one with Client(...)"
        ) from error


def _is_loss(client: Any, error: BaseException) -> bool:
    if client.status != "running" or isinstance(error, CANCELLED):
        return True
    return isinstance(error, _LOSSES) and _is_of_dask(error)


def _is_of_dask(error: BaseException) -> bool:
    """True for an error that dask's packages have raised, or whose kind is theirs."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    source = "" if frame is None else str(frame.tb_frame.f_globals.get("__name__"))
    origins = {type(error).__module__.partition(".")[0], source.partition(".")[0]}
    return not origins.isdisjoint(_PACKAGES)
