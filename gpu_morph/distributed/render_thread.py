"""The thread of a worker process that draws pieces."""

from __future__ import annotations

import ctypes
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from ..data.arrays import IntArray
from ..errors import GpuMorphError, SoftwareRenderingWarning
from ..image.image import Image
from ..render.panels_renderer import PanelsRenderer, open_renderer
from ..render.renderer import Renderer
from ..scene.panels.shown import scenes_of
from ..video.piece import Piece
from .payload import FilmPayload
from .sent_rows import SentRows

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
_MAX_THRESHOLD = 2**25  # bytes, the largest M_MMAP_THRESHOLD that glibc accepts

Result = TypeVar("Result")
SentNumbers = Sequence[IntArray | None]  # of the rows of each scene's recording; None if none are sent


class PieceCancelledError(GpuMorphError):
    """The client no longer waits for this piece, or its worker closes."""


class RenderThread:
    """Draws pieces, one at a time, and keeps its renderer for the next piece of the same film.

    A worker runs tasks in several threads; while one of them encodes a frame, this thread draws the next.
    """

    def __init__(self) -> None:
        self._executor = _one_thread()
        self._reserved = threading.Lock()
        self._film_name = ""
        self._renderer: Renderer | PanelsRenderer | None = None
        self.stages: dict[str, float] = {}  # seconds, of the last piece

    def prepare(self, device: int | str | None) -> Future[tuple[str, bool]]:
        """Create the OpenGL context. The result is its renderer's name, and True if that is the CPU."""
        return self._executor.submit(_create_context, device)

    @contextmanager
    def reserve(self) -> Iterator[RenderThread]:
        """Wait until no other piece is drawn, and keep others waiting."""
        with self._reserved:
            try:
                yield self
            except PieceCancelledError:  # most likely no other piece of this film follows
                self._run(self._close_renderer)
                raise

    def frames(
        self, payload: FilmPayload, piece: Piece, rows: SentNumbers, values: Any
    ) -> Generator[Image, None, None]:
        """The frames of a piece. While the caller uses one, the next is drawn. Call it within `reserve`.

        ``rows`` and ``values`` are those of each scene's recording that were sent with the piece; None for none.
        """
        try:
            start = time.perf_counter()
            frames = self._run(self._begin, payload, piece, rows, values)
            begin = time.perf_counter() - start
            next_frame = self._executor.submit(next, frames, None)
            while (frame := next_frame.result()) is not None:
                next_frame = self._executor.submit(next, frames, None)
                yield frame
            self.stages["begin"] = begin
        except GeneratorExit:
            self._run(frames.close)
            raise
        except BaseException:  # the next piece gets a new renderer, whatever the error
            self._run(self._close_renderer)
            raise

    def close(self) -> None:
        """Free the GPU's memory and end the thread. A later call starts a new one."""
        with self._reserved:
            self._run(self._close_renderer)
            self._executor.shutdown()
            self._executor = _one_thread()

    def _run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        return self._executor.submit(function, *arguments).result()

    def _begin(
        self, payload: FilmPayload, piece: Piece, rows: SentNumbers, values: Any
    ) -> Generator[Image, None, None]:
        if self._film_name != payload.name or self._renderer is None:
            self._close_renderer()
            self._renderer = open_renderer(
                payload.scene,
                payload.size,
                device=payload.device,
                transparent=payload.encoding.transparent,
                supersample=payload.supersample,
                layout=payload.layout,
            )
            self._film_name = payload.name
        for scene, numbers, sent in zip(scenes_of(self._renderer.scene), rows, values, strict=True):
            if numbers is not None and scene.recording is not None:
                assert isinstance(scene.recording.values, SentRows)
                scene.recording.values.fill(numbers, sent)
        return self._piece_frames(self._renderer, payload, piece)

    def _piece_frames(
        self, renderer: Renderer | PanelsRenderer, payload: FilmPayload, piece: Piece
    ) -> Generator[Image, None, None]:
        before = dict(vars(renderer.stages))
        numbers = range(piece.start, piece.stop)
        times = payload.times[piece.start : piece.stop]
        pixel_format: str = "yuv420p" if payload.takes_planes else "rgb"
        yield from renderer.frames(times, numbers=numbers, memory=payload.memory, pixel_format=pixel_format)
        self.stages = {stage: seconds - before[stage] for stage, seconds in vars(renderer.stages).items()}

    def _close_renderer(self) -> None:
        renderer, self._renderer, self._film_name = self._renderer, None, ""
        if renderer is not None:
            with suppress(Exception):  # after an OpenGL error, freeing may fail too
                renderer.close()


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="gpu_morph-gl")


def _create_context(device: int | str | None) -> tuple[str, bool]:
    from ..render.gpu.context import held_context

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SoftwareRenderingWarning)  # the client warns
        with held_context(device) as context:
            return context.renderer, context.is_software


def keep_freed_memory() -> None:
    """Make glibc's malloc reuse the memory of a frame for the next one.

    Dask's nannies set its thresholds so that blocks larger than 64 KiB are returned to the system. To allocate them
    again for each frame takes a fifth of the time.
    """
    with suppress(OSError, AttributeError, TypeError):  # another C library
        for option in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            ctypes.CDLL(None).mallopt(option, _MAX_THRESHOLD)


_render_thread: RenderThread | None = None
_lock = threading.Lock()


def process_render_thread() -> RenderThread:
    """The render thread of this process, created by the first call."""
    global _render_thread
    with _lock:
        if _render_thread is None:
            _render_thread = RenderThread()
        return _render_thread
