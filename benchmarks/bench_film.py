"""Seconds per frame of a film, from values to the encoded file: gpu_morph, the encoder alone, and other programs.

    python benchmarks/bench_film.py [-o benchmarks/results/NAME.json] [--quick]

All write MPEG-4 (-q:v 5) of the same cells and times, with a clock and a colour bar. Rounds alternate between the
programs; figures are medians over rounds, with the smallest and the greatest. Compare ratios rather than times: both
programs of a ratio ran on the same machine in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import peers
from cell import benchmark_cell, copies
from encoder import ENCODING, encoder_alone

import gpu_morph as gm
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.render.gpu.context import current_context

FIRST, STEP = 5.0, 0.1  # ms; the recording's step, so that each frame shows new values


@dataclass(frozen=True)
class Case:
    """Copies of the cell, size, and numbers of frames: with a turning and a static camera, and of other programs."""

    n_copies: int
    size: tuple[int, int]
    n_turning: int
    n_static: int
    n_peers: int


CASES = (
    Case(1, (846, 846), 400, 400, 5),
    Case(1, (1920, 1080), 400, 400, 10),
    Case(10, (1920, 1080), 100, 400, 4),
    Case(70, (1920, 1080), 100, 400, 2),
)
# Only on a GPU, and without other programs.
ON_HARDWARE = (Case(1, (3840, 2160), 400, 400, 0), Case(70, (3840, 2160), 100, 400, 0))


def scene(morphology: gm.Morphology, recording: gm.Recording, azim_step: float) -> gm.Scene:
    camera = gm.Camera(azim=0, elev=30, azim_step=azim_step)
    annotations = (gm.ColorBar(extend="neither"), gm.Clock())
    return gm.Scene(
        morphology,
        recording,
        color=recording.name,
        cmap="jet",
        clim=(-90, 40),
        camera=camera,
        annotations=annotations,
        time_range=gm.TimeRange(FIRST, recording.times[-1], STEP),
    )


def our_film(
    path: Path, shown: gm.Scene, size: tuple[int, int], n_frames: int, *, step: float = STEP
) -> tuple[float, dict[str, float]]:
    """Seconds per frame of one film, set-up included, and of its stages."""
    report = gm.render_video(
        shown,
        path,
        t_start=FIRST,
        t_stop=FIRST + step * (n_frames - 1),
        t_step=step,
        size=size,
        codec=ENCODING.codec,
        quality=ENCODING.quality,
        progress=False,
    )
    return report.seconds / n_frames, {name: spent / n_frames for name, spent in report.stages.items()}


def drawing_alone(shown: gm.Scene, size: tuple[int, int], n_frames: int) -> float:
    """Seconds per frame from values to an image that is drawn but not read back."""
    with gm.Renderer(shown, size) as renderer, renderer._source.held():
        from OpenGL import GL  # after gpu_morph has chosen its platform

        for number in range(n_frames + 1):
            if number == 1:  # the first frame compiles shaders
                GL.glFinish()
                start = time.perf_counter()
            renderer._source.start(FIRST + STEP * number, number, may_recolor=False)
        GL.glFinish()
        return (time.perf_counter() - start) / n_frames


def encoders(shown: gm.Scene, size: tuple[int, int], n_frames: int, path: Path) -> dict[str, float]:
    """Seconds per frame of the encoder alone, for RGB frames and for planes."""
    times = FIRST + STEP * np.arange(n_frames)
    seconds = {}
    for pixel_format in ("rgb", "yuv420p"):
        with gm.Renderer(shown, size) as renderer:
            frames = list(renderer.frames(times, pixel_format=pixel_format))
        seconds[pixel_format] = encoder_alone(frames, path, size=size, takes_planes=pixel_format == "yuv420p")
    return seconds


def spread(seconds: list[float]) -> dict[str, float]:
    return {"median": statistics.median(seconds), "least": min(seconds), "greatest": max(seconds)}


def measure_case(case: Case, cell: tuple[gm.Morphology, gm.Recording], folder: Path, n_rounds: int) -> dict[str, Any]:
    """The figures of one case, in seconds per frame."""
    morphology, recording = copies(*cell, case.n_copies)
    moving = {"turning": (0.5, case.n_turning), "static": (0.0, case.n_static)}
    figures: dict[str, list[float]] = {}
    stages: dict[str, dict[str, float]] = {}
    missing: dict[str, str] = {}
    for _ in range(n_rounds):
        for name, (azim_step, n_frames) in moving.items():
            shown = scene(morphology, recording, azim_step)
            n_frames = min(n_frames, int((recording.times[-1] - FIRST) / STEP))  # the recording ends
            seconds, stages[name] = our_film(folder / "ours.mp4", shown, case.size, n_frames)
            figures.setdefault(f"gpu_morph, {name}", []).append(seconds)
            finer, _ = our_film(folder / "ours.mp4", shown, case.size, n_frames, step=STEP / 2)
            figures.setdefault(f"gpu_morph with all values twice, {name}", []).append(finer)
            figures.setdefault(f"drawing alone, {name}", []).append(drawing_alone(shown, case.size, n_frames))
            n_encoded = min(n_frames, 40)
            for kind, spent in encoders(shown, case.size, n_encoded, folder / "encoder.mp4").items():
                figures.setdefault(f"encoder alone ({kind}), {name}", []).append(spent)
            times = FIRST + STEP * np.arange(case.n_peers)
            for peer, film in other_programs(case).items():
                if peer in missing:
                    continue
                try:
                    spent_by = film(
                        morphology,
                        recording,
                        folder / f"{len(figures)}.mp4",
                        times,
                        size=case.size,
                        azim_step=azim_step,
                    )
                except RuntimeError as reason:
                    missing[peer] = str(reason)
                    continue
                figures.setdefault(f"{peer}, {name}", []).append(statistics.median(spent_by))
                for file in folder.iterdir():
                    if file.is_dir():
                        for image in file.iterdir():
                            image.unlink()
                        file.rmdir()
    return {
        "copies": case.n_copies,
        "points": morphology.n_points,
        "size": case.size,
        "seconds per frame": {name: spread(seconds) for name, seconds in figures.items()},
        "stages": stages,
        "ratios": ratios({name: statistics.median(seconds) for name, seconds in figures.items()}),
        "left out": missing,
    }


def other_programs(case: Case) -> dict[str, Callable[..., list[float]]]:
    """The other programs for a case, by name."""
    if not case.n_peers:
        return {}
    films: dict[str, Callable[..., list[float]]] = {
        "PyVista, 4 samples": partial(peers.pyvista, samples=4),
        "PyVista, no anti-aliasing": partial(peers.pyvista, samples=0),
    }
    if case.n_copies == 1:
        films["matplotlib, as ISF"] = peers.as_isf
        films["matplotlib, one collection"] = peers.one_collection
    return films


def ratios(figures: dict[str, float]) -> dict[str, float]:
    """Times of other programs and of the encoder alone, each divided by that of gpu_morph."""
    found = {}
    for name, seconds in figures.items():
        program, _, motion = name.rpartition(", ")
        if not program.startswith("gpu_morph"):
            found[name] = seconds / figures[f"gpu_morph, {motion}"]
    return found


def measure(cases: tuple[Case, ...], n_rounds: int) -> dict[str, Any]:
    """The figures of all cases, and the machine."""
    name, *cell = benchmark_cell()
    with tempfile.TemporaryDirectory() as folder:
        measured = []
        for case in cases:
            rounds = n_rounds if case.n_copies == 1 else 1
            measured.append(measure_case(case, (cell[0], cell[1]), Path(folder), rounds))
            print(table([measured[-1]]), flush=True)
    context = current_context()
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {
        "cell": name,
        "renderer": context.renderer,
        "gl": context.version,
        "machine": f"{platform.machine()}, {n_cores} cores",
        "load at the end": os.getloadavg()[0],
        "versions": {"gpu_morph": gm.__version__, "matplotlib": mpl.__version__, "numpy": np.__version__},
        "cases": measured,
    }


def table(cases: list[dict[str, Any]]) -> str:
    """Milliseconds per frame, as Markdown."""
    lines = ["| copies | size | program | turning | static |", "|---|---|---|---|---|"]
    for case in cases:
        figures = case["seconds per frame"]
        for program in dict.fromkeys(name.rpartition(", ")[0] for name in figures):
            cells = [
                f"{1e3 * figures[f'{program}, {motion}']['median']:.1f}" if f"{program}, {motion}" in figures else ""
                for motion in ("turning", "static")
            ]
            lines.append(
                f"| {case['copies']} | {case['size'][0]}x{case['size'][1]} | {program} | {cells[0]} | {cells[1]} |"
            )
        lines += [f"| {case['copies']} | | {peer}: {reason} | | |" for peer, reason in case["left out"].items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, help="JSON file for the figures")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one cell only")
    options = parser.parse_args()
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    cases = CASES if current_context().is_software else CASES + ON_HARDWARE
    result = measure(cases[:2] if options.quick else cases, options.rounds)
    print(f"{result['cell']}, {result['renderer']}, {result['machine']}; ms per frame")
    print(table(result["cases"]))
    if options.output is not None:
        options.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
