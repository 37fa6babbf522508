"""The task that draws and encodes a piece on a worker."""

from __future__ import annotations

import tempfile
import time
import traceback
import warnings
import zlib
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..image.png import png_bytes
from ..image.yuv_format import YUV420
from ..video.piece import Piece
from ..video.writer import open_video
from .payload import FilmPayload
from .progress_events import send_progress
from .render_thread import PieceCancelledError, SentNumbers, process_render_thread

_PROGRESS_INTERVAL = 0.5  # s


@dataclass(frozen=True, eq=False)
class DrawnPiece:
    """A piece that a worker has drawn and encoded.

    Parameters
    ----------
    video : bytes, optional
        The piece's file; None if it is in the film's folder.
    png_frames : tuple of bytes
        Each frame as PNG, if the payload asks for them.
    checksums : tuple of int
        CRC-32 of each frame's pixels before encoding.
    worker : str
        The worker's address.
    seconds : float
        From the first frame to the end of the encoder.
    stages : dict
        Seconds by stage, as in `VideoReport`.
    """

    video: bytes | None
    png_frames: tuple[bytes, ...]
    checksums: tuple[int, ...]
    worker: str
    seconds: float
    stages: dict[str, float]


@dataclass(frozen=True)
class PieceFailure:
    """Why a worker could not draw a piece."""

    message: str


def draw_piece(payload: FilmPayload, piece: Piece, rows: SentNumbers, values: Any) -> DrawnPiece | PieceFailure:
    """Draw and encode a piece in a dask task.

    ``rows`` and ``values`` are those of each scene's recording that were sent with the piece; None for none.
    """
    from distributed import get_worker

    dask_worker: Any = get_worker()
    try:
        return _drawn(payload, piece, rows, values, dask_worker)
    except Exception as error:  # of any kind: the piece may succeed on another worker
        line = traceback.extract_tb(error.__traceback__)[-1]
        return PieceFailure(f"{type(error).__name__}: {error} ({Path(line.filename).name}, line {line.lineno})")


def _drawn(payload: FilmPayload, piece: Piece, rows: SentNumbers, values: Any, dask_worker: Any) -> DrawnPiece:
    from distributed import secede

    task: str = dask_worker.get_current_task()
    checksums: list[int] = []
    png_frames: list[bytes] = []
    with ExitStack() as stack:
        folder = payload.folder
        if folder is None:  # dask removes the worker's folder, also after the worker was killed
            temporary = tempfile.TemporaryDirectory(prefix="film-", dir=dask_worker.local_directory)
            folder = Path(stack.enter_context(temporary))
        path = folder / piece.file_name(payload.ending)
        with ExitStack() as encoder:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the client warns that frames are padded
                encoding = payload.encoding
                encoding = replace(encoding, threads=encoding.threads or dask_worker.state.nthreads)
                options: dict[str, Any] = {
                    "size": payload.size,
                    "fps": payload.rate,
                    "planes": YUV420 if payload.takes_planes else None,
                }
                video = encoder.enter_context(open_video(path, encoding=encoding, n_frames=len(piece), **options))
            with (
                process_render_thread().reserve() as thread,
                closing(thread.frames(payload, piece, rows, values)) as frames,
            ):
                _check_not_cancelled(dask_worker, task)
                send_progress(dask_worker, payload.name, task, 0)
                start = last_progress = time.perf_counter()
                for frame in frames:
                    checksums.append(zlib.crc32(frame.data))
                    if payload.returns_png:
                        png_frames.append(png_bytes(frame))
                    video.write(frame)
                    if time.perf_counter() - last_progress > _PROGRESS_INTERVAL:
                        _check_not_cancelled(dask_worker, task)
                        send_progress(dask_worker, payload.name, task, len(checksums))
                        last_progress = time.perf_counter()
                # secede() deadlocks in a worker that closes: it needs a lock that the pool of threads holds while it
                # waits for this thread.
                _check_not_cancelled(dask_worker, task)
                stages = dict(thread.stages)
            secede()  # type: ignore[no-untyped-call]  # the next piece is drawn while this encoder finishes
        seconds = time.perf_counter() - start
        data = path.read_bytes() if payload.folder is None else None
    stages["encode_wait"] = video.wait_seconds
    return DrawnPiece(data, tuple(png_frames), tuple(checksums), dask_worker.address, seconds, stages)


def _check_not_cancelled(dask_worker: Any, task: str) -> None:
    """Raise if the client has cancelled the task or is gone, or the worker closes: dask does not stop running tasks."""
    state = dask_worker.state.tasks.get(task)
    if state is None or state.state == "cancelled" or dask_worker.status.name == "closing":
        raise PieceCancelledError(f"{task} was cancelled, or its worker closes")
