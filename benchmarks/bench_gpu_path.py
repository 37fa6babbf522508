"""What the GPU path takes of the processor for each frame: the whole pipeline, with a GPU that takes no time.

    python benchmarks/bench_gpu_path.py [-o benchmarks/results/NAME.json] [--copies 1 70 1000] [--frames 200]

With GALLIUM_NOOP=1, Mesa accepts every call, draws nothing and takes no time. What is left is the work of gpu_morph and
of the driver's calls: frames are made as fast as an infinitely fast GPU would make them. Milliseconds per frame of the
drawing thread, which are the median of the frames; bytes that are uploaded and read back are counted where PyOpenGL is
called. "pipe": the film without an encoder, from the recording to a process that reads the frames. "encoder": the same
number of frames into ffmpeg alone.
"""

from __future__ import annotations

import argparse
import inspect
import json
import math
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from cell import benchmark_cell, copies
from encoder import encoder_alone

import gpu_morph as gm

FORMAT, CLIM, STEP = "yuv420p", (-80, 30), 0.1  # ms
SIZES = {1: ((1920, 1080), (3840, 2160))}  # by the number of copies; else the first
TURN = 1.0  # degrees per frame
WARM_UP = 20  # frames
_READER = "import sys\nbuffer = bytearray(1 << 20)\nwhile sys.stdin.buffer.raw.readinto(buffer):\n    pass"


class Bytes:
    """Counts the bytes that go to OpenGL and come from it."""

    def __init__(self) -> None:
        from OpenGL import GL

        self.up = self.down = 0
        self._count(GL, "glBufferData", "up", lambda *a: 0 if a[2] is None else a[1])
        self._count(GL, "glBufferSubData", "up", lambda *a: a[2])
        self._count(GL, "glTexSubImage2D", "up", lambda *a: 4 * a[4] * a[5])
        self._count(GL, "glTexImage2D", "up", lambda *a: 0 if a[8] is None else 4 * a[3] * a[4])
        self._count(GL, "glReadPixels", "down", lambda *a: (3 if a[4] == GL.GL_RGB else 4) * a[2] * a[3])
        self._count(GL, "glCopyBufferSubData", "down", lambda *a: a[4])

    def _count(self, module: Any, name: str, way: str, size: Any) -> None:
        call = getattr(module, name)

        def counted(*arguments: Any) -> Any:
            setattr(self, way, getattr(self, way) + int(size(*arguments)))
            return call(*arguments)

        if call:
            setattr(module, name, counted)


def scene_of(n_copies: int, *, turns: bool) -> tuple[str, gm.Scene]:
    name, morphology, recording = benchmark_cell()
    many, recorded = copies(morphology, recording, n_copies)
    return name, shown(many, in_memory(recorded, recording, n_copies), turns=turns)


def in_memory(recorded: gm.Recording, recording: gm.Recording, n_copies: int) -> gm.Recording:
    """The first rows of a circuit's recording, so that computing rows is no part of the measurement."""
    if n_copies == 1:
        return recorded
    rows = np.asarray(recording.values[:64], dtype=np.float32)
    return gm.Recording(
        recording.times[:64],
        np.tile(rows, n_copies),
        section=recorded.section,
        position=recorded.position,
        name=recording.name,
        unit=recording.unit,
    )


def shown(morphology: gm.Morphology, recording: gm.Recording, *, turns: bool) -> gm.Scene:
    camera = gm.Camera(azim=-60, elev=15, azim_step=TURN if turns else 0.0)
    return gm.Scene(morphology, recording, clim=CLIM, camera=camera, annotations=(gm.ColorBar(), gm.Clock()))


def times_of(scene: gm.Scene, n: int) -> np.ndarray:
    times = scene.recording.times
    return np.resize(times[: max(2, len(times) - 1)], n)


def case(n_copies: int, size: tuple[int, int], turns: bool, n_frames: int) -> dict[str, Any]:
    name, scene = scene_of(n_copies, turns=turns)
    times = times_of(scene, n_frames + WARM_UP)
    with gm.Renderer(scene, size) as renderer:
        options: dict[str, Any] = {"copy": False} if has_views(renderer) else {}
        took, work = drawing_thread(renderer, times)
        pipe = None if not hasattr(renderer, "leased_frames") else through_a_pipe(renderer, times)
        counted = Bytes()
        for _ in renderer.frames(times, pixel_format=FORMAT, **options):
            pass
        stages = {stage: 1e3 * seconds for stage, seconds in vars(renderer.stages).items()}
    n = len(times)
    return {
        "cell": name,
        "copies": n_copies,
        "points": scene.morphology.n_points,
        "compartments": scene.recording.n_compartments,
        "size": size,
        "turns": turns,
        "ms per frame": 1e3 * float(np.mean(took)),
        "median ms": 1e3 * float(np.median(took)),
        "ms of the thread's processor time": 1e3 * float(np.mean(work)),
        "frames per second through a pipe": pipe,
        "bytes up per frame": counted.up / n,
        "bytes down per pixel": counted.down / n / math.prod(size),
        "stages, ms in all": stages,
    }


def has_views(renderer: gm.Renderer) -> bool:
    """False for versions without ``copy``, which this script measures too."""
    return "copy" in inspect.signature(renderer.frames).parameters


def drawing_thread(renderer: gm.Renderer, times: np.ndarray) -> tuple[list[float], list[float]]:
    """Seconds of each frame but the first ones, and seconds of the thread's processor time."""
    options: dict[str, Any] = {"copy": False} if has_views(renderer) else {}
    frames = renderer.frames(times, pixel_format=FORMAT, **options)
    took, work = [], []
    for _ in range(WARM_UP):
        next(frames)
    start, thread = time.perf_counter(), time.thread_time()
    for _ in frames:
        now, thread_now = time.perf_counter(), time.thread_time()
        took.append(now - start)
        work.append(thread_now - thread)
        start, thread = now, thread_now
    return took, work


def through_a_pipe(renderer: gm.Renderer, times: np.ndarray) -> float:
    """Frames per second that reach another process, which reads and forgets them."""
    reader = subprocess.Popen([sys.executable, "-c", _READER], stdin=subprocess.PIPE, bufsize=0)
    assert reader.stdin is not None
    start = time.perf_counter()
    for leased in renderer.leased_frames(times, pixel_format=FORMAT):
        rest = memoryview(leased.image).cast("B")
        while rest:
            rest = rest[os.write(reader.stdin.fileno(), rest) :]
        if leased.release is not None:
            leased.release()
    took = time.perf_counter() - start
    reader.stdin.close()
    reader.wait()
    return len(times) / took


def encoder_seconds(size: tuple[int, int]) -> float:
    """Seconds per frame of the encoder alone, for frames that the CPU has drawn."""
    code = (
        "import sys, numpy as np, bench_gpu_path as bench, gpu_morph as gm\n"
        "name, scene = bench.scene_of(1, turns=True)\n"
        "with gm.Renderer(scene, tuple(map(int, sys.argv[1:3]))) as renderer:\n"
        "    np.save(sys.argv[3], list(renderer.frames(bench.times_of(scene, 60), pixel_format=bench.FORMAT)))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "GALLIUM_NOOP"}
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "frames.npy"
        command = [sys.executable, "-W", "ignore", "-c", code, *map(str, size), str(frames)]
        subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parent)
        return encoder_alone([*np.load(frames)], Path(folder) / "film.mp4", size=size, takes_planes=True)


def measure(n_copies: list[int], n_frames: int) -> dict[str, Any]:
    cases = []
    for n in n_copies:
        for size in SIZES.get(n, SIZES[1][:1]):
            for turns in (True, False):
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    cases.append(pool.apply(case, (n, size, turns, n_frames if n < 1000 else max(40, n_frames // 5))))
                found = cases[-1]
                print(
                    f"{n:5} copies {size[0]}x{size[1]} {'turning' if turns else 'static ':7}"
                    f" {found['median ms']:7.2f} ms per frame (mean {found['ms per frame']:.2f}),"
                    f" {found['bytes up per frame']:9.0f} B up, {found['bytes down per pixel']:.2f} B down per pixel"
                )
    from gpu_morph.render.gpu.context import current_context

    return {
        "renderer": current_context().renderer,
        "machine": f"{platform.machine()}, {multiprocessing.cpu_count()} cores",
        "versions": {"gpu_morph": gm.__version__, "numpy": np.__version__},
        "format": FORMAT,
        "cases": cases,
        "encoder alone, ms per frame": {f"{size[0]}x{size[1]}": encoder_seconds(size) * 1e3 for size in SIZES[1]},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 70, 1000])
    parser.add_argument("--frames", type=int, default=200)
    arguments = parser.parse_args()
    os.environ["GALLIUM_NOOP"] = "1"
    result = measure(arguments.copies, arguments.frames)
    if arguments.output is not None:
        arguments.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
