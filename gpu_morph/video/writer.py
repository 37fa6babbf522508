"""VideoWriter: frames into a film's file, through a thread that feeds ffmpeg."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import EncoderError
from ..image.image import Size
from ..image.yuv_format import YuvFormat
from ..system.atomic_files import atomic_path, output_path
from ..system.orderly_end import signals_deferred
from ..system.user_warning import warn_user
from .containers import CONTAINERS, container
from .encoding import Encoding, exact_rate
from .ffmpeg import FfmpegPipe, start_thread
from .gif import first_pass_arguments, write_gif
from .stored_times import checked_frame_times

_QUEUED_FRAMES = 2  # of 6 MB each in 1080p
_POLL_SECONDS = 0.1  # between looks whether ffmpeg has failed

_Frame = tuple[npt.NDArray[np.uint8], Callable[[], None] | None]


class VideoWriter:
    """Feeds frames to ffmpeg through a thread; made by `open_video`.

    Attributes
    ----------
    n_frames : int
        Frames written so far.
    wait_seconds : float
        Seconds that `write` and the end of the film waited for ffmpeg.
    """

    def __init__(
        self,
        output: list[str],
        *,
        size: Size,
        rate: Fraction,
        channels: int,
        planes: YuvFormat | None = None,
        n_queued: int = _QUEUED_FRAMES,
    ) -> None:
        pixel_format = planes.name if planes else "rgba" if channels == 4 else "rgb24"
        arguments = ["-f", "rawvideo", "-pixel_format", pixel_format, "-video_size", f"{size[0]}x{size[1]}"]
        arguments += ["-framerate", f"{rate.numerator}/{rate.denominator}", "-i", "pipe:0", *output]
        self.n_frames = 0
        self.wait_seconds = 0.0
        self._is_complete = False
        self._shape: tuple[int, ...] = planes.shape(size) if planes else (size[1], size[0], channels)
        self._frames: queue.Queue[_Frame | None] = queue.Queue(n_queued)
        self._ffmpeg = FfmpegPipe(arguments)
        self._failed = threading.Event()
        try:
            self._feeder = start_thread(self._feed, "gpu_morph-writer")
        except BaseException:
            self._ffmpeg.kill()
            self._ffmpeg.close()
            raise

    def write(self, frame: npt.NDArray[np.uint8], release: Callable[[], None] | None = None) -> None:
        """Write one frame; waits while ffmpeg is behind.

        Parameters
        ----------
        frame : (height, width, 3) uint8
            Or 4 channels for a transparent film, or (3 height / 2, width) planes. It is not copied: do not
            write into it before it is released.
        release : callable, optional
            Called by another thread once the frame has been written; never if ffmpeg fails.

        Raises
        ------
        ValueError
            Another shape or dtype.
        EncoderError
            ffmpeg has ended.
        """
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(f"a frame must have shape {self._shape} and uint8, got {frame.shape} {frame.dtype}")
        start = time.perf_counter()
        if not self._put((np.ascontiguousarray(frame), release)):
            self._raise_failure()
        self.wait_seconds += time.perf_counter() - start
        self.n_frames += 1

    def end(self) -> None:
        """Say that no more frames come, so that ffmpeg completes its file; `finish` waits for it."""
        if not self._is_complete:
            self._is_complete = True
            self._put(None)

    def finish(self) -> None:
        """Wait until ffmpeg has written everything; EncoderError if it failed."""
        start = time.perf_counter()
        self.end()
        self._feeder.join()
        code = self._ffmpeg.wait()
        self.wait_seconds += time.perf_counter() - start
        if code or self._failed.is_set():
            self._raise_failure()

    def stop(self) -> None:
        """End ffmpeg and the thread at once. Does nothing if they have ended."""
        self._failed.set()
        self._ffmpeg.kill()
        self._feeder.join(timeout=10)
        self._ffmpeg.close()

    def _put(self, frame: _Frame | None) -> bool:
        """Queue a frame, or None at the end; False when ffmpeg has failed."""
        while not self._failed.is_set():
            try:
                self._frames.put(frame, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def _feed(self) -> None:
        """Write queued frames to the pipe: the thread."""
        try:
            while not self._failed.is_set():
                try:
                    frame = self._frames.get(timeout=_POLL_SECONDS)
                except queue.Empty:
                    continue
                if frame is None:
                    break
                image, release = frame
                self._ffmpeg.write(image.data)
                if release is not None:
                    release()
        except (OSError, ValueError):
            self._failed.set()
        finally:
            try:
                self._ffmpeg.close_input()
            except OSError:
                self._failed.set()

    def _raise_failure(self) -> None:
        code = self._ffmpeg.wait()
        raise EncoderError(
            f"ffmpeg stopped with exit code {code} after {self.n_frames} frames: {self._ffmpeg.last_lines}"
        )


def check_target(path: str | os.PathLike[str]) -> Path:
    """Absolute path of a film that is to be written.

    Raises
    ------
    ValueError, FileNotFoundError, IsADirectoryError
        Its ending is of no film format, its folder does not exist, or it is a folder.
    """
    return check_ending(output_path(path, what="film", example="film.mp4"))


def check_ending(target: Path) -> Path:
    """The path of a film; ValueError if its ending is of no film format."""
    endings = [known.ending for known in CONTAINERS]
    if target.suffix.lower() not in endings:
        raise ValueError(f"path: {target.name!r} does not end like a film; give one of {', '.join(endings)}")
    return target


@contextmanager
def open_video(
    path: str | os.PathLike[str],
    *,
    size: Size,
    fps: float | Fraction,
    encoding: Encoding | None = None,
    n_frames: int | None = None,
    planes: YuvFormat | None = None,
) -> Iterator[VideoWriter]:
    """Write a film. The file appears under its name only when it is complete; an older one stays until then.

    Parameters
    ----------
    path : path
        Ending in a film format (".mp4", ".mkv", ...). Always a file, also where ffmpeg would take the name for
        something else. ".gif" makes an animated GIF of 256 colours, whatever the codec; it counts hundredths of a
        second, so that at 30 frames per second some are shown for 0.03 s, some for 0.04.
    size : (width, height)
        Of the frames, pixels. Odd sizes are padded by one, never scaled, where the format needs even
        ones; a warning says so.
    fps : float or Fraction
        Frames per second, kept exactly where the format can: MPEG-4 Part 2 rounds numerators above
        65535, Matroska shows frames at whole milliseconds.
    encoding : Encoding, optional
        None: H.264.
    n_frames : int, optional
        How many frames the film must have. None: as many as were written.
    planes : YuvFormat, optional
        Frames are planes, see `gpu_morph.image.yuv420`; for an encoding that takes them.

    Yields
    ------
    VideoWriter

    Raises
    ------
    EncoderError
        ffmpeg failed, or the film does not have the frames it should have.
    """
    target, encoding = check_target(path), encoding or Encoding()
    rate, ending = exact_rate(fps), target.suffix.lower()
    encoding.check(size, rate, ending)
    warn_if_padded(encoding, size, ending)
    with (
        atomic_path(target) as part,
        encoded_file(part, size=size, rate=rate, encoding=encoding, n_frames=n_frames, planes=planes) as writer,
    ):
        yield writer


@contextmanager
def encoded_file(
    path: Path,
    *,
    size: Size,
    rate: Fraction,
    encoding: Encoding,
    n_frames: int | None,
    planes: YuvFormat | None,
    n_queued: int = _QUEUED_FRAMES,
) -> Iterator[VideoWriter]:
    """Write a film under a temporary name, which the caller has checked and removes; else as `open_video`.

    ``n_queued`` is the number of frames that may wait in memory for ffmpeg.
    """
    ending, channels = path.suffix.lower(), 4 if encoding.transparent else 3
    lossless, palette = path.with_suffix(".mov"), path.with_suffix(".png")  # of a GIF's first pass
    if ending == ".gif":
        output = first_pass_arguments(lossless, palette)
    else:
        arguments = encoding.arguments(size, ending, takes_planes=planes is not None)
        output = ["-an", "-fps_mode", "passthrough", *arguments, *container(ending).options, f"file:{path}"]
    writer = None
    try:
        with signals_deferred():
            writer = VideoWriter(output, size=size, rate=rate, channels=channels, planes=planes, n_queued=n_queued)
        yield writer
        writer.finish()
        if ending == ".gif":
            start = time.perf_counter()
            write_gif(lossless, palette, path, plays=encoding.gif_plays)
            writer.wait_seconds += time.perf_counter() - start
        expected = writer.n_frames if n_frames is None else n_frames
        checked_frame_times(path, expected, failure=f"ffmpeg cannot read {path}")
    finally:
        if writer is not None:
            writer.stop()
        if ending == ".gif":
            lossless.unlink(missing_ok=True)
            palette.unlink(missing_ok=True)


def warn_if_padded(encoding: Encoding, size: Size, ending: str) -> None:
    """Warn if the frames of a film of this size are padded."""
    if ending != ".gif" and encoding.is_padded(size):
        warn_user(
            f"size {size[0]}x{size[1]} is odd: padded to {size[0] + size[0] % 2}x{size[1] + size[1] % 2}, "
            f"as {encoding.codec} needs even sizes"
        )
