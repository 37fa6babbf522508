"""FrameStream: the frames of many times, one after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from contextlib import suppress
from functools import partial
from itertools import count

from ..errors import ContextError
from ..image.yuv_format import LEAST_HEIGHT, YUV_FORMATS
from ..scene.camera import Camera
from ..system.arguments import check_choice
from .frame_arguments import check_cameras, checked_numbers
from .frame_queue import FrameQueue
from .frame_source import FrameSource
from .strategy import LeasedImage

_FEW_FRAMES = 3  # up to so many frames of a static camera are drawn: listing what it sees would cost more


class FrameStream:
    """Gives the frames of a source.

    Parameters
    ----------
    source : FrameSource
        Starts them.
    memory : int or str
        Bytes that rows which were read ahead may take.
    pixel_format : str
        As in `Renderer.frames`.
    copies : bool
        Images are given in arrays of their own.
    """

    def __init__(self, source: FrameSource, *, memory: int | str, pixel_format: str, copies: bool) -> None:
        self._source, self._memory, self._pixel_format, self._copies = source, memory, pixel_format, copies

    def frames(self, times: Iterable[float | None], numbers: Iterable[int] | None) -> Iterator[LeasedImage]:
        """Frames at ``times``, ms, with their numbers."""
        numbers = checked_numbers(times, numbers)
        with self._source.rows.read_ahead(times, self._memory):
            yield from self._frames(times, numbers)

    def views(
        self, times: Iterable[float | None], numbers: Iterable[int] | None, cameras: Iterable[Camera | None]
    ) -> Iterator[LeasedImage]:
        """Frames with a camera each, none of which is drawn while another is copied."""
        check_cameras(times, cameras)
        numbers = checked_numbers(times, numbers)
        self._check_pixel_format()
        with self._source.rows.read_ahead(times, self._memory):
            for (time, camera), number in zip(
                zip(times, cameras, strict=True), count() if numbers is None else numbers, strict=numbers is not None
            ):
                with self._source.held(), self._source.seen_by(camera) as seen:
                    pending = seen.start(time, number, pixel_format=self._pixel_format, may_recolor=False)
                    pending.request()
                    image = pending.fetch()
                    image = LeasedImage(image.own()) if self._copies else image
                yield image

    def _frames(self, times: Iterable[float | None], numbers: Iterable[int] | None) -> Iterator[LeasedImage]:
        """The context is held for a frame at a time: the caller may use OpenGL, or leave the rest undrawn."""
        self._check_pixel_format()
        source, pixel_format = self._source, self._pixel_format
        legs = source.cameras.legs
        # The next leg frees the memory that the GPU has copied this one's images to.
        queue = FrameQueue(copies=self._copies or (legs is not None and len(legs.legs) > 1))
        is_long = isinstance(times, Sized) and len(times) > _FEW_FRAMES

        def renew() -> None:
            queue.renew(lambda: source.view.frames, partial(source.start, pixel_format=pixel_format, may_recolor=False))

        try:
            for time, number in zip(times, count() if numbers is None else numbers, strict=numbers is not None):
                with source.held():
                    renew()
                    images = []
                    if (
                        source.cameras.leg_at(time, number) is not source.view.leg
                    ):  # what is drawn now goes with its leg
                        images = [queue.fetch() for _ in range(len(queue))]
                    may_recolor = is_long or number >= _FEW_FRAMES
                    started = source.start(time, number, pixel_format=pixel_format, may_recolor=may_recolor)
                    # Fetch earlier frames before: on software, a request waits until all is drawn.
                    n_left = 0 if started.is_complete else source.view.frames.n_in_flight - 1
                    images += [queue.fetch() for _ in range(len(queue) - n_left)]
                    queue.request(started, time, number, source.view.frames)
                    if started.is_complete:
                        images.append(queue.fetch())
                yield from images
            while len(queue):
                with source.held():
                    renew()
                    image = queue.fetch()
                yield image
        except GeneratorExit:
            raise
        except BaseException:
            source.view.reset()
            raise
        finally:
            if len(queue) and not source.is_closed and not sys.is_finalizing():
                with suppress(ContextError), source.held():
                    queue.discard(source.view.frames)

    def _check_pixel_format(self) -> None:
        source, pixel_format = self._source, self._pixel_format
        check_choice(pixel_format, source.view.pixel_formats, "pixel_format")
        if pixel_format != "rgb" and (source.transparent or not YUV_FORMATS[pixel_format].fits(source.size)):
            raise ValueError(
                f"pixel_format {pixel_format!r} needs an opaque image "
                f"{'' if pixel_format.startswith('yuv444') else 'of even size '}with {LEAST_HEIGHT} rows or more, "
                f"got size={source.size} and transparent={source.transparent}"
            )
