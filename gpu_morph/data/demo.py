"""The demo cell: a morphology and a recording that come with the package."""

from __future__ import annotations

from importlib import resources

import numpy as np

from .morphology import Morphology
from .recording import Recording


def demo_cell() -> tuple[Morphology, Recording]:
    """A layer-5 pyramidal cell and 36 ms of its membrane potential.

    Returns
    -------
    Morphology
        14,240 segments in 170 sections; z points towards the pia. The cell is widest along x. Coordinates have steps
        of 0.01 µm.
    Recording
        361 times, 0.1 ms apart, of 1,276 compartments; values have steps of 0.1 mV. A spike starts in the axon at
        3 ms. It runs down the axon and back up the apical dendrite, and reaches the tuft with a smaller amplitude 2 to
        7 ms later. At 17 ms synapses depolarise the tuft: a dendritic spike runs down the trunk, and the cell fires
        again at 24 ms.

    Notes
    -----
    The cell is synthetic. ``examples/make_demo_cell.py`` generates the morphology (seed 9) and simulates it with
    NEURON 9.0.2 at 14 °C: Hodgkin and Huxley's channels of the squid axon (NEURON's ``hh``), dense in the soma and the
    initial segment and sparser along the dendrites; a leak (``pas``) everywhere; axial resistance 120 Ω cm; capacitance
    1.6 µF/cm² in the dendrites and 1 elsewhere; second-order steps of 1/160 ms. The stimuli are a current of 4 nA into
    the soma for 1 ms at 2 ms, and alpha synapses in the tuft.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> morphology.n_sections, recording.values.shape
    (170, (361, 1276))
    """
    source = resources.files(__package__).joinpath("demo.npz")
    with source.open("rb") as file, np.load(file) as packed:
        morphology = Morphology(
            points=(np.cumsum(packed["point_steps"], axis=0) / 100).astype(np.float32),
            diameters=packed["diameters"] / np.float32(100),
            section_offsets=packed["section_offsets"],
            section_parent=packed["section_parent"],
            section_parent_x=packed["section_parent_x"],
            section_labels=tuple(packed["section_labels"].tolist()),
        )
        tenths = np.cumsum(packed["value_steps"], axis=1, dtype=np.int16)  # a row per compartment
        recording = Recording(
            packed["times"],
            np.ascontiguousarray(tenths.T) / np.float32(10),
            section=packed["section"],
            position=packed["position"],
            name="v",
            unit="mV",
        )
    return morphology, recording
