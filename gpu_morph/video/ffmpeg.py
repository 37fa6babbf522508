"""ffmpeg: the only module that finds, starts, watches and ends it.

`run_ffmpeg` runs it to its end; `ffmpeg_lines` also, and gives its output line by line; `FfmpegPipe` is one that reads
frames from a pipe. All report a failure with the last lines that ffmpeg wrote to standard error.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import threading
from collections.abc import Callable, Generator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import IO, Any

from ..errors import EncoderError
from ..system.orderly_end import signals_deferred

_N_LINES = 12  # of ffmpeg's messages, in an error
_ANSWER_TIMEOUT = 60.0  # s for what ffmpeg says of itself, on a machine with much else to do
_N_BYTES = 4096  # of these lines; a pipe is read in parts of this size


def ffmpeg_path() -> str:
    """Path of the ffmpeg in use: the one that IMAGEIO_FFMPEG_EXE names, else imageio-ffmpeg's own.

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


def run_ffmpeg(arguments: list[str], *, failure: str, timeout: float | None = None, folder: Path | None = None) -> str:
    """Run ffmpeg and return what it writes to standard output.

    Parameters
    ----------
    arguments : list of str
        Its options and files.
    failure : str
        Begins the message of an error: "ffmpeg cannot read film.mp4".
    timeout : float, optional
        Seconds after which it is ended.
    folder : Path, optional
        Where it runs; relative paths begin there.

    Raises
    ------
    EncoderError
        ffmpeg cannot be started, failed, or did not end in time. The message has its last lines.
    """
    process = None
    try:
        with signals_deferred():
            process = _start(
                ["-v", "error", "-nostdin", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=folder
            )
        output, messages = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as cause:
        raise EncoderError(f"{failure}: it did not end within {timeout:g} s") from cause
    finally:
        if process is not None:
            _end(process)
    if process.returncode:
        raise EncoderError(f"{failure}: {_last_lines(messages)}")
    text: str = output.decode(errors="replace")
    return text


def ffmpeg_lines(arguments: list[str], *, failure: str, folder: Path | None = None) -> Generator[bytes, None, None]:
    """As `run_ffmpeg`, but give each line of the output as it is written: those of a long film take much memory.

    The iterator ends ffmpeg when it is closed.
    """
    process = messages = None
    try:
        with signals_deferred():
            process = _start(
                ["-v", "error", "-nostdin", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=folder
            )
        messages = _Messages(process)
        with io.BufferedReader(process.stdout) as output:  # type: ignore[type-var]
            yield from output
        code = process.wait()
        messages.wait()
        if code:
            raise EncoderError(f"{failure}: {_last_lines(messages.end)}")
    finally:
        if process is not None:
            process.kill()
            if messages is not None:  # its thread reads a pipe that is closed now
                messages.wait()
            _end(process)


def ffmpeg_version() -> str:
    """Version of the ffmpeg in use, such as "7.0.2-static".

    Raises
    ------
    EncoderError
        ffmpeg cannot be started.
    """
    output = _answer("-version", failure="ffmpeg does not report its version")
    return output.split("\n")[0].removeprefix("ffmpeg version ").split(" Copyright")[0]


def video_encoders() -> list[str]:
    """Names of the video encoders that the ffmpeg in use is built with; raises as `ffmpeg_version` does."""
    output = _answer("-encoders", failure="ffmpeg does not list its encoders")
    return re.findall(r"^ V\S{5} (\w\S*)", output, re.MULTILINE)


def _answer(*question: str, failure: str) -> str:
    return run_ffmpeg(list(question), failure=failure, timeout=_ANSWER_TIMEOUT)


@cache
def supported_rates(encoder: str) -> tuple[Fraction, ...]:
    """The rates that an encoder is limited to, frames per second; empty where there is no such limit, or no ffmpeg."""
    try:
        described = _answer("-h", f"encoder={encoder}", failure="ffmpeg does not describe its encoders")
    except EncoderError:  # reported when the film is made
        return ()
    found = re.search(r"Supported framerates:([ \d/]+)", described)
    return tuple(Fraction(rate) for rate in found[1].split()) if found else ()


class FfmpegPipe:
    """An ffmpeg that reads its input from a pipe.

    Parameters
    ----------
    arguments : list of str
        Its options and files; the input is "pipe:0".

    Raises
    ------
    EncoderError
        ffmpeg cannot be started.
    """

    def __init__(self, arguments: list[str]) -> None:
        self._process = _start(
            ["-loglevel", "error", "-nostats", "-y", *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        _enlarge(self._process.stdin)
        try:
            self._messages = _Messages(self._process)
        except BaseException:
            _end(self._process)
            raise

    def write(self, data: memoryview) -> None:
        """Write all bytes; OSError or ValueError when ffmpeg has ended or the pipe is closed."""
        pipe = self._process.stdin
        assert pipe is not None
        rest = data.cast("B")
        while rest:
            rest = rest[pipe.write(rest) :]

    def close_input(self) -> None:
        """End the input, so that ffmpeg completes its file; OSError when ffmpeg has ended."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def wait(self) -> int:
        """Wait until ffmpeg ends and return its exit code."""
        code = self._process.wait()
        self._messages.wait()
        return code

    def kill(self) -> None:
        """End ffmpeg now. Does nothing if it has ended."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Close the pipes of an ffmpeg that has ended."""
        self._messages.wait()
        for pipe in (self._process.stdin, self._process.stderr):
            if pipe is not None and not pipe.closed:
                pipe.close()

    @property
    def last_lines(self) -> str:
        """The last lines that ffmpeg wrote to standard error."""
        return _last_lines(self._messages.end)


class _Messages:
    """The end of what an ffmpeg writes to standard error, which a thread reads: a full pipe would stop ffmpeg."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        self._pipe, self.end = process.stderr, b""
        self._reader = start_thread(self._read, "gpu_morph-ffmpeg-messages")

    def wait(self) -> None:
        """Wait until all is read that an ffmpeg wrote which has ended."""
        self._reader.join(timeout=10)

    def _read(self) -> None:
        while part := self._pipe.read(_N_BYTES):
            self.end = (self.end + part)[-_N_BYTES:]


def _start(arguments: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start ffmpeg in a session of its own, so that Ctrl-C reaches this process alone, which then ends ffmpeg."""
    program = ffmpeg_path()
    if os.path.dirname(program):
        program = os.path.abspath(program)  # it may run in another folder
    try:
        return subprocess.Popen(
            [program, "-hide_banner", *arguments],
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=os.name == "posix",
            **options,
        )
    except OSError as cause:
        raise EncoderError(
            f"ffmpeg cannot be started: {program}: {cause.strerror}. Set the environment variable IMAGEIO_FFMPEG_EXE "
            "to the path of an ffmpeg program, or unset it to use imageio-ffmpeg's own"
        ) from cause


def _end(process: subprocess.Popen[bytes]) -> None:
    """End an ffmpeg and close its pipes. Does nothing if it has ended."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def start_thread(function: Callable[[], None], name: str) -> threading.Thread:
    """Start a daemon thread.

    Raises
    ------
    EncoderError
        The system allows no more threads.
    """
    thread = threading.Thread(target=function, name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError as cause:
        raise EncoderError(
            f"the thread {name} cannot be started ({cause}): the system's limit of threads or memory is reached; see "
            "ulimit -u, ulimit -v and the limits of your batch system"
        ) from cause
    return thread


def _enlarge(pipe: IO[bytes] | None) -> None:
    """Let the pipe hold as much as Linux allows: fewer switches between the thread that writes and ffmpeg."""
    try:
        import fcntl

        size = int(Path("/proc/sys/fs/pipe-max-size").read_text())
        assert pipe is not None
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, size)
    except (ImportError, AttributeError, OSError, ValueError):
        pass  # another operating system, or this user's pipes hold as much as they may


def _last_lines(messages: bytes) -> str:
    text = messages[-_N_BYTES:].decode(errors="replace")
    printable = ("".join(filter(str.isprintable, line)).strip() for line in text.splitlines())
    said = " | ".join([line for line in printable if line][-_N_LINES:]) or "it gave no reason"
    if b"Unknown encoder" in messages:
        said += ". gpu-morph info lists the encoders of this ffmpeg; IMAGEIO_FFMPEG_EXE may name another ffmpeg"
    return said
