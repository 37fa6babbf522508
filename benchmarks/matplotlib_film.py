"""The same film with matplotlib: one figure per frame, one Line3DCollection per section, PNG files, ffmpeg.

The In Silico Framework draws its films in this way: a figure of 15 x 15 inches at 72 dots per inch, saved with a tight
bounding box, about 846 x 846 pixels, with diameters as line widths in points. This script does the same independently.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
from mpl_toolkits.mplot3d.art3d import Line3DCollection

import gpu_morph as gm
from gpu_morph.data.value_map import map_values
from gpu_morph.video.ffmpeg import ffmpeg_path

DPI = 72
_TIGHT_FRACTION = 0.784  # of the figure that its tight bounding box covers


def draw(
    morphology: gm.Morphology,
    shown: np.ndarray,
    *,
    clim: tuple[float, float],
    azim: float,
    size: tuple[int, int],
    time_shown: float,
    elev: float = 30,
) -> plt.Figure:
    """One image of the values ``shown`` of all points, with the framework's colour bar and its text for a time (ms)."""
    figure = plt.figure(figsize=(size[0] / DPI / _TIGHT_FRACTION, size[1] / DPI / _TIGHT_FRACTION), dpi=DPI)
    axes = figure.add_subplot(projection="3d", proj_type="ortho")
    for start, stop in zip(morphology.section_offsets[:-1], morphology.section_offsets[1:], strict=True):
        if stop - start < 2:
            continue
        points = slice(start, stop)
        xyz = morphology.points[points]
        lines = Line3DCollection(
            np.stack([xyz[:-1], xyz[1:]], axis=1),
            cmap="jet",
            norm=plt.Normalize(*clim),
            linewidths=morphology.diameters[points][:-1],
        )
        lines.set_array((shown[points][:-1] + shown[points][1:]) / 2)
        axes.add_collection3d(lines)
    corners = morphology.bounds()
    axes.set_xlim(*corners[:, 0])
    axes.set_ylim(*corners[:, 1])
    axes.set_zlim(*corners[:, 2])
    axes.set_box_aspect(corners[1] - corners[0])
    axes.view_init(elev=elev, azim=azim)
    axes.set_axis_off()
    hidden = figure.add_axes((0.64, 0.13, 0.05, 0.5))
    hidden.axis("off")
    colors = plt.cm.ScalarMappable(plt.Normalize(*clim), "jet")
    figure.colorbar(colors, ax=hidden, label="voltage", fraction=0.2, ticks=np.linspace(*clim, 10))
    axes.text2D(0.7, 0.7, f"Time = {time_shown:.2f} ms", transform=axes.transAxes, fontsize=12)
    return figure


def film(
    path: Path, morphology: gm.Morphology, recording: gm.Recording, *, times: np.ndarray, size: tuple[int, int]
) -> list[float]:
    """Write a film, and return the seconds of each frame, with its part of the encoding."""
    values = map_values(recording, morphology.point_section, morphology.point_position)
    low, high = recording.value_range()
    folder = path.with_suffix(".frames")
    folder.mkdir()
    seconds = []
    for k, time_shown in enumerate(times):
        start = time.perf_counter()
        shown = values(recording.row(int(np.abs(recording.times - time_shown).argmin())))
        figure = draw(morphology, shown, clim=(low, high), azim=0.5 * k, size=size, time_shown=time_shown)
        figure.savefig(folder / f"{k:05d}.png", dpi=DPI, bbox_inches="tight")
        plt.close(figure)
        seconds.append(time.perf_counter() - start)
    start = time.perf_counter()
    command = [ffmpeg_path(), "-v", "error", "-y", "-framerate", "50", "-i", str(folder / "%05d.png")]
    command += ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "mpeg4", "-q:v", "5", "-pix_fmt", "yuv420p", str(path)]
    subprocess.run(command, check=True)
    encoding = (time.perf_counter() - start) / len(times)
    return [s + encoding for s in seconds]
