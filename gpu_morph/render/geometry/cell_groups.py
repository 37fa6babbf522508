"""CellGroups: the cells of a circuit in groups whose geometry is made at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from ...data.derived_morphology import morphology_subset
from ...data.morphology import Morphology
from .end_attachment import attached_at_ends
from .full_vertices import FullVertices
from .vertices import Breakpoints

_POINTS_AT_ONCE = 1 << 15  # of the morphology, unless a single cell has more


class CellGroup:
    """Cells whose sections follow each other, and what of their geometry is the same for pixels of any size.

    ``first`` and ``end`` delimit their sections. Everything else is made when it is needed, and kept.
    """

    def __init__(self, whole: Morphology, first: int, end: int, breakpoints: Breakpoints | None) -> None:
        self._whole, self._breakpoints = whole, breakpoints
        self.first, self.end = first, end

    @cached_property
    def morphology(self) -> Morphology:
        """Of these cells alone, as they are drawn."""
        return attached_at_ends(morphology_subset(self._whole, np.arange(self.first, self.end)))

    @cached_property
    def box(self) -> Morphology:
        """Two points whose bounds are those of the group."""
        return Morphology(
            points=self.morphology.bounds().astype(np.float32),
            diameters=np.zeros(2, dtype=np.float32),
            section_offsets=np.array([0, 2]),
            section_parent=np.array([-1], dtype=np.int32),
            section_parent_x=np.zeros(1, dtype=np.float32),
            section_labels=("box",),
        )

    @cached_property
    def full(self) -> FullVertices:
        """All vertices, before any are left out."""
        breakpoints = self._breakpoints
        if breakpoints is not None:
            low, high = np.searchsorted(breakpoints.section, [self.first, self.end])
            breakpoints = Breakpoints(breakpoints.section[low:high] - self.first, breakpoints.position[low:high])
        return FullVertices.of(self.morphology, breakpoints)


class CellGroups:
    """Groups of cells that have `_POINTS_AT_ONCE` points or fewer where possible.

    One group holds all if the sections of different cells are mixed.

    Parameters
    ----------
    morphology : Morphology
        One cell or many.
    breakpoints : Breakpoints, optional
        Of the morphology, in any order.
    keeps : bool
        Give the same groups each time, with what they have made: about 100 bytes for each point. Otherwise each time
        new ones, so that memory does not grow with the number of groups.
    """

    def __init__(self, morphology: Morphology, breakpoints: Breakpoints | None = None, *, keeps: bool = False) -> None:
        if breakpoints is not None and np.any(np.diff(breakpoints.section) < 0):
            order = np.argsort(breakpoints.section, kind="stable")
            breakpoints = Breakpoints(breakpoints.section[order], breakpoints.position[order])
        self.morphology, self._breakpoints = morphology, breakpoints
        self._runs = list(_runs(morphology))
        self._kept = list(self._groups()) if keeps else None

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[CellGroup]:
        return iter(self._kept) if self._kept is not None else self._groups()

    def _groups(self) -> Iterator[CellGroup]:
        return (CellGroup(self.morphology, *run, self._breakpoints) for run in self._runs)

    @property
    def n_most(self) -> int:
        """The greatest number of vertices, or of segments, without those that divide segments."""
        n_breakpoints = 0 if self._breakpoints is None else len(self._breakpoints.section)
        return self.morphology.n_points + self.morphology.n_sections + n_breakpoints


def _runs(morphology: Morphology) -> Iterator[tuple[int, int]]:
    """The sections of each group, first and end."""
    starts = np.flatnonzero(np.diff(morphology.section_cell, prepend=morphology.section_cell[0] - 1))
    parent, sections = morphology.section_parent, np.arange(morphology.n_sections)
    run = np.searchsorted(starts, sections, side="right")
    has_parent = parent >= 0
    if np.any(run[has_parent] != run[parent[has_parent]]):
        starts = starts[:1]
    offsets = morphology.section_offsets
    first = 0
    for start, end in zip(starts, [*starts[1:], morphology.n_sections], strict=True):
        if offsets[end] - offsets[first] > _POINTS_AT_ONCE and start > first:
            yield first, int(start)
            first = int(start)
    yield first, morphology.n_sections
