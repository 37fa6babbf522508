"""
Synapses
========

A light grey cell whose tuft is covered with markers of active synapses.

``Scene(synapses=...)`` shows each synapse from the time of its event on. ``SynapseStyle`` sets the
size of the markers, how long they are shown, and their colours; here the markers fade. The events
are made up: those of the tuft are around 17 ms, the others at random times.
"""

import numpy as np

import gpu_morph as gm

N_SYNAPSES = 1500

morphology, recording = gm.demo_cell()
rng = np.random.default_rng(4)
is_dendrite = np.isin(morphology.section_labels, ["dend", "apic"])
chance = morphology.section_length * is_dendrite
section = rng.choice(morphology.n_sections, N_SYNAPSES, p=chance / chance.sum())
positions = morphology.locate(section, rng.random(N_SYNAPSES))  # µm
in_tuft = positions[:, 2] > 0.75 * positions[:, 2].max()
inhibitory = rng.random(N_SYNAPSES) < 0.2
in_volley = in_tuft & ~inhibitory
synapses = gm.SynapseEvents(
    positions=positions,
    population=np.where(inhibitory, 2, in_tuft.astype(int)),
    population_names=("basal and oblique", "tuft", "inhibitory"),
    event_synapse=np.arange(N_SYNAPSES),
    event_time=np.where(in_volley, rng.normal(17, 1.0, N_SYNAPSES), rng.uniform(0, 36, N_SYNAPSES)),  # ms
)

scene = gm.Scene(
    morphology,
    recording,
    synapses=synapses,
    synapse_style=gm.SynapseStyle(diameter=7, duration=2, fade=True),
    color="#b8bcc4",
    camera=gm.Camera(azim=-90, elev=5),
    annotations=[gm.Clock(), gm.SynapseLegend(), gm.ScaleBar()],
)
gm.save_image("synaptic_storm.png", scene, time=17.6, size=(900, 1100))
