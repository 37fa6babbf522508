"""Films on clusters of this machine, and what goes wrong on them; shared by the tests of films on a cluster."""

from __future__ import annotations

import contextlib
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask
import distributed
import numpy as np
import numpy.typing as npt
import psutil
from probe import decoded_frames, ffmpeg_processes

import gpu_morph as gm

SIZE = (128, 96)
LOSSLESS: dict[str, Any] = {"size": SIZE, "codec": "ffv1", "pixel_format": "bgr0"}
BAR = gm.Morphology(
    points=[[0, 0, -50], [0, 0, 50], [0, 0, 50], [40, 30, 90]],
    diameters=[20, 20, 8, 4],
    section_offsets=[0, 2, 4],
    section_parent=[-1, 0],
    section_parent_x=[0, 1],
    section_labels=("soma", "dend"),
)
N_FRAMES = 40
VALUES = np.random.default_rng(3).uniform(-90, 40, (2 * N_FRAMES, 2))
RECORDING = gm.Recording(2 + np.arange(2 * N_FRAMES) / 4, VALUES, section=[0, 1], position=[0.5, 0.5])
# It turns, so that a frame is right only with its number; clim, fit and layout must be those of the whole film.
SCENE = gm.Scene(
    BAR,
    RECORDING,
    color="v",
    camera=gm.Camera(azim_step=7),
    sampling="linear",
    annotations=(
        gm.ColorBar(title="", extend="both", show_missing=False),
        gm.Clock(),
        gm.TraceInset(section=(0, 1), color=("red", "blue"), width=0.2, height=0.1),
    ),
    font_size=8,
)
FILM: dict[str, Any] = {"t_start": 2.1, "t_stop": 21.8, "t_step": 0.5}
TIMES = 2.1 + np.arange(N_FRAMES) * 0.5

# What workers can be told to do wrong; each is undone by UNDONE.
SLOW = """
import time
from gpu_morph.distributed import render_thread
def late(self, *arguments):
    for frame in render_thread.original(self, *arguments):
        time.sleep(0.06)
        yield frame
render_thread.original = render_thread.RenderThread._piece_frames
render_thread.RenderThread._piece_frames = late
"""
# The first piece or two come soon, what follows would take very long.
STUCK = SLOW.replace("0.06", "0.06 if arguments[2].start < 18 else 0.5")
HUNGRY = SLOW.replace("time.sleep(0.06)", "late.eaten = bytearray(b'x') * 2_000_000_000; time.sleep(10)")
NO_ENCODER = """
from gpu_morph.distributed import piece_drawing
from gpu_morph.errors import EncoderError
def open_video(*arguments, **options):
    raise EncoderError("ffmpeg died")
piece_drawing.original = piece_drawing.open_video
piece_drawing.open_video = open_video
"""
NO_ENCODER_AFTER_26 = NO_ENCODER.replace(
    "    raise",
    "    if arguments[0].name < '00000027': return piece_drawing.original(*arguments, **options)\n    raise",
)
NO_CONTEXT = """
from gpu_morph.distributed import render_thread
from gpu_morph.errors import ContextError
def create_context(device):
    raise ContextError("no OpenGL here")
render_thread.original_context = render_thread._create_context
render_thread._create_context = create_context
"""
UNDONE = """
from gpu_morph.distributed import piece_drawing, render_thread
if hasattr(render_thread, "original"):
    render_thread.RenderThread._piece_frames = render_thread.original
    del render_thread.original
if hasattr(render_thread, "original_context"):
    render_thread._create_context = render_thread.original_context
if hasattr(piece_drawing, "original"):
    piece_drawing.open_video = piece_drawing.original
"""


@contextlib.contextmanager
def cluster(n_workers: int, n_threads: int, **options: Any) -> Iterator[Any]:
    """A client of so many processes."""
    given: dict[str, Any] = {"dashboard_address": ":0", "processes": True, "silence_logs": 50, **options}
    with (
        # So long after a worker was killed, dask looks for it, and gives it up if it was killed again just then.
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1h"}),
        distributed.LocalCluster(n_workers=n_workers, threads_per_worker=n_threads, **given) as made,
        distributed.Client(made) as client,
    ):
        yield client


def wait_until(condition: Callable[[], Any], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def film(folder: Path, client: Any, scene: gm.Scene = SCENE, name: str = "film.mkv", **options: Any) -> gm.VideoReport:
    return gm.render_video(scene, folder / name, client=client, **{**FILM, **LOSSLESS, **options})


def checksums(frames: npt.NDArray[np.uint8]) -> dict[int, int]:
    return {number: zlib.crc32(frame.tobytes()) for number, frame in enumerate(frames)}


def check_same(report: gm.VideoReport, drawn: npt.NDArray[np.uint8]) -> None:
    """The film has the frames that one process draws, and nothing is left beside it."""
    assert report.cluster is not None
    assert report.n_frames == len(drawn)
    expected = checksums(drawn)
    assert report.cluster.checksums == {number: expected[number] for number in report.cluster.checksums}
    np.testing.assert_array_equal(decoded_frames(report.path), drawn)
    assert not list(report.path.parent.glob(".*"))


@contextlib.contextmanager
def later(do: Callable[[], Any], *, when: Callable[[], Any]) -> Iterator[None]:
    """Do something in the middle of what follows, as soon as a condition holds."""
    ended = threading.Event()

    def run() -> None:
        while not when() and not ended.wait(0.02):
            pass
        if not ended.is_set():
            do()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def ffmpeg_of(process: int) -> list[psutil.Process]:
    """What encodes for a worker."""
    try:
        return [child for child in ffmpeg_processes(psutil.Process(process)) if "pipe:0" in child.cmdline()]
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
