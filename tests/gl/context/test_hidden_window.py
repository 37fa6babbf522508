"""A hidden window draws the same pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from own_context import TRY, picture, python


def test_a_window_needs_a_display() -> None:
    answer, _ = python(TRY + "attempt()", GPU_MORPH_BACKEND="glfw")
    assert answer.startswith("ContextError: vispy cannot open an offscreen glfw canvas") and "DISPLAY" in answer


def test_a_window_cannot_choose_a_gpu() -> None:
    answer, _ = python(TRY + "attempt(0)", GPU_MORPH_BACKEND="glfw")
    assert answer.startswith("ContextError: device=0 cannot be chosen with a glfw window")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server's display."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("needs Xvfb")
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [server, "-displayfd", str(writer), "-screen", "0", "320x240x24", "-nolisten", "tcp"],
        pass_fds=(writer,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    try:
        assert number, "Xvfb does not start"
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(timeout=180)


@pytest.mark.cluster
@pytest.mark.parametrize("device", ["'cpu'", "None"])
def test_a_hidden_window_draws_the_same_picture(device: str, display: str, on_cpu: np.ndarray, tmp_path: Path) -> None:
    image = picture(tmp_path, device=device, GPU_MORPH_BACKEND="glfw", DISPLAY=display)
    assert np.abs(image.astype(int) - on_cpu).max() <= 2


# Frames of a film with a turning and of one with a static camera, annotated, with thick and thin neurites.
FILM = """
import sys, warnings
import numpy as np
import gpu_morph as gm
warnings.simplefilter("ignore", gm.errors.SoftwareRenderingWarning)
morphology, recording = gm.demo_cell()
films = []
for step in (20.0, 0.0):
    look = {"camera": gm.Camera(azim_step=step), "annotations": (gm.ColorBar(), gm.Clock())}
    with gm.Renderer(gm.Scene(morphology, recording, clim=(-75, 30), **look), (320, 240), device="cpu") as renderer:
        films += [*renderer.frames(np.arange(6.0), pixel_format="yuv420p")]
np.save(sys.argv[1], films)
"""


@pytest.mark.cluster
@pytest.mark.usefixtures("software")
def test_a_hidden_window_films_the_same_frames(display: str, tmp_path: Path) -> None:
    films = []
    for backend in ("egl", "glfw"):
        _, stderr = python(FILM, str(tmp_path / "film.npy"), GPU_MORPH_BACKEND=backend, DISPLAY=display)
        assert stderr == ""
        films.append(np.load(tmp_path / "film.npy").astype(int))
    assert len(films[0]) == 12
    assert np.abs(films[1] - films[0]).max() <= 2


@pytest.mark.cluster
@pytest.mark.usefixtures("software")
def test_a_window_has_a_backend_and_no_device(display: str) -> None:
    answer, _ = python(
        TRY + "attempt(); c = context.current_context('cpu'); print(c.backend, c.device, c.choice, c.is_software)",
        GPU_MORPH_BACKEND="glfw",
        DISPLAY=display,
    )
    assert answer.splitlines()[-1] == "glfw None cpu True"
