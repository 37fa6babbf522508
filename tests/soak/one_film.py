"""Make the film of the soak test in this process: one_film.py KIND FOLDER [resume] [SCHEDULER]."""

from __future__ import annotations

import logging
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import gpu_morph as gm
from gpu_morph.distributed.local_cluster import cluster_client

KINDS = ("alone", "frames_dir", "cluster", "cluster with scratch", "cluster with frames_dir")
N_FRAMES = 80
SIZE = (160, 120)
TIMES = {"t_start": 0.0, "t_stop": N_FRAMES / 10 - 0.1, "t_step": 0.1}  # ms


def soak_scene() -> gm.Scene:
    """What is filmed."""
    morphology, recording = gm.demo_cell()
    return gm.Scene(
        morphology, recording, clim=(-90, 30), camera=gm.Camera(azim_step=2), annotations=(gm.Clock(), gm.ScaleBar())
    )


def film(kind: str, folder: Path, *, resume: bool, scheduler: str | None = None) -> int:
    """Make the film, with new workers if no scheduler is named; the number of frames that an earlier call has kept."""
    is_on_cluster = kind.startswith("cluster")
    options: dict[str, Any] = {**TIMES, "size": SIZE, "device": "cpu", "codec": "ffv1", "pixel_format": "bgr0"}
    if kind.endswith("frames_dir"):
        options["frames_dir"] = folder / "frames"
    if kind.endswith("scratch"):
        options["scratch"] = folder
    if is_on_cluster:
        options["resume"] = resume
    print("begun", flush=True)
    n_workers = 2 if is_on_cluster and scheduler is None else None
    with cluster_client(scheduler if is_on_cluster else None, n_workers) as client:
        return gm.render_video(soak_scene(), folder / "film.mkv", client=client, progress=False, **options).n_resumed


def expected_frames() -> bytes:
    """Pixels of all frames, RGB, by a Renderer."""
    scene = soak_scene()
    camera = scene.camera.over_frames(N_FRAMES)  # a film is fitted to its own turn
    scene = replace(scene, camera=camera, time_range=gm.TimeRange(*TIMES.values()))
    with gm.Renderer(scene, SIZE, device="cpu") as renderer:
        return b"".join(frame.tobytes() for frame in renderer.frames(np.arange(N_FRAMES) / 10))


def main(kind: str, folder: str, *more: str) -> int:
    """0 for a film, 130 after an interrupt, 3 for an error that a call may raise; others are Python's own."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    try:
        scheduler = next((word for word in more if "://" in word), None)
        print(film(kind, Path(folder), resume="resume" in more, scheduler=scheduler), flush=True)
    except KeyboardInterrupt as interruption:
        print(f"interrupted; {interruption}", file=sys.stderr)
        return 130
    except (gm.errors.GpuMorphError, OSError) as error:
        notes = "; ".join(getattr(error, "__notes__", ()))
        print(f"{type(error).__name__}: {error}; {notes}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
