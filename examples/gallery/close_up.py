"""
Close up
========

The soma in perspective, with a highlighted dendrite, an arrow, and all synapses.

A camera with a given ``center`` and ``height`` does not keep the cell clear of the annotations, so
they are placed by hand, each on a panel of the background's colour.
"""

import numpy as np

import gpu_morph as gm

SOMA, BASAL = 0, 82  # sections
N_SYNAPSES = 1500

morphology, recording = gm.demo_cell()
rng = np.random.default_rng(4)
chance = morphology.section_length * np.isin(morphology.section_labels, ["dend", "apic"])
section = rng.choice(morphology.n_sections, N_SYNAPSES, p=chance / chance.sum())
synapses = gm.SynapseEvents(
    positions=morphology.locate(section, rng.random(N_SYNAPSES)),
    population=(rng.random(N_SYNAPSES) < 0.2).astype(int),
    population_names=("excitatory", "inhibitory"),
    event_synapse=[],  # all are shown, whether active or not
    event_time=[],
)

scene = gm.Scene(
    morphology,
    recording,
    synapses=synapses,
    synapse_style=gm.SynapseStyle(diameter=1.6, show_all=True),
    clim=(-80, 30),
    camera=gm.Camera(azim=-70, elev=15, center=(4, 0, 25), height=110, projection="perspective"),
    highlight=gm.Highlight(BASAL),
    annotations=[
        gm.ColorBar(length=0.18),
        gm.Clock(),
        gm.ScaleBar(place="lower left", length=10),
        gm.Arrow(SOMA, direction=(-1, -1, 1), length=25, label="soma"),
    ],
)
gm.save_image("close_up.png", scene, time=3.4, size=(1280, 900))
