"""What runs on the workers: a look at what is there, and the drawing of pieces."""

from __future__ import annotations

import asyncio
import os
import pickle
import platform
import socket
import subprocess
import tempfile
import time
import traceback
import warnings
import zlib
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ContextError, EncoderError
from ..image.png import png_bytes
from ..system.version import __version__
from ..video.writer import ffmpeg, open_video
from .payload import Film, IntArray, looked_at
from .pieces import Piece
from .render_thread import UnwantedError, keep_freed_memory, studio

_TOLD_EVERY = 0.5  # s
_PATIENCE = 60.0  # s: what an OpenGL driver may take to begin


@dataclass(frozen=True, eq=False)
class Drawn:
    """A piece, encoded: the bytes of its file unless that is in the film's folder, and its frames as PNG if asked for.

    ``checksums`` are the CRC-32 of each frame's pixels before they are encoded. ``seconds`` is from the first to
    the encoder's end; ``stages`` where they went.
    """

    film: bytes | None
    images: tuple[bytes, ...]
    checksums: tuple[int, ...]
    worker: str
    seconds: float
    stages: dict[str, float]


@dataclass(frozen=True)
class Failed:
    """Why a worker could not draw a piece."""

    words: str


def draw_piece(film: Film, piece: Piece, rows: IntArray | None, values: Any) -> Drawn | Failed:
    """Draw and encode a piece: a task."""
    from distributed import get_worker

    worker: Any = get_worker()
    try:
        return _drawn(film, piece, rows, values, worker)
    except Exception as error:  # of any kind: another worker may have better luck
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failed(f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})")


def _drawn(film: Film, piece: Piece, rows: IntArray | None, values: Any, worker: Any) -> Drawn:
    from distributed import secede

    task: str = worker.get_current_task()
    checksums: list[int] = []
    images: list[bytes] = []
    with ExitStack() as held:
        folder = film.folder
        if folder is None:  # dask removes what a killed worker leaves in its own folder
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="film-", dir=worker.local_directory)))
        path = folder / piece.file_name(film.ending)
        with ExitStack() as encoder:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that frames are padded is said once, by the client
                encoding = replace(film.encoding, threads=worker.state.nthreads)
                options: dict[str, Any] = {"size": film.size, "fps": film.rate, "planar": film.planar}
                video = encoder.enter_context(open_video(path, encoding=encoding, n_frames=len(piece), **options))
            with studio().turn() as turn, closing(turn.frames(film, piece, rows, values)) as frames:
                _check_wanted(worker, task)
                _tell(worker, film, task, 0)
                start = told = time.perf_counter()
                for frame in frames:
                    checksums.append(zlib.crc32(frame.data))
                    if film.wants_images:
                        images.append(png_bytes(frame))
                    video.write(frame)
                    if time.perf_counter() - told > _TOLD_EVERY:
                        _check_wanted(worker, task)
                        _tell(worker, film, task, len(checksums))
                        told = time.perf_counter()
                _check_wanted(worker, task)  # a pool that ends waits for who leaves it, and he for the pool
                stages = dict(turn.stages)
            secede()  # type: ignore[no-untyped-call]  # the next piece can be drawn while the encoder finishes this one
        seconds = time.perf_counter() - start
        data = path.read_bytes() if film.folder is None else None
    stages["encode_wait"] = video.wait_seconds
    return Drawn(data, tuple(images), tuple(checksums), worker.address, seconds, stages)


def topic(film: str) -> str:
    """Under which the workers tell how far they are."""
    return f"gpu_morph-{film}"


def _tell(worker: Any, film: Film, task: str, n_frames: int) -> None:
    worker.log_event(topic(film.name), {"task": task, "n_frames": n_frames})


def _check_wanted(worker: Any, task: str) -> None:
    """Stop when the client has cancelled the task or is gone, or the worker ends: dask lets what runs go on."""
    state = worker.state.tasks.get(task)
    if state is None or state.state == "cancelled" or worker.status.name == "closing":
        raise UnwantedError(f"{task} was cancelled, or its worker ends")


async def look(dask_worker: Any) -> dict[str, Any]:
    """What a worker is, in plain words that every version understands."""
    return await asyncio.to_thread(_look, dask_worker)


def _look(worker: Any) -> dict[str, Any]:
    from ..render.gpu.context import known_context, parse_device, visible_gpus

    try:
        encoder = ffmpeg_version()
    except EncoderError as error:
        return {"problem": str(error), "host": socket.gethostname()}
    context = known_context()
    return {
        "problem": "",
        "host": socket.gethostname(),
        "process": os.getpid(),
        "versions": versions(__version__),
        "encoder": encoder,
        "gpus": visible_gpus(),
        "device": str(parse_device(None)),
        "drawing_on": None if context is None else context.choice,
        "resources": dict(worker.state.total_resources),
    }


def versions(own: str) -> dict[str, str]:
    """Of what must be the same everywhere: what travels is pickled by one and read by the other."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"gpu_morph": own, "Python": python, "numpy": np.__version__.split(".")[0]}


def ffmpeg_version() -> str:
    """Of the ffmpeg in use.

    Raises
    ------
    EncoderError
        There is none.
    """
    said = subprocess.run([ffmpeg(), "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return said.stdout.split("\n")[0].removeprefix("ffmpeg version ").split(" Copyright")[0]


async def prepare(devices: dict[str, int | str | None], dask_worker: Any) -> tuple[str, bool]:
    """Have an OpenGL context on the device of this worker; what draws, and whether that is the CPU.

    Raises
    ------
    ContextError
        There is none, or the driver does not answer.
    """
    if dask_worker.nanny is not None:  # this process is dask's, and not somebody's own
        keep_freed_memory()
    coming = asyncio.wrap_future(studio().prepare(devices[dask_worker.address]))
    try:
        return await asyncio.wait_for(coming, _PATIENCE)
    except TimeoutError as cause:
        raise ContextError(f"OpenGL did not answer within {_PATIENCE:g} s") from cause


async def close_studio() -> None:
    """Free what a film has left on the GPU."""
    await asyncio.to_thread(studio().close)


def sees(folder: str) -> bool:
    """True when this worker sees the file."""
    return os.path.isfile(folder)


async def what_is_seen(reference: bytes, rows: tuple[int, int]) -> bytes:
    """What a reference shows here; nothing where it cannot be opened."""
    try:
        return await asyncio.to_thread(looked_at, pickle.loads(reference), rows)
    except Exception:  # a file that is not there, a package that is not installed, ...
        return b""
