"""A cell, its recording and a view of it, and what is seen of an annotation in that view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpu_morph.data.frame_times import TimeRange
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.scene.annotations import (
    Annotation,
    Arrow,
    Axes,
    Clock,
    ColorBar,
    Fade,
    Inset,
    LabelLegend,
    Layers,
    Logo,
    ScaleBar,
    Stimulus,
    SynapseLegend,
    Text,
    Title,
    TraceInset,
)
from gpu_morph.scene.annotations.base import ColorScale, Moment, Sprite, View
from gpu_morph.scene.camera import Box, Camera
from gpu_morph.scene.colormaps import ColorTable
from gpu_morph.scene.colors import parse_color

SIZE = (640, 480)
INK, PAPER = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0)
# A soma, and a dendrite of 100 µm along y.
CELL = Morphology([[0, 0, 0], [0, 0, 0], [0, 100, 0]], [10, 2, 2], [0, 1, 3], [-1, 0], [0, 0.5], ("soma", "dend"))
TIMES = np.arange(0, 20.5, 0.5)
RAMP = np.stack([-80 + 5 * TIMES, 10 - 2 * TIMES], axis=1)  # mV, of soma and dendrite
RECORDING = Recording(TIMES, RAMP, section=[0, 1], position=[0.5, 0.5])
# 256 colours that no other thing has.
ENTRIES = np.stack([np.arange(256), 255 - np.arange(256), np.full(256, 77)], axis=1).astype(np.uint8)
UNDER, OVER, MISSING = (np.array(color, dtype=np.uint8) for color in ([9, 9, 200], [200, 9, 9], [158, 158, 158]))
CAMERA = Camera(azim=0, elev=0, center=(0, 0, 0), height=240, shift=(0, 0))  # 2 pixels per µm; y to the right


def scale(clim: tuple[float, float] = (-90.0, 40.0), **changes: Any) -> ColorScale:
    table = ColorTable(ENTRIES, UNDER, OVER, MISSING, clim)
    nothing_else = {"has_under": False, "has_over": False, "has_missing": False}
    return ColorScale(table, **{"name": "v", "unit": "mV"} | nothing_else | changes)


def view(**changes: Any) -> View:
    usual: dict[str, Any] = {
        "size": SIZE,
        "text": 20.0,
        "ink": INK,
        "paper": PAPER,
        "is_transparent": False,
        "shield": False,
        "morphology": CELL,
        "recording": RECORDING,
        "scale": scale(),
        "times": TimeRange(0.0, 20.0, 0.1),
        "camera": CAMERA,
    }
    return View(**usual | changes)


def box_of(annotation: Annotation, seen: View, x: int = 30, y: int = 20) -> Box:
    return Box(x, y, *annotation.room(seen))


def sprites(
    annotation: Annotation, seen: View | None = None, *, time: float | None = 5.0, camera: Camera = CAMERA
) -> list[Sprite]:
    seen = seen or view()
    return list(annotation.drawing(seen, box_of(annotation, seen))(Moment(time, camera)))


def shown(parts: Sequence[Sprite], size: tuple[int, int] = SIZE, paper: Sequence[float] = PAPER) -> np.ndarray:
    """(height, width, 3) float: sprites over a sheet of paper."""
    picture = np.full((size[1], size[0], 3), 255.0) * paper[:3]
    for sprite in parts:
        height, width = sprite.image.shape[:2]
        part = picture[max(sprite.y, 0) : sprite.y + height, max(sprite.x, 0) : sprite.x + width]
        image = sprite.image[max(-sprite.y, 0) :, max(-sprite.x, 0) :][: part.shape[0], : part.shape[1]].astype(float)
        alpha = image[..., 3:] / 255
        part[:] = part * (1 - alpha) + image[..., :3] * alpha
    return picture


def has_color(parts: Sequence[Sprite], color: Any) -> bool:
    """True when at least four pixels have exactly that colour."""
    return bool(((shown(parts) == np.asarray(color)).all(axis=2)).sum() >= 4)


KINDS: dict[str, Annotation] = {
    "color bar": ColorBar(ticks=np.array([-80, 0, 40])),  # type: ignore[arg-type]
    "clock": Clock(offset=2, color="red"),
    "scale bar": ScaleBar(length=100),
    "synapse legend": SynapseLegend(title="Synapses"),
    "label legend": LabelLegend(),
    "trace": TraceInset(section=(0, 1), x=(0.5, 0.2), color=("red", "blue")),
    "text": Text("one\ntwo"),
    "stimulus": Stimulus(times=[[1, 2], [4, 5]], section=1),  # type: ignore[arg-type, list-item]
    "arrow": Arrow(1, x=0.3, label="here"),
    "axes": Axes(),
    "title": Title("a title", start=0.0, seconds=9.0, background="blue"),
    "fade": Fade(),
    "logo": Logo(np.full((4, 8, 4), 200, dtype=np.uint8)),
    "inset": Inset(1, place="lower left", color="blue"),
    "layers": Layers({"L1": 100.0, "": 0.0}, color="blue"),
}


def told(clock: Clock, time: float | None, words: list[tuple[float, str]], **changes: Any) -> str:
    """What a clock shows."""
    words.clear()
    sprites(clock, view(**changes), time=time)
    return "".join(word for _, word in sorted(words))


SYNAPSES = {
    name: parse_color(color) for name, color in {"L4": "#0072b2", "inactive": "#777777", "VPM": "#d55e00"}.items()
}


def inked(sprite: Sprite) -> np.ndarray:
    """(n, 2) middles of the pixels of the picture that a sprite covers by a third or more."""
    rows, columns = np.nonzero(sprite.image[..., 3] > 85)
    return np.stack([sprite.x + columns + 0.5, sprite.y + rows + 0.5], axis=1)
