"""
Another variable
================

The same cell, coloured by calcium, on black.

A ``Recording`` can hold any variable; the colour bar shows its name and unit. This calcium is
computed from the voltage by a rule of thumb, one pool for each compartment: it enters above -30 mV
and decays within 20 ms.
"""

import numpy as np

import gpu_morph as gm

morphology, voltage = gm.demo_cell()
step = 0.1  # ms, between samples
inflow = 400 / (1 + np.exp(-(voltage.values + 20) / 6))  # nM/ms
level = np.zeros_like(inflow)
for k in range(1, len(level)):
    level[k] = level[k - 1] + step * (inflow[k] - level[k - 1] / 20)
calcium = gm.Recording(
    voltage.times, level, section=voltage.section, position=voltage.position, name="Δ[Ca²⁺]", unit="nM"
)

scene = gm.Scene(
    morphology,
    calcium,
    cmap="magma",
    background="black",
    camera=gm.Camera(azim=-90, elev=5),
    annotations=[gm.ColorBar(), gm.Clock(), gm.ScaleBar()],
)
gm.save_image("calcium_wave.png", scene, time=22.5, size=(900, 1100))
