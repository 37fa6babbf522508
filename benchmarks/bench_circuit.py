"""Memory and time of circuits: 10, 100 and 1000 copies of a cell on a grid, each turned about z, in one picture.

    python benchmarks/bench_circuit.py [-o benchmarks/results/NAME.json] [--copies 10 100 1000] [--pictures FOLDER]

Each case runs in a new process (Linux). Figures are the largest growth of its resident memory since before the circuit
was loaded, in bytes per segment of the morphology. "before drawing" is what gpu_morph itself allocates up to the first
draw call: the morphology, the map of values, geometry, drawing order, and data for upload. With a software renderer
the OpenGL buffers and the memory of the driver are part of the same process; the buffers are also counted separately.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import platform
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from cell import benchmark_cell, turned_copies
from PIL import Image

import gpu_morph as gm
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.render.gpu.context import current_context

SIZE, CLIM = (1920, 1080), (-80, 30)
CAMERA = gm.Camera(azim=-60, elev=15)
TIME, NEXT_TIME = 5.0, 5.1  # ms
_MAX_BUFFER_NAME = 10_000  # OpenGL numbers buffers from 1


def resident(kind: str) -> int:
    """Resident bytes: "VmRSS" now, "VmHWM" at most since `reset_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(kind)).split()[1]) * 1024


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def buffer_bytes() -> int:
    """Bytes of all vertex and index buffers, without those that pixels are read into."""
    from OpenGL import GL  # after gpu_morph has chosen its platform

    width, height = SIZE
    total = 0
    for name in range(1, _MAX_BUFFER_NAME):
        if GL.glIsBuffer(name):
            GL.glBindBuffer(GL.GL_ARRAY_BUFFER, name)
            size = int(GL.glGetBufferParameteriv(GL.GL_ARRAY_BUFFER, GL.GL_BUFFER_SIZE))
            total += 0 if size in (3 * width * height, 4 * width * height) else size
    return total


class Steps:
    """Seconds and bytes per segment of consecutive steps."""

    def __init__(self, n_segments: int) -> None:
        gc.collect()
        self._n_segments, self._base = n_segments, resident("VmRSS")
        self.found: dict[str, dict[str, float]] = {}
        self._begin()

    def _begin(self) -> None:
        reset_peak()
        self._start = time.perf_counter()

    def end(self, name: str) -> None:
        self.found[name] = {
            "seconds": time.perf_counter() - self._start,
            "bytes per segment": (resident("VmRSS") - self._base) / self._n_segments,
            "at most": (resident("VmHWM") - self._base) / self._n_segments,
        }
        self._begin()


def case(n_copies: int, picture: Path | None) -> dict[str, Any]:
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    name, morphology, recording = benchmark_cell()
    gm.render_image(gm.Scene(morphology, recording, clim=CLIM), time=TIME, size=(320, 240))  # loads libraries
    from gpu_morph.render.gpu.program import Program

    n_segments = n_copies * (morphology.n_points - morphology.n_sections)
    steps = Steps(n_segments)
    circuit, recorded = turned_copies(morphology, recording, n_copies)
    steps.end("load")
    scene = gm.Scene(circuit, recorded, clim=CLIM, camera=CAMERA)
    with gm.Renderer(scene, SIZE) as renderer:
        steps.end("prepare")
        draw: Callable[..., None] = Program.draw

        def first_draw(self: Program, *arguments: Any) -> None:
            Program.draw = draw  # type: ignore[method-assign]
            steps.end("before drawing")
            draw(self, *arguments)

        Program.draw = first_draw  # type: ignore[method-assign]
        renderer.render(TIME)
        steps.end("first picture")
        image = renderer.render(NEXT_TIME)
        steps.end("next picture")
        on_gpu = buffer_bytes()
    if picture is not None:
        Image.fromarray(image).save(picture)
    host = ("load", "prepare", "before drawing")
    return {
        "cell": name,
        "copies": n_copies,
        "segments": n_segments,
        "host bytes per segment": max(steps.found[step]["at most"] for step in host),
        "GPU bytes per segment": on_gpu / n_segments,
        "with what the driver takes": max(step["at most"] for step in steps.found.values()),
        "steps": steps.found,
    }


def measure(copies: list[int], folder: Path | None) -> dict[str, Any]:
    cases = []
    for n_copies in copies:
        picture = None if folder is None else folder / f"circuit_{n_copies}.png"
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            cases.append(pool.apply(case, (n_copies, picture)))
    context = current_context()
    return {
        "renderer": context.renderer,
        "machine": f"{platform.machine()}, {multiprocessing.cpu_count()} cores",
        "versions": {"gpu_morph": gm.__version__, "numpy": np.__version__},
        "size": SIZE,
        "cases": cases,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--copies", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--pictures", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    result = measure(options.copies, options.pictures)
    for found in result["cases"]:
        load, prepare, upload, first, later = (step["seconds"] for step in found["steps"].values())
        host, gpu, most = (found[key] for key in found if "bytes per segment" in key or "driver" in key)
        print(
            f"{found['copies']:5d} copies, {found['segments'] / 1e6:5.2f} million segments: load {load:.1f} s, "
            f"prepare {prepare:.1f} s, first picture {upload + first:.1f} s, next {later:.1f} s; "
            f"bytes per segment: {host:.0f} on the host, "
            f"{gpu:.0f} on the GPU, {most:.0f} with what the driver takes"
        )
    if options.output:
        options.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
