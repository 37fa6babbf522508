"""A film of 21 frames that all differ, made into a folder of frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm

SIZE = (32, 24)
FILM: dict[str, Any] = {"size": SIZE, "codec": "ffv1", "pixel_format": "bgr0"}
BAR = gm.Morphology(
    points=[[0, 0, -50], [0, 0, 50], [0, 0, 50], [40, 30, 90]],
    diameters=[20, 20, 8, 4],
    section_offsets=[0, 2, 4],
    section_parent=[-1, 0],
    section_parent_x=[0, 1],
    section_labels=("soma", "dend"),
)
VALUES = np.linspace(-80, 30, 42).reshape(21, 2)
RECORDING = gm.Recording(2 + np.arange(21) / 2, VALUES, section=[0, 1], position=[0.5, 0.5])
# It turns, so that a frame is right only with its number; every frame looks different.
SCENE = gm.Scene(BAR, RECORDING, color="v", clim=(-80, 30), camera=gm.Camera(azim=0, azim_step=7, turn=360))
TIMES = RECORDING.times
NAMES = [f"{number:05d}.png" for number in range(1, 22)]


def film(folder: Path, scene: gm.Scene = SCENE, **options: Any) -> gm.VideoReport:
    return gm.render_video(scene, folder / "film.mkv", **{"frames_dir": folder / "frames", **FILM, **options})


def contents(folder: Path) -> dict[str, Any]:
    """All that is in a folder and under it: what files hold, where links lead."""
    return {
        str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.is_file() and path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def picture(path: Path) -> npt.NDArray[np.uint8]:
    return iio.imread(path, plugin="pillow", extension=".png")


class InterruptionError(Exception):
    pass


def interrupt(monkeypatch: pytest.MonkeyPatch, after: int, error: type[BaseException] = InterruptionError) -> None:
    """Let the next film stop before its frame number ``after`` is drawn."""
    frames = gm.Renderer.leased_frames

    def torn(self: gm.Renderer, times: Any, **options: Any) -> Iterator[Any]:
        for given, frame in enumerate(frames(self, times, **options)):
            if given == after:
                monkeypatch.setattr(gm.Renderer, "leased_frames", frames)
                raise error
            yield frame

    monkeypatch.setattr(gm.Renderer, "leased_frames", torn)
