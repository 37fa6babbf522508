"""Draw the pictures of docs/gallery.md into docs/images. Each function draws one picture and can be copied.

Run as ``python examples/make_gallery.py [FOLDER]``. All pictures show the demo cell. Its calcium and its synapses are
synthetic: see `calcium` and `synaptic_volleys`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

import gpu_morph as gm

CAMERA = gm.Camera(azim=-90, elev=5)
CLIM = (-80, 30)  # mV
SOMA, BASAL, TUFT = 0, 82, 126  # sections


def calcium(recording: gm.Recording) -> gm.Recording:
    """A pool of calcium per compartment, nM above rest: it fills above -30 mV and decays with 20 ms."""
    values, step = np.asarray(recording.values), float(np.diff(recording.times).mean())
    inflow = 400 / (1 + np.exp(-(values + 20) / 6))  # nM/ms
    level = np.zeros_like(values)
    for k in range(1, len(values)):
        level[k] = level[k - 1] + step * (inflow[k] - level[k - 1] / 20)
    return replace(recording, values=level, name="Δ[Ca²⁺]", unit="nM")


def synaptic_volleys(morphology: gm.Morphology, *, n_synapses: int = 1500) -> gm.SynapseEvents:
    """Synapses on all dendrites. Those on the tuft fire in a volley around 17 ms, others at random times."""
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
    """A spike runs from the soma into the dendrites: five times, one colour bar."""
    morphology, recording = gm.demo_cell()
    size = (300, 780)
    scene = gm.Scene(morphology, recording, cmap="viridis", clim=CLIM, camera=CAMERA)
    camera = replace(scene.fitted_camera(size), shift=(0.0, 0.02))
    panels = []
    for time in (3.2, 4.0, 4.8, 5.6, 7.0):
        annotations: tuple[gm.Annotation, ...] = (gm.Clock(place="upper"),)
        if time == 7.0:
            annotations = (*annotations, gm.ScaleBar())
        panel = replace(scene, camera=camera, annotations=annotations, font_size=17)
        panels.append(gm.render_image(panel, time=time, size=size))
    legend = replace(scene, camera=replace(camera, shift=(9.0, 0.0)), annotations=(gm.ColorBar(),), font_size=17)
    return np.hstack([*panels, gm.render_image(legend, time=0, size=(130, size[1]))])


def synaptic_storm() -> np.ndarray:
    """A volley of synapses on the tuft, with background activity."""
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
    """Another variable than the membrane potential; its name and unit are on the colour bar."""
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
    """A frame for a talk: dark background, traces of soma and tuft, and a stimulus."""
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
    """No background, for slides and posters: RGBA."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(morphology, recording, clim=CLIM, camera=CAMERA, annotations=(gm.ColorBar(), gm.ScaleBar()))
    return gm.render_image(scene, time=4.6, size=(800, 1000), transparent=True)


def close_up() -> np.ndarray:
    """A close view of the soma: perspective, a highlighted dendrite, an arrow."""
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


def row_of_cells(n_cells: int, *, delay: float) -> tuple[gm.Morphology, gm.Recording]:
    """Copies of the cell in a row, rotated about z. Each fires ``delay`` ms after the one before."""
    morphology, recording = gm.demo_cell()
    rng = np.random.default_rng(2)
    angles = rng.uniform(0, 2 * np.pi, n_cells)
    rotations = [[(np.cos(a), -np.sin(a), 0), (np.sin(a), np.cos(a), 0), (0, 0, 1)] for a in angles]
    translations = np.stack(
        [95.0 * np.arange(n_cells), rng.uniform(-80, 80, n_cells), rng.uniform(-60, 60, n_cells)], axis=1
    )
    circuit = gm.join_morphologies([morphology] * n_cells, rotations=rotations, translations=translations)
    values, step = np.asarray(recording.values), float(np.diff(recording.times).mean())
    rows = np.arange(len(values))
    late = [values[np.maximum(rows - round(k * delay / step), 0)] for k in range(n_cells)]
    section = recording.section + morphology.n_sections * np.arange(n_cells)[:, None]
    return circuit, replace(
        recording,
        values=np.concatenate(late, axis=1),
        section=section.ravel(),
        position=np.tile(recording.position, n_cells),
    )


def circuit_wave() -> np.ndarray:
    """Spikes run through sixteen cells, from left to right."""
    morphology, recording = row_of_cells(16, delay=0.8)
    camera = replace(CAMERA, center=(712, 0, 300), height=1700)  # the extent of the cells in this view
    annotations = (gm.ColorBar(), gm.Clock(), gm.ScaleBar())
    scene = gm.Scene(morphology, recording, clim=CLIM, camera=camera, annotations=annotations)
    return gm.render_image(scene, time=9.6, size=(1200, 860))


def circuit_cells() -> np.ndarray:
    """A colour for each cell; next to it, one coloured cell among grey ones."""
    morphology, _ = row_of_cells(16, delay=0.8)
    size = (1400, 500)
    camera = replace(CAMERA, center=(712, 0, 300), height=1700)
    every = gm.Scene(morphology, color="cell", camera=camera, annotations=(gm.LabelLegend(),))
    one = replace(every, color=gm.by_cell(morphology, {7: "#d55e00"}, other="#c4c8cf"), annotations=(gm.ScaleBar(),))
    half = (size[0] // 2, size[1])
    return np.hstack([gm.render_image(scene, size=half) for scene in (every, one)])


PICTURES: tuple[Callable[[], np.ndarray], ...] = (
    back_propagation,
    synaptic_storm,
    calcium_wave,
    dark_with_traces,
    transparent,
    close_up,
    circuit_wave,
    circuit_cells,
)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "images"
    for picture in PICTURES:
        gm.save_image(folder / f"gallery_{picture.__name__}.png", picture())


if __name__ == "__main__":
    main()
