"""What is under the pointer: the segment in front, found by geometry in numpy, without OpenGL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..data.morphology_links import linked_sections
from ..image.image import Size
from ..scene.camera import Camera
from .projection import projected

_SNAP = 4.0  # pixels beside a tube in which it is found, too


@dataclass(frozen=True)
class Pick:
    """A site of the morphology under the pointer: a section and the position along it, 0 to 1 of its arc length.

    ``depth`` is that of its axis, µm towards the viewer.
    """

    section: int
    position: float
    depth: float = field(default=0.0, compare=False)


class Picker:
    """Finds the sites that a camera sees at pixels.

    Parameters
    ----------
    morphology : Morphology
        What is drawn.
    camera : Camera
        Fitted.
    size : (width, height)
        Of the picture, pixels.
    is_shown : (n_sections,) bool
        Sections that are drawn.
    min_width : float
        Pixels; no tube is drawn thinner.
    """

    def __init__(
        self,
        morphology: Morphology,
        camera: Camera,
        size: Size,
        *,
        is_shown: npt.NDArray[np.bool_],
        min_width: float = 1.0,
    ) -> None:
        start, end = _segments(morphology)
        section = morphology.point_section
        shown = is_shown[section[end]]
        start, end = start[shown], end[shown]
        positions = morphology.positions_along(np.float32)
        links = linked_sections(morphology)
        links = links[is_shown[links]]
        sites = (morphology.section_parent[links], morphology.section_parent_x[links])
        attached, _ = morphology.located(*sites) if len(links) else (np.empty((0, 3)), np.empty(0))
        first = morphology.section_offsets[links]
        # Points, then the sites to which sections are linked; a link has the diameter of the section's first point.
        self._xy, self._depth, scale = projected(camera, size, np.vstack([morphology.points, attached]))
        diameters = np.concatenate([morphology.diameters, morphology.diameters[first]])
        self._radius = diameters / 2  # µm
        self._scale = scale
        self._least = max(min_width, 1.0) / 2
        self._start = np.concatenate([start, len(morphology.points) + np.arange(len(links))])
        self._end = np.concatenate([end, first])
        self._section = section[self._end]
        self._positions = np.concatenate([positions[start], positions[first]]), positions[self._end]

    def at(self, x: float, y: float) -> Pick | None:
        """The site in front at a pixel, or beside it within 4 pixels; None where there is nothing."""
        near = self._near(x, y)
        if not len(near):
            return None
        start, end = self._start[near], self._end[near]
        point = np.array([[x], [y]])
        base, chord = self._xy[:, start], self._xy[:, end] - self._xy[:, start]
        squared = (chord * chord).sum(axis=0)
        along = ((point - base) * chord).sum(axis=0)
        fraction = np.clip(np.divide(along, squared, out=np.zeros_like(along), where=squared > 0), 0, 1)
        away = np.hypot(*(point - base - fraction * chord))
        scale = self._between(self._scale, start, end, fraction)
        radius = np.maximum(self._between(self._radius, start, end, fraction) * scale, self._least)
        found = away <= radius
        if not found.any():
            beside = away - radius
            k = int(np.argmin(beside))
            return self._pick(near[k], fraction[k]) if beside[k] <= _SNAP else None
        bulge = np.sqrt(np.maximum(radius**2 - away**2, 0)) / scale
        depth = np.where(found, self._between(self._depth, start, end, fraction) + bulge, -np.inf)
        k = int(np.argmax(depth))
        return self._pick(near[k], fraction[k])

    def _near(self, x: float, y: float) -> npt.NDArray[np.int64]:
        """Segments whose box is near a pixel."""
        reach = self._radius * self._scale
        reach = np.maximum(np.fmax(reach[self._start], reach[self._end]), self._least) + _SNAP
        inside = np.ones(len(self._start), dtype=bool)
        for at, coordinate in ((x, self._xy[0]), (y, self._xy[1])):
            a, b = coordinate[self._start], coordinate[self._end]
            inside &= (np.minimum(a, b) - reach <= at) & (at <= np.maximum(a, b) + reach)
        return np.flatnonzero(inside)

    @staticmethod
    def _between(
        values: npt.NDArray[Any],
        start: npt.NDArray[np.int64],
        end: npt.NDArray[np.int64],
        fraction: npt.NDArray[np.float64],
    ) -> npt.NDArray[np.float64]:
        between: npt.NDArray[np.float64] = values[start] + fraction * (values[end] - values[start])
        return between

    def _pick(self, segment: np.int64, fraction: np.float64) -> Pick:
        before, after = (float(ends[segment]) for ends in self._positions)
        near, far = (float(self._depth[ends[segment]]) for ends in (self._start, self._end))
        along = float(fraction)
        return Pick(int(self._section[segment]), before + along * (after - before), near + along * (far - near))


def _segments(morphology: Morphology) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Points at the ends of segments; a section of one point is a segment from it to itself."""
    offsets = morphology.section_offsets
    is_start = np.ones(morphology.n_points, dtype=bool)
    is_start[offsets[1:] - 1] = False
    start = np.flatnonzero(is_start)
    spheres = offsets[:-1][np.diff(offsets) == 1]
    return np.concatenate([start, spheres]), np.concatenate([start + 1, spheres])
