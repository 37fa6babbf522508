"""Pictures for docs/looks.md: five scenes at four times their size, by two versions of gpu_morph and by PyVista.

    PYTHONPATH=OLD_VERSION python benchmarks/looks.py draw FOLDER/before CELL.asc [SCENE ...]
    python benchmarks/looks.py draw FOLDER/after CELL.asc [SCENE ...]
    PYVISTA_PYTHON benchmarks/pyvista_looks.py FOLDER/after FOLDER/pyvista
    python benchmarks/looks.py join FOLDER docs/images

CELL.asc is a reconstruction with branchings that get thinner; docs/looks.md shows sm080902a3-2.asc. "draw" also
writes what PyVista draws. The third picture of the circuit is of lines, whose opacities add up to what is seen. The
circuit is also shown as a whole, at half its size.
"""

from __future__ import annotations

import sys
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import gpu_morph as gm

CLOSE, ZOOM = (160, 120), 4  # pixels of the part that is shown, and its magnification
ORDER = ("before", "after", "pyvista")
WHOLE = ("circuit",)  # scenes whose whole picture is shown above the part


def thinned(morphology: gm.Morphology, step: int) -> gm.Morphology:
    """Every ``step``-th point, and the ends of sections."""
    offsets, kept, starts = morphology.section_offsets, [], [0]
    for start, stop in pairwise(offsets):
        kept += [*range(start, stop - 1, step), stop - 1]
        starts.append(len(kept))
    return gm.Morphology(
        morphology.points[kept],
        morphology.diameters[kept],
        starts,
        morphology.section_parent,
        morphology.section_parent_x,
        morphology.section_labels,
    )


def wave(cell: gm.Morphology, recording: gm.Recording, n_cells: int) -> tuple[gm.Morphology, gm.Recording]:
    """A slab of cells at the moment when a wave of spikes, 300 µm per ms along x, is in its middle."""
    rng = np.random.default_rng(6)
    places = rng.uniform((-1500, -1500, -200), (1500, 1500, 200), (n_cells, 3))  # µm
    since_spike = 9.0 - (places[:, 0] + 1500) / 300  # ms
    rows = np.clip(np.searchsorted(recording.times, since_spike), 0, len(recording.times) - 1)
    circuit = gm.join_morphologies([thinned(cell, 8)] * n_cells, translations=places)
    section = np.concatenate([recording.section + k * cell.n_sections for k in range(n_cells)])
    values = np.hstack([recording.values[row] for row in rows])[None]
    return circuit, gm.Recording([0.0], values, section=section, position=np.tile(recording.position, n_cells))


def scenes(asc: str) -> dict[str, tuple[gm.Scene, tuple[int, int], tuple[float, float], float | None]]:
    """Each with the size of its picture, the middle of the part that is shown, 0 to 1, and the time."""
    demo, recording = gm.demo_cell()
    rng = np.random.default_rng(6)
    side = {"azim": -90.0, "elev": 5.0}
    section = rng.choice(demo.n_sections, 25_000, p=demo.section_length / demo.section_length.sum())
    synapses = gm.SynapseEvents(
        demo.locate(section, rng.random(25_000)),
        rng.integers(0, 2, 25_000),
        ("a", "b"),
        event_synapse=[],
        event_time=[],
    )
    circuit, spikes = wave(demo, recording, 1000)
    has_styles = any(field.name == "style" for field in fields(gm.Scene))
    glow: dict[str, Any] = {"style": "glow"} if has_styles else {"background": "black", "opacity": 0.15}
    inner = gm.Camera(azim=-70, elev=15, center=(4, 0, 25), height=110)
    whole = gm.Camera(**side, center=(0, 0, 330), height=1250)
    fork = gm.Camera(azim=0, elev=0, center=(-17.9, -46.3, -8.2), height=110)
    column = gm.Camera(azim=-90, elev=0, center=(0, 0, 300), height=1900)
    return {
        "close_up": (gm.Scene(demo, recording, clim=(-80, 30), camera=inner), (1280, 900), (0.477, 0.728), 3.4),
        "4k": (gm.Scene(demo, recording, clim=(-80, 30), camera=whole), (3840, 2160), (0.475, 0.69), 4.6),
        "branchings": (
            gm.Scene(gm.read_morphology(asc), color="#5a7d9a", camera=fork),
            (1280, 900),
            (0.4875, 0.545),
            None,
        ),
        "circuit": (
            gm.Scene(circuit, spikes, cmap="plasma", clim=(-80, 30), camera=column, **glow),
            (1280, 720),
            (0.42, 0.27),
            0.0,
        ),
        "synapses": (
            gm.Scene(
                demo,
                synapses=synapses,
                color="#b8bcc4",
                synapse_style=gm.SynapseStyle(show_all=True, colors={"a": "#d55e00", "b": "#0072b2"}),
                camera=whole,
            ),
            (1280, 900),
            (0.497, 0.735),
            None,
        ),
    }


def corner(size: tuple[int, int], middle: tuple[float, float]) -> list[int]:
    """The upper left pixel of the part that is shown."""
    return [round(side * at - part / 2) for side, at, part in zip(size, middle, CLOSE, strict=True)]


def draw(folder: Path, asc: str, names: list[str]) -> None:
    """The parts of the scenes with these names, or of all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (scene, size, middle, time) in scenes(asc).items():
        if names and name not in names:
            continue
        left, top = corner(size, middle)
        image = gm.render_image(scene, time=time, size=size)
        Image.fromarray(image[top : top + CLOSE[1], left : left + CLOSE[0]]).save(folder / f"{name}.png")
        if name in WHOLE:
            Image.fromarray(image).save(folder / f"{name}_whole.png")
        camera, morphology = scene.fitted_camera(size), scene.morphology
        values = (
            np.zeros(0) if time is None else scene.recording.row(int(np.abs(scene.recording.times - time).argmin()))
        )
        np.savez(
            folder / f"{name}.npz",
            points=morphology.points,
            diameters=morphology.diameters,
            offsets=morphology.section_offsets,
            cell=morphology.section_cell,
            section=scene.recording.section if time is not None else np.zeros(0, int),
            values=values,
            synapses=np.zeros((0, 3)) if scene.synapses is None else scene.synapses.positions,
            population=np.zeros(0, int) if scene.synapses is None else scene.synapses.population,
            axes=camera.axes,
            center=camera.center,
            height=camera.height,
            size=size,
            part=[left, top, *CLOSE],
            whole=name in WHOLE,
        )


def row(folder: Path, name: str, size: tuple[int, int], resampling: Image.Resampling) -> Image.Image:
    """Pictures of one name side by side: before, after, PyVista."""
    sheet = Image.new("RGB", (len(ORDER) * (size[0] + 8) - 8, size[1]), "white")
    for k, version in enumerate(ORDER):
        picture = Image.open(folder / version / f"{name}.png").convert("RGB").resize(size, resampling)
        sheet.paste(picture, (k * (size[0] + 8), 0))
    return sheet


def join(folder: Path, images: Path) -> None:
    """One picture for each scene: its parts, below the whole pictures of those in ``WHOLE``."""
    for path in sorted((folder / ORDER[0]).glob("*.npz")):
        rows = [row(folder, path.stem, (CLOSE[0] * ZOOM, CLOSE[1] * ZOOM), Image.Resampling.NEAREST)]
        if path.stem in WHOLE:
            rows.insert(0, row(folder, f"{path.stem}_whole", (640, 360), Image.Resampling.BOX))
        sheet = Image.new("RGB", (rows[0].width, sum(part.height + 8 for part in rows) - 8), "white")
        top = 0
        for part in rows:
            sheet.paste(part, (0, top))
            top += part.height + 8
        sheet.quantize(256).save(images / f"looks_{path.stem}.png", optimize=True)


if __name__ == "__main__":
    if sys.argv[1] == "draw":
        draw(Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
    else:
        join(Path(sys.argv[2]), Path(sys.argv[3]))
