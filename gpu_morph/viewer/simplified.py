"""A simplified scene, which is drawn while a large one is moved: fewer points, and only the largest sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..scene.opacity import section_opacities
from ..scene.point_values import PointValues
from ..scene.scene import Scene


def simplified_scene(scene: Scene, n_segments: int) -> Scene:
    """A scene of about ``n_segments`` straight pieces at most; the scene itself if it has no more points.

    Sections keep their numbers. Those with the least surface are hidden where there are too many; the others have
    points in equal steps, and as many compartments.
    """
    morphology = scene.morphology
    if morphology.n_points <= n_segments:
        return scene
    opacities = section_opacities(scene.opacity, morphology)
    is_shown = _largest(morphology, opacities > 0, n_segments // 2)
    length = morphology.section_length
    step = float(length[is_shown].sum()) / max(1, n_segments - int(is_shown.sum()))
    kept = _kept_points(morphology, is_shown, step)
    color = scene.color
    if isinstance(color, PointValues):
        color = replace(color, values=color.values[kept])
    recording = scene.recording
    if recording is not None and scene.shows_values:
        recording = _with_fewer_columns(recording, morphology, is_shown, step)
    n_points = np.add.reduceat(kept, morphology.section_offsets[:-1], dtype=np.int64)
    return replace(
        scene,
        morphology=replace(
            morphology,
            points=morphology.points[kept],
            diameters=morphology.diameters[kept],
            section_offsets=np.concatenate([[0], np.cumsum(n_points)]),
        ),
        recording=recording,
        color=color,
        opacity=np.where(is_shown, opacities, np.float32(0)),
    )


def _largest(morphology: Morphology, is_shown: npt.NDArray[np.bool_], most: int) -> npt.NDArray[np.bool_]:
    """(n_sections,) bool: of the sections that are shown, the ``most`` that have the largest surface."""
    sections = np.flatnonzero(is_shown)
    if len(sections) <= most:
        return is_shown
    diameter = np.maximum.reduceat(morphology.diameters, morphology.section_offsets[:-1])
    surface = (diameter * np.maximum(morphology.section_length, diameter))[sections]
    chosen = np.zeros(len(is_shown), dtype=bool)
    chosen[sections[np.argpartition(surface, -most)[-most:]]] = True
    return chosen


def _kept_points(morphology: Morphology, is_shown: npt.NDArray[np.bool_], step: float) -> npt.NDArray[np.bool_]:
    """(n_points,) bool: ends of sections, and of those that are shown a point in each step of the arc length."""
    offsets = morphology.section_offsets
    number = np.floor(morphology.point_arc_length / max(step, 1e-9))
    kept: npt.NDArray[np.bool_] = np.diff(number, prepend=-1.0) != 0
    kept &= is_shown[morphology.point_section]
    kept[offsets[:-1]] = kept[offsets[1:] - 1] = True
    return kept


def _with_fewer_columns(
    recording: Recording, morphology: Morphology, is_shown: npt.NDArray[np.bool_], step: float
) -> Recording:
    """One compartment in each step of the arc length of the sections that are shown."""
    number = np.floor(recording.position * morphology.section_length[recording.section] / max(step, 1e-9))
    columns = np.flatnonzero(is_shown[recording.section])
    _, first = np.unique(np.stack([recording.section[columns], number[columns]]), axis=1, return_index=True)
    columns = columns[np.sort(first)] if len(columns) else np.arange(1)
    return Recording(
        recording.times,
        _Columns(recording, columns),
        section=recording.section[columns],
        position=recording.position[columns],
        name=recording.name,
        unit=recording.unit,
    )


@dataclass(frozen=True, eq=False)
class _Columns:
    """Some columns of a recording, as `SliceableRows`."""

    recording: Recording
    columns: npt.NDArray[np.int64]

    dtype = np.dtype(np.float32)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.recording.times), len(self.columns)

    def __getitem__(self, rows: Any, /) -> npt.NDArray[np.float32]:
        if isinstance(rows, slice):
            return np.stack([self.recording.row(row)[self.columns] for row in self._numbers(rows)])
        return self.recording.row(int(rows))[self.columns]

    def _numbers(self, rows: slice) -> Iterator[int]:
        return iter(range(*rows.indices(len(self.recording.times))))
