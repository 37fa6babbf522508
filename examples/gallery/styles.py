"""
Styles
======

The same cell at the same moment in five styles: flat, matte, glossy, cover, glow.

Values can be read off in the first two. "cover" has ambient occlusion, and dark lines where a
neurite passes in front of another. ``supersample=2`` draws four pixels for each of the picture.
"""

import numpy as np

import gpu_morph as gm

morphology, recording = gm.demo_cell()
camera = gm.Camera(azim=-70, elev=15, center=(4, 0, 25), height=110, projection="perspective")
panels = []
for style in ("flat", "matte", "glossy", "cover", "glow"):
    scene = gm.Scene(morphology, recording, clim=(-80, 30), camera=camera, style=style)
    panels.append(gm.render_image(scene, time=3.4, size=(300, 420), supersample=2))
gm.save_image("styles.png", np.hstack(panels))
