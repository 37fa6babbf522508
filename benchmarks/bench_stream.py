"""Frames of recordings that are larger than memory: time, resident memory, and bytes read per byte shown.

    python benchmarks/bench_stream.py [-o benchmarks/results/NAME.json]

Recordings of 20 GB are sparse files, which occupy no disk space. Each case runs in a new process, of which the greatest
resident memory and the bytes read, as the system counts them, are reported. Reports as bmtk writes them (float64, in
chunks of 2500 rows of one column) are compared with the same values in chunks of one row.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import resource
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

import gpu_morph as gm
from gpu_morph.data.sampling import needed_rows
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.render.gpu.context import current_context

N_SECTIONS, N_ROWS, N_COLUMNS = 100, 200_000, 25_000  # 20 GB of float32
N_REPORT_ROWS, N_REPORT_COLUMNS = 10_000, 2_000
LAYOUTS = {"rows": (1, N_REPORT_COLUMNS), "columns": (2500, 1)}
DT, N_FRAMES, N_ROUNDS, SIZE = 0.025, 200, 5, (320, 240)


def cell() -> gm.Morphology:
    """Straight sections that spread from one point in all directions of a plane."""
    angle = np.linspace(0, 2 * np.pi, N_SECTIONS, endpoint=False)
    ends = 300 * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    points = np.stack([ends / 30, ends], axis=1).reshape(-1, 3)
    counts = 2 * np.arange(N_SECTIONS + 1)
    return gm.Morphology(
        points, np.full(len(points), 4.0), counts, [-1] * N_SECTIONS, [0] * N_SECTIONS, ["dend"] * N_SECTIONS
    )


def sites(n_columns: int) -> dict[str, Any]:
    per_section = n_columns // N_SECTIONS
    return {
        "section": np.repeat(np.arange(N_SECTIONS), per_section),
        "position": np.tile((np.arange(per_section) + 0.5) / per_section, N_SECTIONS),
    }


def sparse_memmap(folder: Path) -> Any:
    path = folder / "sparse.dat"
    with path.open("wb") as file:
        file.truncate(N_ROWS * N_COLUMNS * 4)
    return np.memmap(path, np.float32, "r", shape=(N_ROWS, N_COLUMNS))


def sparse_hdf5(folder: Path) -> Any:
    path = folder / "sparse.h5"
    if not path.exists():
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)  # otherwise h5py fills in values instead of reading them
        properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        with h5py.File(path, "w") as file:
            space = h5py.h5s.create_simple((N_ROWS, N_COLUMNS))
            h5py.h5d.create(file.id, b"v", h5py.h5t.IEEE_F32LE, space, properties)
    return h5py.File(path, "r")["v"]


SOURCES: dict[str, Callable[[Path], Any]] = {"memmap": sparse_memmap, "hdf5": sparse_hdf5}
# Rows between frames, and how time is sampled.
FILMS = {"every row": (1, "nearest"), "every 1000th row": (1000, "nearest"), "peaks of 200 rows each": (200, "peak")}


def bytes_read() -> int:
    """Bytes that this process has requested from files."""
    return int(Path("/proc/self/io").read_text().split()[1])


def film_of(values: Any, film: str) -> dict[str, float]:
    rows_apart, sampling = FILMS[film]
    recording = gm.Recording(DT * np.arange(N_ROWS), values, **sites(N_COLUMNS))
    step = rows_apart * DT
    times = step * np.arange(N_FRAMES)
    span = gm.TimeRange(0.0, times[-1], step)
    camera = gm.Camera(elev=90)
    scene = gm.Scene(cell(), recording, color="v", clim=(-1, 1), camera=camera, sampling=sampling, time_range=span)
    with gm.Renderer(scene, SIZE) as renderer:
        renderer.render(0)  # loads libraries
        before, start = bytes_read(), time.perf_counter()
        n_frames = sum(1 for _ in renderer.frames(times))
        seconds, read = time.perf_counter() - start, bytes_read() - before
    shown = 4 * N_COLUMNS * len(needed_rows(recording.times, times, sampling=sampling, step=step))
    return {
        "frames": n_frames,
        "seconds": seconds,
        "greatest resident MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "MB shown": shown / 1e6,
        "MB read": read / 1e6,
        "read per shown": read / shown,
    }


def large_case(kind: str, film: str, folder: Path) -> dict[str, Any]:
    return {"source": kind, "film": film, **film_of(SOURCES[kind](folder), film)}


def write_report(path: Path, chunks: tuple[int, int]) -> None:
    columns = sites(N_REPORT_COLUMNS)
    with h5py.File(path, "w") as file:
        group = file.create_group("report/cells")
        values = np.random.default_rng(0).uniform(-80, 30, (N_REPORT_ROWS, N_REPORT_COLUMNS))
        data = group.create_dataset("data", data=values, chunks=chunks)
        data.attrs["variable"], data.attrs["units"] = "v", "mV"
        group["mapping/node_ids"] = np.array([0], dtype=np.uint64)
        group["mapping/index_pointers"] = np.array([0, N_REPORT_COLUMNS], dtype=np.uint64)
        group["mapping/element_ids"] = columns["section"].astype(np.uint32)
        group["mapping/element_pos"] = columns["position"]
        group["mapping/time"] = np.array([0, N_REPORT_ROWS * DT, DT])


def report_case(rows_apart: int, folder: Path) -> list[dict[str, Any]]:
    """Rounds alternate between the two layouts."""
    columns, morphology = sites(N_REPORT_COLUMNS), cell()
    mapping = np.stack([columns["section"], columns["position"]], axis=1)
    times = DT * rows_apart * np.arange(N_FRAMES)
    taken: dict[tuple[str, str], list[float]] = {}
    for _ in range(N_ROUNDS):
        for layout, chunks in LAYOUTS.items():
            path = folder / f"{layout}.h5"
            if not path.exists():
                write_report(path, chunks)
            recording = gm.read_report(path, morphology, mapping=mapping)
            scene = gm.Scene(morphology, recording, color="v", clim=(-80, 30), camera=gm.Camera(elev=90))
            with gm.Renderer(scene, SIZE) as renderer:
                renderer.render(0)
                # Rows for times from an iterator cannot be read ahead.
                for kind, some in (("read ahead", times), ("not read ahead", iter(times[:20]))):
                    start = time.perf_counter()
                    n_frames = sum(1 for _ in renderer.frames(some))
                    taken.setdefault((layout, kind), []).append(1e3 * (time.perf_counter() - start) / n_frames)
    return [
        {
            "chunks": layout,
            "rows apart": rows_apart,
            "ms per frame": statistics.median(taken[layout, "read ahead"]),
            "ms per frame, not read ahead": statistics.median(taken[layout, "not read ahead"]),
        }
        for layout in LAYOUTS
    ]


def in_new_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = [in_new_process(large_case, kind, film, folder) for kind in SOURCES for film in FILMS]
        on_disk = sum(path.stat().st_blocks * 512 for path in folder.glob("sparse*"))
        reports = [case for apart in (1, 40) for case in in_new_process(report_case, apart, folder)]
    context = current_context()
    return {
        "renderer": context.renderer,
        "machine": f"{platform.machine()}, {multiprocessing.cpu_count()} cores",
        "versions": {"gpu_morph": gm.__version__, "numpy": np.__version__, "h5py": h5py.__version__},
        "recording": {
            "rows": N_ROWS,
            "columns": N_COLUMNS,
            "GB": N_ROWS * N_COLUMNS * 4e-9,
            "MB on disk": on_disk / 1e6,
        },
        "films": large,
        "report": {"rows": N_REPORT_ROWS, "columns": N_REPORT_COLUMNS, "dtype": "float64"},
        "reports": reports,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore", SoftwareRenderingWarning)
    result = measure()
    for case in result["films"]:
        print(
            f"{case['source']:7s} {case['film']:24s} {case['seconds']:6.1f} s  "
            f"{case['greatest resident MB']:7.0f} MB resident  {case['MB read']:7.0f} MB read, "
            f"{case['read per shown']:.2f} times what is shown"
        )
    for case in result["reports"]:
        print(
            f"chunks of {case['chunks']:8s} {case['rows apart']:3d} rows apart  {case['ms per frame']:6.1f} ms per "
            f"frame ({case['ms per frame, not read ahead']:.0f} when not read ahead)"
        )
    if options.output:
        options.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
