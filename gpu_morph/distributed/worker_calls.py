"""What the client runs on workers besides tasks: inspection, preparation and release."""

from __future__ import annotations

import asyncio
import os
import pickle
import platform
import socket
from typing import Any

import numpy as np

from ..errors import ContextError, EncoderError
from ..system.version import __version__
from ..video.ffmpeg import ffmpeg_version
from .recording_source import hash_of_rows
from .render_thread import keep_freed_memory, process_render_thread

_CONTEXT_TIMEOUT = 60.0  # s in which an OpenGL driver has to create a context


async def inspect_worker(dask_worker: Any) -> dict[str, Any]:
    """Describe a worker by built-in types, which every version of gpu_morph can read."""
    return await asyncio.to_thread(_inspect, dask_worker)


def _inspect(dask_worker: Any) -> dict[str, Any]:
    from ..render.gpu.context import known_context
    from ..render.gpu.device_choice import parse_device, visible_gpus

    try:
        encoder = ffmpeg_version()
    except EncoderError as error:
        return {"problem": str(error), "host": socket.gethostname()}
    context = known_context()
    return {
        "problem": "",
        "host": socket.gethostname(),
        "versions": versions(__version__),
        "encoder": encoder,
        "gpus": visible_gpus(),
        "device": str(parse_device(None)),
        "drawing_on": None if context is None else context.choice,
        "resources": dict(dask_worker.state.total_resources),
    }


def versions(gpu_morph_version: str) -> dict[str, str]:
    """The versions that must be the same everywhere, because objects pickled here are read there."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"gpu_morph": gpu_morph_version, "Python": python, "numpy": np.__version__.split(".")[0]}


async def prepare_worker(devices: dict[str, int | str | None], dask_worker: Any) -> tuple[str, bool]:
    """Create the OpenGL context of a worker.

    Parameters
    ----------
    devices : dict
        Device by address of a worker, as in `Renderer`.

    Returns
    -------
    (str, bool)
        The renderer's name, and True if that is the CPU.

    Raises
    ------
    ContextError
        There is no OpenGL, or the driver does not respond.
    """
    if dask_worker.nanny is not None:  # then dask has started this process
        keep_freed_memory()
    context = asyncio.wrap_future(process_render_thread().prepare(devices[dask_worker.address]))
    try:
        return await asyncio.wait_for(context, _CONTEXT_TIMEOUT)
    except TimeoutError as cause:
        raise ContextError(f"OpenGL did not respond within {_CONTEXT_TIMEOUT:g} s") from cause


async def close_render_thread() -> None:
    """Free what a film has left on the GPU."""
    await asyncio.to_thread(process_render_thread().close)


def can_access(path: str) -> bool:
    """True if this worker can access the file."""
    return os.path.isfile(path)


async def hash_of_reference(pickled: bytes, rows: tuple[int, int]) -> bytes:
    """The `hash_of_rows` of a pickled reference; empty if it cannot be opened here."""
    try:
        return await asyncio.to_thread(hash_of_rows, pickle.loads(pickled), rows)
    except Exception:  # the file does not exist, a package is not installed, ...
        return b""
