"""The viewer: time of a picture while something moves, and of the exact one afterwards.

    python benchmarks/bench_view.py [--copies 1 70] [--size 800 800]

"cpu" is processor time, in which what other processes do on the machine counts little; "wall" is what a user waits.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import numpy as np

import gpu_morph as gm
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.scene.camera import Box
from gpu_morph.viewer.camera_drags import panned, turned, zoomed
from gpu_morph.viewer.controls import HEIGHT
from gpu_morph.viewer.drawer import Drawer
from gpu_morph.viewer.scene_view import context_of
from gpu_morph.viewer.state import ViewState

N_PICTURES = 20
N_TIMES = 60  # of the recording


def circuit(n_copies: int) -> gm.Scene:
    """Copies of the demo cell on a grid, each with its recording, colour bar, clock and scale bar."""
    cell, recorded = gm.demo_cell()
    morphology = gm.join_morphologies(
        [cell] * n_copies, translations=[(300 * (k % 10), 300 * (k // 10), 0) for k in range(n_copies)]
    )
    sections = [recorded.section + k * cell.n_sections for k in range(n_copies)]
    recording = gm.Recording(
        recorded.times[:N_TIMES],
        np.tile(np.asarray(recorded.values)[:N_TIMES], (1, n_copies)),
        section=np.concatenate(sections),
        position=np.tile(recorded.position, n_copies),
        name="v",
        unit="mV",
    )
    scene = gm.Scene(morphology, recording, annotations=[gm.ColorBar(), gm.Clock(), gm.ScaleBar()]).resolved()
    return replace(scene, camera=scene.camera.oriented(morphology))


def figures(scene: gm.Scene, size: tuple[int, int]) -> None:
    """Print the times of a scene."""
    start = ViewState(
        (size[0], size[1] + HEIGHT), 1.0, camera=gm.Camera(), time=float(scene.recording.times[-1]), clim=scene.clim
    )
    context, box, drawer = context_of(scene, start), Box(0, 0, *size), Drawer(scene, None)
    start = replace(start, camera=context.home)
    camera, times = start.camera, scene.recording.times
    drawer.draw(start, context, is_settled=True)
    drawer.prepare(start)
    ways: dict[str, Callable[[int], ViewState]] = {
        "turn": lambda k: replace(start, camera=turned(camera, 3 * k + 1, k, box)),
        "move": lambda k: replace(start, camera=panned(camera, 3 * k + 1, k, box)),
        "zoom": lambda k: replace(start, camera=zoomed(camera, 1.02 ** (k + 1), 300, 300, box)),
        "play": lambda k: replace(start, time=float(times[k])),
        "colour range": lambda k: replace(start, clim=(-80.0, 20.0 + k)),
    }
    for is_settled in (False, True):
        for name, state in ways.items():
            taken = []
            for k in range(3 if is_settled else N_PICTURES):
                before = time.perf_counter(), time.process_time()
                view = drawer.draw(state(k), context, is_settled=is_settled)
                assert view.is_exact == is_settled
                taken.append((time.perf_counter() - before[0], time.process_time() - before[1]))
            wall, cpu = (1e3 * median(values) for values in zip(*taken, strict=True))
            print(f"  {'exact' if is_settled else 'moving':6} {name:12} cpu {cpu:7.1f} ms, wall {wall:7.1f} ms")
    drawer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 70])
    parser.add_argument("--size", type=int, nargs=2, default=(800, 800), metavar=("WIDTH", "HEIGHT"))
    options = parser.parse_args()
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    for n_copies in options.copies:
        scene = circuit(n_copies)
        print(f"{n_copies} cells, {scene.morphology.n_points:,} points")
        figures(scene, tuple(options.size))


if __name__ == "__main__":
    main()
