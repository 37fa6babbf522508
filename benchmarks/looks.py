"""Pictures for docs/looks.md: five scenes at four times their size, by two versions of gpu_morph and by PyVista.

    PYTHONPATH=OLD_VERSION python benchmarks/looks.py draw FOLDER/before CELL.asc
    python benchmarks/looks.py draw FOLDER/after CELL.asc
    PYVISTA_PYTHON benchmarks/pyvista_looks.py FOLDER/after FOLDER/pyvista
    python benchmarks/looks.py join FOLDER docs/images

CELL.asc is a reconstruction with branchings that get thinner; docs/looks.md shows sm080902a3-2.asc. "draw" also
writes what PyVista draws. The third picture of the circuit is of lines, whose opacities add up to what is seen.
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
    places = rng.uniform((-1500, -1500, -200), (1500, 1500, 200), (1000, 3))
    circuit = gm.join_morphologies([thinned(demo, 8)] * 1000, translations=places)
    has_styles = any(field.name == "style" for field in fields(gm.Scene))
    glow: dict[str, Any] = {"style": "glow"} if has_styles else {"background": "black", "opacity": 0.15}
    cell_colors = gm.by_cell(circuit, dict(enumerate(rng.choice(["#3f3fbf", "#ffb000"], 1000, p=[0.95, 0.05]))))
    inner = gm.Camera(azim=-70, elev=15, center=(4, 0, 25), height=110)
    whole = gm.Camera(**side, center=(0, 0, 330), height=1250)
    fork = gm.Camera(azim=0, elev=0, center=(-17.9, -46.3, -8.2), height=110)
    column = gm.Camera(azim=-90, elev=0, center=(0, 0, 300), height=1900)
    return {
        "close_up": (gm.Scene(demo, recording, clim=(-80, 30), camera=inner), (1280, 900), (0.47, 0.62), 3.4),
        "4k": (gm.Scene(demo, recording, clim=(-80, 30), camera=whole), (3840, 2160), (0.475, 0.69), 4.6),
        "branchings": (gm.Scene(gm.read_morphology(asc), color="#5a7d9a", camera=fork), (1280, 900), (0.5, 0.5), None),
        "circuit": (gm.Scene(circuit, color=cell_colors, camera=column, **glow), (1280, 720), (0.5, 0.62), None),
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


def draw(folder: Path, asc: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (scene, size, middle, time) in scenes(asc).items():
        left, top = corner(size, middle)
        image = gm.render_image(scene, time=time, size=size)
        Image.fromarray(image[top : top + CLOSE[1], left : left + CLOSE[0]]).save(folder / f"{name}.png")
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
        )


def join(folder: Path, images: Path) -> None:
    """One picture for each scene: before, after, PyVista."""
    width, height = CLOSE[0] * ZOOM, CLOSE[1] * ZOOM
    for path in sorted((folder / ORDER[0]).glob("*.png")):
        sheet = Image.new("RGB", (3 * width + 16, height), "white")
        for k, version in enumerate(ORDER):
            part = (
                Image.open(folder / version / path.name)
                .convert("RGB")
                .resize((width, height), Image.Resampling.NEAREST)
            )
            sheet.paste(part, (k * (width + 8), 0))
        sheet.quantize(256).save(images / f"looks_{path.name}", optimize=True)


if __name__ == "__main__":
    if sys.argv[1] == "draw":
        draw(Path(sys.argv[2]), sys.argv[3])
    else:
        join(Path(sys.argv[2]), Path(sys.argv[3]))
