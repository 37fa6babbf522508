"""
Three moments of a cell
=======================

Three frames side by side: a spike at the soma, in the dendrites, and a dendritic spike.

Dark blue is -80 mV, yellow 30 mV.

``Renderer`` draws several frames of one scene; the vertices are built once. ``min_width`` makes the
thinnest neurites wider than usual, and ``font_size`` the text larger, as the picture is small on the
page.
"""

from dataclasses import replace

import numpy as np

import gpu_morph as gm

morphology, recording = gm.demo_cell()
camera = gm.Camera(azim=-90, elev=5)
scene = gm.Scene(morphology, recording, cmap="viridis", clim=(-80, 30), camera=camera, min_width=2.25, font_size=26)
scene = replace(scene, annotations=[gm.Clock(), gm.ScaleBar()])
with gm.Renderer(scene, size=(420, 840)) as renderer:
    frames = [renderer.render(time) for time in (3.7, 5.2, 21.2)]
gm.save_image("whole_cell.png", np.hstack(frames))
