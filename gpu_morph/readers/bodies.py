"""Somata, and other bodies, drawn as long as they are; see `inscribed`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from ..data.morphology import Morphology
from ..data.section_kinds import SOMA
from .inscribed import inscribed
from .sections import Section


def inscribe_bodies(sections: Mapping[int, Section]) -> None:
    """Draw the bodies among sections as long as they are. An end at which another body continues is not free.

    Parameters
    ----------
    sections : mapping of int to Section
        By their numbers; all that may be bodies, which are changed.
    """
    bodies = {k for k, section in sections.items() if _is_body(section)}
    continued = {(k, 0.0) for k in bodies if sections[k].parent in bodies}
    continued |= {(sections[k].parent, sections[k].parent_x) for k in bodies}
    for k in bodies:
        sections[k].points, sections[k].diameters = inscribed(
            sections[k].points,
            sections[k].diameters,
            is_start_free=(k, 0.0) not in continued,
            is_end_free=(k, 1.0) not in continued,
        )


def with_inscribed_somata(morphology: Morphology, *, drawn: Collection[int] = ()) -> Morphology:
    """The same morphology with somata drawn as long as they are.

    Parameters
    ----------
    morphology : Morphology
        From a source without solids.
    drawn : collection of int
        Sections that are as long as they are already.
    """
    offsets = morphology.section_offsets
    is_soma = (np.array(morphology.section_labels) == SOMA) & (np.diff(offsets) > 1)
    sections = {
        k: Section(
            morphology.points[offsets[k] : offsets[k + 1]].astype(np.float64),
            morphology.diameters[offsets[k] : offsets[k + 1]].astype(np.float64),
            morphology.section_labels[k],
            int(morphology.section_parent[k]),
            float(morphology.section_parent_x[k]),
        )
        for k in np.flatnonzero(is_soma).tolist()
        if k not in drawn
    }
    inscribe_bodies(sections)
    if not sections:
        return morphology
    points, diameters, first = [], [], 0
    for k, section in sections.items():
        points += [morphology.points[first : offsets[k]], section.points]
        diameters += [morphology.diameters[first : offsets[k]], section.diameters]
        first = offsets[k + 1]
    n_points = np.diff(offsets)
    n_points[list(sections)] = [len(section.points) for section in sections.values()]
    return replace(
        morphology,
        points=np.concatenate([*points, morphology.points[first:]]).astype(np.float32),
        diameters=np.concatenate([*diameters, morphology.diameters[first:]]).astype(np.float32),
        section_offsets=np.concatenate([[0], np.cumsum(n_points)]),
    )


def _is_body(section: Section) -> bool:
    """True for a soma, and for another root that is less than twice as long as wide."""
    length = np.linalg.norm(np.diff(section.points, axis=0), axis=1).sum()
    return section.label == SOMA or bool(section.parent < 0 and length < 2 * section.diameters.mean())
