"""Links: straight pieces from a parent to a section whose first point lies away from the parent."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .morphology import Morphology

SAME_POINT_DISTANCE = 1e-4  # µm; points that are closer count as one


class Attachments(NamedTuple):
    """The sites on parents to which sections are attached.

    ``children`` is (n,) int64, all sections with a parent, rising; ``positions`` (n, 3) and ``diameters`` (n,) float64
    are those of the sites, µm.
    """

    children: npt.NDArray[np.int64]
    positions: npt.NDArray[np.float64]
    diameters: npt.NDArray[np.float64]


def attachments(morphology: Morphology) -> Attachments:
    """The attachments of a morphology's sections."""
    children = np.flatnonzero(morphology.section_parent >= 0)
    return Attachments(
        children, *morphology.located(morphology.section_parent[children], morphology.section_parent_x[children])
    )


def linked_sections(morphology: Morphology, attached: Attachments | None = None) -> npt.NDArray[np.int64]:
    """(n,) int64: sections whose first point lies away from the site on the parent to which they are attached.

    ``attached`` are the attachments, if they are known.
    """
    children, attachment, _ = attached or attachments(morphology)
    if not len(children):
        return children
    gap = np.abs(attachment - morphology.points[morphology.section_offsets[children]]).max(axis=1)
    # Coordinates are float32: far from the origin rounding errors are as large as gaps.
    rounding = 4 * np.finfo(np.float32).eps * np.abs(attachment).max(axis=1)
    has_link = gap > np.maximum(SAME_POINT_DISTANCE * 10, rounding)
    return children[np.flatnonzero(has_link)]
