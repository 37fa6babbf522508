"""Films on clusters of this machine, and what goes wrong on them; shared by the tests of films on a cluster."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask
import distributed
import numpy as np
import numpy.typing as npt
import psutil

import gpu_morph as gm
from probe import decoded_frames, ffmpeg_processes, wait_until

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
    camera=gm.Camera(azim=0, azim_step=7, turn=360),
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

# Faults for workers, as code to run there: workers cannot import the tests. REPAIR undoes them.

# Pieces that begin at frame {first} or later give {n_free} frames, and the others once the file {gate} exists.
HOLD = """
import os, time
from gpu_morph.distributed import render_thread
def hold(self, renderer, payload, piece):
    for number, frame in enumerate(render_thread.original(self, renderer, payload, piece)):
        while piece.start >= {first} and number >= {n_free} and not os.path.exists({gate!r}):
            time.sleep(0.02)
        yield frame
render_thread.original = render_thread.RenderThread._piece_frames
render_thread.RenderThread._piece_frames = hold
"""
# Pieces that begin at frame 18 or later go on until they are cancelled.
ENDLESS = """
import time
from gpu_morph.distributed import render_thread
def repeat(self, renderer, payload, piece):
    for frame in render_thread.original(self, renderer, payload, piece):
        yield frame
        while piece.start >= 18:
            time.sleep(0.05)
            yield frame
render_thread.original = render_thread.RenderThread._piece_frames
render_thread.RenderThread._piece_frames = repeat
"""
# Takes 2 GB of memory and waits to be ended for it.
HUNGRY = """
import time
from gpu_morph.distributed import render_thread
def eat(self, *arguments):
    eat.memory = bytearray(b"x") * 2_000_000_000
    time.sleep(120)
    yield
render_thread.original = render_thread.RenderThread._piece_frames
render_thread.RenderThread._piece_frames = eat
"""
NO_ENCODER = """
from gpu_morph.distributed import piece_drawing
from gpu_morph.errors import EncoderError
def open_video(path, **options):
    if path.name >= "{first:08d}":
        raise EncoderError("ffmpeg died")
    return piece_drawing.original(path, **options)
piece_drawing.original = piece_drawing.open_video
piece_drawing.open_video = open_video
"""
NO_CONTEXT = """
from gpu_morph.distributed import render_thread
from gpu_morph.errors import ContextError
def create_context(device):
    raise ContextError("no OpenGL here")
render_thread.original_context = render_thread._create_context
render_thread._create_context = create_context
"""
REPAIR = """
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
    """A client of a new cluster of processes on this machine."""
    defaults: dict[str, Any] = {"dashboard_address": ":0", "processes": True, "silence_logs": 50}
    with (
        # By default dask gives up a worker that is killed again within 15 s.
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1h"}),
        distributed.LocalCluster(n_workers=n_workers, threads_per_worker=n_threads, **defaults | options) as made,
        distributed.Client(made) as client,
    ):
        yield client


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
def later(
    do: Callable[[], Any], *, when: Callable[[], Any], reason: str, finish: Callable[[], Any] = lambda: None
) -> Iterator[None]:
    """Do something in the middle of what follows, as soon as a condition holds; then, and after an error, finish."""
    ended, errors = threading.Event(), []

    def run() -> None:
        try:
            wait_until(when, reason, ended=ended)
            do()
        except BaseException as error:
            errors.append(error)
        finally:
            finish()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    for error in errors:
        raise error


@contextlib.contextmanager
def while_held(
    client: Any,
    do: Callable[[], Any] = lambda: None,
    *,
    when: Callable[[], Any],
    reason: str,
    first: int = 0,
    n_free: int = 0,
    workers: list[str] | None = None,
) -> Iterator[None]:
    """Do something in the middle of a film, whose frames workers hold until it is done (see HOLD)."""
    with tempfile.TemporaryDirectory() as folder:
        gate = Path(folder) / "open"
        client.run(exec, HOLD.format(first=first, n_free=n_free, gate=str(gate)), {}, workers=workers)
        with later(do, when=when, reason=reason, finish=gate.touch):
            yield


def ffmpeg_of(process: int) -> list[psutil.Process]:
    """What encodes for a worker."""
    try:
        return [child for child in ffmpeg_processes(psutil.Process(process)) if "pipe:0" in child.cmdline()]
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
