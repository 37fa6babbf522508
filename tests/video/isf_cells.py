"""Tiny cells with the attributes of the In Silico Framework's, and the pictures that CellMorphologyVisualizer draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu_morph import CellMorphologyVisualizer, TimeRange
from probe import decoded_frames

Pixels = npt.NDArray[np.uint8]
LOSSLESS = "png"  # in a .mov


class Section:
    """A section with ISF's attributes; iterating gives its segments.

    ``x`` is the position on its parent where it is attached.
    """

    def __init__(
        self,
        label: str,
        points: Any,
        diameters: Any,
        parent: Section | None = None,
        n_segments: int = 1,
        x: float = 1.0,
    ) -> None:
        self.label, self.pts, self.diamList = label, points, diameters
        self.parent, self.parentx = parent, x
        self.nseg = n_segments
        self.recVList: list[npt.NDArray[np.float64]] = []
        self.recordVars: dict[str, list[npt.NDArray[np.float64]]] = {}

    def __iter__(self) -> Iterator[SimpleNamespace]:
        return iter([SimpleNamespace(x=(k + 0.5) / self.nseg) for k in range(self.nseg)])


def isf_cell(*sections: Section, times: Any = None, synapses: Any = None) -> SimpleNamespace:
    """A cell of sections, the first of which is the soma."""
    return SimpleNamespace(sections=list(sections), soma=sections[0], synapses=synapses or {}, tVec=times)


def tiny_cell(*, simulated: bool = True) -> SimpleNamespace:
    """A soma and a dendrite; 20 ms in steps of 0.1 ms, voltage rising in time and along the cell."""
    soma = Section("Soma", [[0, 0, -20], [0, 0, 20]], [30, 30])
    dendrite = Section("Dendrite", [[0, 0, 20], [30, 60, 120]], [12, 6], soma, 2)
    cell = isf_cell(soma, dendrite)
    if simulated:
        cell.tVec = np.arange(201) / 10
        for section, offset in ((soma, 0), (dendrite, 10)):
            section.recVList = [-80 + offset + k + 4 * cell.tVec for k in range(section.nseg)]
            section.recordVars = {"hh.m": [np.cos(cell.tVec + k) for k in range(section.nseg)]}
    return cell


def synapse(xyz: Any, *spikes: float) -> SimpleNamespace:
    """A synapse whose presynaptic cell spikes at these times, ms."""
    return SimpleNamespace(coordinates=np.array(xyz, float), preCell=SimpleNamespace(spikeTimes=list(spikes)))


def visualizer(cell: Any = None, *, align_trunk: bool = False, dpi: float = 8, **times: Any) -> Any:
    """A visualizer of small pictures, without alignment and rotation."""
    viz = CellMorphologyVisualizer(cell or tiny_cell(), align_trunk, **times)
    viz.dpi, viz.neuron_rotation = dpi, 0
    return viz


def film(viz: CellMorphologyVisualizer, folder: Path, **options: Any) -> Pixels:
    """The frames of a film; lossless unless a codec is given."""
    path = folder / "cell.mov"
    viz.write_video(None, path, **{"codec": LOSSLESS, **options})
    return decoded_frames(path)


def picture(viz: CellMorphologyVisualizer, **options: Any) -> Pixels:
    """The pixels that `plot` draws, by default without a legend."""
    figure = viz.plot(**{"show_legend": False, **options})
    if isinstance(figure, np.ndarray):  # there is no matplotlib
        return figure
    from matplotlib import pyplot

    pyplot.close(figure)
    return np.asarray(figure.axes[0].images[0].get_array())


def side(viz: CellMorphologyVisualizer) -> int:
    """Width and height of its pictures, pixels, if that is even."""
    return round(15 * viz.dpi)


def projected(viz: CellMorphologyVisualizer, points: Any, *times: float, **options: Any) -> npt.NDArray[np.float64]:
    """(n, 2) pixels of points (µm, of the drawn cell): x to the right and y down.

    ``times`` are a film's start, stop and step, or a picture's time: the size of the clock depends on them, and the
    cell is fitted next to it.
    """
    span = {1: (*times, *times, 1.0), 3: times}.get(len(times))
    scene = replace(viz.scene(**options), time_range=TimeRange(*span) if span else None)
    scene, size = replace(scene, camera=scene.camera.still()), (side(viz), side(viz))
    return scene.fitted_camera(size).project(points, size)


def at(image: Pixels, pixel: Any) -> Pixels:
    """The colour of a pixel (x, y) of a picture, or of each frame."""
    x, y = pixel
    return image[..., int(y), int(x), :]


def around(image: Pixels, pixel: Any, reach: int = 4) -> Pixels:
    """The square of pixels around a pixel (x, y)."""
    x, y = (max(int(c) - reach, 0) for c in pixel)
    return image[..., y : y + 2 * reach + 1, x : x + 2 * reach + 1, :]


def drawn(image: Pixels, background: Any = (255, 255, 255)) -> npt.NDArray[np.bool_]:
    """(height, width): pixels that are not background."""
    return (image != np.array(background)).any(axis=-1)


def hue(pixel: Any) -> npt.NDArray[np.float64]:
    """A colour at full brightness, which lighting does not change."""
    given = np.asarray(pixel, float)
    return given / np.maximum(given.max(axis=-1, keepdims=True), 1)


def is_like(image: Pixels, color: Any, tolerance: float = 0.12) -> npt.NDArray[np.bool_]:
    """Pixels of this colour under any lighting except deep shade."""
    alike = np.abs(hue(image) - hue(color)).max(axis=-1) <= tolerance
    return alike & (image.max(axis=-1) > 0.4 * np.max(color))
