"""Draw the pictures of README.md and docs/gallery.md, each by a function that can be copied.

    python examples/make_gallery.py [FOLDER]

FOLDER is docs/images by default. All pictures show the demo cell of the package. Its calcium and its synapses are
computed here, by `calcium` and `synaptic_volleys`; they are examples and not results of a simulation.

Each function takes the picture's width in pixels. tests/gl/test_gallery.py draws them small and compares them with
references.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

import gpu_morph as gm

sys.path.insert(0, str(Path(__file__).parent))
import film_electrode

CAMERA = gm.Camera(azim=-90, elev=5)
CLIM = (-80, 30)  # mV
SOMA, BASAL, TUFT = 0, 82, 160  # sections
SMALL = 2.25  # min_width of a pixel in the smallest pictures: of panels that are looked at closely


def calcium(recording: gm.Recording) -> gm.Recording:
    """Calcium above rest (nM), one pool per compartment: it enters above -30 mV and decays within 20 ms."""
    values, step = np.asarray(recording.values), float(np.diff(recording.times).mean())
    inflow = 400 / (1 + np.exp(-(values + 20) / 6))  # nM/ms
    level = np.zeros_like(values)
    for k in range(1, len(values)):
        level[k] = level[k - 1] + step * (inflow[k] - level[k - 1] / 20)
    return replace(recording, values=level, name="Δ[Ca²⁺]", unit="nM")


def synaptic_volleys(morphology: gm.Morphology, *, n_synapses: int = 1500) -> gm.SynapseEvents:
    """Synapses on all dendrites; those of the tuft are active around 17 ms, the others at random times."""
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


def whole_cell(width: int = 1260) -> np.ndarray:
    """Three frames side by side: a spike at the soma, in the dendrites, and a dendritic spike."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(morphology, recording, cmap="viridis", clim=CLIM, camera=CAMERA, min_width=SMALL)
    panel = width // 3
    with gm.Renderer(scene, (panel, 2 * panel)) as renderer:
        return np.hstack([renderer.render(time) for time in (3.7, 5.2, 21.2)])


def back_propagation(width: int = 1630) -> np.ndarray:
    """A spike on its way from the soma into the dendrites: five frames, one colour bar."""
    morphology, recording = gm.demo_cell()
    panel = round(width * 300 / 1630)
    size, font_size = (panel, round(panel * 2.6)), panel * 17 / 300
    scene = gm.Scene(morphology, recording, cmap="viridis", clim=CLIM, camera=CAMERA, min_width=SMALL)
    camera = replace(scene.fitted_camera(size), shift=(0.0, 0.02))
    panels = []
    for time in (3.2, 4.0, 4.8, 5.6, 7.0):
        annotations: tuple[gm.Annotation, ...] = (gm.Clock(place="upper"),)
        if time == 7.0:
            annotations = (*annotations, gm.ScaleBar())
        frame = replace(scene, camera=camera, annotations=annotations, font_size=font_size)
        panels.append(gm.render_image(frame, time=time, size=size))
    # The colour bar is a picture of its own: the camera's shift moves the cell out of it.
    legend = replace(scene, camera=replace(camera, shift=(9.0, 0.0)), annotations=(gm.ColorBar(),), font_size=font_size)
    return np.hstack([*panels, gm.render_image(legend, time=0, size=(width - 5 * panel, size[1]))])


def synaptic_storm(width: int = 900) -> np.ndarray:
    """Synchronous input to the tuft, and background activity."""
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
    return gm.render_image(scene, time=17.6, size=(width, round(width * 11 / 9)))


def calcium_wave(width: int = 900) -> np.ndarray:
    """Another variable; the colour bar has its name and unit."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(
        morphology,
        calcium(recording),
        cmap="magma",
        background="black",
        camera=CAMERA,
        annotations=(gm.ColorBar(), gm.Clock(), gm.ScaleBar()),
    )
    return gm.render_image(scene, time=22.5, size=(width, round(width * 11 / 9)))


def dark_with_traces(width: int = 1280) -> np.ndarray:
    """A dark frame for a talk, with the traces of soma and tuft and a stimulus."""
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
    return gm.render_image(scene, time=21.2, size=(width, round(width * 45 / 64)))


def transparent(width: int = 800) -> np.ndarray:
    """RGBA without a background, for slides and posters."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(morphology, recording, clim=CLIM, camera=CAMERA, annotations=(gm.ColorBar(), gm.ScaleBar()))
    return gm.render_image(scene, time=4.6, size=(width, round(width * 5 / 4)), transparent=True)


def close_up(width: int = 1280) -> np.ndarray:
    """The soma in perspective, with a highlighted dendrite and an arrow."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(
        morphology,
        recording,
        synapses=synaptic_volleys(morphology),
        synapse_style=gm.SynapseStyle(diameter=1.6, show_all=True),
        clim=CLIM,
        camera=gm.Camera(azim=-70, elev=15, center=(4, 0, 25), height=110, projection="perspective"),
        highlight=gm.Highlight(BASAL),
        annotations=(
            gm.ColorBar(length=0.18),
            gm.Clock(),
            gm.ScaleBar(place="lower left", length=10),
            gm.Arrow(SOMA, direction=(-1, -1, 1), length=25, label="soma"),
        ),
    )
    return gm.render_image(scene, time=3.4, size=(width, round(width * 45 / 64)))


def row_of_cells(n_cells: int, *, delay: float) -> tuple[gm.Morphology, gm.Recording]:
    """Copies of the cell in a row, each turned about z; each fires ``delay`` ms after the one before."""
    morphology, recording = gm.demo_cell()
    rng = np.random.default_rng(2)
    angles = rng.uniform(0, 2 * np.pi, n_cells)
    turns = [[(np.cos(a), -np.sin(a), 0), (np.sin(a), np.cos(a), 0), (0, 0, 1)] for a in angles]
    centers = np.stack(
        [95.0 * np.arange(n_cells), rng.uniform(-80, 80, n_cells), rng.uniform(-60, 60, n_cells)], axis=1
    )
    circuit = gm.join_morphologies([morphology] * n_cells, rotations=turns, translations=centers)
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


def circuit_wave(width: int = 1200) -> np.ndarray:
    """Sixteen cells that spike one after the other, from left to right."""
    morphology, recording = row_of_cells(16, delay=0.8)
    annotations = (gm.ColorBar(), gm.Clock(), gm.ScaleBar())
    scene = gm.Scene(morphology, recording, clim=CLIM, camera=CAMERA, annotations=annotations)
    return gm.render_image(scene, time=9.6, size=(width, round(width * 43 / 60)))


def circuit_cells(width: int = 1400) -> np.ndarray:
    """A colour for each cell, and one coloured cell among grey ones."""
    morphology, _ = row_of_cells(16, delay=0.8)
    every = gm.Scene(morphology, color="cell", camera=CAMERA, min_width=1.5, annotations=(gm.LabelLegend(),))
    one = replace(every, color=gm.by_cell(morphology, {7: "#d55e00"}, other="#c4c8cf"), annotations=(gm.ScaleBar(),))
    size = (width // 2, round(width * 5 / 14))
    return np.hstack([gm.render_image(scene, size=size) for scene in (every, one)])


def styles(width: int = 1500) -> np.ndarray:
    """One moment in the five styles: flat, matte, glossy, cover, glow."""
    morphology, recording = gm.demo_cell()
    camera = gm.Camera(azim=-70, elev=15, center=(4, 0, 25), height=110, projection="perspective")
    scene = gm.Scene(morphology, recording, clim=CLIM, camera=camera)
    size = (width // 5, round(width * 0.28))
    panels = [replace(scene, style=style) for style in ("flat", "matte", "glossy", "cover", "glow")]
    return np.hstack([gm.render_image(panel, time=3.4, size=size, supersample=2) for panel in panels])


def circuit_glow(width: int = 1200) -> np.ndarray:
    """Sixteen cells as light: those that spike are bright, those at rest are seen through."""
    morphology, recording = row_of_cells(16, delay=0.8)
    camera = replace(CAMERA, center=(712, 0, 300), height=1700)
    annotations = (gm.ColorBar(), gm.Clock(), gm.ScaleBar())
    scene = gm.Scene(
        morphology, recording, clim=CLIM, cmap="plasma", style="glow", camera=camera, annotations=annotations
    )
    return gm.render_image(scene, time=9.6, size=(width, round(width * 43 / 60)))


def region_and_electrode(width: int = 900) -> np.ndarray:
    """A frame of examples/film_electrode.py: a cell in a translucent column, with a shank of contacts."""
    return gm.render_image(film_electrode.scene(azim_step=0), time=24.8, size=(width, width))


PICTURES: tuple[Callable[..., np.ndarray], ...] = (
    whole_cell,
    back_propagation,
    synaptic_storm,
    calcium_wave,
    dark_with_traces,
    transparent,
    close_up,
    circuit_wave,
    circuit_cells,
    styles,
    circuit_glow,
    region_and_electrode,
)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "images"
    for picture in PICTURES:
        gm.save_image(folder / f"gallery_{picture.__name__}.png", picture())


if __name__ == "__main__":
    main()
