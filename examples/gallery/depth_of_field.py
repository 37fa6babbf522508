"""
Depth of field
==============

Rows of cells, one behind the other; the cells of the middle row are sharp, those nearer and farther are blurred.

``aperture`` is the diameter of the camera's lens, µm, ``focus`` a point that is sharp. The wider the
lens, the more is blurred; annotations are sharp.
"""

import numpy as np

import gpu_morph as gm

N_ROWS, N_COLUMNS = 3, 3

cell, recording = gm.demo_cell()
rng = np.random.default_rng(3)
angles = rng.uniform(0, 2 * np.pi, N_ROWS * N_COLUMNS)
rotations = [[(np.cos(a), -np.sin(a), 0), (np.sin(a), np.cos(a), 0), (0, 0, 1)] for a in angles]
rows, columns = np.divmod(np.arange(N_ROWS * N_COLUMNS), N_COLUMNS)
centers = np.stack([440.0 * columns + 190 * (rows % 2), 600.0 * rows, rng.uniform(-60, 60, len(rows))], axis=1)  # µm
circuit = gm.join_morphologies([cell] * len(rows), rotations=rotations, translations=centers)

# All columns of the recording for each cell, the middle cell of the second row with a spike, the others at rest.
sharp = N_COLUMNS + N_COLUMNS // 2
is_sharp = np.repeat(np.arange(len(rows)) == sharp, recording.values.shape[1])
values = np.tile(recording.values, len(rows))
circuit_recording = gm.Recording(
    recording.times,
    np.where(is_sharp, values, values[0]),
    section=np.concatenate([recording.section + k * cell.n_sections for k in range(len(rows))]),
    position=np.tile(recording.position, len(rows)),
)

camera = gm.Camera(
    azim=-90,
    elev=8,
    projection="perspective",
    fov=35,
    center=centers[sharp] + (0, 0, 250),
    height=1400,
    aperture=60,
    focus=centers[sharp],
)
scene = gm.Scene(
    circuit,
    circuit_recording,
    clim=(-80, 30),
    camera=camera,
    annotations=[gm.ColorBar(length=0.2), gm.Clock()],
)
gm.save_image("depth_of_field.png", scene, time=4.4, size=(640, 460))
