"""Checks of a Scene's arguments."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np

from ..data.arrays import finite_number
from ..data.morphology import Morphology
from ..data.quantities import has_unit
from ..data.recording import Recording
from ..errors import SceneError, brief
from ..system.arguments import is_sequence
from .annotations.base import Annotation
from .camera_path import CameraPath
from .highlight import Highlight
from .surface import SceneObject


def checked_annotations(given: Any) -> tuple[Annotation, ...]:
    """Raise TypeError unless ``given`` is a sequence of annotations."""
    is_several = is_sequence(given) and not isinstance(given, Annotation)
    if not is_several or not all(isinstance(item, Annotation) for item in given):
        raise TypeError(
            f"annotations must be a sequence of annotations, such as (ColorBar(), Clock()), got {brief(given)}"
        )
    return tuple(given)


def checked_meshes(given: Any) -> tuple[SceneObject, ...]:
    """Raise TypeError unless ``given`` is a sequence of meshes and the like."""
    if not is_sequence(given) or not all(
        isinstance(item, SceneObject) and not isinstance(item, type) for item in given
    ):
        raise TypeError(
            f"meshes must be a sequence of Mesh and the like, such as [Mesh(vertices, faces)], got {brief(given)}"
        )
    return tuple(given)


def check_number(value: Any, name: str, *, unit: str, least: float) -> None:
    """Raise SceneError unless ``value`` is a finite number, ``least`` or more, that floats can be computed with."""
    if isinstance(value, Decimal):
        raise SceneError(f"{name} must be {least:g} or more {unit}, got {brief(value)}: give a float")
    finite_number(value, name=name, expected=f"{least:g} or more {unit}", least=least, error=SceneError)


def check_fraction(value: Any, name: str) -> None:
    """Raise SceneError unless ``value`` is a number from 0 to 1."""
    if isinstance(value, Decimal):
        raise SceneError(f"{name} must be 0 to 1, got {brief(value)}: give a float")
    if finite_number(value, name=name, expected="0 to 1", least=0, error=SceneError) > 1:
        raise SceneError(f"{name} must be 0 to 1, got {value!r}")


def checked_clim(clim: Any) -> tuple[float, float]:
    """Two floats from what was given, which may be an array.

    Raises
    ------
    SceneError
        Not two finite values that rise.
    """
    if has_unit(clim):
        raise SceneError(
            f"clim must be two numbers in the recording's unit, got quantities, {brief(clim)}: convert them"
        )
    try:
        low, high = (float(value) for value in clim)
    except (TypeError, ValueError, OverflowError) as cause:
        raise SceneError(f"clim must be (low, high) or None, got {brief(clim)}") from cause
    if not (math.isfinite(low) and 0 < high - low < math.inf):
        raise SceneError(f"clim must be two finite values, the lower first, got {brief(clim)}")
    with np.errstate(over="ignore"):
        difference = np.float32(high) - np.float32(low)
    if not 0 < difference < math.inf:
        raise SceneError(
            f"clim must be two values that differ in single precision, in which values are drawn, got {brief(clim)}: "
            "take an offset off the values, or give a wider range"
        )
    return low, high


def check_recorded_sections(recording: Recording, morphology: Morphology) -> None:
    """Raise SceneError if the morphology lacks a section of the recording."""
    section, n_sections = recording.section, morphology.n_sections
    if section.size and section.max() >= n_sections:
        raise SceneError(
            f"the recording has a compartment in section {section.max()}, but the morphology has {n_sections} sections "
            "(counted from 0): they do not belong together"
        )


def check_highlighted_sections(highlight: Highlight, morphology: Morphology) -> None:
    """Raise SceneError if the morphology lacks a section of the highlight."""
    for section in highlight.sections:
        if not 0 <= section < morphology.n_sections:
            raise SceneError(f"highlight names section {section}; the morphology has 0 to {morphology.n_sections - 1}")


def check_keyframe_sections(path: CameraPath, morphology: Morphology) -> None:
    """Raise SceneError if the morphology lacks a section that a keyframe is fitted to."""
    for keyframe in path.keyframes:
        if keyframe.sections is not None and keyframe.sections[-1] >= morphology.n_sections:
            raise SceneError(
                f"a keyframe of the camera's path names section {keyframe.sections[-1]}; the morphology has 0 to "
                f"{morphology.n_sections - 1}"
            )
