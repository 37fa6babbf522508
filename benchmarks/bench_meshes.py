"""Seconds per frame of the demo cell with and without a translucent sphere of many triangles around its middle.

    python benchmarks/bench_meshes.py --levels 5 6 8

A sphere of level n has 20 * 4**n triangles. Cameras: static, and one that turns by a degree per frame.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import gpu_morph as gm
from gpu_morph.scene.spheres import spheres


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--levels", type=int, nargs="+", default=[5, 6, 8])
    parser.add_argument("--frames", type=int, default=12)
    options = parser.parse_args()
    cell, recording, *_ = gm.demo_cell()
    meshes = {0: []}
    for level in options.levels:
        meshes[20 * 4**level] = [sphere(level, cell.bounds().mean(axis=0))]
    times = np.linspace(0, 20, options.frames)
    print("triangles   static ms   turning ms")
    for n_triangles, around in meshes.items():
        medians = [median(cell, recording, around, times, step) for step in (0.0, 1.0)]
        print(f"{n_triangles:9,} {medians[0]:11.1f} {medians[1]:12.1f}", flush=True)


def sphere(level: int, center: np.ndarray, radius: float = 300.0) -> gm.Mesh:
    """A sphere of 20 * 4**level triangles."""
    vertices, faces, _ = spheres(np.float32(center)[None], np.float32([2 * radius]), level=level)
    return gm.Mesh(vertices, faces, color="tomato", opacity=0.3)


def median(cell: gm.Morphology, recording: gm.Recording, meshes: list, times: np.ndarray, step: float) -> float:
    """Milliseconds per frame after the first one."""
    scene = gm.Scene(cell, recording, meshes=meshes, camera=gm.Camera(azim_step=step), clim=(-80, 40))
    seconds = []
    with gm.Renderer(scene, (1920, 1080)) as renderer:
        frames = renderer.frames(times, pixel_format="yuv420p", copy=False)
        for _ in times:
            start = time.perf_counter()
            next(frames)
            seconds.append(time.perf_counter() - start)
    return 1e3 * float(np.median(seconds[1:]))


if __name__ == "__main__":
    main()
