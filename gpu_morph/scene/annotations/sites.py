"""Checks of the sites that annotations name: a section, and the position along it."""

from __future__ import annotations

import operator
from typing import Any

from ...data.morphology import Morphology
from ...data.section_kinds import SOMA, section_kind
from ...errors import SceneError
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
            f"{type(annotation).__name__} names section {section}, but the morphology has {morphology.n_sections} "
            f"sections: 0 to {morphology.n_sections - 1}"
        )


def soma_section(morphology: Morphology) -> int:
    """The first section whose label is a soma's, else the first root."""
    kinds = [section_kind(label) for label in morphology.section_labels]
    return kinds.index(SOMA) if SOMA in kinds else int((morphology.section_parent < 0).argmax())
