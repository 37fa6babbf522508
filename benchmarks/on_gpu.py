"""The measurements of on_gpu.sh: `renderer`, `films FOLDER [--small]` and `processes FOLDER [--small]`."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import imageio.v3 as iio
from bench_gpu_path import case, encoder_seconds, scene_of, times_of

import gpu_morph as gm
from gpu_morph.render.gpu.context import current_context

SIZES = ((1920, 1080), (3840, 2160))
N_PROCESSES, PATIENCE = 8, 40  # seconds; a process that takes longer hangs


def renderer() -> None:
    context = current_context()
    print("software" if context.is_software else "hardware", context.renderer, context.version, sep=", ")


def films(folder: Path, *, is_small: bool) -> None:
    """Write films.json after each case, so that a hang loses nothing, a picture of each cell, and print a table."""
    copies, sizes, n_frames = ((1, 2), ((320, 180),), 5) if is_small else ((1, 70, 1000), SIZES, 200)
    cases: list[dict[str, Any]] = []
    result: dict[str, Any] = {"renderer": current_context().renderer, "cases": cases, "encoder alone, ms": {}}
    print("| copies | size | camera | ms per frame | frames per second | memory, MB |\n|---|---|---|---|---|---|")
    for n_copies in copies:
        for size in sizes:
            for turns in (False, True):
                found = case(n_copies, size, turns, n_frames if n_copies < 1000 else n_frames // 5)
                found["peak memory of the process so far, MB"] = (
                    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
                )
                cases.append(found)
                (folder / "films.json").write_text(json.dumps(result, indent=1) + "\n")
                words = [n_copies, "x".join(map(str, size)), "turning" if turns else "still"]
                words += [f"{found['median ms']:.2f}", f"{found['frames per second through a pipe']:.0f}"]
                words += [f"{found['peak memory of the process so far, MB']:.0f}"]
                print("|", " | ".join(map(str, words)), "|")
        _, scene = scene_of(n_copies, turns=False)
        with gm.Renderer(scene, sizes[0]) as drawing:
            iio.imwrite(folder / f"copies_{n_copies}.png", drawing.render(times_of(scene, 1)[0]))
    for size in sizes:
        result["encoder alone, ms"]["x".join(map(str, size))] = took = 1e3 * encoder_seconds(size)
        print(f"encoder alone, {size[0]}x{size[1]}: {took:.2f} ms per frame")
    (folder / "films.json").write_text(json.dumps(result, indent=1) + "\n")


def processes(folder: Path, *, is_small: bool) -> None:
    """Several processes draw on one GPU at once; those that hang are ended and counted."""
    size, n_frames = ((320, 180), 5) if is_small else (SIZES[0], 300)
    code = f"import sys, bench_gpu_path as bench; print(bench.case(1, {size}, True, {n_frames})['ms per frame'])"
    command, here = [sys.executable, "-W", "ignore", "-c", code], Path(__file__).parent
    start = time.monotonic()
    started = [subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, text=True) for _ in range(N_PROCESSES)]
    took: list[float | str] = []
    for process in started:
        try:
            text, _ = process.communicate(timeout=max(0.1, start + PATIENCE - time.monotonic()))
            took.append(float(text) if process.returncode == 0 else f"failed ({process.returncode})")
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            took.append("hangs")
    print(f"{N_PROCESSES} processes at once, ms per frame of each:", *took)
    (folder / "processes.json").write_text(json.dumps({"size": size, "ms per frame": took}, indent=1) + "\n")
    if any(isinstance(one, str) for one in took):
        sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1] == "renderer":
        renderer()
    else:
        {"films": films, "processes": processes}[sys.argv[1]](Path(sys.argv[2]), is_small="--small" in sys.argv)
