"""
A spike travels back into the dendrites
=======================================

Five frames: the spike starts in the soma, runs up the trunk and down the axon, and reaches the
tuft.

All frames have the same camera, fitted once. The colour bar is a picture of its own: its camera is
shifted until the cell is out of sight.
"""

from dataclasses import replace

import numpy as np

import gpu_morph as gm

SIZE, BAR_SIZE = (300, 780), (190, 780)  # pixels

morphology, recording = gm.demo_cell()
camera = gm.Camera(azim=-90, elev=5)
scene = gm.Scene(morphology, recording, clim=(-80, 30), camera=camera, min_width=2.25, font_size=30)
camera = replace(scene.fitted_camera(SIZE), shift=(0.0, 0.02))

panels = []
for time in (3.2, 4.0, 4.8, 5.6, 7.0):
    annotations = [gm.Clock(place="upper")] + ([gm.ScaleBar()] if time == 3.2 else [])
    panel = replace(scene, camera=camera, annotations=annotations)
    panels.append(gm.render_image(panel, time=time, size=SIZE))
bar = replace(scene, camera=replace(camera, shift=(9.0, 0.0)), annotations=[gm.ColorBar()])
panels.append(gm.render_image(bar, time=0, size=BAR_SIZE))
gm.save_image("back_propagation.png", np.hstack(panels))
