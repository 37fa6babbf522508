"""Draw and film for long, and measure whether memory levels off and whether anything is left.

Run it by hand; pytest does not collect it::

    python tests/soak/long_runs.py                  # all, about half an hour on two cores
    python tests/soak/long_runs.py frames --n 2000

Each run is done in tenths. After each tenth the memory of this process (resident, MB), its threads, file handles and
child processes are printed. The exit code is 1 if memory grew by more than 5 MB over the second half, or if there are
more threads, handles or processes at the end than after the first tenth.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import multiprocessing
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil

import gpu_morph as gm
from gpu_morph.distributed.local_cluster import cluster_client

SIZE = (160, 120)
N_TENTHS = 10
MAX_GROWTH = 5.0  # MB

Step = Callable[[], object]


def _scene(azim_step: float = 0.0) -> gm.Scene:
    morphology, recording = gm.demo_cell()
    annotations = (gm.Clock(), gm.ScaleBar(), gm.ColorBar())
    return gm.Scene(
        morphology, recording, clim=(-90, 30), camera=gm.Camera(azim_step=azim_step), annotations=annotations
    )


def _frames(stack: ExitStack, azim_step: float) -> Step:
    renderer = stack.enter_context(gm.Renderer(_scene(azim_step), SIZE))
    times = itertools.cycle([k / 10 for k in range(150)])
    frames: Iterator[object] = renderer.frames(itertools.islice(times, 1_000_000))
    return lambda: next(frames)


def _renderers(_: ExitStack) -> Step:
    def step() -> None:
        with gm.Renderer(_scene(), SIZE) as renderer:
            renderer.render(5.0)

    return step


def _pictures(_: ExitStack) -> Step:
    scene = _scene()
    return lambda: gm.render_image(scene, time=5.0, size=SIZE)


def _films(stack: ExitStack) -> Step:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    scene = _scene()
    return lambda: gm.render_video(scene, folder / "film.mp4", t_stop=2.0, t_step=0.1, size=SIZE, progress=False)


def _cluster_films(stack: ExitStack) -> Step:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    client = stack.enter_context(cluster_client(n_workers=2))
    scene = _scene(azim_step=1.0)
    return lambda: gm.render_video(
        scene, folder / "film.mp4", t_stop=15.0, t_step=0.05, size=SIZE, client=client, progress=False
    )


RUNS: dict[str, tuple[int, Callable[[ExitStack], Step]]] = {
    "frames": (10_000, lambda stack: _frames(stack, 0.0)),
    "turning frames": (10_000, lambda stack: _frames(stack, 1.0)),
    "renderers": (200, _renderers),
    "pictures": (1000, _pictures),
    "films": (100, _films),
    "cluster films": (20, _cluster_films),
}


def _measured() -> tuple[float, int, int, int]:
    """Resident memory in MB; threads, file handles and child processes."""
    gc.collect()
    process = psutil.Process()
    return (
        process.memory_info().rss / 1e6,
        process.num_threads(),
        process.num_fds(),
        len(process.children(recursive=True)),
    )


def measure(name: str, n: int) -> None:
    """Do a run in this process; exit with 1 if it leaves something."""
    warnings.simplefilter("ignore")
    with ExitStack() as stack:
        step = RUNS[name][1](stack)
        found = []
        for _ in range(N_TENTHS):
            for _ in range(max(1, n // N_TENTHS)):
                step()
            found.append(_measured())
    memory = [one[0] for one in found]
    growth = memory[-1] - memory[N_TENTHS // 2 - 1]
    left = [last - first for first, last in zip(found[0][1:], found[-1][1:], strict=True)]
    print(
        f"{name}, {n}: MB {' '.join(f'{one:.0f}' for one in memory)}; second half {growth:+.1f}; "
        f"threads {left[0]:+d}, handles {left[1]:+d}, processes {left[2]:+d}",
        flush=True,
    )
    sys.exit(growth > MAX_GROWTH or max(left) > 0)


def main() -> int:
    """Do the runs, each in a process of its own; 1 if any left something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="RUN", help=f"one of {', '.join(RUNS)} (default: all)")
    parser.add_argument("--n", type=int, help="how many frames, renderers, ... (default: as in docs/reliability.md)")
    options = parser.parse_args()
    failed = False
    for name in options.names or RUNS:
        n = RUNS[name][0] if options.n is None else options.n
        child = multiprocessing.get_context("spawn").Process(target=measure, args=(name, n))
        child.start()
        child.join()
        failed |= child.exitcode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
