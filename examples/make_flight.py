"""A film: from a circuit into one soma, where a spike runs fifty times slower, and out again as it spreads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

import gpu_morph as gm

DELAYS = (2.0, 6.0, 4.0, 0.0, 9.0)  # ms, of the cells' spikes
NEAR = 1  # the cell that the camera flies to
PEAK = 3.3 + DELAYS[NEAR]  # ms, of the spike in its soma
FAST, SLOW, AFTER = 5.0, 0.1, 0.7  # ms of simulation in a second of film
ARRIVED, LEAVES, BACK, END = 4.0, 9.0, 13.0, 14.0  # s


def timeline() -> gm.Timeline:
    """Fast up to half a millisecond before the peak, slow while the camera is at the soma, then faster again."""
    slow_from = (PEAK - 0.5) / FAST
    slow_to = PEAK - 0.5 + (LEAVES - slow_from) * SLOW
    return gm.Timeline([(0, 0), (slow_from, PEAK - 0.5), (LEAVES, slow_to), (END, slow_to + (END - LEAVES) * AFTER)])


def circuit() -> tuple[gm.Morphology, gm.Recording]:
    """Cells side by side, whose spikes come one after the other."""
    cell, recorded = gm.demo_cell()
    turns = np.radians([20, 0, 130, 250, 300])
    rotations = [[(np.cos(a), -np.sin(a), 0), (np.sin(a), np.cos(a), 0), (0, 0, 1)] for a in turns]
    places = [(-520, 80, 30), (20, 0, 0), (-250, 160, -40), (280, -120, 60), (560, 60, -20)]
    cells = gm.join_morphologies([cell] * len(places), rotations=rotations, translations=places)
    rows = np.stack([recorded.row(k) for k in range(len(recorded.times))])
    at = [np.searchsorted(recorded.times, np.maximum(recorded.times - delay, 0) - 1e-6) for delay in DELAYS]
    section = np.concatenate([recorded.section + k * cell.n_sections for k in range(len(places))])
    values = np.concatenate([rows[index] for index in at], axis=1)
    position = np.tile(recorded.position, len(places))
    return cells, gm.Recording(recorded.times, values, section=section, position=position, name="V", unit="mV")


def flight() -> gm.Scene:
    """The scene, with its camera, its titles and what is written over it."""
    cells, recording = circuit()
    soma = int(np.flatnonzero(cells.section_cell == NEAR)[0])
    whole, close = gm.Camera(azim=-90, elev=8), gm.Camera(azim=-125, elev=20, zoom=0.42)
    path = gm.CameraPath([(0.3, whole), (ARRIVED, close, [soma]), (LEAVES, close, [soma]), (BACK, whole)])
    return gm.Scene(
        cells,
        recording,
        camera=path,
        cmap="turbo",
        clim=(-90, 30),
        background="#0b0d12",
        min_width=1.6,
        sampling="linear",
        annotations=(
            gm.ColorBar(),
            gm.Clock(show_speed=True),
            gm.ScaleBar(),
            gm.Text("a spike begins", place="lower", start=ARRIVED, stop=LEAVES, fade=0.5),
            gm.Text("and travels back into the dendrites", place="lower", start=LEAVES + 0.5, stop=BACK, fade=0.5),
            gm.Title("Into a neuron", subtitle="time slows down fifty times", seconds=1.5),
            gm.Fade(start=0.3, stop=0.5),
        ),
    )


def make_film(folder: Path, **options: Any) -> gm.VideoReport:
    """Write flight.mp4 into a folder."""
    return gm.render_video(flight(), folder / "flight.mp4", times=timeline(), **{"fps": 25, **options})


if __name__ == "__main__":
    print(make_film(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
