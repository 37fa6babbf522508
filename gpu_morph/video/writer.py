"""Frames into a film: ffmpeg's pipe, what ffmpeg says, and a look at what was written."""

from __future__ import annotations

import os
import queue
import secrets
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import EncoderError
from ..image.image import Size
from .encoding import Encoding, exact_rate, gif_arguments, gif_collection

_HARDWARE_CODECS = ("h264_nvenc", "h264_qsv", "h264_amf", "h264_videotoolbox")
_PROBE_PATIENCE = 20  # seconds
_QUEUED_FRAMES = 2  # at 6 MB each in 1080p
_ENDINGS = (".mp4", ".mkv", ".mov", ".m4v", ".avi", ".webm", ".mpg", ".mpeg", ".ts", ".flv", ".wmv", ".ogv", ".gif")


def ffmpeg() -> str:
    """Path of the ffmpeg in use: imageio-ffmpeg's own, or the one IMAGEIO_FFMPEG_EXE names.

    Raises
    ------
    EncoderError
        There is none.
    """
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as cause:
        raise EncoderError(f"no ffmpeg: install imageio-ffmpeg or set IMAGEIO_FFMPEG_EXE ({cause})") from cause


@cache
def _encodes(codec: str) -> bool:
    """True when ffmpeg's encoder works on this machine."""
    command = [ffmpeg(), "-v", "quiet", "-nostdin", "-f", "lavfi", "-i", "color=size=640x360:rate=25"]
    command += ["-frames:v", "8", *Encoding(codec).arguments((640, 360)), "-f", "null", "-"]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=_PROBE_PATIENCE).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def fastest_codec() -> str:
    """The H.264 encoder of this machine's hardware, found by trying; "libx264" where there is none."""
    return next((codec for codec in _HARDWARE_CODECS if _encodes(codec)), "libx264")


def count_frames(path: str | os.PathLike[str]) -> int:
    """Number of frames in a film, counted by reading it through.

    Raises
    ------
    EncoderError
        ffmpeg cannot read it.
    """
    # One line per frame; the count that ffmpeg itself prints is not there in every version.
    command = [ffmpeg(), "-v", "error", "-nostdin", "-i", f"file:{os.fspath(path)}"]
    command += ["-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise EncoderError(f"ffmpeg cannot read {os.fspath(path)}: {last_words(done.stderr)}")
    return sum(not line.startswith("#") for line in done.stdout.splitlines())


def write_gif(lossless: Path, palette: Path, target: Path) -> None:
    """Make a GIF of what `gif_collection` has collected."""
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", *gif_arguments(lossless, palette), f"file:{target}"]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        start_new_session=os.name == "posix",  # as the writer's
    )
    if done.returncode:
        raise EncoderError(f"ffmpeg could not make the GIF: {last_words(done.stderr)}")


def last_words(text: str) -> str:
    """What ffmpeg said at last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " | ".join(lines[-12:]) or "it said nothing"


class VideoWriter:
    """Feeds frames to ffmpeg through a thread; made by `open_video`."""

    def __init__(self, output: list[str], *, size: Size, rate: Fraction, channels: int, planar: bool = False) -> None:
        command = [ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostats", "-y", "-f", "rawvideo"]
        pixel_format = "yuv420p" if planar else "rgba" if channels == 4 else "rgb24"
        command += ["-pixel_format", pixel_format, "-video_size", f"{size[0]}x{size[1]}"]
        command += ["-framerate", f"{rate.numerator}/{rate.denominator}", "-i", "pipe:0", *output]
        self.n_frames = 0
        self.wait_seconds = 0.0
        self._shape: tuple[int, ...] = (size[1] * 3 // 2, size[0]) if planar else (size[1], size[0], channels)
        self._words: list[str] = []
        self._frames: queue.Queue[npt.NDArray[np.uint8] | None] = queue.Queue(_QUEUED_FRAMES)
        # A session of its own: Ctrl-C reaches us alone, and we end ffmpeg.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=os.name == "posix",
        )
        self._failed = threading.Event()
        self._threads = [
            threading.Thread(target=self._feed, name="gpu_morph-writer", daemon=True),
            threading.Thread(target=self._listen, name="gpu_morph-ffmpeg-words", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def write(self, frame: npt.NDArray[np.uint8]) -> None:
        """Hand over one frame, (height, width, 3) uint8, or 4 when transparent; waits while ffmpeg is behind.

        Yuv420Planes ones are (3 height / 2, width).

        It is not copied: do not write into it afterwards.

        Raises
        ------
        EncoderError
            ffmpeg has stopped.
        """
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(f"a frame must have shape {self._shape} and uint8, got {frame.shape} {frame.dtype}")
        start = time.perf_counter()
        while True:
            if self._failed.is_set():
                self._raise_failure()
            try:
                self._frames.put(np.ascontiguousarray(frame), timeout=0.1)
                break
            except queue.Full:
                continue
        self.wait_seconds += time.perf_counter() - start
        self.n_frames += 1

    def finish(self) -> None:
        """Wait for ffmpeg to write everything; EncoderError if it failed."""
        start = time.perf_counter()
        while not self._failed.is_set():
            try:
                self._frames.put(None, timeout=0.1)
                break
            except queue.Full:
                continue
        self._threads[0].join()
        code = self._process.wait()
        self._threads[1].join()
        self.wait_seconds += time.perf_counter() - start
        if code or self._failed.is_set():
            self._raise_failure()

    def stop(self) -> None:
        """End ffmpeg and the threads now, whatever they do. Does nothing when they have ended."""
        self._failed.set()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=10)
        for pipe in (self._process.stdin, self._process.stderr):
            if pipe is not None and not pipe.closed:
                pipe.close()

    def _feed(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        try:
            while not self._failed.is_set():
                try:
                    frame = self._frames.get(timeout=0.1)
                except queue.Empty:
                    continue
                if frame is None:
                    break
                rest = memoryview(frame.data).cast("B")
                while rest:
                    rest = rest[pipe.write(rest) :]
        except (OSError, ValueError):
            self._failed.set()
        finally:
            try:
                pipe.close()
            except OSError:
                self._failed.set()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._words = [*self._words[-40:], line.decode(errors="replace")]

    def _raise_failure(self) -> None:
        code = self._process.wait()
        self._threads[1].join(timeout=10)
        raise EncoderError(
            f"ffmpeg stopped with exit code {code} after {self.n_frames} frames: {last_words(''.join(self._words))}"
        )


def check_target(path: str | os.PathLike[str]) -> Path:
    """The film's path, if a film can be written there.

    Raises
    ------
    ValueError, FileNotFoundError, IsADirectoryError
        No ending that names a film format, no such folder, or a folder itself.
    """
    target = Path(os.path.abspath(os.path.expanduser(os.fspath(path))))
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder: give the film's file name, such as {target / 'film.mp4'}")
    if target.suffix.lower() not in _ENDINGS:
        raise ValueError(f"{target.name!r} does not end like a film; give one of {', '.join(_ENDINGS)}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {target.parent} for the film does not exist: make it first")
    return target


@contextmanager
def open_video(
    path: str | os.PathLike[str],
    *,
    size: Size,
    fps: float | Fraction,
    encoding: Encoding | None = None,
    n_frames: int | None = None,
    planar: bool = False,
) -> Iterator[VideoWriter]:
    """Write a film. It gets its name only when it is whole; an older one of that name stays until then.

    Parameters
    ----------
    path : path
        Ending in a film format (".mp4", ".mkv", ...). Always a file, whatever it looks like to ffmpeg.
        ".gif" makes an animated GIF of 256 colours that loops for ever, whatever the encoding; it counts
        hundredths of a second, so that at 30 frames per second some are shown for 0.03 s, some for 0.04.
    size : (width, height)
        Of the frames, pixels. Odd sizes are padded by one, never scaled, where the format needs even
        ones; a warning says so.
    fps : float or Fraction
        Frames per second, kept exactly where the format can: MPEG-4 Part 2 rounds what takes numbers above
        65535, Matroska shows frames at whole milliseconds.
    encoding : Encoding, optional
        H.264 unless said.
    n_frames : int, optional
        How many frames the film must have; unless said, as many as were written.
    planar : bool
        Frames are planes, see `gpu_morph.image.yuv420`; for an encoding that takes them.

    Yields
    ------
    VideoWriter

    Raises
    ------
    EncoderError
        ffmpeg failed, or the film has not the frames it should have.
    """
    target, encoding = check_target(path), encoding or Encoding()
    rate, ending = exact_rate(fps), target.suffix.lower()
    encoding.check(size, rate, ending)
    part = target.with_name(f".{target.stem[:40]}.{secrets.token_hex(4)}.part{ending}")
    lossless, palette = part.with_suffix(".mov"), part.with_suffix(".png")  # on the way to a GIF
    if ending == ".gif":
        output = gif_collection(lossless, palette)
    else:
        output = [*_film_arguments(encoding, size, ending, planar=planar), f"file:{part}"]
    writer = None
    try:
        writer = VideoWriter(output, size=size, rate=rate, channels=4 if encoding.transparent else 3, planar=planar)
        yield writer
        writer.finish()
        if ending == ".gif":
            start = time.perf_counter()
            write_gif(lossless, palette, part)
            writer.wait_seconds += time.perf_counter() - start
        expected = writer.n_frames if n_frames is None else n_frames
        written = count_frames(part)
        if not expected or written != expected:
            raise EncoderError(f"the film should have {expected} frames, but {written} were written")
        os.replace(part, target)
    finally:
        if writer is not None:
            writer.stop()
        for path in {part, lossless, palette}:
            path.unlink(missing_ok=True)


def _film_arguments(encoding: Encoding, size: Size, ending: str, *, planar: bool) -> list[str]:
    """ffmpeg's output options of a film that is written in one pass; warns where frames are padded."""
    warn_if_padded(encoding, size, ending, stacklevel=6)
    words = encoding.arguments(size, ending, planar=planar)
    return ["-an", "-fps_mode", "passthrough", *words, *index_arguments(ending)]


def index_arguments(ending: str) -> list[str]:
    """ffmpeg's options by which players can begin before they have the whole film, where that is a question."""
    return ["-movflags", "+faststart"] if ending in (".mp4", ".m4v", ".mov") else []


def warn_if_padded(encoding: Encoding, size: Size, ending: str, *, stacklevel: int) -> None:
    """Say that frames of this size are padded, if they are."""
    if any(word.startswith("pad=") for argument in encoding.arguments(size, ending) for word in argument.split(",")):
        warnings.warn(
            f"size {size[0]}x{size[1]} is odd: padded to {size[0] + size[0] % 2}x{size[1] + size[1] % 2}, "
            f"as {encoding.codec} needs even sizes",
            stacklevel=stacklevel,
        )
