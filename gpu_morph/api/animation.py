"""A film that plays in a notebook."""

from __future__ import annotations

import os
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy.typing as npt

from ..data.row_stream import MEMORY
from ..image.image import Size
from ..scene.panels.shown import Shown
from ..scene.timeline import Timeline
from ..system.orderly_end import orderly_end
from ..video.animation import Animation
from .video import render_video


def animate(
    scene: Shown,
    *,
    t_start: float | None = None,
    t_stop: float | None = None,
    t_step: float | None = None,
    times: Timeline | npt.ArrayLike | None = None,
    fps: float | Fraction = 50,
    size: Size = (800, 600),
    codec: str = "libx264",
    quality: float | None = None,
    supersample: int = 1,
    frames_dir: str | os.PathLike[str] | None = None,
    overwrite_frames: bool = False,
    client: Any = None,
    scratch: str | os.PathLike[str] | None = None,
    device: int | str | None = None,
    memory: int | str = MEMORY,
    encoders: int | str = "auto",
    threads: int | None = None,
    progress: bool = True,
) -> Animation:
    """Make a film that plays in a notebook, where it is a cell's last value. Its file is stored in the notebook.

    Parameters
    ----------
    scene : Scene or Panels
        What to draw.
    t_start, t_stop, t_step : float, optional
        ms, as in `render_video`.
    times : (n_frames,) float or Timeline, optional
        As in `render_video`.
    fps : float or Fraction
        Frames per second of the film.
    size : (width, height)
        Pixels.
    codec : str
        One that browsers play in MP4: H.264 ("libx264", or "auto" for the fastest encoder of this machine), VP9
        ("libvpx-vp9") or AV1 ("libsvtav1").
    quality : float, optional
        See `gpu_morph.video.encoding.Encoding`.
    supersample, frames_dir, overwrite_frames, client, scratch, device, memory, encoders, threads, progress
        As in `render_video`.

    Returns
    -------
    Animation
        ``animation.save("film.mp4")`` writes its file.

    Raises
    ------
    GpuMorphError, ValueError
        As `render_video`.

    Examples
    --------
    As the last value of a notebook's cell, the film plays:

    >>> morphology, recording = gm.demo_cell()
    >>> gm.animate(gm.Scene(morphology, recording), t_stop=1, t_step=0.5, size=(160, 120), progress=False)
    Animation(3 frames of 160x120, ... bytes: save('film.mp4') writes them)
    """
    with orderly_end(), tempfile.TemporaryDirectory(prefix="gpu_morph-") as folder:
        report = render_video(
            scene,
            Path(folder) / "animation.mp4",
            t_start=t_start,
            t_stop=t_stop,
            t_step=t_step,
            times=times,
            fps=fps,
            size=size,
            codec=codec,
            quality=quality,
            supersample=supersample,
            frames_dir=frames_dir,
            overwrite_frames=overwrite_frames,
            client=client,
            scratch=scratch,
            device=device,
            memory=memory,
            encoders=encoders,
            threads=threads,
            progress=progress,
        )
        return Animation(report.path.read_bytes(), report.size, report.n_frames)
