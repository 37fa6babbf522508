"""What is known of a site: its section, its value at a time, its distance to the soma."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..data.sampling import frame_values
from ..data.section_kinds import SOMA, section_kind
from ..data.value_map import map_values
from ..render.vertex_values import RecordingRows
from ..scene.annotations.number_format import formatted, typeset
from ..scene.overlay import Overlay, nearest_row
from ..scene.scene import Scene
from .picking import Pick


@dataclass(frozen=True)
class Readout:
    """What a tooltip says of a site.

    Attributes
    ----------
    value : str
        The value with its unit; "" if colours stand for no values.
    name : str
        The section's name, or its label and number; in circuits also the cell.
    details : str
        Position and distance to the soma.
    """

    value: str
    name: str
    details: str


class SiteReader:
    """Reads what a scene shows at sites."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._has_cells = scene.morphology.n_cells > 1

    def read(self, pick: Pick, time: float | None) -> Readout:
        """What a tooltip says of a site at a time, ms."""
        morphology, section = self._scene.morphology, pick.section
        names, label = morphology.section_names, morphology.section_labels[section]
        name = names[section] if names is not None and names[section] else f"{label or 'section'} {section}"
        name = name if not label or label in name else f"{name}, {label}"
        if self._has_cells:
            name = f"{name}, cell {int(morphology.section_cell[section])}"
        distance = self.distance(pick)
        details = f"x = {pick.position:.2f}"
        if section_kind(label) != SOMA:
            details += f"   {distance:.0f} µm from the {'soma' if self._has_soma else 'root'}"
        return Readout(self._value_text(pick, time), name, details)

    def value(self, pick: Pick, time: float | None) -> float | None:
        """The value at a site; NaN where nothing was recorded, None if colours stand for no values."""
        overlay = self._overlay_at(pick)
        if overlay is not None:
            return self._at(pick, overlay.recording, self._overlay_values(overlay, time))
        scene, coloring = self._scene, self._scene.base_coloring
        if coloring.recording is None or not coloring.has_scale:
            return None
        rows = RecordingRows(scene, coloring)
        shown = rows.sample(time)
        return None if shown is None else self._at(pick, coloring.recording, rows.values(shown))

    def _at(self, pick: Pick, recording: Recording, values: npt.NDArray[np.float32]) -> float:
        """The value of a site, given those of a recording's compartments."""
        section, position = np.array([pick.section], dtype=np.int32), np.array([pick.position], dtype=np.float32)
        return float(map_values(recording, section, position, interpolation=self._scene.interpolation)(values)[0])

    def _overlay_values(self, overlay: Overlay, time: float | None) -> npt.NDArray[np.float32]:
        """(n_compartments,) float32: what is drawn of an overlay: its rows at the times of the joint ones."""
        joint = RecordingRows(self._scene, self._scene.coloring)
        shown = joint.sample(time)
        assert shown is not None and joint.recording is not None
        times = joint.recording.times
        return frame_values(
            shown,
            lambda number: nearest_row(overlay.recording, float(times[number])),
            variable=overlay.recording.name,
        )

    def _overlay_at(self, pick: Pick) -> Overlay | None:
        """The overlay that colours a section."""
        return next((each for each in self._scene.overlays if pick.section in each.recording.section), None)

    def _value_text(self, pick: Pick, time: float | None) -> str:
        value, overlay, coloring = self.value(pick, time), self._overlay_at(pick), self._scene.base_coloring
        recording = coloring.recording if overlay is None else overlay.recording
        if value is None or recording is None:
            return ""
        if not np.isfinite(value):
            return "not recorded"
        low, high = (coloring.table if overlay is None else overlay.table("grey")).clim
        n_decimals = int(np.clip(3 - np.ceil(np.log10(max(high - low, 1e-9))), 0, 6))
        text = f"{formatted(value, n_decimals)} {typeset(recording.unit)}".rstrip()
        return text if overlay is None else f"{recording.name}: {text}"

    def distance(self, pick: Pick) -> float:
        """From the soma along the neurites, µm; from the root in cells without a soma, 0 in a soma."""
        starts, lengths = self._distances
        return float(starts[pick.section] + pick.position * lengths[pick.section])

    @cached_property
    def _has_soma(self) -> bool:
        return any(section_kind(label) == SOMA for label in self._scene.morphology.section_labels)

    @cached_property
    def _distances(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        return section_distances(self._scene.morphology)


def section_distances(morphology: Morphology) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(n_sections,) float64 each, µm: the distance to the soma at the start of sections, and how much it grows in them.

    It does not grow in somata.
    """
    is_soma = {label: section_kind(label) == SOMA for label in set(morphology.section_labels)}
    grows = ~np.array([is_soma[label] for label in morphology.section_labels])
    lengths = np.where(grows, morphology.section_length, 0.0)
    parent, x = morphology.section_parent, morphology.section_parent_x
    starts = np.zeros(morphology.n_sections)
    step = np.where(parent >= 0, x * lengths[parent], 0.0)  # from the parent's start to the section's
    ancestor = parent.astype(np.int64)
    starts = step.copy()
    while (ancestor >= 0).any():  # pointer doubling
        starts = starts + np.where(ancestor >= 0, starts[ancestor], 0.0)
        ancestor = np.where(ancestor >= 0, ancestor[ancestor], -1)
    return starts, lengths
