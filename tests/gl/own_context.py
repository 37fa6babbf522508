"""Pictures and errors of new processes: a process has one OpenGL context, so tests of it run in others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

# Prints GL_RENDERER, or the error's name and message.
TRY = """
import warnings
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.render.gpu import context, device_choice, egl

def attempt(device=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SoftwareRenderingWarning)
        try:
            print("drew on", context.current_context(device).renderer)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
"""
# Draws the demo cell and saves the picture in the file that is named last.
PICTURE = """
import sys, warnings
import numpy as np
import gpu_morph as gm
from gpu_morph.data.demo import demo_cell
warnings.simplefilter("ignore", gm.errors.SoftwareRenderingWarning)
morphology, recording = demo_cell()
scene = gm.Scene(morphology, recording, clim=(-75, 30))
np.save(sys.argv[1], gm.render_image(scene, time=5.0, size=(160, 120), device=DEVICE))
"""


def python(code: str, *arguments: str, options: tuple[str, ...] = (), **environment: str) -> tuple[str, str]:
    """Standard output and error of a new interpreter, which must exit with 0."""
    ours = ("GPU_MORPH_", "CUDA_VISIBLE", "DISPLAY", "WAYLAND", "PYOPENGL", "EGL_", "XDG_SESSION")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [sys.executable, *options, "-c", code, *arguments]
    run = subprocess.run(command, env=clean | environment, capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip(), run.stderr.strip()


def picture(folder: Path, before: str = "", device: str = "'cpu'", **environment: str) -> np.ndarray:
    """The picture drawn after some lines of Python; nothing may be written to the standard error."""
    path = folder / "picture.npy"
    _, stderr = python(before + "\n" + PICTURE.replace("DEVICE", device), str(path), **environment)
    assert stderr == ""
    image = np.load(path)
    assert np.count_nonzero(image.min(axis=2) < 200) > 300, "no cell in the picture"
    return image
