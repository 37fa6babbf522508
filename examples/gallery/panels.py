"""
Panels
======

A cell beside the traces of its soma and tuft, a raster of its inputs and an image of the calcium in its
tuft, with a line at the time that the cell shows.

``Panels`` takes the place of a Scene: in pictures and in films. Inputs and calcium are made here by
rules of thumb and are not results of a simulation. ``examples/film_cell_and_traces.py`` makes a film.
"""

import numpy as np

import gpu_morph as gm

morphology, recording = gm.demo_cell()
cell = gm.Scene(
    morphology,
    recording,
    clim=(-80, 30),
    camera=gm.Camera(azim=-90, elev=8),
    annotations=[gm.ColorBar(place="lower left", length=0.25), gm.Clock(), gm.ScaleBar()],
)
traces = gm.Traces(
    recording, section=(0, 160), label=("soma", "tuft"), title="membrane potential (mV)", time_axis=False
)

# Inputs: random, and more of them before each of the two spikes.
random = np.random.default_rng(3)
spikes = {
    "excitatory": [np.append(random.uniform(0, 36, 3), random.normal((2.4, 23.0), 0.9)) for _ in range(20)],
    "inhibitory": [np.append(random.uniform(0, 36, 1), random.normal((7.0, 28.0), 1.6)) for _ in range(8)],
}
raster = gm.Raster(spikes, title="synaptic inputs", xlim=(0, 36))

# Calcium in the tuft: what is above -40 mV comes in, and leaves in 12 ms; sites are spots on a grid of pixels.
sites = morphology.locate(recording.section, recording.position)
tuft = np.flatnonzero(sites[:, 2] > 560)
inflow = np.clip((recording.values[:, tuft] + 40) / 40, 0, 1)
decay = np.exp(-np.maximum(recording.times[:, None] - recording.times, 0) / 12)
calcium = np.tril(decay) @ inflow
x, z = sites[tuft, 0], sites[tuft, 2]
column, row = 4 + 63 * (x - x.min()) / np.ptp(x), 35 - 31 * (z - z.min()) / np.ptp(z)
rows, columns = np.mgrid[:40, :72]
spots = np.exp(-((rows.ravel() - row[:, None]) ** 2 + (columns.ravel() - column[:, None]) ** 2) / 2.5)
frames = (calcium @ spots + 4 * spots.sum(axis=0)).reshape(-1, 40, 72)
images = gm.ImageSequence(
    frames / frames.max(), times=recording.times, cmap="inferno", clim=(0, 1), title="calcium in the tuft"
)

plots = gm.Panels([[traces], [raster], [images]], heights=(1, 1.05, 1.35))
panels = gm.Panels([[cell, plots]], widths=(1, 1.25), font_size=27)
gm.save_image("panels.png", panels, time=8.2, size=(1920, 1080))
