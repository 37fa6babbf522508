"""FullVertices: all vertices of a morphology, before any are left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...data.morphology_links import Attachments, attachments, linked_sections
from .simplification import Simplification
from .vertices import Breakpoints, Vertices, all_vertices


@dataclass(frozen=True, eq=False)
class FullVertices:
    """All vertices of a morphology; where its sections are attached; which start away from there, (n,) int64."""

    attached: Attachments
    linked: npt.NDArray[np.int64]
    vertices: Vertices

    @classmethod
    def of(cls, morphology: Morphology, breakpoints: Breakpoints | None = None) -> FullVertices:
        """Those of a morphology with breakpoints in any order."""
        attached = attachments(morphology)
        linked = linked_sections(morphology, attached)
        return cls(attached, linked, all_vertices(morphology, linked, breakpoints))

    @cached_property
    def simplification(self) -> Simplification:
        """Of the vertices."""
        return Simplification(self.vertices)
