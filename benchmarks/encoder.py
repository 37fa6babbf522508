"""The time of the encoder alone, for frames in memory: a lower bound for any film."""

from __future__ import annotations

import subprocess
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from gpu_morph.video.encoding import Encoding
from gpu_morph.video.ffmpeg import ffmpeg_path

ENCODING = Encoding("mpeg4", 5)


def encoder_alone(
    frames: list[np.ndarray], path: Path, *, size: tuple[int, int], takes_planes: bool, encoding: Encoding = ENCODING
) -> float:
    """Seconds per frame of ffmpeg, without its start."""

    def run(some: list[np.ndarray]) -> float:
        pixel_format = "yuv420p" if takes_planes else "rgb24"
        command = [ffmpeg_path(), "-v", "error", "-y", "-f", "rawvideo", "-pixel_format", pixel_format]
        command += ["-video_size", f"{size[0]}x{size[1]}", "-framerate", str(Fraction(50)), "-i", "pipe:0"]
        command += [*encoding.arguments(size, ".mp4", takes_planes=takes_planes), str(path)]
        start = time.perf_counter()
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            for frame in some:
                process.stdin.write(frame.data)
        assert process.returncode == 0
        return time.perf_counter() - start

    return (run(frames) - run(frames[:1])) / (len(frames) - 1)
