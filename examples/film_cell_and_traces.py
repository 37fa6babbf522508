"""A film: one cell beside the trace of its soma, a raster of its inputs and an image of its calcium.

    python examples/film_cell_and_traces.py [FILE]

FILE is cell_and_traces.mp4 by default. Inputs and calcium are made here from the demo cell's voltage by rules of thumb:
both are examples and not results of a simulation.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

import gpu_morph as gm

INK, PAPER = "#e6edf3", "#0d1117"
EXCITATORY, INHIBITORY = "#ff9e64", "#7aa2f7"
TUFT = 160  # a section of the apical tuft
PIXELS = (40, 72)  # rows and columns of the image of calcium


def inputs(*, seed: int = 3) -> dict[str, list[np.ndarray]]:
    """Times of synaptic inputs, ms: excitation before each of the two spikes, inhibition after them."""
    random = np.random.default_rng(seed)

    def rows(count: int, rate: float, peaks: tuple[float, ...], width: float) -> list[np.ndarray]:
        times = [
            np.concatenate([random.uniform(0, 36, random.poisson(rate)), random.normal(peaks, width)])
            for _ in range(count)
        ]
        return [np.sort(row[(row > 0) & (row < 36)]) for row in times]

    return {"excitatory": rows(24, 2.5, (2.4, 23.0), 0.9), "inhibitory": rows(10, 1.5, (7.0, 28.0), 1.6)}


def calcium(morphology: gm.Morphology, recording: gm.Recording) -> np.ndarray:
    """(n_times, rows, columns): how bright the apical tuft is in a microscope that looks from the front.

    Calcium enters where the voltage is above -40 mV, and leaves in 12 ms.
    """
    sites = morphology.locate(recording.section, recording.position)
    is_tuft = sites[:, 2] > 560
    values = np.asarray(recording.values[:], dtype=np.float64)[:, is_tuft]
    steps, level = np.diff(recording.times, prepend=recording.times[0]), np.zeros(values.shape[1])
    levels = np.empty_like(values)
    for row, (voltage, step) in enumerate(zip(values, steps, strict=True)):
        level = level * np.exp(-step / 12) + step * np.clip((voltage + 40) / 40, 0, 1)
        levels[row] = level
    x, z = sites[is_tuft, 0], sites[is_tuft, 2]
    row = (PIXELS[0] - 7) * (1 - (z - z.min()) / np.ptp(z)) + 4
    column = (PIXELS[1] - 9) * (x - x.min()) / np.ptp(x) + 4
    rows, columns = np.mgrid[: PIXELS[0], : PIXELS[1]]
    spots = np.exp(-((rows.ravel() - row[:, None]) ** 2 + (columns.ravel() - column[:, None]) ** 2) / 2.5)
    images = (levels @ spots + 0.04 * spots.sum(axis=0)).reshape(-1, *PIXELS)
    return images / images.max()


def panels(*, azim_step: float = 0.25, font_size: float = 27) -> gm.Panels:
    """What the film shows; ``font_size`` is in pixels."""
    morphology, recording = gm.demo_cell()
    cell = gm.Scene(
        morphology,
        recording,
        clim=(-80, 30),
        cmap="buda",
        background=PAPER,
        min_width=2.0,
        camera=gm.Camera(azim=-90, elev=8, azim_step=azim_step),
        annotations=[gm.ColorBar(place="lower left", length=0.25), gm.Clock(), gm.ScaleBar()],
    )
    voltage = gm.Traces(
        recording,
        section=(0, TUFT),
        label=("soma", "tuft"),
        color=("#f7768e", "#bb9af7"),
        title="membrane potential (mV)",
        time_axis=False,
    )
    raster = gm.Raster(inputs(), title="synaptic inputs", colors={"excitatory": EXCITATORY, "inhibitory": INHIBITORY})
    images = gm.ImageSequence(
        calcium(morphology, recording)[::2],
        times=recording.times[::2],
        cmap="inferno",
        clim=(0, 1),
        title="calcium in the tuft",
    )
    plots = gm.Panels([[voltage], [raster], [images]], heights=(1, 1.05, 1.35), gap=0.8)
    return gm.Panels([[cell, plots]], widths=(1, 1.25), gap=1, background=PAPER, font_size=font_size)


def film(path: str | Path, *, size: tuple[int, int] = (1920, 1080), t_step: float = 0.1, **options: Any) -> Any:
    """Write the film."""
    shown = panels(font_size=max(8, size[1] / 40))
    return gm.render_video(shown, path, t_start=0, t_stop=36, t_step=t_step, fps=30, size=size, **options)


if __name__ == "__main__":
    print(film(sys.argv[1] if len(sys.argv) > 1 else "cell_and_traces.mp4"))
