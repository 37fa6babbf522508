"""Make one film of an hour's length, in small, on a cluster of two workers, and measure memory and what is left.

Run it by hand; pytest does not collect it::

    python tests/soak/cluster_film.py               # 36,000 frames, an hour at 10 frames/s
    python tests/soak/cluster_film.py --n 3000
    python tests/soak/cluster_film.py --profile     # dask's profiles, which --workers does without, grow for an hour

The cluster, a LocalCluster, runs in a process of its own, which holds dask's scheduler; this process is the client. The
resident memory of each (MB) is printed for each tenth of the time, and threads and file handles. Then the film is read:
its frames are counted. The exit code is 1 if any process grew by more than 5 MB over the second half, if it has more
threads, handles or processes after the film than after its first tenth, or if the film lacks frames.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
import warnings
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

import gpu_morph as gm
from gpu_morph.video.stored_times import count_frames

SIZE = (160, 120)
FPS = 10
N_TENTHS = 10
MAX_GROWTH = 5.0  # MB
_INTERVAL = 1.0  # s between two measurements

Sample = dict[str, tuple[float, int, int]]  # by process: MB, threads, file handles


def run_cluster(pipe: Connection, has_profiles: bool) -> None:
    """Run dask's scheduler and two workers, until the pipe says that it is enough."""
    from dask import config
    from distributed import LocalCluster

    with (
        config.set({"distributed.worker.profile.enabled": has_profiles}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        pipe.send(cluster.scheduler_address)
        pipe.recv()


def measured(processes: dict[str, psutil.Process]) -> Sample:
    """Resident memory in MB, threads and file handles of each process."""
    return {
        name: (process.memory_info().rss / 1e6, process.num_threads(), process.num_fds())
        for name, process in processes.items()
    }


def watched(processes: dict[str, psutil.Process], ended: threading.Event, samples: list[Sample]) -> None:
    """Measure now and then, until the film has ended."""
    while not ended.wait(_INTERVAL):
        samples.append(measured(processes))


def report(samples: list[Sample]) -> bool:
    """Print the tenths of each process; False if one has grown."""
    tenths = [samples[round(k * (len(samples) - 1) / N_TENTHS)] for k in range(1, N_TENTHS + 1)]
    is_level = True
    for name in tenths[0]:
        memory = [tenth[name][0] for tenth in tenths]
        growth = memory[-1] - memory[N_TENTHS // 2 - 1]
        left = [last - first for first, last in zip(tenths[0][name][1:], tenths[-1][name][1:], strict=True)]
        is_level &= growth <= MAX_GROWTH
        print(
            f"{name}: MB {' '.join(f'{one:.0f}' for one in memory)}; second half {growth:+.1f}; "
            f"threads {left[0]:+d}, handles {left[1]:+d}",
            flush=True,
        )
    return is_level


def film(address: str, n_frames: int, cluster_process: psutil.Process, folder: Path) -> bool:
    """Make the film; True if nothing grew and nothing is left."""
    from distributed import Client

    morphology, recording = gm.demo_cell()
    annotations = (gm.Clock(), gm.ScaleBar(), gm.ColorBar())
    scene = gm.Scene(morphology, recording, clim=(-90, 30), camera=gm.Camera(azim_step=0.1), annotations=annotations)
    span = float(recording.times[-1])
    samples: list[Sample] = []
    with Client(address) as client:
        workers = {f"worker {k + 1}": pid for k, pid in enumerate(client.run(os.getpid).values())}
        processes = {
            "client": psutil.Process(),
            "scheduler": cluster_process,
            **{name: psutil.Process(pid) for name, pid in workers.items()},
        }
        ended = threading.Event()
        watcher = threading.Thread(target=watched, args=(processes, ended, samples))
        watcher.start()
        start = time.monotonic()
        try:
            made = gm.render_video(
                scene,
                folder / "film.mp4",
                t_stop=span,
                t_step=span / (n_frames - 1),
                fps=FPS,
                size=SIZE,
                client=client,
                progress=False,
            )
        finally:
            ended.set()
            watcher.join()
        seconds = time.monotonic() - start
        assert made.cluster is not None
        print(f"{made.n_frames} frames, {made.n_frames / FPS:.0f} s of film, {seconds:.0f} s; {made.cluster.events}")
        is_level = report(samples)
        children = cluster_process.children(recursive=True) + psutil.Process().children(recursive=True)
        encoders = [child for child in children if "ffmpeg" in child.name()]
        print(f"encoders left {len(encoders)}, files beside the film {len(list(folder.iterdir())) - 1}")
    is_whole = made.n_frames == n_frames == count_frames(folder / "film.mp4")
    return is_level and is_whole and not encoders and len(list(folder.iterdir())) == 1


def main() -> int:
    """Make the film; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=36_000, help="number of frames (default: %(default)s)")
    parser.add_argument("--profile", action="store_true", help="dask's workers profile their tasks")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    ours, theirs = multiprocessing.Pipe()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        process = multiprocessing.get_context("spawn").Process(target=run_cluster, args=(theirs, options.profile))
        process.start()
        assert process.pid is not None
        address = ours.recv()
        try:
            is_good = film(address, options.n, psutil.Process(process.pid), folder)
        finally:
            ours.send("end")
            process.join()
    left = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.pid not in before and "resource_tracker" not in " ".join(child.cmdline())
    ]
    print(f"processes left {len(left)}; the cluster's process ended with {process.exitcode}")
    return int(not is_good or bool(left) or process.exitcode != 0)


if __name__ == "__main__":
    sys.exit(main())
