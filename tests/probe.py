"""What a film really holds, read back with ffmpeg; nothing of gpu_morph's is used."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import psutil


@dataclass(frozen=True)
class Film:
    """A film's only video stream.

    ``durations`` are the seconds each frame is shown, exact, in the order shown. ``colors`` is what the
    stream says of them, as ffmpeg words it: "tv, bt709, progressive". ``duration`` is in seconds.
    """

    codec: str
    pixel_format: str
    colors: str
    size: tuple[int, int]
    duration: float
    durations: tuple[Fraction, ...]

    @property
    def n_frames(self) -> int:
        return len(self.durations)

    @property
    def rate(self) -> Fraction:
        """Frames per second, when all frames are shown equally long."""
        (duration,) = set(self.durations)
        return 1 / duration


def _ffmpeg(*words: str) -> subprocess.CompletedProcess[bytes]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *words]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)


def _output(*words: str) -> bytes:
    done = _ffmpeg("-v", "error", *words)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode()
    return done.stdout


def probe(path: Path) -> Film:
    """Read what the film says of itself, and the times of its frames."""
    said = _ffmpeg("-i", f"file:{path}").stderr.decode()
    video = re.findall(r"Stream #.*: Video: (.*)", said)
    assert len(video) == 1 and said.count("Stream #") == 1, said
    codec = re.match(r"\w+", video[0])
    # "h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), 64x48 [SAR 1:1 DAR 4:3], ..."
    found = re.search(r", (\w+)(?:\(([^)]*)\))?, (\d+)x(\d+)[ ,]", video[0])
    length = re.search(r"Duration: (\d+):(\d+):([\d.]+)", said)
    assert codec and found and length, said
    lines = _output("-i", f"file:{path}", "-c", "copy", "-f", "framecrc", "-").decode().splitlines()
    (tick,) = (Fraction(line.split()[-1]) for line in lines if line.startswith("#tb 0:"))
    packets = [[int(word) for word in line.split(",")[1:4]] for line in lines if not line.startswith("#")]
    shown = sorted((pts, duration) for _, pts, duration in packets)
    ends = [pts for pts, _ in shown[1:]] + [sum(shown[-1])]
    return Film(
        codec[0],
        found[1],
        found[2] or "",
        (int(found[3]), int(found[4])),
        int(length[1]) * 3600 + int(length[2]) * 60 + float(length[3]),
        tuple((end - pts) * tick for (pts, _), end in zip(shown, ends, strict=True)),
    )


def decoded_frames(path: Path) -> npt.NDArray[np.uint8]:
    """(n_frames, height, width, 3) uint8: the film as a player shows it, by the tags it carries."""
    width, height = probe(path).size
    words = ("-fps_mode", "passthrough", "-sws_flags", "bicubic+accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24")
    raw = _output("-i", f"file:{path}", *words, "-f", "rawvideo", "-")
    return np.frombuffer(raw, dtype=np.uint8).reshape(-1, height, width, 3)


def decoded_planes(path: Path) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Y, Cb and Cr of a yuv420p film as they are stored, (n_frames, height, width) uint8, the latter two halved."""
    film = probe(path)
    assert film.pixel_format == "yuv420p"
    width, height = film.size
    raw = _output("-i", f"file:{path}", "-fps_mode", "passthrough", "-f", "rawvideo", "-")
    frames = np.frombuffer(raw, dtype=np.uint8).reshape(-1, height * width * 3 // 2)
    luma, blue, red = np.split(frames, [height * width, height * width * 5 // 4], axis=1)
    half = (-1, height // 2, width // 2)
    return luma.reshape(-1, height, width), blue.reshape(half), red.reshape(half)


def is_faststart(path: Path) -> bool:
    """Return whether a player can begin before it has the whole file: moov stands before mdat."""
    data, place, boxes = path.read_bytes(), 0, []
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        boxes.append(data[place + 4 : place + 8].decode("latin-1"))
        assert length >= 8, "not an MP4 file"
        place += length
    return boxes.index("moov") < boxes.index("mdat")


def ffmpeg_processes(parent: psutil.Process | None = None) -> list[psutil.Process]:
    """Those that a process (this one) has started and that have not been waited for."""

    def is_ffmpeg(process: psutil.Process) -> bool:
        try:
            return "ffmpeg" in process.name()
        except psutil.NoSuchProcess:  # it has just been waited for
            return False

    return [child for child in (parent or psutil.Process()).children(recursive=True) if is_ffmpeg(child)]


def is_encoding(parent: int) -> bool:
    """True if an ffmpeg of a process has encoded for a while: more than it takes to start."""
    try:
        return any(sum(child.cpu_times()[:2]) > 0.2 for child in ffmpeg_processes(psutil.Process(parent)))
    except psutil.NoSuchProcess:
        return False


def wait_until(
    condition: Callable[[], Any], reason: str, seconds: float = 180.0, *, ended: threading.Event | None = None
) -> None:
    """Poll a condition; an error if it does not hold in time, or before an event is set."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds:g} s not yet: {reason}"
        assert ended is None or not ended.is_set(), f"ended before: {reason}"
        time.sleep(0.05)


def decoded_rgba(path: Path) -> npt.NDArray[np.uint8]:
    """(n_frames, height, width, 4) uint8, straight alpha: a transparent film as a program sees it that knows alpha."""
    film = probe(path)
    # ffmpeg's own decoder of VP9 leaves alpha out.
    decoder = ("-c:v", "libvpx-vp9") if film.codec == "vp9" else ()
    words = ("-fps_mode", "passthrough", "-sws_flags", "bicubic+accurate_rnd+full_chroma_int", "-pix_fmt", "rgba")
    raw = _output(*decoder, "-i", f"file:{path}", *words, "-f", "rawvideo", "-")
    return np.frombuffer(raw, dtype=np.uint8).reshape(-1, film.size[1], film.size[0], 4)
