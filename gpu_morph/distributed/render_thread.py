"""Studio: what a worker process draws with, in the one thread that has its OpenGL."""

from __future__ import annotations

import ctypes
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from ..errors import GpuMorphError, SoftwareRenderingWarning
from ..image.image import Image
from ..render.renderer import PixelFormat, Renderer
from .payload import Film, IntArray, Rows
from .pieces import Piece

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
_KEPT_BYTES = 2**25  # glibc takes no more for the second

Result = TypeVar("Result")


class UnwantedError(GpuMorphError):
    """Nobody waits for this piece any more."""


class Studio:
    """Draws pieces, one at a time, and keeps its renderer for the next piece of the same film.

    Workers run tasks in any of their threads, an OpenGL context belongs to one: here is that thread. Between pieces
    it lets go of the context, which a worker in the user's own process shares with the user.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gpu_morph-gl")
        self._turn = threading.Lock()
        self._film = ""
        self._renderer: Renderer | None = None
        self.stages: dict[str, float] = {}  # seconds, of the last piece

    def prepare(self, device: int | str | None) -> Future[tuple[str, bool]]:
        """Have an OpenGL context; gives what it draws with, and whether that is the CPU."""
        return self._thread.submit(_made_context, device)

    @contextmanager
    def turn(self) -> Iterator[Studio]:
        """Wait until no other piece is drawn, and let none be."""
        with self._turn:
            try:
                yield self
            except UnwantedError:  # nor for any other of its film
                self._do(self._drop)
                raise
            finally:
                self._do(let_go)

    def frames(self, film: Film, piece: Piece, rows: IntArray | None, values: Any) -> Generator[Image, None, None]:
        """The piece's frames, in `turn`; while one is used, the next is drawn."""
        try:
            start = time.perf_counter()
            drawn = self._do(self._begin, film, piece, rows, values)
            begin = time.perf_counter() - start
            coming = self._thread.submit(next, drawn, None)
            while (frame := coming.result()) is not None:
                coming = self._thread.submit(next, drawn, None)
                yield frame
            self.stages["begin"] = begin
        except GeneratorExit:
            self._do(drawn.close)
            raise
        except BaseException:  # whatever is wrong with it, the next piece begins anew
            self._do(self._drop)
            raise

    def close(self) -> None:
        """Free what is held on the GPU, and end the thread. It can be used again."""
        with self._turn:
            self._do(self._drop)
            self._do(let_go)
            self._thread.shutdown()
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="gpu_morph-gl")

    def _do(self, function: Callable[..., Result], *arguments: Any) -> Result:
        return self._thread.submit(function, *arguments).result()

    def _begin(self, film: Film, piece: Piece, rows: IntArray | None, values: Any) -> Generator[Image, None, None]:
        if self._film != film.name or self._renderer is None:
            self._drop()
            self._renderer = Renderer(
                film.scene, film.size, device=film.device, transparent=film.encoding.transparent, layout=film.layout
            )
            self._film = film.name
        recording = self._renderer.scene.recording
        if rows is not None and recording is not None:
            assert isinstance(recording.values, Rows)
            recording.values.fill(rows, values)
        return self._drawn(self._renderer, film, piece)

    def _drawn(self, renderer: Renderer, film: Film, piece: Piece) -> Generator[Image, None, None]:
        before = dict(vars(renderer.stages))
        numbers = range(piece.start, piece.stop)
        times = film.times[piece.start : piece.stop]
        made_as: PixelFormat = "yuv420p" if film.planar else "rgb"
        yield from renderer.frames(times, numbers=numbers, memory=film.memory, pixel_format=made_as)
        self.stages = {stage: seconds - before[stage] for stage, seconds in vars(renderer.stages).items()}

    def _drop(self) -> None:
        renderer, self._renderer, self._film = self._renderer, None, ""
        if renderer is not None:
            with suppress(Exception):  # after an error of OpenGL there may be more
                renderer.close()


def _made_context(device: int | str | None) -> tuple[str, bool]:
    from ..render.gpu.context import current_context

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SoftwareRenderingWarning)  # whoever asks for the film is told
        context = current_context(device)
    let_go()
    return context.renderer, context.is_software


def keep_freed_memory() -> None:
    """Let the memory of one frame serve the next, where the C library is glibc.

    Dask's nannies have it give back to the system what is larger than 64 KiB; getting it again for every frame
    costs a fifth of the time.
    """
    with suppress(OSError, AttributeError, TypeError):  # another C library
        for option in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            ctypes.CDLL(None).mallopt(option, _KEPT_BYTES)


def let_go() -> None:
    """Leave the OpenGL context to the thread that asks for it next, if this one has it."""
    from ..render.gpu.context import known_context

    context = known_context()
    if context is not None and context.is_mine:
        context.release()


_studio: Studio | None = None
_lock = threading.Lock()


def studio() -> Studio:
    """The one of this process."""
    global _studio
    with _lock:
        if _studio is None:
            _studio = Studio()
        return _studio
