"""The time of a film on a cluster of processes on this machine, and the costs of the cluster.

    python benchmarks/bench_cluster.py [-o benchmarks/results/NAME.json] [--frames 500] [--size 1280x720]

The camera turns, so that every frame is drawn. All films are H.264 with one encoder thread. The client, whose memory is
measured, shares no process with the scheduler and the workers. Rounds alternate between the cases; the table shows
medians. "one core each" means that each process that draws is pinned to a processor, together with its encoder.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from cell import benchmark_cell

import gpu_morph as gm
from gpu_morph.distributed import ClusterReport, film_on_cluster
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.film_request import FilmRequest
from gpu_morph.video.writer import open_video

N_ROUNDS = 3
ENCODING = Encoding(threads=1)
RATE = Fraction(50)


@dataclass(frozen=True)
class Film:
    """A scene, the frame times in ms, and the size in pixels."""

    scene: gm.Scene
    times: np.ndarray[Any, np.dtype[np.float64]]
    size: tuple[int, int]

    @property
    def takes_planes(self) -> bool:
        return ENCODING.takes_planes(self.size, ".mp4")


def serial_film(film: Film, path: Path, core: int | None, answer: Any) -> None:
    """Send the seconds and processor seconds of a film made in this process, without the start of the process."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    gm.render_image(film.scene, time=film.times[0], size=(64, 48))  # loads libraries
    start, before = time.perf_counter(), processor_seconds()
    with (
        gm.Renderer(film.scene, film.size) as renderer,
        open_video(path, size=film.size, fps=RATE, encoding=ENCODING, takes_planes=film.takes_planes) as video,
    ):
        for frame in renderer.frames(film.times, pixel_format="yuv420p" if film.takes_planes else "rgb"):
            video.write(frame)
    answer.send((time.perf_counter() - start, processor_seconds() - before))


def serial_seconds(film: Film, path: Path, core: int | None = None) -> tuple[float, float]:
    """Seconds and processor seconds of a film made without a cluster, in a new process."""
    receiver, sender = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serial_film, args=(film, path, core, sender))
    process.start()
    measured: tuple[float, float] = receiver.recv()
    process.join()
    return measured


def processor_seconds() -> float:
    """Processor seconds of this process and its encoders."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def host_cluster(n_workers: int, answer: Any) -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster:
        answer.send(cluster.scheduler_address)
        answer.recv()


@contextmanager
def client_of(n_workers: int) -> Iterator[Any]:
    """A client of a new cluster, whose scheduler and workers are other processes."""
    from distributed import Client

    receiver, sender = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=host_cluster, args=(n_workers, sender))
    process.start()
    try:
        with Client(receiver.recv()) as client:
            yield client
    finally:
        receiver.send("done")
        process.join()


@contextmanager
def growth() -> Iterator[list[float]]:
    """The largest growth of this process within the context, bytes."""
    process, ended, grown = psutil.Process(), threading.Event(), [0.0]
    before = process.memory_info().rss

    def watch() -> None:
        while not ended.wait(0.02):
            grown[0] = max(grown[0], process.memory_info().rss - before)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield grown
    finally:
        ended.set()
        thread.join()


def on_cluster(
    client: Any, film: Film, path: Path, piece_length: int | None = None
) -> tuple[float, float, ClusterReport]:
    """Seconds of a film, processor seconds of the workers, and the report."""
    request = FilmRequest(
        film.scene,
        path,
        film.times,
        size=film.size,
        rate=RATE,
        encoding=Encoding(),  # each worker has one thread, and so does its encoder
        takes_planes=film.takes_planes,
        device=None,
        memory="2 GiB",
        piece_length=piece_length,
    )
    before = sum(client.run(processor_seconds).values())
    start = time.perf_counter()
    report = film_on_cluster(client, request, version=gm.__version__, progress=False)
    seconds = time.perf_counter() - start
    return seconds, sum(client.run(processor_seconds).values()) - before, report


def warm_up(client: Any, film: Film, folder: Path) -> None:
    """Make each worker load its libraries."""
    n_workers = len(client.nthreads())
    few = replace(film, times=film.times[: 8 * n_workers])
    on_cluster(client, few, folder / "warm.mp4", piece_length=8)


def scaling(film: Film, folder: Path, rounds: int) -> dict[str, Any]:
    """Figures without a cluster, with one and with two workers."""
    seconds: dict[str, list[float]] = {name: [] for name in ("serial", "1 worker", "2 workers")}
    pinned: dict[str, list[float]] = {name: [] for name in seconds}
    processor_time: dict[str, list[float]] = {name: [] for name in seconds}

    def record(name: str, measured: tuple[float, ...]) -> None:
        seconds[name].append(measured[0])
        processor_time[name].append(measured[1])

    join, grown, busy, relayed, reports = [], [], [], [], []
    with client_of(1) as one, client_of(2) as two:
        for client in (one, two):
            warm_up(client, film, folder)
        before_idle = two.run_on_scheduler(time.process_time)
        time.sleep(5)
        idle = (two.run_on_scheduler(time.process_time) - before_idle) / 5
        for _ in range(rounds):
            record("serial", serial_seconds(film, folder / "serial.mp4"))
            record("1 worker", on_cluster(one, film, folder / "one.mp4")[:2])
            before, before_there = time.process_time(), two.run_on_scheduler(time.process_time)
            with growth() as bytes_more:
                taken, used, report = on_cluster(two, film, folder / "two.mp4")
            n_pieces = sum(len(worker.pieces) for worker in report.workers.values())
            busy.append((time.process_time() - before) / n_pieces)
            relayed.append((two.run_on_scheduler(time.process_time) - before_there - idle * taken) / n_pieces)
            record("2 workers", (taken, used))
            join.append(report.stages["join"] / taken)
            grown.append(bytes_more[0])
            reports.append(report)
        for client in (one, two):
            for core, address in enumerate(client.nthreads()):
                client.run(pin, core, workers=[address])
        for _ in range(rounds):
            pinned["serial"].append(serial_seconds(film, folder / "serial.mp4", core=0)[0])
            pinned["1 worker"].append(on_cluster(one, film, folder / "one.mp4")[0])
            pinned["2 workers"].append(on_cluster(two, film, folder / "two.mp4")[0])
    n_frames = len(film.times)
    return {
        "renderer": next(iter(reports[-1].workers.values())).renderer,
        "seconds": seconds,
        "seconds, one core each": pinned,
        "processor seconds": processor_time,
        "join, fraction of the film with 2 workers": join,
        "bytes sent per frame": reports[-1].sent / n_frames,
        "bytes returned per frame": reports[-1].received / n_frames,
        "pieces": [sum(len(worker.pieces) for worker in report.workers.values()) for report in reports],
        "client's processor seconds per piece": busy,
        "scheduler's processor seconds per piece": relayed,
        "load of the machine": os.getloadavg(),
        "encoded film, bytes": (folder / "two.mp4").stat().st_size,
        "growth of the client, bytes": grown,
    }


def pin(core: int) -> None:
    for thread in psutil.Process().threads():
        os.sched_setaffinity(thread.id, {core})


def splitting(film: Film, folder: Path, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds and processor seconds of a film in 1, 4 and 16 pieces, with one worker."""
    seconds: dict[str, list[tuple[float, float]]] = {"1": [], "4": [], "16": []}
    with client_of(1) as client:
        warm_up(client, film, folder)
        for _ in range(rounds):
            for name, taken in seconds.items():
                piece_length = -(-len(film.times) // int(name))
                taken.append(on_cluster(client, film, folder / "split.mp4", piece_length)[:2])
    return seconds


def measure(n_frames: int, size: tuple[int, int], rounds: int) -> dict[str, Any]:
    name, morphology, recording = benchmark_cell()
    first, last = float(recording.times[0]), float(recording.times[-1])
    times = np.linspace(first, last, n_frames)
    camera = gm.Camera(azim=0, elev=30, azim_step=0.5)
    step = gm.TimeRange(first, last, float(times[1] - times[0]))
    scene = gm.Scene(
        morphology, recording, clim=recording.value_range(), camera=camera, time_range=step, annotations=(gm.Clock(),)
    )
    film = Film(scene, times, size)
    with tempfile.TemporaryDirectory() as folder:
        found = scaling(film, Path(folder), rounds) | {
            "pieces: seconds and processor seconds (1 worker)": splitting(film, Path(folder), rounds)
        }
    return {
        "cell": name,
        "n_points": morphology.n_points,
        "n_compartments": recording.n_compartments,
        "frames": n_frames,
        "size": size,
        "machine": f"{platform.machine()}, {multiprocessing.cpu_count()} cores",
        "versions": {"gpu_morph": gm.__version__, "numpy": np.__version__},
        **found,
    }


def table(result: dict[str, Any]) -> str:
    lines = ["| | serial | 1 worker | 2 workers |", "|---|---|---|---|"]
    for name, key in (
        ("all cores shared", "seconds"),
        ("one core each", "seconds, one core each"),
        ("processor time", "processor seconds"),
    ):
        middle = {case: statistics.median(taken) for case, taken in result[key].items()}
        cells = [f"{seconds:.1f} s ({middle['serial'] / seconds:.2f}x)" for seconds in middle.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    split = result["pieces: seconds and processor seconds (1 worker)"]
    middle = {name: statistics.median(used for _, used in taken) for name, taken in split.items()}
    overheads = [
        f"in {name} pieces {statistics.median(seconds for seconds, _ in split[name]):.1f} s, processor time "
        f"{used:.1f} s ({used / middle['1'] - 1:+.1%})"
        for name, used in middle.items()
    ]
    join = statistics.median(result["join, fraction of the film with 2 workers"])
    busy = statistics.median(result["client's processor seconds per piece"])
    relayed = statistics.median(result["scheduler's processor seconds per piece"])
    client = max(result["growth of the client, bytes"])
    lines += [
        "",
        f"One worker: {', '.join(overheads)}.",
        f"Joining takes {join:.1%} of the film's time.",
        f"Per frame {result['bytes sent per frame'] / 1e3:.1f} kB are sent and "
        f"{result['bytes returned per frame'] / 1e3:.1f} kB returned.",
        f"Processor time per piece: client {1e3 * busy:.0f} ms, scheduler {1e3 * relayed:.0f} ms. "
        f"The client grows by {client / 1e6:.1f} MB; the film has {result['encoded film, bytes'] / 1e6:.1f} MB.",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, help="JSON file for the figures")
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--size", default="1280x720", metavar="WxH")
    parser.add_argument("--rounds", type=int, default=N_ROUNDS)
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    result = measure(options.frames, (width, height), options.rounds)
    print(
        f"{result['cell']}, {result['n_points']} points, {options.frames} frames, {options.size}, {result['machine']}"
    )
    print(table(result))
    if options.output is not None:
        options.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
