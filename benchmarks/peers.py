"""The films of bench_film.py with other libraries."""

from __future__ import annotations

import subprocess
import sys
import time
import venv
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import matplotlib_film
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

import gpu_morph as gm
from gpu_morph.data.value_map import map_values
from gpu_morph.video.ffmpeg import ffmpeg_path

_PYVISTA = Path(sys.prefix) / "peers"  # a separate environment, created on first use


def as_isf(
    morphology: gm.Morphology,
    recording: gm.Recording,
    path: Path,
    times: np.ndarray,
    *,
    size: tuple[int, int],
    azim_step: float,  # noqa: ARG001 - has no influence on the time
) -> list[float]:
    """Seconds of each frame of matplotlib as the In Silico Framework uses it."""
    return matplotlib_film.film(path, morphology, recording, times=times, size=size)


def one_collection(
    morphology: gm.Morphology,
    recording: gm.Recording,
    path: Path,
    times: np.ndarray,
    *,
    size: tuple[int, int],
    azim_step: float,
) -> list[float]:
    """Seconds of each frame of matplotlib at its fastest: one LineCollection that is updated, and Agg's own buffer."""
    values = map_values(recording, morphology.point_section, morphology.point_position)
    inner = np.delete(np.arange(morphology.n_points - 1), morphology.section_offsets[1:-1] - 1)
    camera = gm.Scene(morphology, color="k", camera=gm.Camera(azim=0, elev=30, azim_step=azim_step)).fitted_camera(size)
    figure = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, size[0]), ylim=(size[1], 0))
    axes.set_axis_off()
    widths = np.maximum(morphology.diameters[inner] * size[1] / camera.height * 0.72, 0.72)
    lines = LineCollection([], cmap="jet", norm=mpl.colors.Normalize(-90, 40), linewidths=widths)
    axes.add_collection(lines)
    clock = axes.text(20, 40, "")
    figure.colorbar(lines, cax=figure.add_axes((0.9, 0.1, 0.012, 0.4)), label=recording.name)
    seconds = []
    with _encoder(path, size) as process:
        assert process.stdin is not None
        for k, time_shown in enumerate(times):
            start = time.perf_counter()
            if k == 0 or azim_step:
                pixels = camera.at_frame(k).project(morphology.points, size)
                lines.set_segments(np.stack([pixels[inner], pixels[inner + 1]], axis=1))
            shown = values(recording.row(int(np.abs(recording.times - time_shown).argmin())))
            lines.set_array((shown[inner] + shown[inner + 1]) / 2)
            clock.set_text(f"{time_shown:.1f} ms")
            canvas.draw()
            process.stdin.write(np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3]).data)
            seconds.append(time.perf_counter() - start)
    return seconds[1:]


def pyvista(
    morphology: gm.Morphology,
    recording: gm.Recording,
    path: Path,
    times: np.ndarray,
    *,
    size: tuple[int, int],
    azim_step: float,
    samples: int,
) -> list[float]:
    """Seconds per frame of PyVista, with multisampling or (0) without.

    Raises
    ------
    RuntimeError
        It cannot be installed, or does not run.
    """
    python = _PYVISTA / "bin" / "python"
    if not (_PYVISTA / "done").exists():
        venv.create(_PYVISTA, with_pip=True)
        installed = subprocess.run([python, "-m", "pip", "install", "-q", "pyvista"], capture_output=True, text=True)
        if installed.returncode:
            raise RuntimeError(f"PyVista cannot be installed: {installed.stderr.strip().splitlines()[-1]}")
        (_PYVISTA / "done").touch()
    values = map_values(recording, morphology.point_section, morphology.point_position)
    rows = [values(recording.row(int(np.abs(recording.times - t).argmin()))) for t in times]
    source = path.with_suffix(".npz")
    np.savez(
        source,
        points=morphology.points,
        offsets=morphology.section_offsets,
        diameters=morphology.diameters,
        values=rows,
        size=size,
        clim=(-90, 40),
        azim_step=azim_step,
    )
    script = Path(__file__).with_name("pyvista_film.py")
    done = subprocess.run(
        [python, script, source, path, str(samples), ffmpeg_path()], capture_output=True, text=True, timeout=600
    )
    source.unlink()
    if done.returncode:
        raise RuntimeError(f"PyVista failed: {(done.stderr.strip().splitlines() or ['without a message'])[-1]}")
    return [float(line) for line in done.stdout.split()]


def _encoder(path: Path, size: tuple[int, int]) -> subprocess.Popen[bytes]:
    command = [ffmpeg_path(), "-v", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgb24"]
    command += ["-video_size", f"{size[0]}x{size[1]}", "-framerate", "50", "-i", "pipe:0", "-c:v", "mpeg4"]
    return subprocess.Popen([*command, "-q:v", "5", "-pix_fmt", "yuv420p", str(path)], stdin=subprocess.PIPE)
