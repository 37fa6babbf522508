"""Seconds per frame of a film, from values to the encoded file: gpu_morph beside matplotlib, in one run.

    python benchmarks/bench_film.py [-o benchmarks/results/NAME.json]

Both write MPEG-4 (-q:v 5) of the same cell and times, turning by 0.5 degrees per frame. Rounds alternate between
the two; the table shows medians over rounds and the smallest and greatest.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import tempfile
import warnings
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib_film
import numpy as np
from cell import benchmark_cell

import gpu_morph as gm
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.gpu.context import current_context

SIZES = ((846, 846), (1920, 1080))
N_FRAMES, N_FRAMES_MATPLOTLIB, N_ROUNDS = 100, 4, 3


def our_film(
    path: Path, morphology: gm.Morphology, recording: gm.Recording, *, size: tuple[int, int], azim_step: float
) -> tuple[float, dict[str, float]]:
    """Seconds per frame of one film, and of its stages."""
    camera = gm.Camera(azim=0, elev=30, azim_step=azim_step)
    scene = gm.Scene(morphology, recording, color=recording.name, cmap="jet", camera=camera)
    report = gm.render_video(
        scene,
        path,
        t_start=8,
        t_stop=8 + 0.1 * (N_FRAMES - 1),
        t_step=0.1,
        size=size,
        codec="mpeg4",
        quality=5,
        progress=False,
    )
    return report.seconds / report.n_frames, {k: v / report.n_frames for k, v in report.stages.items()}


def spread(seconds: list[float]) -> dict[str, float]:
    return {"median": statistics.median(seconds), "least": min(seconds), "greatest": max(seconds)}


def measure() -> dict[str, Any]:
    """All cases; each value in seconds per frame."""
    name, morphology, recording = benchmark_cell()
    cases: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            ours: dict[str, list[float]] = {"turning": [], "still": []}
            stages: dict[str, float] = {}
            theirs: list[float] = []
            for k in range(N_ROUNDS):
                for case, step in (("turning", 0.5), ("still", 0.0)):
                    path = Path(folder) / f"{case}-{size[0]}-{k}.mp4"
                    seconds, taken = our_film(path, morphology, recording, size=size, azim_step=step)
                    ours[case].append(seconds)
                    stages = taken if case == "turning" else stages
                path = Path(folder) / f"matplotlib-{size[0]}-{k}.mp4"
                times = 8 + 0.1 * np.arange(N_FRAMES_MATPLOTLIB)
                theirs += matplotlib_film.film(path, morphology, recording, times=times, size=size)
            cases.append(
                {
                    "size": size,
                    "gpu_morph": {case: spread(seconds) for case, seconds in ours.items()},
                    "stages of the last turning film": stages,
                    "matplotlib": spread(theirs),
                    "ratio": statistics.median(theirs) / statistics.median(ours["turning"]),
                }
            )
    context = current_context()
    return {
        "cell": name,
        "n_points": morphology.n_points,
        "renderer": context.renderer,
        "gl": context.version,
        "machine": f"{platform.machine()}, {n_cores()} cores",
        "versions": {"gpu_morph": gm.__version__, "matplotlib": matplotlib.__version__, "numpy": np.__version__},
        "seconds per frame": cases,
    }


def n_cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def table(result: dict[str, Any]) -> str:
    """The README's table."""
    lines = ["| size | gpu_morph, turning | still | matplotlib | ratio |", "|---|---|---|---|---|"]
    for case in result["seconds per frame"]:
        ours, theirs = case["gpu_morph"], case["matplotlib"]
        lines.append(
            f"| {case['size'][0]}x{case['size'][1]} | {ours['turning']['median']:.3f} | {ours['still']['median']:.3f} "
            f"| {theirs['median']:.2f} | {case['ratio']:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, help="where to keep the figures, as JSON")
    output = parser.parse_args().output
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    result = measure()
    print(f"{result['cell']}, {result['n_points']} points, {result['renderer']}, {result['machine']}; s per frame")
    print(table(result))
    if output is not None:
        output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
