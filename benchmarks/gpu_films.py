"""Films of one cell or a circuit on a GPU: the drawing thread alone, through a pipe, encoded; 1080p and 4K.

    python benchmarks/gpu_films.py COPIES -o FILE.json [--picture FILE.png] [--small]

`on_gpu.sh` runs it. The file is written after each case, so that it has what was measured when time is over. Films are
encoded with the default codec and "auto" encoders; their frames per second leave out the set-up, which is a case's
"set-up, s". Memory is the process's largest resident set and the growth of the memory in use on the GPU.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from bench_gpu_path import FORMAT, WARM_UP, drawing_thread, in_memory, shown, through_a_pipe, times_of
from cell import benchmark_cell, copies
from encoder import encoder_alone

import gpu_morph as gm
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.render.gpu.context import current_context
from gpu_morph.video.encoding import Encoding

MANY = 500  # copies; from so many on, fewer frames


@dataclass(frozen=True)
class Scale:
    """Sizes, and numbers of frames: of the pipeline, of a film, of the encoder alone."""

    sizes: tuple[tuple[int, int], ...]
    n_pipeline: int
    n_film: int
    n_encoder: int


FULL = Scale(((1920, 1080), (3840, 2160)), 400, 340, 40)
FEWER = replace(FULL, n_pipeline=100, n_film=100)
SMALL = Scale(((320, 180), (640, 360)), 20, 20, 40)


def gpu_memory() -> int | None:
    """MiB in use on the first GPU, by all processes; None without nvidia-smi."""
    if shutil.which("nvidia-smi") is None:
        return None
    command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return int(said[0]) if said and said[0].isdigit() else None


def growth(before: int | None) -> int | None:
    after = gpu_memory()
    return None if before is None or after is None else after - before


def case(
    scene: gm.Scene, filmed: gm.Scene, size: tuple[int, int], scale: Scale, picture: Path | None
) -> dict[str, Any]:
    """``scene`` has its rows in memory; ``filmed`` has all rows."""
    before, start = gpu_memory(), time.perf_counter()
    with gm.Renderer(scene, size) as renderer:
        image = renderer.render(float(scene.recording.times[40]))
        set_up = time.perf_counter() - start
        if picture is not None:
            gm.save_image(picture, image)
        times = times_of(scene, scale.n_pipeline + WARM_UP)
        took, work = drawing_thread(renderer, times)
        pipe = through_a_pipe(renderer, times)
        on_gpu = growth(before)
        planes = list(renderer.frames(times[: scale.n_encoder], pixel_format=FORMAT))
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        encoder = encoder_alone(planes, film, size=size, takes_planes=True, encoding=Encoding())
        del planes
        first, last = filmed.recording.times[[0, scale.n_film - 1]]
        step = (last - first) / (scale.n_film - 1)
        report = gm.render_video(
            filmed, film, t_start=first, t_stop=last + step / 2, t_step=step, size=size, progress=False
        )
    return {
        "size": size,
        "turning": filmed.camera.azim_step > 0,
        "set-up, s": set_up,
        "median ms": 1e3 * statistics.median(took),
        "ms per frame": 1e3 * float(np.mean(took)),
        "ms of the thread's processor time": 1e3 * float(np.mean(work)),
        "frames per second through a pipe": pipe,
        "film": {
            "frames": report.n_frames,
            "seconds": report.seconds,
            "frames per second": report.n_frames / sum(report.stages.values()),
            "codec": report.codec,
            "encoders": report.n_encoders,
            "stages, s": report.stages,
        },
        "frames per second of one encoder alone": 1 / encoder,
        "MiB on the GPU": on_gpu,
        "MiB of the process at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("copies", type=int)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--small", action="store_true", help="few small frames: a rehearsal")
    options = parser.parse_args()
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    scale = SMALL if options.small else FEWER if options.copies >= MANY else FULL
    name, morphology, recording = benchmark_cell()
    many, recorded = copies(morphology, recording, options.copies)
    rows = in_memory(recorded, recording, options.copies)
    found: dict[str, Any] = {
        "cell": name,
        "copies": options.copies,
        "points": many.n_points,
        "compartments": recorded.n_compartments,
        "renderer": current_context().renderer,
        "path": current_context().path,
        "cases": [],
    }
    for size in scale.sizes:
        for turns in (True, False):
            picture = options.picture if turns and size == scale.sizes[0] else None
            scenes = (shown(many, values, turns=turns) for values in (rows, recorded))
            found["cases"].append(case(*scenes, size, scale, picture))
            options.output.write_text(json.dumps(found, indent=1) + "\n")
            last = found["cases"][-1]
            print(
                f"{options.copies:5} copies {size[0]}x{size[1]} {'turning' if turns else 'static ':7}"
                f" {last['median ms']:7.2f} ms per frame,"
                f" {last['frames per second through a pipe']:6.0f}/s through a pipe,"
                f" {last['film']['frames per second']:6.0f}/s encoded",
                flush=True,
            )


if __name__ == "__main__":
    main()
