"""Files that a view writes: its picture, and its film."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from ..api.saved_image import save_image
from ..api.video import render_video
from ..data.frame_times import TimeRange
from ..image.image import Size
from ..scene.scene import Scene

FPS = 50


def free_name(stem: str, ending: str) -> Path:
    """A file in the working folder that does not exist: "picture-1.png", ..."""
    return next(path for k in count(1) if not (path := Path(f"{stem}-{k}{ending}")).exists())


def write_picture(
    path: str | os.PathLike[str] | None, scene: Scene, *, time: float | None, size: Size, device: int | str | None
) -> Path:
    """Write a picture; without a path a PNG in the working folder."""
    return save_image(
        free_name("picture", ".png") if path is None else path, scene, time=time, size=size, device=device
    )


def write_film(
    path: str | os.PathLike[str] | None,
    scene: Scene,
    *,
    times: TimeRange,
    speed: float,
    size: Size,
    device: int | str | None,
) -> Path:
    """Write the film of ``times``, which plays at ``speed``, ms per second; without a path in the working folder."""
    report = render_video(
        scene,
        free_name("film", ".mp4") if path is None else path,
        t_start=times.start,
        t_stop=times.stop,
        t_step=min(speed / FPS, max(times.stop - times.start, 1e-9)),
        fps=FPS,
        size=size,
        device=device,
        progress=False,
    )
    return report.path
