"""
Cells by colour
===============

Sixteen cells, each in its own colour; beside them one orange cell among grey ones.

``Panels`` are several scenes in one picture. ``color="cell"`` has a legend,
``LabelLegend``, if no colour is used twice; ``gm.by_cell`` colours chosen cells.
``gm.LabelColors(labels=gm.by_cell(morphology, types))`` colours by type; ``gm.select_sections``
selects a part.
"""

from dataclasses import replace

import numpy as np

import gpu_morph as gm

N_CELLS = 16

cell, recording = gm.demo_cell()
rng = np.random.default_rng(2)
angles = rng.uniform(0, 2 * np.pi, N_CELLS)
rotations = [[(np.cos(a), -np.sin(a), 0), (np.sin(a), np.cos(a), 0), (0, 0, 1)] for a in angles]
centers = [95.0 * np.arange(N_CELLS), rng.uniform(-80, 80, N_CELLS), rng.uniform(-60, 60, N_CELLS)]  # µm
circuit = gm.join_morphologies([cell] * N_CELLS, rotations=rotations, translations=np.transpose(centers))

each = gm.Scene(circuit, color="cell", camera=gm.Camera(azim=-90, elev=5), min_width=1.5)
each = replace(each, annotations=[gm.ScaleBar()])
one = replace(each, color=gm.by_cell(circuit, {7: "#d55e00"}, other="#c4c8cf"))
panels = gm.Panels([[each, one]], titles=["each cell", "one cell"], cameras="scale", font_size=32)
gm.save_image("circuit_cells.png", panels, size=(1280, 600))
