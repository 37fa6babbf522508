"""NEURON's sections, with or without 3-d points, as sections of a Morphology.

A section of NEURON is connected to its parent by its 0 end or its 1 end. Its 3-d points begin at the connected end: if
that is the 1 end, they run from x = 1 to x = 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..errors import MorphologyError
from .aliases import FloatArray
from .bodies import inscribe_bodies
from .sections import Section, label_of

_ROOT_DISTANCE = 100.0  # µm along z between roots
_FAN_ANGLE = 0.8  # radians, between the first and the last of the children at one site


@dataclass
class NeuronSection:
    """A section as NEURON describes it.

    Parameters
    ----------
    name : str
        The section's name.
    points : list of (x, y, z)
        3-d points, µm. Empty: the section is straight, with ``length`` and segments of equal length.
    diameters : list of float
        Of each point, or without points of each segment, µm.
    length : float
        µm; used without points only.
    n_roots_before : int
        The number of roots before this section, if it is a root.
    parent : int
        The index of its parent, -1 for a root.
    parent_x : float
        NEURON's x on the parent, 0 to 1.
    end : float
        The end that is connected to the parent, 0 or 1.
    """

    name: str
    points: list[tuple[float, float, float]] = field(default_factory=list)
    diameters: list[float] = field(default_factory=lambda: [500.0])  # NEURON's defaults
    length: float = 100.0
    n_roots_before: int = 0
    parent: int = -1
    parent_x: float = 0.0
    end: float = 0.0

    def position(self, x: float) -> float:
        """The position of NEURON's ``x``, counted from the end at the parent."""
        return 1.0 - x if self.end == 1 else x


def sections_of(neuron_sections: Sequence[NeuronSection], *, name: str) -> list[Section]:
    """A Section for each section of NEURON, in the same order; each tree is a cell.

    Sections without points get those of NEURON's ``define_shape``: roots lie along x, at different z. Children lie in
    the xy plane. At an end of their parent they continue its direction, between its ends they are perpendicular to it.
    Several children at one site are spread like a fan. Sections with points are not moved. Somata, and other bodies,
    are drawn as long as they are, see `inscribed`.

    Parameters
    ----------
    neuron_sections : sequence of NeuronSection
        All sections of each tree.
    name : str
        The file or simulator, for error messages.

    Raises
    ------
    MorphologyError
        The connections form a cycle.
    """
    children: dict[int, dict[float, list[int]]] = {}  # by parent, then by position on it
    for k, one in enumerate(neuron_sections):
        position = neuron_sections[one.parent].position(one.parent_x) if one.parent >= 0 else 0.0
        children.setdefault(one.parent, {}).setdefault(position, []).append(k)
    sections = [
        Section(np.array(one.points), np.array(one.diameters), label_of(one.name), one.parent, name=one.name)
        for one in neuron_sections
    ]
    order = children.get(-1, {}).get(0.0, [])[:]
    for cell, root in enumerate(order):
        sections[root].cell = cell
        if not neuron_sections[root].points:
            z = neuron_sections[root].n_roots_before * _ROOT_DISTANCE
            _set_straight_points(sections[root], neuron_sections[root], np.array([0.0, 0.0, z]), 0.0)
    for k in order:  # breadth first: the loop appends the children
        for position, siblings in children.get(k, {}).items():
            start, angle = _child_start(sections[k].points, position)
            offsets = _FAN_ANGLE * (0.5 - np.linspace(0, 1, len(siblings))) if len(siblings) > 1 else [0.0]
            for child, offset in zip(siblings, offsets, strict=True):
                sections[child].cell, sections[child].parent_x = sections[k].cell, position
                if not neuron_sections[child].points:
                    _set_straight_points(sections[child], neuron_sections[child], start, angle + offset)
            order += siblings
    if len(order) < len(neuron_sections):
        unreached = next(one.name for k, one in enumerate(neuron_sections) if k not in set(order))
        raise MorphologyError(f"{name}: section {unreached} is part of a cycle; disconnect one of its sections")
    inscribe_bodies(dict(enumerate(sections)))
    return sections


def _child_start(points: FloatArray, position: float) -> tuple[FloatArray, float]:
    """The point (3,) at a position on a parent, and the angle of a child there in the xy plane, radians."""
    arc_length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    start = np.array([np.interp(position * arc_length[-1], arc_length, column) for column in points.T])
    direction = points[-1] - points[0]
    turn = {0.0: math.pi, 1.0: 0.0}.get(position, math.pi / 2 if position >= 0.5 else -math.pi / 2)
    return start, math.atan2(direction[1], direction[0]) + turn


def _set_straight_points(section: Section, neuron_section: NeuronSection, start: FloatArray, angle: float) -> None:
    """Give a section points on a line: its ends and the centres of its segments."""
    diameters = np.array(neuron_section.diameters if neuron_section.end == 0 else neuron_section.diameters[::-1])
    centres = (np.arange(len(diameters)) + 0.5) / len(diameters)
    distances = np.concatenate([[0.0], centres, [1.0]])[:, None] * neuron_section.length
    section.points = start + distances * [math.cos(angle), math.sin(angle), 0.0]
    section.diameters = np.concatenate([diameters[:1], diameters, diameters[-1:]])
