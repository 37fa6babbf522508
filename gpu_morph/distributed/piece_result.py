"""The result of a dask task, which its worker may lose before it is here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from .client_errors import CANCELLED

_POLL_INTERVAL = 0.5  # s


def fetch_result(client: Any, future: Any, *, is_present: Callable[[], bool]) -> Any:
    """Fetch the result of a finished task; None if it was lost.

    A future whose data are lost is pending again, for ever if its worker does not come back. So this does not wait for
    the future as dask does.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster.
    future : distributed.Future
        Of a task whose result is not None.
    is_present : function
        True if the worker that has the result is still there.
    """
    loop = client.loop.asyncio_loop
    fetched = asyncio.run_coroutine_threadsafe(client.gather(future, asynchronous=True), loop)
    try:
        while True:
            try:
                return fetched.result(_POLL_INTERVAL)
            except CANCELLED:
                return None
            except TimeoutError:
                if future.status != "finished" or not is_present():
                    return None
    finally:
        fetched.cancel()
