"""Several processes that draw on one GPU at once, each with its own OpenGL context, and one alone.

    python benchmarks/gpu_processes.py -o FILE.json [--processes 8] [--seconds 60] [--small]

`on_gpu.sh` runs it. Processes that have begun and do not end within half of ``--seconds`` are stuck.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_gpu_path import FORMAT, scene_of, times_of

import gpu_morph as gm
from gpu_morph.errors import SoftwareRenderingWarning

SIZE, N_FRAMES = (1920, 1080), 600
SMALL_SIZE, SMALL_N_FRAMES = (320, 180), 20


def draw(size: tuple[int, int], n_frames: int) -> None:
    """What each process does: frames of one cell, from the moment when standard input has a line."""
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    _, scene = scene_of(1, turns=True)
    with gm.Renderer(scene, size) as renderer:
        times = times_of(scene, n_frames)
        for _ in renderer.frames(times[:4], pixel_format=FORMAT):
            pass
        print("ready", flush=True)
        sys.stdin.readline()
        start = time.perf_counter()
        for _ in renderer.frames(times, pixel_format=FORMAT, copy=False):
            pass
        print(time.perf_counter() - start, flush=True)


@dataclass
class Drawing:
    """A process that draws: ``is_ready`` when it has made its first frames, ``seconds`` when it has made all."""

    process: subprocess.Popen[str]
    is_ready: bool = False
    seconds: float | None = None
    error: str = ""

    def follow(self, all_ready: threading.Barrier) -> None:
        """Have the frames made when all processes are ready."""
        process = self.process
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        self.is_ready = process.stdout.readline() == "ready\n"
        with contextlib.suppress(threading.BrokenBarrierError):  # one is not: the others begin without it
            all_ready.wait()
        if self.is_ready:
            process.stdin.write("\n")
            process.stdin.flush()
        if said := process.stdout.readline():
            self.seconds = float(said)
        else:
            self.error = process.stderr.read().strip()[-500:]


def together(n: int, size: tuple[int, int], n_frames: int, limit: float) -> dict[str, Any]:
    """Frames per second of n processes that start together."""
    command = [sys.executable, __file__, "--draw", *map(str, size), str(n_frames)]
    pipe, all_ready = subprocess.PIPE, threading.Barrier(n, timeout=0.6 * limit)
    with ThreadPoolExecutor(n) as pool:
        drawings = [
            Drawing(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)) for _ in range(n)
        ]
        wait([pool.submit(drawing.follow, all_ready) for drawing in drawings], timeout=limit)
        left = [drawing for drawing in drawings if drawing.seconds is None and not drawing.error]
        n_stuck = sum(drawing.is_ready for drawing in left)
        for drawing in left:
            drawing.process.kill()
    for drawing in drawings:
        drawing.process.wait()
    seconds = [drawing.seconds for drawing in drawings if drawing.seconds is not None]
    return {
        "processes": n,
        "stuck": n_stuck,
        "not ready in time": len(left) - n_stuck,
        "errors": [drawing.error for drawing in drawings if drawing.error and drawing not in left],
        "frames per second of each": sorted(n_frames / each for each in seconds),
        "frames per second together": n_frames * len(seconds) / max(seconds, default=math.inf),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60, help="of both runs")
    parser.add_argument("--small", action="store_true", help="few small frames: a rehearsal")
    parser.add_argument("--draw", type=int, nargs=3, metavar=("WIDTH", "HEIGHT", "FRAMES"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.draw:
        draw((options.draw[0], options.draw[1]), options.draw[2])
        return
    size, n_frames = (SMALL_SIZE, SMALL_N_FRAMES) if options.small else (SIZE, N_FRAMES)
    cases = []
    for n in (1, options.processes):
        cases.append(together(n, size, n_frames, options.seconds / 2))
        last = cases[-1]
        print(
            f"{n:2} processes: {last['frames per second together']:.0f}/s, {last['stuck']} stuck, "
            f"{last['not ready in time']} not ready in time, {len(last['errors'])} errors",
            flush=True,
        )
        if options.output is not None:
            options.output.write_text(json.dumps({"size": size, "frames": n_frames, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
