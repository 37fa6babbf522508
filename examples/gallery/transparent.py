"""
Transparent
===========

A cell without a background.

RGBA, for slides and posters. ``render_video(..., transparent=True)`` does the same for films in
ProRes 4444 and VP9.
"""

import gpu_morph as gm

morphology, recording = gm.demo_cell()
camera = gm.Camera(azim=-90, elev=5)
scene = gm.Scene(morphology, recording, clim=(-80, 30), camera=camera, annotations=[gm.ColorBar(), gm.ScaleBar()])
gm.save_image("transparent.png", scene, time=4.6, size=(800, 1000), transparent=True)
