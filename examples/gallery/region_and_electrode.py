"""
Around a cell
=============

A cell inside a translucent column, beside a shank whose contacts are red and blue; lines mark the
layers.

``Scene(meshes=...)`` draws surfaces, electrodes, points and planes around the cell. The potentials
follow from the voltage by a rule of thumb and are not results of a simulation.
``examples/film_electrode.py`` makes a film of such a scene.
"""

import numpy as np

import gpu_morph as gm

morphology, recording = gm.demo_cell()

# A column: two rings of vertices, and two triangles between each pair of neighbours.
angle = np.linspace(0, 2 * np.pi, 96, endpoint=False)
vertices = np.concatenate([np.column_stack([430 * np.cos(angle), 430 * np.sin(angle), [z] * 96]) for z in (-504, 1085)])
k = np.arange(96)
after = (k + 1) % 96
faces = np.concatenate([np.column_stack([k, after, k + 96]), np.column_stack([after, after + 96, k + 96])])
column = gm.Mesh(vertices, faces, color="#7fa8c9", opacity=0.14, fit=True)

# A shank of 24 contacts. Each sees changes of the voltage, weighted by one over their distance.
contacts = np.column_stack([np.full(24, 95.0), np.full(24, -60.0), np.linspace(-320, 940, 24)])
sites = morphology.locate(recording.section, recording.position)
distance = np.linalg.norm(sites[:, None] - contacts, axis=-1)
potentials = -np.gradient(recording.values, recording.times, axis=0) @ (1 / np.maximum(distance, 20.0))
potentials *= 60 / np.abs(potentials).max()  # µV
shank = gm.Electrode(
    contacts,
    diameter=16,
    length=1900,
    color="#6b737c",
    values=potentials,
    times=recording.times,
    cmap="coolwarm",
    clim=(-40, 40),
    name="LFP",
)

borders = {"L1": 1000.0, "L2/3": 880.0, "L4": 560.0, "L5": 300.0, "L6": -200.0}  # µm, upper borders
scene = gm.Scene(
    morphology,
    recording,
    clim=(-80, 30),
    cmap="buda",
    background="#0d1117",
    min_width=2.2,
    meshes=[column, shank],
    camera=gm.Camera(azim=-110, elev=12),
    annotations=[
        gm.Layers(borders, color="#8593a1"),
        gm.Clock(place="upper right"),
        gm.ColorBar(length=0.24),
        gm.ColorBar(variable="LFP", title="LFP (µV)", length=0.24, place="lower right"),
        gm.Axes(),
    ],
)
gm.save_image("region_and_electrode.png", scene, time=24.8, size=(900, 900))
