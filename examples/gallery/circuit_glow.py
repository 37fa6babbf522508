"""
A circuit as light
==================

Sixteen cells on black; one is bright, the others are dim.

Light adds up, so that active cells are seen through those at rest. Where many cells overlap, each
is darker. The hue is the colour bar's; the brightness says how high the value is.
"""

import numpy as np

import gpu_morph as gm

N_CELLS = 16

cell, recording = gm.demo_cell()
rng = np.random.default_rng(2)
angles = rng.uniform(0, 2 * np.pi, N_CELLS)
rotations = [[(np.cos(a), -np.sin(a), 0), (np.sin(a), np.cos(a), 0), (0, 0, 1)] for a in angles]
centers = [95.0 * np.arange(N_CELLS), rng.uniform(-80, 80, N_CELLS), rng.uniform(-60, 60, N_CELLS)]  # µm
circuit = gm.join_morphologies([cell] * N_CELLS, rotations=rotations, translations=np.transpose(centers))

# The columns of the recording once for each cell, each time 8 samples (0.8 ms) later.
rows = np.arange(len(recording.times))
spikes = gm.Recording(
    recording.times,
    np.hstack([recording.values[np.maximum(rows - 8 * k, 0)] for k in range(N_CELLS)]),
    section=np.concatenate([recording.section + k * cell.n_sections for k in range(N_CELLS)]),
    position=np.tile(recording.position, N_CELLS),
)

scene = gm.Scene(
    circuit,
    spikes,
    clim=(-80, 30),
    cmap="plasma",
    style="glow",
    camera=gm.Camera(azim=-90, elev=5, center=(712, 0, 300), height=1700),
    annotations=[gm.ColorBar(), gm.Clock(), gm.ScaleBar()],
)
gm.save_image("circuit_glow.png", scene, time=9.6, size=(1200, 860))
