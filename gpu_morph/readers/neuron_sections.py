"""NEURON's cables: sections with or without 3-d points, connected by either end, as sections of a Morphology.

The 3-d points of a section begin at the end by which it is connected to its parent: where that is its 1 end, they run
against its own x, from 1 to 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..errors import MorphologyError
from .sections import FloatArray, Section, label_of

_ROOT_DISTANCE = 100.0  # µm along z, from root to root
_FAN = 0.8  # radians over which the branches at one place are spread


@dataclass
class Cable:
    """A section as NEURON has it.

    Without ``points`` it is straight: ``length`` µm of equal segments with these ``diameters``. It sits with
    its end ``end`` (0 or 1) at ``parent_x`` of its parent, both by NEURON's x. ``rank`` counts the roots
    before it, if it is one.
    """

    name: str
    points: list[tuple[float, float, float]] = field(default_factory=list)
    diameters: list[float] = field(default_factory=lambda: [500.0])  # NEURON's own defaults
    length: float = 100.0
    rank: int = 0
    parent: int = -1
    parent_x: float = 0.0
    end: float = 0.0

    def outward(self, x: float) -> float:
        """NEURON's x as counted from the end at the parent."""
        return 1.0 - x if self.end == 1 else x


def sections_of(cables: Sequence[Cable], *, name: str) -> list[Section]:
    """A Section for each cable, in the same order; those that hang together are a cell.

    Cables without points are laid out as NEURON's ``define_shape`` does: roots along x, apart in z, branches
    in the xy-plane, straight on from their parent's ends and at a right angle between them, fanned out where
    several leave one place. Nothing that has points is moved. An error starts with the ``name`` of the source.
    """
    branches: dict[int, dict[float, list[int]]] = {}
    for k, cable in enumerate(cables):
        x = cables[cable.parent].outward(cable.parent_x) if cable.parent >= 0 else 0.0
        branches.setdefault(cable.parent, {}).setdefault(x, []).append(k)
    sections = [Section(np.array(c.points), np.array(c.diameters), label_of(c.name), c.parent) for c in cables]
    order = branches.get(-1, {}).get(0.0, [])[:]
    for cell, root in enumerate(order):
        sections[root].cell = cell
        if not cables[root].points:
            _lay(sections[root], cables[root], np.array([0.0, 0.0, cables[root].rank * _ROOT_DISTANCE]), 0.0)
    for k in order:  # which grows: parents come before their children
        for x, children in branches.get(k, {}).items():
            place, angle = _leaving(sections[k].points, x)
            turns = _FAN * (0.5 - np.linspace(0, 1, len(children))) if len(children) > 1 else [0.0]
            for child, turn in zip(children, turns, strict=True):
                sections[child].cell, sections[child].parent_x = sections[k].cell, x
                if not cables[child].points:
                    _lay(sections[child], cables[child], place, angle + turn)
            order += children
    if len(order) < len(cables):
        lost = next(c.name for k, c in enumerate(cables) if k not in set(order))
        raise MorphologyError(f"{name}: section {lost} is connected in a circle; let one of its sections be a root")
    return sections


def _leaving(points: FloatArray, x: float) -> tuple[FloatArray, float]:
    """A place on a parent by relative arc length, and the angle in the xy-plane at which a branch leaves it."""
    travelled = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    place = np.array([np.interp(x * travelled[-1], travelled, column) for column in points.T])
    span = points[-1] - points[0]
    turn = {0.0: math.pi, 1.0: 0.0}.get(x, math.pi / 2 if x >= 0.5 else -math.pi / 2)
    return place, math.atan2(span[1], span[0]) + turn


def _lay(section: Section, cable: Cable, start: FloatArray, angle: float) -> None:
    """Give a section straight points: its ends and the middles of its segments."""
    widths = np.array(cable.diameters if cable.end == 0 else cable.diameters[::-1])
    middles = (np.arange(len(widths)) + 0.5) / len(widths)
    places = np.concatenate([[0.0], middles, [1.0]])[:, None] * cable.length
    section.points = start + places * [math.cos(angle), math.sin(angle), 0.0]
    section.diameters = np.concatenate([widths[:1], widths, widths[-1:]])
