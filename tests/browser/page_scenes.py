"""Scenes of the pages that are opened in a browser."""

from __future__ import annotations

from typing import Any

import numpy as np

import gpu_morph as gm
from gpu_morph.scene.colormaps import lookup_table

FROM_ABOVE = gm.Camera(azim=40, elev=90)  # every neurite is seen from its side
CLIM = (-80.0, 20.0)
TIMES = np.arange(11) * 0.5

# Three thick neurites from one point, in the plane z = 0; the third was not recorded.
STAR = gm.Morphology(
    points=[[0, 0, 0], [100, 0, 0], [0, 0, 0], [0, 100, 0], [0, 0, 0], [-70, -70, 0]],
    diameters=[20] * 6,
    section_offsets=[0, 2, 4, 6],
    section_parent=[-1, 0, 0],
    section_parent_x=[0, 0, 0],
    section_labels=("dend", "dend", "axon"),
    section_names=("dend[0]", "dend[1]", "axon[0]"),
)


def star_scene(**keywords: Any) -> gm.Scene:
    """Values that differ from end to end, and change over time; at the last times they leave the colours' range."""
    position, section = np.array([0, 1, 0, 1], dtype=np.float32), [0, 0, 1, 1]
    values = np.array([-70, -10, -40, 10]) + 5 * np.arange(11)[:, None]
    recording = gm.Recording(TIMES, values.astype(np.float32), section=section, position=position)
    given = {"clim": CLIM, "lighting": False, "camera": gm.Camera(azim=40, elev=35), "cmap": "plasma"} | keywords
    return gm.Scene(STAR, recording, **given)


def color_at(value: float) -> np.ndarray[Any, Any]:
    table = lookup_table("plasma")
    return table[min(max(int((value - CLIM[0]) / (CLIM[1] - CLIM[0]) * 256), 0), 255)].astype(int)


# A wall through the star, half before it and half behind it, and spheres whose colours change with time.
AROUND = [
    gm.Mesh([(-80, 60, -80), (120, -20, -80), (120, -20, 80), (-80, 60, 80)], [(0, 1, 2), (0, 2, 3)], fit=True),
    gm.Points([(60, -60, 0), (-60, 60, 30)], diameters=40, values=np.outer(TIMES, [4, -16]) - 10, times=TIMES),
]


# Calcium of the third neurite, which changes slowly, over the potential of the others.
CALCIUM = gm.Recording(
    TIMES[::3], [[50, 900], [100, 500], [250, 300], [80, 10]], section=[2, 2], position=[0, 1], name="ca", unit="nM"
)
OVERLAYS = [gm.Overlay(CALCIUM, cmap="inferno", clim=(0, 600))]

# Markers before neurites.
SYNAPSES = {
    "synapses": gm.SynapseEvents(
        [[40, 0, 30], [90, 0, 30], [0, 40, 30], [0, 90, 30]], [0, 0, 1, 1], ("near", "far"), np.arange(4), np.ones(4)
    ),
    "synapse_style": gm.SynapseStyle(diameter=40, duration=2),
}
