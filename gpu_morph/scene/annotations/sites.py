"""Checks of the sites that annotations name: a section, and the position along it."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ...data.morphology import Morphology
from ...data.recording import Recording
from ...data.section_kinds import SOMA, section_kind
from ...data.tree_measures import path_distances, soma_sections
from ...errors import SceneError, brief
from .base import checked_number


def checked_section(section: Any, name: str = "section") -> int:
    """A section's index as an int; it may be a numpy integer.

    Raises
    ------
    SceneError
        Not a whole number.
    """
    try:
        if not isinstance(section, bool):
            return operator.index(section)
    except TypeError:
        pass
    raise SceneError(f"{name} must be a section's index (a whole number), got {section!r}")


def checked_x(x: Any) -> float:
    """A position along a section, 0 to 1 of its arc length.

    Raises
    ------
    SceneError
        Not a number from 0 to 1.
    """
    number = checked_number(x, "x", "0 to 1 (relative arc length)")
    if not 0 <= number <= 1:
        raise SceneError(f"x must be 0 to 1 (relative arc length), got {x!r}")
    return number


def check_exists(section: int, morphology: Morphology, annotation: object) -> None:
    """Raise SceneError if the morphology lacks a section that an annotation names."""
    if not 0 <= section < morphology.n_sections:
        raise SceneError(
            f"{type(annotation).__name__} names section {brief(section)}, but the morphology has "
            f"{morphology.n_sections} sections: 0 to {morphology.n_sections - 1}"
        )


def soma_section(morphology: Morphology) -> int:
    """The first section whose label is a soma's, else the first root."""
    kinds = [section_kind(label) for label in morphology.section_labels]
    return kinds.index(SOMA) if SOMA in kinds else int((morphology.section_parent < 0).argmax())


def nearest_recorded(morphology: Morphology, recording: Recording) -> tuple[int, float, float]:
    """The recorded site that is nearest to its cell's soma, or root, along neurites.

    Returns
    -------
    (int, float, float)
        Section, position, and distance, µm; 0 in a soma.
    """
    section, position = recording.section.astype(np.int64), recording.position.astype(np.float64)
    starts, lengths = np.nan_to_num(path_distances(morphology)), morphology.section_length
    distances = starts[section] + np.where(soma_sections(morphology), 0.0, lengths)[section] * position
    nearest = int(distances.argmin())
    return int(section[nearest]), float(position[nearest]), float(distances[nearest])
