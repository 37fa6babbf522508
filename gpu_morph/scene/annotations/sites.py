"""Places on the cell, as annotations name them: a section, and how far along it."""

from __future__ import annotations

import operator
from typing import Any

from ...data.morphology import Morphology
from ...data.section_kinds import SOMA, section_kind
from ...errors import SceneError
from .base import checked_number


def checked_section(section: Any, name: str = "section") -> int:
    """A section's index, also a numpy integer, as an int.

    Raises
    ------
    SceneError
        Something else.
    """
    try:
        if not isinstance(section, bool):
            return operator.index(section)
    except TypeError:
        pass
    raise SceneError(f"{name} must be a section's index (a whole number), got {section!r}")


def checked_x(x: Any) -> float:
    """A relative arc length.

    Raises
    ------
    SceneError
        Not a number from 0 to 1.
    """
    number = checked_number(x, "x", "0 to 1 (relative arc length)")
    if not 0 <= number <= 1:
        raise SceneError(f"x must be 0 to 1 (relative arc length), got {x!r}")
    return number


def check_exists(section: int, morphology: Morphology, asker: object) -> None:
    """See that a morphology has a section.

    Raises
    ------
    SceneError
        It has not; the message says how many there are.
    """
    if not 0 <= section < morphology.n_sections:
        raise SceneError(
            f"{type(asker).__name__} names section {section}, but the morphology has {morphology.n_sections} sections: "
            f"0 to {morphology.n_sections - 1}"
        )


def soma_section(morphology: Morphology) -> int:
    """The first section that is a soma by its label, else the first root."""
    kinds = [section_kind(label) for label in morphology.section_labels]
    return kinds.index(SOMA) if SOMA in kinds else int((morphology.section_parent < 0).argmax())
