"""Draws the pictures of docs/gallery.md into docs/images, each by a function that can be copied.

Run as ``python examples/make_gallery.py [FOLDER]``. All show the cell that comes with the package. Its calcium and its
synapses are made up here, simply, so that there is something to show: see `calcium` and `synaptic_volleys`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

import gpu_morph as gm

CAMERA = gm.Camera(azim=-90, elev=5)
CLIM = (-80, 30)  # mV
SOMA, BASAL, TUFT = 0, 82, 126  # sections


def calcium(recording: gm.Recording) -> gm.Recording:
    """Calcium that enters above -30 mV and is pumped out within 20 ms: a pool per compartment, in nM over rest."""
    values, step = np.asarray(recording.values), float(np.diff(recording.times).mean())
    inflow = 400 / (1 + np.exp(-(values + 20) / 6))  # nM/ms
    level = np.zeros_like(values)
    for k in range(1, len(values)):
        level[k] = level[k - 1] + step * (inflow[k] - level[k - 1] / 20)
    return replace(recording, values=level, name="Δ[Ca²⁺]", unit="nM")


def synaptic_volleys(morphology: gm.Morphology, *, n_synapses: int = 1500) -> gm.SynapseEvents:
    """Synapses on all dendrites; those of the tuft fire in a volley about 17 ms, the others at random."""
    rng = np.random.default_rng(4)
    is_dendrite = np.array([label in ("dend", "apic") for label in morphology.section_labels])
    chance = morphology.section_length * is_dendrite
    section = rng.choice(morphology.n_sections, n_synapses, p=chance / chance.sum())
    positions = morphology.locate(section, rng.random(n_synapses))
    height = positions[:, 2]
    in_tuft = height > 0.75 * height.max()
    inhibitory = rng.random(n_synapses) < 0.2
    spikes = np.where(in_tuft & ~inhibitory, rng.normal(17, 1.0, n_synapses), rng.uniform(0, 36, n_synapses))
    return gm.SynapseEvents(
        positions=positions,
        population=np.where(inhibitory, 2, in_tuft.astype(int)),
        population_names=("basal and oblique", "tuft", "inhibitory"),
        event_synapse=np.arange(n_synapses),
        event_time=spikes,
    )


def back_propagation() -> np.ndarray:
    """A spike on its way from the soma into the dendrites: five moments, one colour bar."""
    morphology, recording = gm.demo_cell()
    size = (300, 780)
    scene = gm.Scene(morphology, recording, cmap="viridis", clim=CLIM, camera=CAMERA)
    camera = replace(scene.fitted_camera(size), shift=(0.0, 0.02))
    panels = []
    for moment in (3.2, 4.0, 4.8, 5.6, 7.0):
        annotations: tuple[gm.Annotation, ...] = (gm.Clock(place="upper"),)
        if moment == 7.0:
            annotations = (*annotations, gm.ScaleBar())
        panel = replace(scene, camera=camera, annotations=annotations, font_size=17)
        panels.append(gm.render_image(panel, time=moment, size=size))
    legend = replace(scene, camera=replace(camera, shift=(9.0, 0.0)), annotations=(gm.ColorBar(),), font_size=17)
    return np.hstack([*panels, gm.render_image(legend, time=0, size=(130, size[1]))])


def synaptic_storm() -> np.ndarray:
    """A volley onto the tuft, among background activity."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(
        morphology,
        recording,
        synapses=synaptic_volleys(morphology),
        synapse_style=gm.SynapseStyle(diameter=7, duration=2, fade=True),
        color="#b8bcc4",
        camera=CAMERA,
        annotations=(gm.Clock(), gm.SynapseLegend(), gm.ScaleBar()),
    )
    return gm.render_image(scene, time=17.6, size=(900, 1100))


def calcium_wave() -> np.ndarray:
    """Another variable: its name and unit are on the colour bar."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(
        morphology,
        calcium(recording),
        cmap="magma",
        background="black",
        camera=CAMERA,
        annotations=(gm.ColorBar(), gm.Clock(), gm.ScaleBar()),
    )
    return gm.render_image(scene, time=22.5, size=(900, 1100))


def dark_with_traces() -> np.ndarray:
    """A frame of a talk's film: dark, with the traces of soma and tuft and a stimulus."""
    morphology, recording = gm.demo_cell()
    injection = gm.Stimulus(times=((2.0, 3.0),), label="4 nA", section=SOMA)
    scene = gm.Scene(
        morphology,
        recording,
        cmap="turbo",
        clim=(-90, 30),
        background="#0b0d12",
        camera=CAMERA,
        annotations=(
            gm.ColorBar(),
            gm.Clock(),
            injection,
            gm.TraceInset(section=(SOMA, TUFT), label=("soma", "tuft")),
            gm.ScaleBar(),
        ),
    )
    return gm.render_image(scene, time=21.2, size=(1280, 900))


def transparent() -> np.ndarray:
    """No background: for slides and posters. RGBA."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(morphology, recording, clim=CLIM, camera=CAMERA, annotations=(gm.ColorBar(), gm.ScaleBar()))
    return gm.render_image(scene, time=4.6, size=(800, 1000), transparent=True)


def close_up() -> np.ndarray:
    """The soma from near: perspective, a highlighted dendrite, an arrow."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(
        morphology,
        recording,
        synapses=synaptic_volleys(morphology),
        synapse_style=gm.SynapseStyle(diameter=1.6, show_all=True),
        clim=CLIM,
        camera=gm.Camera(azim=-70, elev=15, center=(4, 0, 12), height=110, projection="perspective"),
        highlight=gm.Highlight(BASAL),
        annotations=(
            gm.ColorBar(),
            gm.Clock(),
            gm.ScaleBar(),
            gm.Arrow(SOMA, direction=(-1, -1, 1), length=25, label="soma"),
        ),
    )
    return gm.render_image(scene, time=3.4, size=(1280, 900))


PICTURES: tuple[Callable[[], np.ndarray], ...] = (
    back_propagation,
    synaptic_storm,
    calcium_wave,
    dark_with_traces,
    transparent,
    close_up,
)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "images"
    for picture in PICTURES:
        Image.fromarray(picture()).save(folder / f"gallery_{picture.__name__}.png", optimize=True)


if __name__ == "__main__":
    main()
