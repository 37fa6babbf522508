"""
Styles
======

The same cell at the same moment in five styles: flat, matte, glossy, cover, glow.

Values can be read off in the first two. "cover" has ambient occlusion, and dark lines where a
neurite passes in front of another. ``Panels`` are several scenes in one picture;
``supersample=2`` draws four pixels for each of the picture.
"""

import gpu_morph as gm

STYLES = ["flat", "matte", "glossy", "cover", "glow"]

morphology, recording = gm.demo_cell()
camera = gm.Camera(azim=-70, elev=15, center=(4, 0, 25), height=110)
scenes = [gm.Scene(morphology, recording, clim=(-80, 30), camera=camera, style=style) for style in STYLES]
panels = gm.Panels([scenes], titles=STYLES, gap=0.3, font_size=36)
gm.save_image("styles.png", panels, time=3.4, size=(1500, 460), supersample=2)
