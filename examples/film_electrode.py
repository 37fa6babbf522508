"""A film: a cell inside a translucent region, with an electrode that records its field.

    python examples/film_electrode.py [FILE]

FILE is electrode.mp4 by default. The region is made here, and the potentials of the contacts follow from the demo
cell's voltage by a rule of thumb: both are examples and not results of a simulation.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import gpu_morph as gm

CLIM = (-40.0, 40.0)  # µV
BORDERS = {"L1": 1000.0, "L2/3": 880.0, "L4": 560.0, "L5": 300.0, "L6": -200.0}  # µm, upper borders


def region(morphology: gm.Morphology, *, n: int = 48) -> gm.Mesh:
    """A column around the cell, round, with a wavy surface."""
    low, high = morphology.bounds()
    middle, radius = (low + high) / 2, 1.25 * (high - low)[:2].max() / 2
    heights = np.linspace(low[2] - 30, high[2] + 30, n)
    angles = np.linspace(0, 2 * np.pi, 2 * n, endpoint=False)
    height, angle = (grid.ravel() for grid in np.meshgrid(heights, angles, indexing="ij"))
    wide = radius * (1 + 0.04 * np.sin(3 * angle + height / 150))
    ring = np.column_stack([wide * np.cos(angle), wide * np.sin(angle), height])
    ends = [(0.0, 0.0, heights[0]), (0.0, 0.0, heights[-1])]
    vertices = np.concatenate([ring, ends])
    vertices[:, :2] += middle[:2]
    first = np.arange(n * 2 * n).reshape(n, 2 * n)
    turned = np.roll(first, -1, axis=1)
    sides = [(first[:-1], turned[:-1], turned[1:]), (first[:-1], turned[1:], first[1:])]
    faces = [np.stack(corners, axis=-1).reshape(-1, 3) for corners in sides]
    for end, row in ((len(ring), 0), (len(ring) + 1, -1)):
        faces.append(np.column_stack([np.full(2 * n, end), first[row], turned[row]]))
    return gm.Mesh(vertices, np.concatenate(faces), color="#7fa8c9", opacity=0.14, name="column", fit=True)


def field(morphology: gm.Morphology, recording: gm.Recording, contacts: np.ndarray) -> np.ndarray:
    """(n_times, n_contacts) µV: changes of the voltage, each weighted by one over its distance from the contact."""
    sites = morphology.locate(recording.section, recording.position)
    distance = np.linalg.norm(sites[:, None] - contacts, axis=-1)
    weights = 1 / np.maximum(distance, 20.0)
    change = np.gradient(np.asarray(recording.values[:], dtype=np.float64), recording.times, axis=0)
    potentials = -change @ weights
    return 60 * potentials / np.abs(potentials).max()


def electrode(morphology: gm.Morphology, recording: gm.Recording) -> gm.Electrode:
    """A shank of 24 contacts beside the apical trunk."""
    contacts = np.column_stack([np.full(24, 95.0), np.full(24, -60.0), np.linspace(-320, 940, 24)])
    potentials = field(morphology, recording, contacts)
    return gm.Electrode(
        contacts,
        diameter=16,
        length=1900,  # out of the picture
        color="#6b737c",
        values=potentials,
        times=recording.times,
        cmap="coolwarm",
        clim=CLIM,
        name="LFP",
    )


def scene(*, azim_step: float = -0.25) -> gm.Scene:
    """What the film shows."""
    morphology, recording = gm.demo_cell()
    return gm.Scene(
        morphology,
        recording,
        clim=(-80, 30),
        cmap="buda",
        background="#0d1117",
        min_width=2.2,
        meshes=[region(morphology), electrode(morphology, recording)],
        camera=gm.Camera(azim=-110, elev=12, azim_step=azim_step),
        annotations=[
            gm.Layers(BORDERS, color="#8593a1"),
            gm.Clock(place="upper right"),
            gm.ColorBar(length=0.24),
            gm.ColorBar(variable="LFP", title="LFP (µV)", length=0.24, place="lower right"),
            gm.Axes(),
        ],
    )


def film(path: str | Path, *, size: tuple[int, int] = (1080, 1080), t_step: float = 0.1) -> gm.VideoReport:
    """Write the film."""
    return gm.render_video(scene(), path, t_start=0, t_stop=36, t_step=t_step, fps=30, size=size)


if __name__ == "__main__":
    print(film(sys.argv[1] if len(sys.argv) > 1 else "electrode.mp4"))
