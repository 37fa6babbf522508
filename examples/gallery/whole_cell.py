"""
Three moments of a cell
=======================

Three frames side by side: a spike at the soma, in the dendrites, and a dendritic spike.

``Renderer`` draws several frames of one scene; the vertices are built once. ``min_width`` makes the
thinnest neurites wider than usual, as the picture is small on the page.
"""

import numpy as np

import gpu_morph as gm

morphology, recording = gm.demo_cell()
camera = gm.Camera(azim=-90, elev=5)
scene = gm.Scene(morphology, recording, cmap="viridis", clim=(-80, 30), camera=camera, min_width=2.25)
with gm.Renderer(scene, size=(420, 840)) as renderer:
    frames = [renderer.render(time) for time in (3.7, 5.2, 21.2)]
gm.save_image("whole_cell.png", np.hstack(frames))
