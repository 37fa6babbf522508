"""
Dark, with traces
=================

A dark frame with the traces of soma and tuft in a corner.

A frame of a film for a talk. The line and the dots move along the traces. The ``Stimulus``
annotation is shown while the current flows.
"""

import gpu_morph as gm

SOMA, TUFT = 0, 160  # sections

morphology, recording = gm.demo_cell()
scene = gm.Scene(
    morphology,
    recording,
    cmap="turbo",
    clim=(-90, 30),
    background="#0b0d12",
    camera=gm.Camera(azim=-90, elev=5),
    annotations=[
        gm.ColorBar(),
        gm.Clock(),
        gm.Stimulus(times=((2.0, 3.0),), label="4 nA", section=SOMA),
        gm.TraceInset(section=(SOMA, TUFT), label=("soma", "tuft")),
        gm.ScaleBar(),
    ],
)
gm.save_image("dark_with_traces.png", scene, time=21.2, size=(1280, 900))
